// What the screen, its text and the desk share: HTML of the site as elements, and the word that the line is lost.

const parser = new DOMParser();

/** A piece of HTML from the site as elements. */
export function elements(html) {
  return [...parser.parseFromString(html, "text/html").body.childNodes].map((node) => document.importNode(node, true));
}

/** Says in `place` (its data-lost) that the line is lost and since when, until it is back. */
export function connection(place) {
  return ({ lost, seen }) => {
    if (lost && place.hidden) {
      const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      place.textContent = place.dataset.lost.replace("#", time.format(seen));
    }
    place.hidden = !lost;
  };
}
