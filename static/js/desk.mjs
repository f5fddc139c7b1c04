// The control desk: keys of a clicker, buttons without a reload, and the screen as somebody else left it. Every button
// is a form of its own and works without this.
import { askToSignIn } from "./awake.mjs";
import { meaning } from "./clicker.mjs";
import { follow } from "./live.mjs";
import { connection } from "./pieces.mjs";
import { roomClock } from "./room_clock.mjs";

const desk = document.querySelector("[data-desk]");
const parser = new DOMParser();
let busy = ""; // the key of the button whose press is on its way
let waiting = "";
let number = "";

const find = (selector) => desk.querySelector(selector);
const holdsWriting = (part) => part.querySelector("input:not([type=hidden]):focus, select:focus, textarea:focus") !== null;

/** Takes over the desk of an answer, part by part, but leaves alone where somebody types. */
function takeOver(html) {
  const page = parser.parseFromString(html, "text/html");
  const fresh = page.querySelector("[data-desk]");
  if (!fresh) {
    window.location.reload(); // no longer a facilitator
    return;
  }
  const focused = document.activeElement?.closest?.("[data-key-for]")?.dataset.keyFor;
  for (const part of desk.querySelectorAll("[data-part]")) {
    const found = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!found || holdsWriting(part)) continue;
    for (const { name, value } of [...found.attributes]) if (name.startsWith("data-")) part.setAttribute(name, value);
    part.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
  }
  find("[data-signed-out]").hidden = true;
  number = fresh.querySelector("[data-number]")?.value || number;
  for (const place of desk.querySelectorAll("[data-number]")) place.value = number;
  if (focused && document.activeElement === document.body) {
    find(`[data-key-for="${CSS.escape(focused)}"] button`)?.focus({ preventScroll: true });
  }
  tick();
}

async function get(address, init) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000), ...init });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer;
}

// A button that is pressed twice is pressed once; another one waits until the desk has taken over what came of the first.
async function send(form) {
  if (busy) {
    if (form.dataset.keyFor !== busy) waiting = form.dataset.keyFor;
    return;
  }
  busy = form.dataset.keyFor;
  const failed = find("[data-failed-here]");
  try {
    const answer = await get(form.action, { method: "POST", body: new FormData(form) });
    if (answer.status === 401) {
      askToSignIn(find("[data-signed-out]")); // what is typed here stays, and so does the room's picture
      waiting = "";
      return;
    }
    const html = await answer.text();
    if (answer.status === 400 || answer.status === 403) {
      // A fault in a field, or a role that was taken away: nothing was done, and the page of the server says why.
      form.submit();
      return;
    }
    if (answer.ok && form.dataset.keyFor === "tell") form.reset();
    takeOver(html);
    failed.hidden = true;
    if (!answer.ok) waiting = ""; // somebody else was first: look before going on
  } catch {
    waiting = "";
    failed.textContent = desk.dataset.failed;
    failed.hidden = false;
  } finally {
    busy = "";
  }
  const next = waiting && find(`[data-key-for="${CSS.escape(waiting)}"]`);
  waiting = "";
  if (next) send(next);
}

function onSubmit(event) {
  event.preventDefault();
  send(event.target);
}

function onKey(event) {
  const wanted = meaning(event);
  if (!wanted || wanted === "full") return;
  const form = find(`[data-key-for="${wanted}"]`);
  if (!form) return;
  event.preventDefault();
  send(form);
}

// Somebody else changed the screen, or a vote or a sentence did: the small pictures follow.
async function look() {
  if (busy) return;
  try {
    const answer = await get(window.location.href, { redirect: "manual" });
    if (answer.type === "opaqueredirect") askToSignIn(find("[data-signed-out]"));
    else if (answer.ok && !busy) takeOver(await answer.text());
  } catch {
    // The next look comes soon; pressing a button says when it does not come through.
  }
}

let tick = () => {};

if (desk && find("[data-number]")) {
  number = find("[data-number]").value;
  tick = roomClock(find("[data-clock]"));
  tick();
  desk.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  let first = true;
  const show = (now) => {
    if (!first || String(now.number) !== number) look();
    first = false;
  };
  const { live, state, poll } = desk.dataset;
  const onConnection = connection(find("[data-failed-here]"));
  follow(live, show, { poll: state, interval: Number(poll), onConnection });
}
