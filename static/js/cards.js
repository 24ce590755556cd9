/* Keys of the review desk: j and k move between cards, a letter presses its button.
   Holds no state; every button also works by pointer and Tab. */
(() => {
  "use strict";
  const cards = () => [...document.querySelectorAll("[data-card]")];
  const here = () => document.activeElement.closest("[data-card]");
  const move = (by) => {
    const all = cards();
    const at = all.indexOf(here());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const button = here()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    button?.click();
    button?.closest("details[open]")?.querySelector("textarea")?.focus();
    return Boolean(button);
  };
  let afterG = false;
  document.addEventListener("keydown", (e) => {
    const isTyping = e.target.matches("input, select, textarea") || document.querySelector("dialog[open]");
    if (isTyping || e.ctrlKey || e.metaKey || e.altKey || document.cookie.includes("keys=off")) return;
    const isSecond = afterG;
    afterG = e.key === "g";
    if (isSecond) return;
    if (e.key === "j" || e.key === "k") move(e.key === "j" ? 1 : -1);
    else if (!press(e.key)) return;
    e.preventDefault();
  });
  /* A card that an act has replaced keeps the place of the reader. */
  let held = null;
  document.addEventListener("htmx:beforeSwap", () => (held = here()?.id));
  document.addEventListener("htmx:afterSettle", () => held && document.getElementById(held)?.focus());
})();
