// Offers to copy the address of the page; without this script the address can be copied by hand.
for (const share of document.querySelectorAll("[data-share]")) {
  const link = share.querySelector("[data-share-link]");
  const said = share.querySelector("[data-share-said]");
  if (!navigator.clipboard || !link) continue;
  share.querySelector("[data-share-tools]").hidden = false;
  share.querySelector("[data-share-copy]").addEventListener("click", async (event) => {
    const words = event.currentTarget.querySelector("span");
    try {
      await navigator.clipboard.writeText(link.href);
      said.textContent = share.dataset.copied;
      words.textContent = share.dataset.copied;
    } catch {
      link.focus();
    }
  });
}
