// The evening as text: takes over every new state, and tells politely what is new; never more than that.
import { follow } from "./live.mjs";
import { connection, elements } from "./pieces.mjs";
import { roomClock } from "./room_clock.mjs";

const page = document.querySelector("[data-follow]");
const said = document.querySelector("[data-said]");
const APART = 4000;

let told = 0;
let waiting = 0;
let latest = "";

// Of what happens shortly after each other only the last is told, and nothing twice.
function tell(text) {
  if (!text || text === latest) return;
  latest = text;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    said.textContent = text;
    told = Date.now();
  }, Math.max(0, told + APART - Date.now()));
}

// What the page says already, so that a change before the first answer is told as well.
let known = page && { said: page.dataset.now, message: "" };

function show(state) {
  const text = page.querySelector("[data-text]");
  text.replaceChildren(...elements(state.text));
  page.dataset.ends = state.timer.ends;
  page.dataset.seconds = state.timer.seconds;
  tick();
  if (state.message && state.message !== known.message) tell(state.message);
  else if (state.said !== known.said) tell(state.said);
  known = { said: state.said, message: state.message };
}

// The timer is told half-way, five minutes before the end, at the last minute and at the end.
function count(left, before) {
  if (before === null) return;
  const seconds = Number(page.dataset.seconds);
  const passed = (moment) => before > moment && left <= moment;
  if (passed(0)) tell(page.dataset.over);
  else if (passed(60)) tell(page.dataset.last);
  else if (seconds > 600 && passed(300)) tell(page.dataset.five);
  else if (seconds > 1200 && passed(seconds / 2)) tell(page.dataset.halfway);
}

let tick = () => {};

if (page) {
  tick = roomClock(page, count);
  const { live, state, poll } = page.dataset;
  const onConnection = connection(document.querySelector("[data-lost]"));
  follow(live, show, { poll: state, interval: Number(poll), onConnection });
}
