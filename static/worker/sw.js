// The service worker: when there is no connection it shows one page of this site, with its styles. Nothing personal is
// kept: what it keeps is fetched without cookies. VERSION, FILES and PAGES stand above, put there by the site.
const PREFIX = "stem-";
const NAME = PREFIX + VERSION;

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll([...FILES, ...PAGES].map((address) => new Request(address, { credentials: "omit" })));
}

async function dropOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
}

async function kept(address) {
  const cache = await caches.open(NAME);
  return (await cache.match(address, { ignoreVary: true })) ?? Response.error();
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

// Somebody signed out: begin anew, whatever came into the cache.
self.addEventListener("message", (event) => {
  if (event.data === "fresh") event.waitUntil(caches.delete(NAME).then(fill));
});

// The network first, always; forms that are sent and all other files pass by.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(pathname.startsWith("/en/") || pathname === "/en" ? PAGES[1] : PAGES[0])));
  } else if (FILES.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => kept(pathname)));
  }
});
