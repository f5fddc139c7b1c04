// Fills in the voting code that a square on paper puts behind # in the address, and takes it out of the address bar.
const field = document.querySelector("#code");
const code = decodeURIComponent(location.hash.slice(1)).trim();

if (field && /^[A-Za-z0-9 -]{16,40}$/.test(code)) {
  field.value = code;
  history.replaceState(history.state, "", location.pathname + location.search);
  field.form.querySelector("button[type=submit], button:not([type])")?.focus();
}
