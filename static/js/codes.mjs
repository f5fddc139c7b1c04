// Offers to copy and to print codes; without this script they can be copied by hand and printed by the browser.
for (const codes of document.querySelectorAll("[data-codes]")) {
  const list = codes.querySelector("[data-codes-list]");
  const said = codes.querySelector("[data-codes-said]");
  const print = codes.querySelector("[data-codes-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (!navigator.clipboard) continue;
  const copy = codes.querySelector("[data-codes-copy]");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const lines = [...list.children].map((item) => item.textContent.trim());
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      said.textContent = codes.dataset.copied;
      copy.querySelector("span").textContent = codes.dataset.copied;
    } catch {
      list.focus();
    }
  });
}
