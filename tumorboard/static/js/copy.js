// Copy buttons stay hidden without script, or where the browser gives no clipboard (plain http).
import { say } from "./dom.js";

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = "Copied";
  say("Copied.");
  setTimeout(() => { label.textContent = before; }, 2000);
}

export function start() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
