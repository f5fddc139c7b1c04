// Counts along with the limits of a text field; the server decides. Reads aloud only after a pause, and only near an end.
const PAUSE = 1200;
const NEAR = 20;

// The server trims and joins line ends before it counts; characters, not UTF-16 units.
const size = (text) => [...text.replace(/\r\n?/g, "\n").trim()].length;

for (const counter of document.querySelectorAll("[data-counter]")) {
  const field = document.getElementById(counter.dataset.counter);
  if (!field) continue;
  const { left, short, over } = counter.dataset;
  const least = Number(counter.dataset.least);
  const most = Number(counter.dataset.most);
  const voice = document.createElement("span");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  counter.after(voice);
  let timer = 0;

  const update = (speak) => {
    const now = size(field.value);
    const [sentence, number] =
      now > most ? [over, now - most] : now && now < least ? [short, least - now] : [left, most - now];
    const text = sentence.replace("#", String(number));
    counter.textContent = text;
    counter.classList.toggle("field__counter--over", now > most);
    clearTimeout(timer);
    if (speak && (now > most || most - now <= NEAR || now < least)) {
      timer = setTimeout(() => { voice.textContent = text; }, PAUSE);
    }
  };
  field.addEventListener("input", () => update(true));
  if (field.value) update(false);
}
