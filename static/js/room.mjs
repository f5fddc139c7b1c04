// The phone in the room: follows what is asked and sends choices without a reload. Whatever fails, the form itself is
// sent: no choice is lost, and sending twice is harmless.
import { follow } from "./live.mjs";

const PATIENCE = 8000;
// A stream tells every phone at the same moment; they fetch the newer page spread over this time.
const SPREAD = 1200;
// Answers of others come in all the time: every phone fetches them now and then, at moments of its own.
const CALM = [4000, 8000];
const room = document.querySelector("[data-room]");
const voice = document.createElement("div");
voice.className = "visually-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

// --- putting a newer page in the place of this one ---------------------------------------------------------------

function put(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const newer = page.querySelector("[data-room]");
  const content = newer?.querySelector("[data-room-content]");
  if (!content) return false;
  const here = room.querySelector("[data-room-content]");
  const focus = document.activeElement?.id;
  const typed = here.querySelector("textarea");
  const written = content.querySelector("textarea");
  // What was typed goes along to the same question only.
  const place = (field) => field.form.getAttribute("action");
  if (typed && written && !written.value && place(typed) === place(written)) written.value = typed.value;
  here.replaceWith(content);
  room.querySelector(".phone__me")?.replaceWith(newer.querySelector(".phone__me"));
  room.dataset.sign = newer.dataset.sign;
  room.dataset.answers = newer.dataset.answers;
  document.title = page.title;
  const again = focus && document.getElementById(focus);
  if (again && !again.disabled) again.focus({ preventScroll: true });
  else if (focus) document.getElementById(focus)?.closest("li")?.querySelector("button:not([disabled])")?.focus({ preventScroll: true });
  return true;
}

let renewing = false;
let wanted = null;
let soon = 0;

// Fetches the newer page, when there is one.
function look(wait = SPREAD * Math.random()) {
  window.clearTimeout(soon);
  if (wanted !== null && wanted !== room.dataset.sign) soon = window.setTimeout(renew, wait);
}

async function renew() {
  if (renewing || busy) return;
  renewing = true;
  let failed = true;
  try {
    const answer = await fetch(room.dataset.page, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) return;
    if (put(await answer.text())) voice.textContent = room.dataset.new;
    else window.location.reload(); // this phone is not checked in any more
    failed = false;
  } catch {
    // tried again below: the same frame does not come twice
  } finally {
    renewing = false;
    if (failed) look(PATIENCE * (0.5 + Math.random()));
  }
}

// --- answers of others ---------------------------------------------------------------------------------------------

let answers = "";
let calm = 0;

function lookAtAnswers() {
  if (calm || !answers || answers === room.dataset.answers) return;
  calm = window.setTimeout(async () => {
    try {
      await fetchAnswers();
    } catch {
      // tried again below
    }
    calm = 0;
    lookAtAnswers();
  }, CALM[0] + Math.random() * (CALM[1] - CALM[0]));
}

async function fetchAnswers() {
  const place = room.querySelector("[data-list]");
  if (!place || busy || renewing) return;
  const answer = await fetch(place.dataset.list, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return;
  const newer = await answer.json();
  if (!place.isConnected || busy || renewing) return;
  const shown = new Set(newer.answers.map(([number]) => `option-${number}`));
  if ([...place.children].some((each) => !shown.has(each.id))) {
    // Answers became one: what this phone supports may stand elsewhere now. Not under the fingers of who types.
    if (document.activeElement?.matches("textarea")) return;
    await renew();
    return;
  }
  for (const [number, text] of newer.answers) if (!document.getElementById(`option-${number}`)) place.append(made(number, text));
  if (newer.answers.length) room.querySelector("[data-none]")?.remove();
  room.dataset.answers = newer.mark;
}

function made(number, text) {
  const item = room.querySelector("[data-answer]").content.firstElementChild.cloneNode(true);
  const button = item.querySelector("button");
  item.id = `option-${number}`;
  item.querySelector("[name=option]").value = number;
  item.querySelector(".phone__text").textContent = text;
  button.id = `support-${number}`;
  button.querySelector(".visually-hidden").textContent = `: ${text}`;
  return item;
}

// --- what the room is at -----------------------------------------------------------------------------------------

function frame(state) {
  const voters = room.querySelector("[data-voters]");
  if (voters && state.voters && voters.textContent !== state.voters) voters.textContent = state.voters;
  wanted = state.sign;
  answers = state.answers;
  look();
  lookAtAnswers();
}

function notice(lost) {
  const place = room.querySelector("[data-lost-notice]");
  if (lost) place.textContent = room.dataset.lost;
  place.hidden = !lost;
}

// --- sending a choice ----------------------------------------------------------------------------------------------

let busy = false;
const waiting = [];

function sendPlain(form, button) {
  form.dataset.plain = "";
  form.requestSubmit(button);
}

async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  const answer = await fetch(form.action, {
    method: "POST",
    body: data,
    headers: { Prefer: "return=representation" }, // the page as it is then, without asking for it
    signal: AbortSignal.timeout(PATIENCE),
  });
  const html = await answer.text();
  if (answer.ok && form.querySelector("textarea")) form.querySelector("textarea").value = "";
  if (!put(html)) return window.location.assign(room.dataset.page);
  voice.textContent = answer.ok ? room.dataset.saved : room.querySelector("[role=alert]")?.textContent.trim() ?? "";
  return undefined;
}

async function work() {
  if (busy) return;
  busy = true;
  room.setAttribute("aria-busy", "true");
  while (waiting.length) {
    const [form, button] = waiting.shift();
    try {
      await send(form, button);
    } catch {
      if (form.isConnected) {
        sendPlain(form, button);
        break;
      }
      notice(true);
    }
  }
  busy = false;
  room.removeAttribute("aria-busy");
  look();
  lookAtAnswers();
}

if (room) {
  room.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-room-form]") || "plain" in form.dataset) return;
    event.preventDefault();
    waiting.push([form, event.submitter]);
    work();
  });
  const { live, state, poll } = room.dataset;
  follow(live, frame, { poll: state, interval: Number(poll), onConnection: ({ lost }) => notice(lost) });
}
