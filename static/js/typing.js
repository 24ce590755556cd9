/* What is typed is not lost: leaving waits until it is kept, or asks; a sign-in brings it back.
   Remembers in the tab alone, and only across a sign-in. */
(() => {
  "use strict";
  const REMEMBERED = "typed";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const person = () => document.body.dataset.person;

  /* A field is unkept while its request is out, when it was refused, and while its input differs. */
  const isOut = (form) => form.matches(".htmx-request");
  const wasChosen = (select) => Math.max(0, [...select.options].findIndex((n) => n.defaultSelected));
  const differs = (n) => {
    if (n.type === "checkbox" || n.type === "radio") return n.checked !== n.defaultChecked;
    if (n.tagName === "SELECT") return n.selectedIndex !== wasChosen(n);
    return "defaultValue" in n && n.type !== "hidden" && n.value !== n.defaultValue;
  };
  const isUnkept = (form) => isOut(form) || form.dataset.keeps === "refused" || [...form.elements].some(differs);
  const keepers = () => all("form[data-keeps]");

  /* An answer to an older text does not replace what has been typed since. */
  const sent = new WeakMap();
  const shown = (form) => new URLSearchParams(new FormData(form)).toString();
  addEventListener("htmx:beforeRequest", (e) => e.target.matches("form[data-keeps]") && sent.set(e.target, shown(e.target)));
  addEventListener("htmx:beforeSwap", (e) => {
    const form = e.detail.requestConfig.elt;
    if (form.isConnected && sent.has(form) && sent.get(form) !== shown(form)) e.detail.shouldSwap = false;
  });

  /* Leaving by a link or a button waits for what is out, and stays where that was not kept. */
  let isLeaving = false;
  const whenIn = (then) => (keepers().some(isOut) ? setTimeout(whenIn, 50, then) : then());
  const leaveAfter = (e, leave) => {
    const places = keepers().filter(isOut).map((form) => form.getAttribute("action"));
    if (!places.length) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    whenIn(() => {
      const stuck = keepers().find((form) => places.includes(form.getAttribute("action")) && isUnkept(form));
      if (stuck) one(":is(input:not([type=hidden]), select, textarea)", stuck).focus();
      else leave();
    });
  };
  addEventListener("click", (e) => {
    const link = e.target.closest("a[href]:not([hx-get], [target])");
    if (!link || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    leaveAfter(e, () => location.assign(link.href));
  }, true);
  addEventListener("submit", (e) => {
    if (!e.target.matches("[hx-post]")) leaveAfter(e, () => e.target.requestSubmit(e.submitter));
  }, true);
  addEventListener("beforeunload", (e) => {
    if (!isLeaving && keepers().some(isUnkept)) e.preventDefault();
  });

  /* A session that ended: what is unkept comes back after the sign-in, on the same page. */
  const written = (form) => [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "key"].includes(name));
  const remember = (forms) => {
    const kept = forms.map((form) => ({ action: form.getAttribute("action"), data: written(form) }));
    if (!kept.length) return;
    sessionStorage.setItem(REMEMBERED, JSON.stringify({ person: person(), page: location.pathname, kept }));
  };
  addEventListener("htmx:beforeOnLoad", (e) => {
    if (!e.detail.xhr.getResponseHeader("HX-Redirect")) return;
    remember(keepers().filter(isUnkept));
    isLeaving = true;
  });
  addEventListener("submit", (e) => e.target.matches("[data-recalled]") && remember([e.target]));

  const keepAgain = ({ action, data }) => {
    const row = one(`[data-keep-at="${CSS.escape(action)}"]`);
    if (!row) return;
    const values = new FormData();
    data.forEach(([name, value]) => values.append(name, value));
    htmx.ajax("POST", action, { source: row, target: row, swap: "outerHTML", values });
  };
  const fillAgain = (form, { data }) => {
    const said = new Map(data);
    if (one("[name=digest]", form).value !== said.get("digest")) return;
    all("input:not([type=hidden]), textarea", form).forEach((n) => (n.value ||= said.get(n.name) ?? ""));
  };
  const recall = () => {
    const found = JSON.parse(sessionStorage.getItem(REMEMBERED));
    if (!found || !person()) return;
    sessionStorage.removeItem(REMEMBERED);
    if (found.person !== person() || found.page !== location.pathname) return;
    for (const kept of found.kept) {
      const form = all("form[data-recalled]").find((n) => n.getAttribute("action") === kept.action);
      if (form) fillAgain(form, kept);
      else keepAgain(kept);
    }
  };
  recall();
})();
