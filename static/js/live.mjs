// Follows something that changes: by a stream where the site has one, otherwise, and while that is away, by asking.

const LONGEST_WAIT = 10000;
// How long a lost stream may be away before the page asks, and how long a silent one is believed (it pings each 25 s).
const PATIENCE = 3000;
const SILENCE = 60000;
// Once a stream was refused, the page asks, and tries again after so long: not everybody at the same moment.
const AGAIN = [20000, 60000];
// A page that nobody sees lets go after so long, and is up to date the moment it is seen.
const UNSEEN = 60000;

const between = (least, most) => least + Math.random() * (most - least);
const bare = (etag) => (etag || "").replace(/^W\//, "").replaceAll('"', "");

class Following {
  constructor(address, onFrame, { poll, interval = 3000, onConnection = () => {} }) {
    Object.assign(this, { address: window.EventSource ? address : "", onFrame, poll, interval, onConnection });
    this.known = "";
    this.failures = 0;
    this.seen = new Date();
    this.timers = {};
    this.start = this.start.bind(this);
    this.look = this.look.bind(this);
    window.addEventListener("online", this.start);
    document.addEventListener("visibilitychange", this.look);
    this.start();
  }

  after(wait, name, action) {
    window.clearTimeout(this.timers[name]);
    this.timers[name] = window.setTimeout(action, wait);
  }

  cancel(...names) {
    for (const name of names) window.clearTimeout(this.timers[name]);
  }

  // --- beginning and ending -----------------------------------------------------------------------------------

  start() {
    this.stop();
    this.stopped = false;
    if (this.address) this.open();
    else if (this.known) this.ask();
    // A page that was just made shows how it stands.
    else this.after(this.interval, "ask", () => this.ask());
  }

  stop() {
    this.stopped = true;
    this.cancel("ask", "again", "silence");
    this.hangUp();
  }

  close() {
    this.stop();
    this.cancel("unseen");
    window.removeEventListener("online", this.start);
    document.removeEventListener("visibilitychange", this.look);
  }

  look() {
    this.cancel("unseen");
    if (document.hidden) this.after(UNSEEN, "unseen", () => this.stop());
    else if (this.stopped) this.start();
  }

  // --- the stream ---------------------------------------------------------------------------------------------

  open() {
    this.hangUp();
    const source = new window.EventSource(this.address);
    this.source = source;
    this.waits = true;
    source.onopen = () => this.heard();
    source.onmessage = (event) => {
      this.heard();
      this.take(event.lastEventId, event.data);
    };
    source.addEventListener("ping", () => this.heard());
    source.onerror = () => this.lose(source);
    this.after(PATIENCE, "ask", () => this.ask());
    this.after(SILENCE, "silence", () => this.open());
  }

  hangUp() {
    if (this.source) this.source.close();
    this.source = null;
  }

  // There is a stream: nobody has to ask.
  heard() {
    this.waits = false;
    this.cancel("ask");
    this.arrived();
    this.after(SILENCE, "silence", () => this.open());
  }

  // The browser comes back by itself, unless the stream was refused. It says so at every try; patience counts once.
  lose(source) {
    if (source !== this.source) return;
    this.cancel("silence");
    if (source.readyState === window.EventSource.CLOSED) {
      this.hangUp();
      this.after(between(...AGAIN), "again", () => this.open());
      this.ask();
    } else if (!this.waits) {
      this.waits = true;
      this.after(PATIENCE, "ask", () => this.ask());
    }
  }

  // --- asking -------------------------------------------------------------------------------------------------

  async ask() {
    this.cancel("ask");
    let wait = this.interval;
    const { source } = this;
    try {
      const answer = await fetch(this.poll, {
        cache: "no-store",
        headers: { Accept: "application/json", ...(this.known ? { "If-None-Match": `"${this.known}"` } : {}) },
        signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 200) {
        const text = await answer.text();
        // A stream that came back meanwhile knows better.
        if (!this.streams()) this.take(bare(answer.headers.get("ETag")), text);
      } else if (answer.status !== 304) {
        wait = 1000 * Number(answer.headers.get("Retry-After")) || wait;
        throw new Error(String(answer.status));
      }
      this.arrived();
    } catch {
      this.failures += 1;
      this.tell();
    }
    if (this.stopped || this.streams() || source !== this.source) return;
    wait = Math.max(wait, Math.min(this.interval * 2 ** Math.max(this.failures - 1, 0), LONGEST_WAIT));
    // Where everybody lost the same stream, they do not all ask at once.
    this.after(this.address ? between(0.7 * wait, 1.3 * wait) : wait, "ask", () => this.ask());
  }

  streams() {
    return Boolean(this.source) && this.source.readyState === window.EventSource.OPEN;
  }

  // --- what came ----------------------------------------------------------------------------------------------

  arrived() {
    this.failures = 0;
    this.seen = new Date();
    this.tell();
  }

  // One lost answer is nobody's business; the second one is.
  tell() {
    this.onConnection({ lost: this.failures > 1, seen: this.seen });
  }

  take(name, text) {
    if (name && name === this.known) return;
    this.known = name;
    this.onFrame(JSON.parse(text));
  }
}

// Hand every new frame to onFrame. address: where a stream is, or nothing. poll: where the same is asked for, every
// `interval` milliseconds. onConnection hears { lost, seen }. The answer can be closed.
export function follow(address, onFrame, options) {
  return new Following(address, onFrame, options);
}
