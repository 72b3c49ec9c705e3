// A second press while the first is on its way is ignored. The server would take it once anyway.
// A button with data-busy asks for what takes seconds: it says so meanwhile, and no other such button is heard.
import { say } from "./dom.js";

const working = () => document.querySelector("[data-busy][aria-disabled]");

function tell(button) {
  const label = button.querySelector("span");
  button.dataset.label = label.textContent;
  label.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
  say(button.dataset.busy);
}

function untell(button) {
  button.querySelector("span").textContent = button.dataset.label;
  button.removeAttribute("aria-disabled");
}

function send(event) {
  const form = event.target;
  const isLong = event.submitter?.dataset.busy !== undefined;
  if (event.defaultPrevented || (form.getAttribute("method") !== "post" && !isLong)) return;
  if (form.getAttribute("aria-busy") === "true" || (isLong && working())) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  if (isLong) tell(event.submitter);
}

// Whoever comes back to a page that the browser kept finds it as it was.
function restore() {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  if (working()) untell(working());
}

export function start() {
  addEventListener("submit", send);
  addEventListener("pageshow", restore);
}
