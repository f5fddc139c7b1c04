// Puts the ideas of a view on the map, close ones together; every pin and every group is a button that says what it is.
const READY = "map:ready";
const PIN = '<svg class="ideas-map__pin" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 2a7 7 0 0 0-7 7c0 5.2 7 13 7 13s7-7.8 7-13a7 7 0 0 0-7-7z"/><circle cx="12" cy="9" r="2.6"/></svg>';

const escaped = (text) => {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
};

function popup(idea, data) {
  const box = document.createElement("div");
  const title = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = idea.properties.title;
  title.append(strong);
  box.append(title);
  if (!idea.properties.exact) {
    const about = document.createElement("p");
    about.textContent = data.about;
    box.append(about);
  }
  const link = document.createElement("a");
  link.href = data.idea + idea.id;
  link.textContent = data.read;
  box.append(link);
  return box;
}

function open(event, group) {
  // The library opens groups at a click alone.
  if (event.originalEvent.key !== "Enter" && event.originalEvent.key !== " ") return;
  const cluster = event.layer;
  if (cluster.getAllChildMarkers().length > 1) {
    const bounds = cluster.getBounds();
    if (bounds.getNorthEast().equals(bounds.getSouthWest())) cluster.spiderfy();
    else cluster.zoomToBounds({ padding: [24, 24] });
  }
  event.originalEvent.preventDefault();
}

async function fill(holder, { map, L }) {
  const data = holder.dataset;
  const answer = await fetch(data.points);
  if (!answer.ok) return;
  const { features } = await answer.json();
  const group = L.markerClusterGroup({
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    showCoverageOnHover: false,
    maxClusterRadius: 44,
    iconCreateFunction: (cluster) => {
      const count = cluster.getChildCount();
      const words = data.many.replace("#", count);
      const inner = `<span aria-hidden="true">${count}</span><span class="visually-hidden">${escaped(words)}</span>`;
      return L.divIcon({ html: inner, className: "ideas-map__group", iconSize: [44, 44] });
    },
  });
  for (const idea of features) {
    const [east, north] = idea.geometry.coordinates;
    const name = `${PIN}<span class="visually-hidden">${escaped(idea.properties.title)}</span>`;
    const icon = L.divIcon({ html: name, className: "ideas-map__marker", iconSize: [44, 44], iconAnchor: [22, 40], popupAnchor: [0, -34] });
    L.marker([north, east], { icon, title: idea.properties.title })
      .bindPopup(() => popup(idea, data))
      .addTo(group);
  }
  group.on("clusterkeypress clusterkeydown", (event) => open(event, group));
  map.addLayer(group);
  if (features.length) map.fitBounds(group.getBounds(), { padding: [36, 36], maxZoom: 15, animate: false });
  holder.dataset.filled = features.length;
}

for (const holder of document.querySelectorAll("[data-ideas-map]")) {
  holder.addEventListener(READY, (event) => {
    holder.querySelector("[data-still]")?.setAttribute("hidden", "");
    fill(holder, event.detail);
  });
}
