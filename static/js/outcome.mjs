// Saves what a facilitator writes while the room talks. Two at one text do not overwrite each other: the site says so.
import { askToSignIn } from "./awake.mjs";

const PAUSE = 800; // after the last key
const PACE = 1500; // between two messages
const AGAIN = 4000; // after one that did not arrive
const PATIENCE = 8000;
const WORDS = ["conclusion", "points", "questions", "taken_by"];

const form = document.querySelector("form[data-keep]");
if (form) keepTyped(form);

function keepTyped(form) {
  const { keep, failed, changed } = form.dataset;
  const line = form.querySelector("[data-said]");
  const number = form.elements.number;
  const typed = () => Object.fromEntries(WORDS.map((name) => [name, form.elements[name].value]));
  const same = (one, other) => WORDS.every((name) => plain(one[name]) === plain(other[name]));
  let sent = null; // what went out and was not answered: it may have arrived all the same
  let dirty = false;
  let clash = false;
  let last = 0;
  let timer = 0;
  let busy = null;
  let leaving = false;

  const say = (text, isKept) => {
    line.hidden = false;
    line.classList.toggle("outcome-form__said--not", !isKept);
    if (line.textContent !== text) line.textContent = text;
  };

  async function send(isLast) {
    const words = typed();
    dirty = false;
    last = Date.now();
    try {
      const answer = await fetch(keep, {
        method: "POST",
        body: new FormData(form),
        keepalive: isLast,
        headers: { Accept: "application/json" },
        ...(isLast ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
      });
      const said = await answer.json();
      if (!("saved" in said)) return refused(answer.status, said.detail);
      if (said.saved) number.value = said.number;
      else if (said.there) {
        if (sent && same(sent, said.there)) {
          number.value = said.number; // our own text, of which the answer got lost
          dirty = true;
        } else clash = true;
      }
      sent = null;
      say(said.sentence, said.saved);
    } catch {
      sent = words;
      dirty = true;
      say(failed, false);
      last = Date.now() + AGAIN - PACE;
    }
    if (dirty) plan();
  }

  // Nothing arrived: whoever signs in in another tab finds it saved, and what can pass is tried again.
  function refused(status, sentence) {
    line.classList.add("outcome-form__said--not");
    if (status === 401) askToSignIn(line);
    else say(sentence, false);
    if (status !== 401 && status < 429) return;
    dirty = true;
    last = Date.now() + AGAIN - PACE;
    plan();
  }

  function save(isLast = false) {
    clearTimeout(timer);
    if (!dirty || leaving || clash) return;
    if (busy && !isLast) return plan();
    busy = send(isLast).finally(() => { busy = null; });
  }
  function plan() {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(PAUSE, last + PACE - Date.now()));
  }

  form.addEventListener("input", () => {
    if (!dirty && !clash && line.hidden) say(changed, true);
    dirty = true;
    plan();
  });
  for (const name of ["pagehide", "visibilitychange"]) {
    addEventListener(name, () => {
      if (name === "visibilitychange" && document.visibilityState !== "hidden") return;
      save(true);
    });
  }
  form.addEventListener("submit", async (event) => {
    if (busy) {
      event.preventDefault(); // so that what is saved by itself does not arrive after this
      await busy;
      form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(timer);
    leaving = true;
  });
  addEventListener("pageshow", () => { leaving = false; });
}

// Line ends and spaces around a text are the site's to tidy.
function plain(text) {
  return text.split(/\r?\n/).map((row) => row.replace(/^(?:[-*•–]|\d{1,2}[.)])\s+/, "").trim()).filter(Boolean).join("\n");
}
