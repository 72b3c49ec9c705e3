// Draft autosave: waits for a pause in typing, sends the whole section, says so quietly, never takes text away.
import { fragment, post, say, target } from "./dom.js";

const PAUSE = 900;
const RETRY = 5000;
const PATIENCE = 400;
const OFFLINE = "Not saved. Check your connection; we keep trying.";
const SIGNED_OUT = "Your session ended. What you typed stands here; sign in in another tab, and it is saved.";

let form, state, timer, saving = null, dirty = false, stopped = false, leaving = false, again = false, sure = false, held = false;

// Only a failure is spoken, and once: a voice at every save would be in the way.
const show = (name, text) => {
  if (name === "error" && state.dataset.state !== "error") say(text);
  state.dataset.state = name;
  state.querySelector("span").textContent = text;
  state.querySelector("a").hidden = text !== SIGNED_OUT;
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

// Beside each answer that was not stored stands why, as the page itself would say it.
function mark(errors) {
  form.querySelectorAll(".err[data-quiet]").forEach((note) => note.remove());
  return Object.entries(errors).map(([name, sentence]) => {
    const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const field = input?.closest(".field");
    const note = document.createElement("p");
    note.className = "err";
    note.dataset.quiet = "";
    note.textContent = sentence;
    if (!field?.querySelector(".err")) (input?.closest(".cells > div") ?? field)?.append(note);
    const label = document.querySelector(`label[for="${CSS.escape(input?.id ?? "")}"]`) ?? field?.querySelector("legend");
    const row = input?.closest(".row-group")?.querySelector("legend").textContent.trim();
    const called = label?.firstChild.textContent.trim() ?? "an answer";
    return row ? `${row}, ${called}` : called;
  });
}

function saved(answer) {
  const version = form.querySelector("input[name=version]");
  if (version && answer.version !== undefined) version.value = answer.version;
  const open = mark(answer.errors ?? {});
  const aside = document.querySelector("[data-aside]");
  if (aside && answer.aside) aside.replaceWith(fragment(answer.aside));
  dirty = again;
  held = open.length > 0; // what was refused is on this page only
  state.toggleAttribute("data-held", held);
  show("saved", `${state.dataset.saved} ${answer.saved}${open.length ? `, but not ${open.join("; ")}` : ""}`);
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

// What is unsaved goes by itself first: where the session has ended, the page stays, and with it what was typed.
// A save under way would make the submitted version an old one: let it end.
async function submitting(event) {
  clearTimeout(timer);
  again = false;
  if (sure || stopped || (!saving && !dirty)) { leaving = true; return; }
  event.preventDefault();
  await (saving ?? save());
  clearTimeout(timer);
  if (state.dataset.state === "error" && !stopped) { wait(RETRY); return; }
  sure = true;
  form.requestSubmit(event.submitter);
}

export function start() {
  form = document.querySelector("form[data-autosave]");
  state = form.querySelector(".save-state");
  form.addEventListener("input", typed);
  form.addEventListener("submit", submitting);
  addEventListener("pageshow", () => { leaving = sure = false; });
  addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(); });
  addEventListener("beforeunload", (event) => { if ((dirty || held) && !leaving) event.preventDefault(); });
}
