// Lets people point out the place of their idea on the map of the form; without it they choose a neighbourhood.
const EXACT = 4; // decimals of a degree: about ten metres
const STEPS = { ArrowLeft: [-25, 0], ArrowRight: [25, 0], ArrowUp: [0, -25], ArrowDown: [0, 25] }; // pixels
const NEAR = 14; // how far in to zoom for one neighbourhood

for (const place of document.querySelectorAll("[data-place]")) {
  const part = (name) => place.querySelector(`[data-place-${name}]`);
  const [box, chosen, said] = [part("map"), part("area"), part("said")];
  const [latitude, longitude] = [part("latitude"), part("longitude")];
  const [here, clear] = [part("here"), part("clear")];
  let pin = null;

  place.addEventListener("map:ready", ({ detail: { map, areas, L } }) => {
    const frame = map.getContainer();
    box.hidden = false;
    map.invalidateSize({ animate: false });
    map.fitBounds(areas.map((area) => [area.latitude, area.longitude]), { padding: [24, 24], animate: false });
    frame.append(part("cross").content.cloneNode(true));
    frame.setAttribute("aria-describedby", "place-hint");
    const drawing = L.divIcon({ className: "map__pin", html: part("pin").innerHTML, iconSize: [36, 36], iconAnchor: [18, 33] });

    const nearest = (point) => areas.reduce((best, area) => {
      const far = map.distance(point, [area.latitude, area.longitude]);
      return !best || far < best.far ? { area, far } : best;
    }, null);

    const show = (point) => {
      pin?.remove();
      pin = L.marker(point, { icon: drawing, keyboard: false, interactive: false }).addTo(map);
      clear.hidden = false;
    };

    const choose = (point) => {
      latitude.value = point.lat.toFixed(EXACT);
      longitude.value = point.lng.toFixed(EXACT);
      show(point);
      const close = nearest(point);
      if (close && !chosen.value) chosen.value = close.area.name;
      said.textContent = close ? said.dataset.near.replace("#", close.area.name) : said.dataset.set;
      place.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const look = (name) => {
      const area = areas.find((one) => one.name === name);
      if (area) map.setView([area.latitude, area.longitude], NEAR, { animate: false });
    };

    if (latitude.value && longitude.value) {
      const point = L.latLng(Number(latitude.value), Number(longitude.value));
      show(point);
      map.setView(point, NEAR, { animate: false });
    } else {
      look(chosen.value);
    }
    map.on("click", (event) => choose(event.latlng));
    frame.addEventListener("keydown", (event) => {
      if (event.target !== frame) return;
      const move = STEPS[event.key];
      if (event.key === "Enter") choose(map.getCenter());
      else if (move) map.panBy(move.map((part) => part * (event.shiftKey ? 4 : 1)), { animate: false });
      else return;
      // Neither the form is sent, nor does the library move the map a second time, with an animation.
      event.preventDefault();
      event.stopPropagation();
    });
    chosen.addEventListener("change", () => look(chosen.value));
    clear.addEventListener("click", () => {
      pin?.remove();
      latitude.value = longitude.value = "";
      clear.hidden = true;
      said.textContent = said.dataset.gone;
      frame.focus();
      place.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (navigator.geolocation) {
      here.hidden = false;
      here.addEventListener("click", () => {
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => {
            const point = L.latLng(coords.latitude, coords.longitude);
            map.setView(point, NEAR, { animate: false });
            choose(point);
          },
          () => { said.textContent = said.dataset.refused; },
        );
      });
    }
  });
}
