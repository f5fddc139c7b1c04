// Parts of the agenda can be dragged to another place with a mouse or pen; the buttons do the same without this script.
const FAR = 8; // pixels after which pressing is dragging

for (const form of document.querySelectorAll("[data-order]")) {
  const parts = [...form.querySelectorAll("[data-part]")];
  const drop = document.createElement("button");
  drop.type = "submit";
  drop.name = "move";
  drop.hidden = true;
  form.append(drop);
  let held = null;

  const under = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-part]");
    return found && parts.includes(found) && found !== held.part ? found : null;
  };
  const mark = (target) => {
    for (const part of parts) part.classList.toggle("arrange__part--over", part === target);
  };
  const letGo = () => {
    held?.part.classList.remove("arrange__part--held");
    held = null;
    mark(null);
  };

  form.addEventListener("pointerdown", (event) => {
    const part = event.target.closest("[data-part]");
    if (!part || event.pointerType === "touch" || event.button !== 0 || event.target.closest("button")) return;
    held = { part, x: event.clientX, y: event.clientY, moves: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    held.moves ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > FAR;
    if (!held.moves) return;
    held.part.classList.add("arrange__part--held");
    mark(under(event));
  });
  document.addEventListener("pointerup", (event) => {
    if (!held) return;
    const target = held.moves ? under(event) : null;
    const key = held.part.dataset.part;
    letGo();
    if (!target) return;
    drop.value = `${key} ${parts.indexOf(target)}`;
    form.requestSubmit(drop);
  });
  document.addEventListener("pointercancel", letGo);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") letGo();
  });
  for (const part of parts) part.classList.add("arrange__part--movable");
}
