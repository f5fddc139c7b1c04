// The screen in the room: shows every new picture, moves rows to their new places, keeps awake, and obeys a clicker
// where a facilitator is signed in.
import { askToSignIn } from "./awake.mjs";
import { meaning } from "./clicker.mjs";
import { follow } from "./live.mjs";
import { connection, elements } from "./pieces.mjs";
import { roomClock } from "./room_clock.mjs";

const screen = document.querySelector("[data-screen]");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const GLIDE = { duration: 700, easing: "cubic-bezier(.3, 0, .2, 1)" };
const IDLE = 5000;

const find = (selector) => screen.querySelector(selector);

// --- what it shows -------------------------------------------------------------------------------------------

function places(frame) {
  const found = new Map();
  for (const each of frame.querySelectorAll("[data-key]")) {
    const bars = [...each.querySelectorAll("[data-share]")].map((bar) => bar.getAttribute("width"));
    found.set(each.dataset.key, { at: each.getBoundingClientRect(), bars });
  }
  return found;
}

// Known rows come from where they were, new ones appear, and their bars grow or shrink along.
function glide(frame, before) {
  for (const each of frame.querySelectorAll("[data-key]")) {
    const known = before.get(each.dataset.key);
    if (!known) {
      if (before.size) each.animate([{ opacity: 0 }, { opacity: 1 }], GLIDE);
      continue;
    }
    const to = each.getBoundingClientRect();
    if (known.at.top !== to.top || known.at.left !== to.left) {
      const shift = `translate(${known.at.left - to.left}px, ${known.at.top - to.top}px)`;
      each.animate([{ transform: shift }, { transform: "none" }], GLIDE);
    }
    for (const [place, bar] of [...each.querySelectorAll("[data-share]")].entries()) {
      const [from, width] = [known.bars[place], bar.getAttribute("width")];
      if (from && from !== width) bar.animate([{ width: from }, { width }], GLIDE);
    }
  }
}

// Everybody may have the pictures, so the code to join in is in none of them. A screen that a facilitator opened has it
// in its own page, and puts it back in every picture for as long as it is the code that counts.
function placeCode(frame, mark) {
  if (!mark || mark !== screen.dataset.mark) return;
  for (const kept of screen.querySelectorAll("template[data-code-for]")) {
    const place = frame.querySelector(`[data-code-place="${kept.dataset.codeFor}"]`);
    if (place) place.replaceChildren(kept.content.cloneNode(true));
  }
}

function show(state) {
  const frame = find("[data-picture]");
  const scene = screen.dataset.scene || "";
  const before = calm.matches ? null : places(frame);
  frame.replaceChildren(...elements(state.picture));
  placeCode(frame, state.mark);
  if (before) {
    if (scene && scene !== state.scene) frame.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: 350 });
    glide(frame, before);
  }
  screen.dataset.scene = state.scene;
  screen.dataset.ends = state.timer.ends;
  screen.dataset.seconds = state.timer.seconds;
  tick();
  const said = find("[data-said]");
  if (said.textContent && said.dataset.now === state.said) return arm(state);
  if (said.dataset.now !== undefined) said.textContent = state.said;
  said.dataset.now = state.said;
  return arm(state);
}

// --- a clicker -------------------------------------------------------------------------------------------------

const clicker = find("[data-clicker]");

function arm(state) {
  if (!clicker) return;
  for (const name of ["number", "before", "after"]) clicker.elements[name].value = state[name];
  clicker.dataset.spareIs = state.spare ? "yes" : "";
}

// What came of a press. Also after a no somebody else moved the screen, and the numbers of now come along.
async function heard(answer) {
  const place = find("[data-refused]");
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json")) {
    arm(await answer.json());
    place.hidden = true;
  } else if (answer.status === 401) {
    askToSignIn(place);
  } else {
    place.textContent = type.startsWith("application/problem+json") ? (await answer.json()).detail : place.dataset.failed;
    place.hidden = false;
  }
}

let last = Promise.resolve();

// One press after the other, each with the number of the screen that it was made for.
function press(wanted) {
  last = last.then(async () => {
    const form = new FormData();
    form.set("csrf_token", clicker.elements.csrf_token.value);
    form.set("number", clicker.elements.number.value);
    let action = clicker.action;
    if (wanted === "spare") {
      action = clicker.dataset.spare;
      form.set("on", clicker.dataset.spareIs ? "" : "yes");
    } else {
      const key = clicker.elements[wanted].value;
      if (!key) return;
      form.set("key", key);
      if (wanted === "before") form.set("back", "yes");
    }
    try {
      const answer = await fetch(action, {
        method: "POST", body: form, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000),
      });
      await heard(answer);
    } catch {
      // The next picture says whether it came through.
    }
    // Without a stream nobody waits for the next question.
    if (!following.streams()) following.ask();
  });
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
}

// A second screen keeps to one scene; its keys go to the scene beside it.
function beside(wanted) {
  const links = [...screen.querySelectorAll("[data-fixed]")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  if (here < 0 || wanted === "spare") return;
  links[(here + (wanted === "after" ? 1 : links.length - 1)) % links.length].click();
}

function onKey(event) {
  const wanted = meaning(event);
  if (!wanted) return;
  if (wanted !== "full" && !clicker && !find("[data-fixed][aria-current]")) return;
  event.preventDefault();
  if (wanted === "full") full();
  else if (clicker) press(wanted);
  else beside(wanted);
}

// --- staying awake -----------------------------------------------------------------------------------------------

async function wake() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
  } catch {
    // A machine that saves its battery may say no.
  }
}

let resting = 0;

function stir() {
  delete screen.dataset.idle;
  window.clearTimeout(resting);
  resting = window.setTimeout(() => { screen.dataset.idle = "yes"; }, IDLE);
}

let following = null;
let tick = () => {};

if (screen) {
  tick = roomClock(screen);
  tick();
  const button = find("[data-full]");
  if (button && document.fullscreenEnabled) {
    button.hidden = false;
    button.addEventListener("click", full);
  }
  const { live, state, poll } = screen.dataset;
  following = follow(live, show, { poll: state, interval: Number(poll), onConnection: connection(find("[data-lost]")) });
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", wake);
  for (const name of ["pointermove", "keydown", "focusin"]) document.addEventListener(name, stir, { passive: true });
  wake();
  stir();
  screen.focus({ preventScroll: true });
}
