// Without a connection: keeps the idea that is typed here on this device, for the form to offer once there is one again.
const NAME = "stem-idea";
const FIELDS = ["title", "body"];
const place = document.querySelector("[data-offline]");
const said = place.querySelector("[data-offline-said]");
const online = document.querySelector("[data-online]");
const again = document.querySelector("[data-again]");

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
}

function save() {
  const item = { owner: "", idea: "", ...read(), at: Date.now(), sent: false };
  for (const name of FIELDS) item[name] = document.getElementById(`offline-${name}`).value;
  try {
    localStorage.setItem(NAME, JSON.stringify(item));
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    said.textContent = said.dataset.text.replace("#", time);
  } catch {
    said.textContent = said.dataset.failed;
  }
}

const item = read();
for (const name of FIELDS) {
  const field = document.getElementById(`offline-${name}`);
  field.value = item[name] ?? "";
  field.addEventListener("input", save);
}
place.hidden = false;
again.hidden = false;
again.addEventListener("click", () => location.reload());
const show = () => { online.hidden = !navigator.onLine; };
for (const name of ["online", "offline"]) addEventListener(name, show);
show();
