// The screen in the room: asks how it stands, moves rows to their new places, and changes scenes by key or clicker.

const screen = document.querySelector("[data-screen]");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const LONGEST_WAIT = 10000;
const GLIDE = { duration: 700, easing: "cubic-bezier(.3, 0, .2, 1)" };

const find = (selector) => screen.querySelector(selector);
const findAll = (selector) => [...screen.querySelectorAll(selector)];

// --- what it shows -------------------------------------------------------------------------------------------

function fill(element, item) {
  for (const place of element.querySelectorAll("[data-fill]")) {
    const text = String(item[place.dataset.fill] || "");
    if (place.textContent !== text) place.textContent = text;
  }
  const bar = element.querySelector("[data-share]");
  if (bar) bar.setAttribute("width", `${(100 * item.share).toFixed(2)}%`);
}

function blank(name) {
  return find(`template[data-blank="${name}"]`).content.firstElementChild.cloneNode(true);
}

function byKey(parent) {
  return new Map([...parent.children].map((element) => [element.dataset.key, element]));
}

// Put the elements of a list in the order of the items: known ones move, new ones come, the others go.
function arrange(list, items, make, dress) {
  const known = byKey(list);
  const before = new Map([...known].map(([key, element]) => [key, element.getBoundingClientRect()]));
  const wanted = items.map((item) => {
    const key = String(item.id);
    const element = known.get(key) || make();
    element.dataset.key = key;
    dress(element, item);
    return element;
  });
  if (wanted.length !== list.children.length || wanted.some((element, place) => element !== list.children[place])) {
    list.replaceChildren(...wanted);
    if (!calm.matches) glide(wanted, before);
  }
}

function glide(elements, before) {
  for (const element of elements) {
    const from = before.get(element.dataset.key);
    const to = element.getBoundingClientRect();
    if (!from) element.animate([{ opacity: 0 }, { opacity: 1 }], GLIDE);
    else if (from.top !== to.top || from.left !== to.left) {
      const shift = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
      element.animate([{ transform: shift }, { transform: "none" }], GLIDE);
    }
  }
}

function dressPart(element, item) {
  fill(element, item);
  element.setAttribute("class", `screen-part screen-tone-${item.tone}${item.number ? "" : " screen-part--fixed"}`);
}

function dressSegment(element, item) {
  fill(element, { mark: item.width >= 0.04 ? item.number : "" });
  element.setAttribute("class", `screen-bar__part screen-tone-${item.tone}`);
  element.setAttribute("x", `${(100 * item.start).toFixed(3)}%`);
  element.setAttribute("width", `${(100 * item.width).toFixed(3)}%`);
}

function show(state) {
  if (state.hidden !== (screen.dataset.hidden === "yes")) return window.location.reload();
  if (state.hidden) return undefined;
  for (const key of ["themas", "ideeen"]) arrange(find(`[data-rows="${key}"]`), state[key], () => blank("row"), fill);
  arrange(find('[data-rows="agenda"]'), state.agenda, () => blank("part"), dressPart);
  arrange(find("[data-bar]"), state.agenda, () => blank("segment").firstElementChild, dressSegment);
  for (const scene of findAll("[data-scene]")) {
    scene.querySelector("[data-nothing]").hidden = state[scene.dataset.scene].length > 0;
  }
  for (const door of doors) {
    door.dataset.name = state.scenes[door.dataset.goto].title;
    door.dataset.source = state.scenes[door.dataset.goto].badge;
  }
  headline();
  const numbers = find("[data-numbers]");
  if (numbers.textContent !== state.numbers) numbers.textContent = state.numbers;
  return undefined;
}

// --- asking how it stands --------------------------------------------------------------------------------------

let etag = "";
let seen = new Date();
let failures = 0;
let timer = 0;

function notice(lost) {
  const place = find("[data-lost]");
  if (lost && place.hidden) {
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    place.textContent = place.dataset.lost.replace("#", time.format(seen));
  }
  place.hidden = !lost;
}

async function ask() {
  window.clearTimeout(timer);
  try {
    const answer = await fetch(screen.dataset.state, {
      cache: "no-store",
      headers: { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) },
      signal: AbortSignal.timeout(5000),
    });
    if (answer.status === 200) {
      show(await answer.json());
      etag = answer.headers.get("ETag") || "";
    } else if (answer.status !== 304) throw new Error(String(answer.status));
    seen = new Date();
    failures = 0;
  } catch {
    failures += 1;
  }
  // One lost answer is nobody's business; the second one is.
  notice(failures > 1);
  const wait = Math.min(Number(screen.dataset.poll) * 2 ** Math.max(failures - 1, 0), LONGEST_WAIT);
  timer = window.setTimeout(ask, wait);
}

// --- changing scenes -------------------------------------------------------------------------------------------

const doors = findAll("[data-goto]");
const current = () => doors.findIndex((door) => door.hasAttribute("aria-current"));

// What the scene is called and what it follows from: the votes of now, or a sealed standing.
function headline() {
  const { name, source } = doors[current()].dataset;
  for (const [place, words] of [["[data-title]", name], ["[data-badge]", source]]) {
    if (find(place).textContent !== words) find(place).textContent = words;
  }
}

function go(place) {
  const door = doors[(place + doors.length) % doors.length];
  if (!door || door.hasAttribute("aria-current")) return;
  for (const other of doors) other.removeAttribute("aria-current");
  door.setAttribute("aria-current", "page");
  for (const scene of findAll("[data-scene]")) scene.hidden = scene.dataset.scene !== door.dataset.goto;
  headline();
  find("[data-said]").textContent = door.dataset.name;
  window.history.replaceState(null, "", door.href);
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const onControl = event.target.closest("a, button");
  if (event.key in STEPS && !(event.key === " " && onControl)) {
    event.preventDefault();
    go(current() + STEPS[event.key]);
  }
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
}

if (screen) {
  for (const [place, door] of doors.entries()) {
    door.addEventListener("click", (event) => {
      event.preventDefault();
      go(place);
      screen.focus({ preventScroll: true });
    });
  }
  const button = find("[data-full]");
  if (button && document.fullscreenEnabled) {
    button.hidden = false;
    button.addEventListener("click", full);
  }
  document.addEventListener("keydown", press);
  window.addEventListener("online", ask);
  screen.focus({ preventScroll: true });
  timer = window.setTimeout(ask, Number(screen.dataset.poll));
}
