// Counts the timer of the room down: minutes and seconds, a word in the last minute, and a calm word at the end.

const LAST = 60;
const AGAIN = 600000;
let behind = 0;

// How far the clock of this machine is behind that of the server; asked now and then, since some machines drift.
async function compare(address) {
  try {
    const answer = await fetch(address, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
    const date = Date.parse(answer.headers.get("Date") || "");
    if (date) behind = date - Date.now();
  } catch {
    // The next time, then.
  }
}

/** Whole seconds until a moment, by the clock of the server. */
const until = (ends) => Math.max(0, Math.ceil((Date.parse(ends) - Date.now() - behind) / 1000));

const written = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;

/**
 * Keeps every [data-timer] below `root` running. root.dataset: ends (empty when it does not run), seconds, last, over.
 * told: called with the seconds left whenever they change, for whoever tells them.
 */
export function roomClock(root, told = () => {}) {
  let before = null;
  function tick() {
    const { ends, last, over } = root.dataset;
    if (!ends) {
      before = null;
      return;
    }
    const left = until(ends);
    for (const timer of root.querySelectorAll("[data-timer]")) {
      const mood = left === 0 ? "over" : left <= LAST ? "last" : "running";
      if (timer.dataset.mood !== mood) timer.dataset.mood = mood;
      put(timer.querySelector("[data-left]"), written(left));
      put(timer.querySelector("[data-word]"), { over, last, running: "" }[mood]);
    }
    if (left !== before) told(left, before);
    before = left;
  }
  window.setInterval(tick, 250);
  const server = root.closest("[data-state]").dataset.state;
  compare(server).then(tick);
  window.setInterval(compare, AGAIN, server);
  return tick;
}

function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
