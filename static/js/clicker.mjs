// What the keys of a clicker mean, on the desk and on the screen itself; never while somebody types or holds a control.

const KEYS = {
  ArrowRight: "after", ArrowDown: "after", PageDown: "after", " ": "after",
  ArrowLeft: "before", ArrowUp: "before", PageUp: "before",
  b: "spare", B: "spare", ".": "spare",
  f: "full", F: "full",
};

const types = (target) => target.isContentEditable || target.closest("input, textarea, select") !== null;

/** What a key press asks for: "after", "before", "spare", "full", or nothing. */
export function meaning(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.repeat) return "";
  const target = event.target instanceof Element ? event.target : document.body;
  if (types(target)) return "";
  // Space presses the button or opens the part that has the focus, as everywhere.
  if (event.key === " " && target.closest("a, button, summary")) return "";
  return KEYS[event.key] || "";
}
