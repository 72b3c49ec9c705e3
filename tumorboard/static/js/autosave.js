// Draft autosave: waits for a pause in typing, sends the whole section, says so quietly, never takes text away.
import { fragment, post, say, target } from "./dom.js";

const PAUSE = 900;
const RETRY = 5000;
const PATIENCE = 400;
const OFFLINE = "Not saved. Check your connection; we keep trying.";
const SIGNED_OUT = "Your session ended. Sign in in another tab, then keep typing: nothing typed here is lost.";

let form, state, timer, saving = null, dirty = false, stopped = false, leaving = false, again = false;

// Only a failure is spoken, and once: a voice at every save would be in the way.
const show = (name, text) => {
  if (name === "error" && state.dataset.state !== "error") say(text);
  state.dataset.state = name;
  state.querySelector("span").textContent = text;
};
const wait = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };

function body() {
  const data = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name); // files go by their own upload
  return data;
}

// After signing in again the old token is worthless; the page itself carries a fresh one.
async function renewToken() {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const fresh = page.ok && fragment(await page.text()).querySelector("input[name=csrf_token]");
  if (fresh) for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = fresh.value;
}

function saved(answer) {
  const version = form.querySelector("input[name=version]");
  if (version && answer.version !== undefined) version.value = answer.version;
  const open = Object.keys(answer.errors ?? {}).length;
  const rest = open ? ` ${open} answer${open === 1 ? "" : "s"} to check.` : "";
  dirty = again;
  show("saved", `Draft saved at ${answer.saved}${rest ? "." : ""}${rest}`);
}

async function refused(response) {
  if (response.status === 409) {
    stopped = true;
    const { message } = await response.json().catch(() => ({}));
    show("error", message ?? "Opened elsewhere. Your text is still here; copy it before you load the page again.");
    return;
  }
  if (response.status === 400) await renewToken();
  show("error", response.status === 401 ? SIGNED_OUT : OFFLINE);
  wait(RETRY);
}

async function send() {
  const slow = setTimeout(() => state.dataset.state !== "error" && show("saving", "Saving…"), PATIENCE);
  try {
    const response = await post(form.dataset.autosave || target(form), body(), { "X-Autosave": "1" });
    const isAnswer = response.ok && response.headers.get("Content-Type")?.startsWith("application/json");
    if (isAnswer) saved(await response.json());
    else await refused(response);
  } catch {
    show("error", OFFLINE);
    wait(RETRY);
  } finally { clearTimeout(slow); }
}

async function save() {
  clearTimeout(timer);
  if (stopped || leaving) return;
  if (saving) { again = true; return; }
  saving = send();
  await saving;
  saving = null;
  if (again) { again = false; wait(0); }
}

function typed(event) {
  if (event.target.type === "file") return;
  dirty = true;
  if (saving) again = true;
  if (!stopped) wait(PAUSE);
}

// A save under way would make the submitted version an old one: let it end first.
async function submitting(event) {
  clearTimeout(timer);
  again = false;
  if (saving) {
    event.preventDefault();
    await saving;
    clearTimeout(timer);
    form.requestSubmit(event.submitter);
    return;
  }
  leaving = true;
}

export function start() {
  form = document.querySelector("form[data-autosave]");
  state = form.querySelector(".save-state");
  form.addEventListener("input", typed);
  form.addEventListener("submit", submitting);
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(); });
  addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
}
