// Keeps an idea while it is typed: on the site for who is signed in, on this device otherwise and without a connection.
const NAME = "stem-idea";
const WEEK = 7 * 24 * 3600 * 1000;
const PACE = 10_000; // between two messages to the site
const PAUSE = 1500; // after the last key
const PATIENCE = 8000;
const WORDS = ["title", "summary", "body", "neighbourhood"];

function read() {
  try {
    const item = JSON.parse(localStorage.getItem(NAME));
    return item && Date.now() - item.at < WEEK ? item : null;
  } catch {
    return null;
  }
}
function write(item) {
  try {
    localStorage.setItem(NAME, JSON.stringify(item));
    return true;
  } catch {
    return false; // a full or forbidden store
  }
}
function works() {
  try {
    localStorage.setItem(`${NAME}-try`, "");
    localStorage.removeItem(`${NAME}-try`);
    return true;
  } catch {
    return false;
  }
}
function drop() {
  try {
    localStorage.removeItem(NAME);
  } catch { /* nothing was kept either */ }
}
// What was sent stays here until another page of the site shows that it has arrived.
function markSent() {
  const item = read();
  if (item) write({ ...item, sent: true });
}

const form = document.querySelector("form[data-draft]");
const looks = document.querySelector("form[data-draft-sends]");
if (form) keepTyped(form);
else if (looks && "kept" in looks.dataset) drop(); // the site has it now
else if (looks) looks.addEventListener("submit", (event) => { if (event.submitter?.value !== "change") markSent(); });
else if (read()?.sent) drop();
for (const other of document.querySelectorAll("form[data-throw-away]")) other.addEventListener("submit", drop);

function keepTyped(form) {
  const { keep, owner, idea, device, offline } = form.dataset;
  const line = form.querySelector("[data-draft-line]");
  const about = form.querySelector("[data-draft-about]");
  const key = form.elements.submission_key;
  let dirty = false;
  let left = false;
  let leaving = false;
  let last = 0;
  let timer = 0;
  let busy = null;

  const time = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const boxes = () => [...form.querySelectorAll('input[name="themes"]')];
  const isOthers = () => form.elements.for_other?.checked;
  const isEmpty = () => !form.elements.title.value.trim() && !form.elements.body.value.trim() && !form.elements.summary.value.trim();
  const say = (text, isKept = true) => {
    if (!line) return;
    line.hidden = false;
    line.classList.toggle("draft-line--not", !isKept);
    line.querySelector("[data-draft-said]").textContent = text;
  };

  function keepHere() {
    if (isOthers() || isEmpty()) return;
    const item = { owner, idea, key: key.value, at: Date.now(), call: form.querySelector('[name="call"]:checked, input[type="hidden"][name="call"]')?.value };
    for (const name of WORDS) item[name] = form.elements[name]?.value ?? "";
    item.themes = boxes().filter((box) => box.checked).map((box) => box.value);
    if (write(item)) {
      dirty = false;
      say(device.replace("#", time()));
    }
  }

  async function keepThere(isLast) {
    const data = new FormData(form);
    for (const name of ["image", "removes_image", "action"]) data.delete(name);
    data.set("idea", idea);
    dirty = false;
    last = Date.now();
    try {
      const answer = await fetch(keep, {
        method: "POST",
        body: data,
        keepalive: isLast,
        headers: { Accept: "application/json" },
        ...(isLast ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
      });
      const said = await answer.json();
      if (answer.status === 401) return keepHere(); // signed out meanwhile
      if (said.saved) {
        form.elements.version.value = said.version;
        if (read()?.key === key.value && !dirty) drop();
      } else {
        keepHere();
      }
      say(said.sentence ?? said.detail, said.saved);
    } catch {
      keepHere();
    }
  }

  function save(isLast = false) {
    clearTimeout(timer);
    if (!dirty || leaving || isOthers() || isEmpty()) return;
    if (!keep || !navigator.onLine) {
      if (!idea) keepHere();
      return;
    }
    if (busy && !isLast) return plan();
    busy = keepThere(isLast).finally(() => { busy = null; });
  }
  function plan() {
    clearTimeout(timer);
    timer = setTimeout(save, keep ? Math.max(PAUSE, last + PACE - Date.now()) : PAUSE / 3);
  }

  form.addEventListener("input", () => { dirty = true; plan(); });
  for (const name of ["pagehide", "visibilitychange"]) {
    addEventListener(name, () => {
      if (name === "visibilitychange" && document.visibilityState !== "hidden") return;
      left ||= dirty;
      save(true);
    });
  }
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    dirty = left; // the answer to the last message may have been missed
    save();
  });

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const throws = button && "throwAway" in button.dataset;
    if (!navigator.onLine) {
      event.preventDefault();
      if (throws) drop();
      else {
        keepHere();
        say(offline);
      }
    } else if (busy) {
      event.preventDefault(); // so that the draft does not arrive after what is sent now
      await busy;
      form.requestSubmit(button);
    } else {
      clearTimeout(timer);
      leaving = true;
      if (throws) drop();
      else if (button?.value !== "preview") markSent();
    }
  });

  const item = read();
  if (item && item.owner && item.owner !== owner) drop(); // of somebody else on this device
  else if (item?.key === key.value) {
    if ("kept" in form.dataset) drop();
    else write({ ...item, sent: false });
  } else if (item && isEmpty() && (item.idea ?? "") === idea) offer(item);
  if (about) about.hidden = !keep && !works();

  function offer(item) {
    const place = document.querySelector("[data-kept-offer]");
    if (!place) return;
    const words = place.querySelector("[data-kept-words]");
    const date = new Date(item.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    const title = item.title?.trim() || words.dataset.untitled;
    words.textContent = words.dataset.text.replace("#title", () => title).replace("#date", () => date);
    place.hidden = false;
    place.querySelector("[data-kept-drop]").addEventListener("click", () => { drop(); place.hidden = true; form.elements.title.focus(); });
    place.querySelector("[data-kept-use]").addEventListener("click", () => {
      for (const name of WORDS) if (form.elements[name] && item[name]) form.elements[name].value = item[name];
      for (const box of boxes()) box.checked = item.themes?.includes(box.value) ?? false;
      for (const choice of form.querySelectorAll('input[type="radio"][name="call"]')) choice.checked = choice.value === item.call;
      if (item.key) key.value = item.key;
      place.hidden = true;
      for (const name of ["title", "body"]) form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
      form.elements.title.focus();
    });
  }
}
