/* Behaviour of pages, attached by data-* attributes and native events.
   Holds no state that the server does not have; every page also works without it. */
(() => {
  "use strict";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (...names) => names.slice(0, -1).forEach((name) => document.addEventListener(name, names.at(-1)));
  const keep = (name, value) => (document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Lax`);

  /* Words for people: spoken into the live region, shown as a toast. */
  const announced = new Map(all("[data-announce]").map((n) => [n.id, n.dataset.announce]));
  const speak = (words) => {
    const line = document.createElement("p");
    line.textContent = words;
    one("#live-region").replaceChildren(line);
  };
  const announceNews = () => {
    const news = all("[data-announce]").filter((n) => announced.get(n.id) !== n.dataset.announce);
    news.forEach((n) => announced.set(n.id, n.dataset.announce));
    if (news.length) speak(news.map((n) => n.dataset.announce).filter(Boolean).join(". "));
  };
  const toast = (words) => {
    if (all("#toasts .toast").some((n) => n.textContent.trim() === words)) return;
    const made = one("[data-toast-mould]").content.cloneNode(true);
    one(".toast > div", made).textContent = words;
    one("#toasts").append(made);
  };

  /* Requests that went wrong. A lost answer never claims that nothing happened. */
  const isPoll = (element) => element.matches("[data-poll]");
  const lost = ({ requestConfig }) => requestConfig.verb === "get"
    ? "No answer from Campaign Desk. Nothing was asked to be saved: try again."
    : "No answer from Campaign Desk. What you just did may not be kept: reload to see.";
  const refused = {
    403: "Not for your role, or this page is too old. Nothing was saved: reload and try again.",
    404: "This is no longer here. Nothing was saved: reload.",
    503: "The database does not answer: this may not be kept. What you typed still stands here: try again in a moment.",
  };
  const poll = { failures: 0, restUntil: 0, last: 0 };
  const failed = (element, words) => {
    if (!isPoll(element)) return toast(words);
    poll.failures += 1;
    poll.restUntil = Date.now() + Math.min(60000, 2000 * 2 ** poll.failures);
    if (poll.failures === 3) toast("This page is no longer kept up to date: Campaign Desk does not answer.");
  };
  on("htmx:sendError", "htmx:timeout", (e) => failed(e.detail.elt, lost(e.detail)));
  on("htmx:responseError", (e) => {
    const { status } = e.detail.xhr;
    failed(e.detail.elt, refused[status] ?? `Campaign Desk answered ${status}. Reload to see what was kept.`);
  });

  /* Polls: rest after failures, slow down when the page is hidden. */
  on("htmx:beforeRequest", (e) => {
    if (!isPoll(e.detail.elt)) return;
    const now = Date.now();
    if (now < poll.restUntil || (document.hidden && now - poll.last < 30000)) e.preventDefault();
    else poll.last = now;
  });
  on("htmx:afterRequest", (e) => {
    if (isPoll(e.detail.elt) && e.detail.successful) poll.failures = 0;
  });

  /* A row from afar waits for the focus to leave; a poll spares open editors; older rows stay out. */
  let isFromPoll = false;
  const editor = (target) => one("form :is(input:not([type=hidden]), select, textarea)", target);
  const isBusy = (target) => target !== document.body && target.contains(document.activeElement);
  const isOlder = (target, fresh) => Number(fresh?.dataset.version ?? 0) < Number(target.dataset.version ?? 0);
  const swapLater = (target, fresh) => target.addEventListener("focusout", (e) => {
    if (target.contains(e.relatedTarget)) swapLater(target, fresh);
    else htmx.swap(target, fresh.outerHTML, { swapStyle: "outerHTML" });
  }, { once: true });
  let refocus = null;
  on("htmx:beforeSwap", (e) => {
    const { target, requestConfig } = e.detail;
    isFromPoll = isPoll(requestConfig.elt);
    refocus = isBusy(target) ? { id: target.id, isOpening: requestConfig.verb === "get" } : null;
  });
  on("htmx:afterSettle", () => {
    const row = refocus && document.activeElement === document.body && document.getElementById(refocus.id);
    if (row) ((refocus.isOpening && editor(row)) || one(":is(a, button):not(noscript *)", row))?.focus();
  });
  on("htmx:oobBeforeSwap", (e) => {
    const { target, fragment } = e.detail;
    const fresh = fragment.firstElementChild;
    const isBarred = isOlder(target, fresh) || (isFromPoll && editor(target));
    const isLater = !isBarred && fresh?.id === target.id && isBusy(target);
    if (isBarred || isLater) e.detail.shouldSwap = false;
    if (isLater) swapLater(target, fresh.cloneNode(true));
  });
  on("htmx:afterSettle", "htmx:oobAfterSwap", announceNews);

  /* Clicks. */
  const clicks = {
    "[data-close]": (button) => button.closest(".toast, dialog").remove(),
    "[data-copy]": (button) => navigator.clipboard.writeText(button.dataset.copy).then(() => speak("Copied")),
    "[data-fill]": (button) => (one(button.dataset.fill).value = button.dataset.value),
    "[data-theme-choice]": (button) => {
      keep("theme", button.dataset.themeChoice);
      document.documentElement.dataset.theme = button.dataset.themeChoice;
      all("[data-theme-choice]").forEach((n) => n.setAttribute("aria-pressed", String(n === button)));
    },
    "[commandfor]": (button) => {
      if ("commandForElement" in HTMLButtonElement.prototype) return;
      const act = button.getAttribute("command") === "close" ? "close" : "showModal";
      document.getElementById(button.getAttribute("commandfor"))[act]();
    },
  };
  on("click", (e) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const button = e.target.closest(selector);
      if (button) act(button);
    }
  });
  const disable = (buttons, is) => buttons.forEach((n) => (n.disabled = is));
  on("submit", (e) => e.target.matches("[data-once]") && setTimeout(disable, 0, all("button", e.target), true));
  addEventListener("pageshow", () => disable(all("[data-once] button"), false));

  /* Keys. Single keys can be turned off in the list that ? opens. */
  let afterG = false;
  const areKeysOff = () => document.cookie.includes("keys=off");
  all("[data-keys-off]").forEach((n) => {
    n.checked = areKeysOff();
    n.addEventListener("change", () => keep("keys", n.checked ? "off" : "on"));
  });
  const press = (e) => {
    if (afterG) return one(`[data-go="${CSS.escape(e.key)}"]`)?.click();
    if (e.key === "?") return one("#shortcuts")?.showModal();
    const find = e.key === "/" && one("[data-find]");
    if (!find) return;
    if (!find.checkVisibility()) one("#nav").showPopover();
    find.focus();
    e.preventDefault();
  };
  on("keydown", (e) => {
    const isTyping = e.target.matches("input, select, textarea, [contenteditable]") || one("dialog[open]");
    if (isTyping || e.ctrlKey || e.metaKey || e.altKey || areKeysOff()) return;
    press(e);
    afterG = e.key === "g";
  });

  /* Ages stay true while a page stays open. */
  setInterval(() => {
    for (const n of all("time[data-age]")) {
      const minutes = Math.floor((Date.now() - Date.parse(n.dateTime)) / 60000);
      const span = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
      if (minutes > 0 && minutes < 1440) n.textContent = n.dataset.age === "ago" ? `${span} ago` : span;
    }
  }, 20000);
})();
