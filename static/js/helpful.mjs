// Marks a text as helpful without a reload.
import { say, send, sendForm } from "./sending.mjs";

function show(button, state) {
  button.name = state.helpful ? "unmark" : "mark";
  button.setAttribute("aria-pressed", String(state.helpful));
  const count = button.querySelector("[data-helpful]");
  count.textContent = state.count.toLocaleString(document.documentElement.lang);
  say(state.sentence);
}

for (const form of document.querySelectorAll("form[data-helpful-form]")) {
  const busy = new Set();
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || "plain" in form.dataset) return;
    event.preventDefault();
    if (busy.has(button)) return;
    busy.add(button);
    try {
      const state = await send(form, button);
      if (state) show(button, state);
    } catch {
      sendForm(form, button);
    } finally {
      busy.delete(button);
    }
  });
}
