// Asks before leaving a changed form that does not save itself.
export function start() {
  let changed = false;
  for (const form of document.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
  }
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
