// Keeps whoever works here signed in while somebody types or presses, and during the evening that a page leads. Says so
// when they have to sign in again, with a link that leaves the page as it is.
const PACE = 5 * 60 * 1000;
const LOOK = 60 * 1000;
const tag = document.querySelector("script[data-awake]");
const opened = Date.now();
let last = opened; // the page itself was asked for just now

function tell() {
  if (Date.now() - last < PACE) return;
  last = Date.now();
  fetch(tag.dataset.awake, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => {});
}

function duringTheEvening() {
  const seconds = (Date.now() - opened) / 1000;
  if (seconds >= Number(tag.dataset.from) && seconds < Number(tag.dataset.until)) tell();
}

/** Says in `place` that whoever works here has to sign in again, once: what is said again is heard again. */
export function askToSignIn(place) {
  if (!place.hidden && place.querySelector("[data-sign-in-again]")) return;
  const { again, signIn, link: words } = tag.dataset;
  const link = Object.assign(document.createElement("a"), { href: signIn, target: "_blank", rel: "noopener", textContent: words });
  link.dataset.signInAgain = "";
  place.replaceChildren(`${again} `, link);
  place.hidden = false;
}

if (tag) {
  for (const name of ["input", "keydown", "pointerdown"]) document.addEventListener(name, tell, { passive: true });
  if (tag.dataset.until) window.setInterval(duringTheEvening, LOOK);
}
