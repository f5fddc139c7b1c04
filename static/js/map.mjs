// Draws a map in every [data-map], and tells the page when it is ready; tiles that do not come leave a plain ground.
const L = globalThis.L;
const READY = "map:ready";

// The ground under a map: neighbourhoods as dots, so that it tells something without the picture of the city as well.
function drawAreas(map, areas) {
  const layer = L.layerGroup().addTo(map);
  for (const area of areas) {
    const dot = L.circleMarker([area.latitude, area.longitude], { radius: 5, className: "map__area", interactive: false });
    dot.bindTooltip(area.name, { permanent: true, direction: "right", className: "map__name" });
    layer.addLayer(dot);
  }
  return layer;
}

function createMap(frame) {
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

for (const frame of document.querySelectorAll("[data-map]")) createMap(frame);
