// While one types an idea: ideas that look like it, hints for plain words, and a word when there are too many themes.
const PAUSE = 700;
const LONG_PAUSE = 2500;
const LEAST = 6;
const CLOSED = "stem-advice-closed";
const form = document.querySelector("form[data-draft]");

// A piece of a page of this site; whatever fails, the form goes on without it.
async function piece(address, options) {
  try {
    const answer = await fetch(address, options);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").body : null;
  } catch {
    return null;
  }
}

function later(pause, work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, pause);
  };
}

if (form) {
  const { title, summary, body } = form.elements;
  const alike = form.querySelector("[data-alike]");
  const said = form.querySelector("[data-alike-said]");
  const advice = form.querySelector("[data-advice]");
  let asked = "";

  const findAlike = later(PAUSE, async () => {
    const text = `${title.value} ${summary.value}`.trim();
    if (text === asked || text.length < LEAST || alike.contains(document.activeElement)) return;
    asked = text;
    const call = form.querySelector('[name="call"]:checked, input[type="hidden"][name="call"]')?.value ?? "";
    const query = new URLSearchParams({ tekst: text, oproep: call, deel: "1", behalve: form.dataset.idea });
    const found = await piece(`${form.dataset.same}?${query}`);
    if (!found || text !== asked) return;
    const count = found.querySelectorAll("li").length;
    alike.replaceChildren(...found.childNodes);
    said.textContent = count ? said.dataset.text.replace("#", count) : "";
  });
  for (const field of [title, summary]) field.addEventListener("input", findAlike);

  const advise = later(LONG_PAUSE, async () => {
    const data = new FormData();
    for (const field of [title, summary, body, form.elements.csrf_token]) data.set(field.name, field.value);
    const found = await piece(form.dataset.advise, { method: "POST", body: data });
    if (!found || advice.contains(document.activeElement)) return;
    const hints = found.querySelector("details");
    advice.replaceChildren(...found.childNodes);
    if (!hints) return;
    hints.open = sessionStorage.getItem(CLOSED) === null;
    hints.addEventListener("toggle", () => {
      if (hints.open) sessionStorage.removeItem(CLOSED);
      else sessionStorage.setItem(CLOSED, "1");
    });
  });
  for (const field of [title, summary, body]) field.addEventListener("input", advise);
}

for (const line of document.querySelectorAll("[data-most-of]")) {
  const boxes = [...document.querySelectorAll(`input[name="${line.dataset.mostOf}"]`)];
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    line.textContent = chosen > Number(line.dataset.most) ? line.dataset.over.replace("#", chosen) : "";
  };
  for (const box of boxes) box.addEventListener("change", count);
}
