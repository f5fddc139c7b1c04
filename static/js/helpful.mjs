// Marks a text as helpful without a reload. Whatever fails, the form itself is sent: marking twice is harmless.
const PATIENCE = 8000;
const voice = document.createElement("div");
voice.className = "visually-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

function show(button, state) {
  button.name = state.helpful ? "unmark" : "mark";
  button.setAttribute("aria-pressed", String(state.helpful));
  const count = button.querySelector("[data-helpful]");
  count.textContent = state.count.toLocaleString(document.documentElement.lang);
  voice.textContent = state.sentence;
}

function sendForm(form, button) {
  form.dataset.plain = "";
  form.requestSubmit(button);
}

async function send(form, button) {
  const data = new FormData(form);
  data.set(button.name, button.value);
  const answer = await fetch(form.action, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const said = await answer.json();
  if (answer.status === 401 && said.sign_in) {
    location.assign(said.sign_in);
  } else if (answer.ok) {
    show(button, said);
  } else {
    sendForm(form, button); // the page that answers explains it
  }
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
      await send(form, button);
    } catch {
      sendForm(form, button);
    } finally {
      busy.delete(button);
    }
  });
}

// A page that comes back from the browser's memory holds a form that was already sent.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-helpful-form]")) delete form.dataset.plain;
});
