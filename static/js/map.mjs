// Draws a map in every [data-map], and tells the page when it is ready; tiles that do not come leave a plain ground.
const READY = "map:ready";

// The ground under a map: neighbourhoods as dots, so that it tells something without the picture of the city as well.
function drawAreas(map, areas) {
  const { L } = globalThis;
  const layer = L.layerGroup().addTo(map);
  for (const area of areas) {
    const dot = L.circleMarker([area.latitude, area.longitude], { radius: 5, className: "map__area", interactive: false });
    dot.bindTooltip(area.name, { permanent: true, direction: "right", className: "map__name" });
    layer.addLayer(dot);
  }
  return layer;
}

function createMap(frame) {
  const { L } = globalThis;
  const data = frame.dataset;
  const areas = data.areas ? JSON.parse(data.areas) : [];
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  frame.hidden = false;
  const map = L.map(frame, {
    keyboardPanDelta: Number(data.step ?? 60),
    zoomAnimation: !calm,
    fadeAnimation: !calm,
    inertia: !calm,
    maxZoom: 17,
    minZoom: 9,
    scrollWheelZoom: false,
    zoomControl: false,
  });
  L.control.zoom({ zoomInTitle: data.zoomIn, zoomOutTitle: data.zoomOut }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (areas.length) map.fitBounds(areas.map((area) => [area.latitude, area.longitude]), { padding: [24, 24], animate: false });
  else map.setView([Number(data.latitude ?? 52.1), Number(data.longitude ?? 5.3)], Number(data.zoom ?? 12), { animate: false });
  const tiles = L.tileLayer(data.tiles, { attribution: data.credit, maxZoom: 17, minZoom: 9 });
  // Until a tile has come the neighbourhoods have names; afterwards the picture has them.
  frame.classList.add("map--plain");
  tiles.on("tileload", () => frame.classList.remove("map--plain"));
  tiles.addTo(map);
  // From afar the names would stand on top of each other.
  const look = () => frame.classList.toggle("map--near", map.getZoom() >= 13);
  map.on("zoomend", look);
  look();
  drawAreas(map, areas);
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", data.label);
  // Who opens a <details> around a map finds it drawn to its size.
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(frame);
  frame.dispatchEvent(new CustomEvent(READY, { bubbles: true, detail: { map, areas, L } }));
  return map;
}

// The map of a form is more to fetch than all the rest: it waits until somebody types or scrolls towards it.
function createLater(frame) {
  const place = frame.closest("[data-place]") ?? frame.parentElement;
  const form = frame.closest("form") ?? document;
  const begin = async () => {
    watch.disconnect();
    form.removeEventListener("focusin", begin);
    if (frame.dataset.begun) return;
    frame.dataset.begun = "yes";
    try {
      await import(frame.dataset.leaflet);
    } catch {
      return; // the list of neighbourhoods does without
    }
    createMap(frame);
  };
  const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) begin(); }, { rootMargin: "400px" });
  watch.observe(place);
  form.addEventListener("focusin", begin);
}

for (const frame of document.querySelectorAll("[data-map]")) (globalThis.L ? createMap : createLater)(frame);
