// Sends a vote without a reload, one press after another.
import { say, send, sendForm } from "./sending.mjs";

const number = (count) => count.toLocaleString(document.documentElement.lang);

function show(form, state) {
  const place = form.closest(".ballot");
  const mine = form.querySelector(".ballot__mine");
  for (const button of form.querySelectorAll(".vote")) {
    button.setAttribute("aria-pressed", String(button.value === state.choice));
  }
  if (state.choice === null && mine.contains(document.activeElement)) {
    form.querySelector(".vote").focus();
  }
  mine.hidden = state.choice === null;
  mine.querySelector("[data-mine]").textContent = state.sentence;
  for (const [kind, count] of Object.entries(state.counts ?? {})) {
    for (const shown of place.querySelectorAll(`[data-count="${kind}"]`)) shown.textContent = number(count);
  }
  for (const [group, total] of Object.entries(state.groups)) {
    const shown = place.querySelector(`[data-group="${group}"]`);
    if (!shown) continue;
    shown.querySelector("dd").textContent = total.sentence;
    shown.querySelector(".ballot__bar").hidden = total.share === null;
    shown.querySelector(".ballot__bar-for").setAttribute("width", total.share ?? 0);
  }
  const support = form.closest(".idea-card, .idea__aside")?.querySelector("[data-threshold]");
  if (support && state.counts) {
    const share = Math.min(100, (100 * state.counts.for) / support.dataset.threshold);
    support.querySelector("[data-support]").textContent = support.dataset.words.replace("#", number(state.counts.for));
    support.querySelector(".bar__fill").setAttribute("width", `${share}%`);
  }
  say(state.sentence);
}

for (const form of document.querySelectorAll("form[data-ballot]")) {
  let wanted = null;
  let sending = null;
  let busy = false;

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || "plain" in form.dataset) return;
    event.preventDefault();
    wanted = button;
    if (busy) return; // one after another, in the order of the presses; only the last one matters
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      while (wanted) {
        sending = wanted;
        wanted = null;
        const state = await send(form, sending);
        if (!state) return; // the browser is on its way to another page
        if (!wanted) show(form, state);
      }
    } catch {
      sendForm(form, wanted ?? sending);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });
}
