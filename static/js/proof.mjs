// A little work that a form asks of a browser nobody knows: find numbers n with enough zero bits in sha256("token:n").
// The same file is the page's script and the worker that counts; without workers the page counts in short turns.
const TURN = 4096;
const SLICE = 40;
const K = new Int32Array(64);
const START = new Int32Array(8);

// The constants of SHA-256: the first bits behind the point of square and cube roots of the first primes.
for (let n = 2, found = 0; found < 64; n++) {
  let isPrime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
  if (!isPrime) continue;
  if (found < 8) START[found] = ((Math.sqrt(n) % 1) * 2 ** 32) | 0;
  K[found++] = ((Math.cbrt(n) % 1) * 2 ** 32) | 0;
}

// One block of 16 words, mixed into the state. Only the first word of the result matters to most tries.
const w = new Int32Array(64);
function mix(state, block) {
  for (let i = 0; i < 16; i++) w[i] = block[i];
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

const NINE = 57;
const shift = (at) => 24 - 8 * (at % 4);

// Counts up from 0. `turn()` does a few thousand tries; `found` fills with the numbers that do it.
// The token is so long that "token:" fills whole blocks: they are mixed in once, and each try is one block of digits.
export function counter(token, zeros, answers) {
  const head = `${token}:`;
  const before = START.slice();
  const block = new Int32Array(16);
  const put = (text, from) => {
    for (let i = 0; i < text.length; i++) block[(from + i) >> 2] |= text.charCodeAt(i) << shift(from + i);
  };
  const whole = head.length - (head.length % 64);
  for (let at = 0; at < whole; at += 64) {
    block.fill(0);
    put(head.slice(at, at + 64), 0);
    mix(before, block);
  }
  const rest = head.slice(whole);
  const state = new Int32Array(8);
  const found = [];
  let n = 0;
  let last = 0;

  const begin = () => {
    const digits = `${rest}${n}`;
    block.fill(0);
    put(`${digits}\x80`, 0);
    block[15] = 8 * (whole + digits.length);
    last = digits.length - 1;
  };
  // The next number, written over the one before it: mostly one digit changes.
  const next = () => {
    n += 1;
    for (let at = last; at >= rest.length; at--) {
      const by = shift(at);
      if (((block[at >> 2] >>> by) & 255) !== NINE) {
        block[at >> 2] += 1 << by;
        return;
      }
      block[at >> 2] -= 9 << by;
    }
    begin();
  };
  begin();
  const turn = () => {
    for (let tries = 0; tries < TURN && found.length < answers; tries++) {
      for (let i = 0; i < 8; i++) state[i] = before[i];
      mix(state, block);
      if (state[0] >>> (32 - zeros) === 0) found.push(n);
      next();
    }
    return found.length === answers;
  };
  return { found, turn };
}

function watch(box) {
  const form = box.closest("form");
  const status = box.querySelector("[data-proof-status]");
  const { proof_token: token, proof_answer: answer } = form.elements;
  const [zeros, answers] = [Number(box.dataset.zeros), Number(box.dataset.answers)];
  const only = box.dataset.only?.split(" ");
  let isBegun = false;
  let waiting = null;

  const finish = (found) => {
    answer.value = found.join(",");
    status.textContent = box.dataset.done;
    if (!waiting) return;
    const { submitter } = waiting;
    waiting = null;
    form.requestSubmit(submitter);
  };
  const tell = (count) => {
    if (!waiting && count < answers) status.textContent = box.dataset.working.replace("#", count);
  };

  const here = async () => {
    const work = counter(token.value, zeros, answers);
    let told = 0;
    for (let isDone = false; !isDone; ) {
      const end = performance.now() + SLICE;
      while (!isDone && performance.now() < end) isDone = work.turn();
      if (work.found.length > told) tell((told = work.found.length));
      if (!isDone) await new Promise((go) => setTimeout(go, 0));
    }
    finish(work.found);
  };

  const begin = () => {
    if (isBegun || answer.value) return;
    isBegun = true;
    tell(0);
    let worker;
    try {
      worker = new Worker(import.meta.url, { type: "module" });
    } catch {
      here();
      return;
    }
    worker.onmessage = ({ data }) => {
      if (!data.isDone) return tell(data.found.length);
      worker.terminate();
      finish(data.found);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      here();
    };
    worker.postMessage({ token: token.value, zeros, answers });
  };

  // Not for a button: a line that appears while somebody presses would move it away from under the finger.
  form.addEventListener("focusin", ({ target }) => target.closest("button") || begin());
  form.addEventListener(
    "submit",
    (event) => {
      if (answer.value || (only && !only.includes(event.submitter?.value ?? ""))) return;
      // Whoever listens beside us hears of it when it is really sent.
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { submitter: event.submitter };
      status.textContent = box.dataset.sending;
      begin();
    },
    { capture: true },
  );
  // Back from the next page by the browser's own button: what was used up is no good any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  if ("eager" in box.dataset) begin();
}

if (typeof document === "undefined") {
  self.onmessage = ({ data }) => {
    const work = counter(data.token, data.zeros, data.answers);
    let told = 0;
    while (!work.turn()) {
      if (work.found.length > told) {
        told = work.found.length;
        self.postMessage({ found: work.found, isDone: false });
      }
    }
    self.postMessage({ found: work.found, isDone: true });
  };
} else {
  for (const box of document.querySelectorAll("[data-proof]")) watch(box);
}
