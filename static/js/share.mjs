// Offers to copy the address of the page, or to hand it to another app; without this script it can be copied by hand.
for (const share of document.querySelectorAll("[data-share]")) {
  const link = share.querySelector("[data-share-link]");
  const said = share.querySelector("[data-share-said]");
  const device = share.querySelector("[data-share-device]");
  const copy = share.querySelector("[data-share-copy]");
  if (!link || !(navigator.clipboard || (device && navigator.share))) continue;
  share.querySelector("[data-share-tools]").hidden = false;
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async (event) => {
    const words = event.currentTarget.querySelector("span");
    try {
      await navigator.clipboard.writeText(link.href);
      said.textContent = share.dataset.copied;
      words.textContent = share.dataset.copied;
    } catch {
      link.focus();
    }
  });
  if (!device || !navigator.share) continue;
  device.hidden = false;
  device.addEventListener("click", () => {
    // Who closes the sheet of the phone shared nothing, and that is fine.
    navigator.share({ title: document.title, url: link.href }).catch(() => {});
  });
}
