// Sends a form without a reload. Whatever fails, the form itself is sent: nothing is lost, and sending twice is harmless.
const PATIENCE = 8000;
const voice = document.createElement("div");
voice.className = "visually-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

export function say(sentence) {
  voice.textContent = sentence;
}

export function sendForm(form, button) {
  form.dataset.plain = "";
  form.requestSubmit(button);
}

// What was answered; null when the browser is on its way to another page.
export async function send(form, button) {
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
    return said;
  } else {
    sendForm(form, button); // the page that answers explains it
  }
  return null;
}

// A page that comes back from the browser's memory may show an older state and holds a form that was already sent.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-plain]")) delete form.dataset.plain;
});
