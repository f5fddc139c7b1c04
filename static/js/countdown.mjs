// Counts the last two days to a deadline down. Without it the words of the server stand there, and the exact minute.

const DAY = 86_400_000;
const language = document.documentElement.lang || "nl";
const units = [["day", DAY], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]];
const say = (unit, number) =>
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);

/** The two largest parts of a length of time: "1 day 3 hours". */
function words(left) {
  const first = units.findIndex(([, length]) => left >= length);
  if (first < 0) return say("second", 0);
  const [unit, length] = units[first];
  const parts = [say(unit, Math.floor(left / length))];
  const next = units[first + 1];
  if (next && Math.floor((left % length) / next[1])) parts.push(say(next[0], Math.floor((left % length) / next[1])));
  return parts.join(" ");
}

function tick(each, until) {
  const left = until - Date.now();
  if (left <= 0) {
    each.textContent = each.dataset.over;
    return;
  }
  if (left < 2 * DAY) each.textContent = each.dataset.pattern.replace("#", words(left));
  setTimeout(tick, left < 3_600_000 ? 1000 : 30_000, each, until);
}

for (const each of document.querySelectorAll(".countdown[data-until]")) tick(each, Date.parse(each.dataset.until));
