// Counts along with the ticked themes of an agenda vote; the server decides. Nothing is blocked: unticking stays easy.
for (const field of document.querySelectorAll("[data-ticks]")) {
  const most = Number(field.dataset.ticks);
  const shown = field.querySelector("[data-count]");
  const voice = document.createElement("span");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  shown.after(voice);

  const update = (speak) => {
    const now = field.querySelectorAll("input:checked").length;
    const over = now > most;
    const text = over ? field.dataset.over.replace("#", now - most) : field.dataset.some.replace("#", now);
    shown.textContent = text;
    shown.classList.toggle("ticks__count--over", over);
    shown.hidden = false;
    if (speak) voice.textContent = text;
  };
  field.addEventListener("change", () => update(true));
  update(false);
  // A page that comes back from the browser's memory may have other ticks than it was sent with.
  addEventListener("pageshow", () => update(false));
}
