// After signing out: nothing that was typed stays on this device, and the worker begins anew.
for (const store of [() => localStorage, () => sessionStorage]) {
  try {
    const kept = store();
    for (const name of Object.keys(kept)) if (name.startsWith("stem-")) kept.removeItem(name);
  } catch { /* nothing was kept */ }
}
const registration = await navigator.serviceWorker?.getRegistration().catch(() => null);
registration?.active?.postMessage("fresh");
