// Keys for the queue of the moderators: walk, tick, read, take. Without this script every one of them is a link or a
// button. They can be switched off, and never act while somebody types.
const shortcuts = document.querySelector("[data-shortcuts]");
const items = [...document.querySelectorAll("[data-item]")];
const KEPT = "queue-keys";

const kept = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing begins with the keys each time
  }
};

const keep = (value) => {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // it holds for this page
  }
};

const titleOf = (item) => item.querySelector(".queue__title a");
const current = () => items.findIndex((item) => item.contains(document.activeElement));

const walk = (step) => {
  const here = current();
  const there = here < 0 ? (step > 0 ? 0 : items.length - 1) : here + step;
  const item = items[Math.min(Math.max(there, 0), items.length - 1)];
  if (!item) return;
  titleOf(item).focus();
  item.scrollIntoView({ block: "nearest" });
};

const actions = {
  j: () => walk(1),
  k: () => walk(-1),
  x: (item) => {
    const box = item?.querySelector(".queue__tick input");
    if (box && !box.disabled) box.click();
  },
  o: (item) => item && titleOf(item).click(),
  c: (item) => item?.querySelector("[data-claim]")?.click(),
  "?": () => {
    shortcuts.open = !shortcuts.open;
    if (shortcuts.open) shortcuts.querySelector("summary").focus();
  },
};

const types = (target) =>
  target.isContentEditable ||
  target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])") !== null;

if (shortcuts) {
  const box = shortcuts.querySelector("[data-shortcuts-on]");
  box.checked = kept() !== "off";
  box.addEventListener("change", () => keep(box.checked ? "on" : "off"));
  shortcuts.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act(items[current()]);
  });
}

const all = document.querySelector("[data-tick-all]");
all?.addEventListener("click", (event) => {
  event.preventDefault();
  for (const box of document.querySelectorAll(".queue__tick input:not(:disabled)")) box.checked = true;
});
