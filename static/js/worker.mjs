// Keeps the page that is shown without a connection; after the page itself, so that it costs the visitor no waiting.
addEventListener("load", () => {
  navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => { /* it works without */ });
});
