// Reorder by pointer (mouse, pen, touch), by keyboard, and by the buttons that work without script too.
// Every change is the row's own form, so its token and the agenda's version travel along.
import { fragment, post, say, target } from "./dom.js";

const root = () => document.querySelector("[data-reorder]");
const list = () => root().querySelector("[data-slots]");
const slots = () => [...list().querySelectorAll(":scope > .slot[data-mins]")];
const grip = (slot) => slot.querySelector(".grip");
const name = (slot) => slot.dataset.name ?? slot.id;
let lifted = null; // by keyboard: { slot, from }

// Telling the server

function warn(message) {
  const note = document.createElement("div");
  note.className = "note warn";
  note.textContent = message;
  root().prepend(note);
}

function refocus(id, control) {
  const row = id && document.getElementById(id);
  const found = row?.querySelector(`${control}:not(:disabled)`) ?? row?.querySelector("button:not(:disabled)");
  (found ?? document.getElementById("main")).focus({ preventScroll: !found });
}

// The order on the page is not the order stored: show what is, and say why.
async function recover(problem) {
  const { message } = (await problem?.json().catch(() => null)) ?? {};
  const page = await fetch(location.href, { headers: { "X-Fragment": "1" }, credentials: "same-origin" }).catch(() => null);
  if (page?.ok) root().replaceChildren(fragment(await page.text()));
  const sentence = message || (problem ? "This could not be done." : "Not stored. Check your connection.");
  const told = page?.ok ? sentence : `${sentence} Load the page again before you go on: its order is not the stored one.`;
  warn(told);
  say(told);
}

async function commit(form, data, { id, control, url = target(form) }) {
  if (root().getAttribute("aria-busy") === "true") return;
  root().setAttribute("aria-busy", "true");
  try {
    const response = await post(url, data, { "X-Fragment": "1" });
    const { html, message } = await response.clone().json().catch(() => ({}));
    if (html === undefined) { await recover(response); return; }
    root().replaceChildren(fragment(html));
    const question = root().querySelector("[data-ask]");
    if (!response.ok && !question) warn(message);
    say(message);
    if (question) question.querySelector("input:not([type=hidden])").focus();
    else refocus(id, control);
  } catch {
    await recover(null);
  } finally { root().removeAttribute("aria-busy"); }
}

function place(slot, position) {
  const form = slot.querySelector("form[data-move]");
  const data = new FormData(form);
  data.set("action", "to");
  data.set("position", position);
  commit(form, data, { id: slot.id, control: ".grip" });
}

function submit(event) {
  const form = event.target.closest("form[data-move]");
  if (!form) return;
  event.preventDefault();
  const { submitter } = event;
  const control = submitter?.value ? `[value="${CSS.escape(submitter.value)}"]` : "button";
  const where = { id: form.closest("li[id]")?.id, control, url: target(form, submitter) };
  commit(form, new FormData(form, submitter), where);
}

// Moving on the page

// Start times follow the order at once; the server's answer replaces them.
function retime() {
  let at = Number(list().dataset.start);
  for (const slot of slots()) {
    at += Number(slot.dataset.gap);
    const hour = ((Math.floor(at / 60) + 11) % 12) + 1;
    slot.querySelector("time").firstChild.textContent = `${hour}:${String(at % 60).padStart(2, "0")}`;
    at += Number(slot.dataset.mins);
  }
}

function glide(slot, before) {
  const way = before - slot.getBoundingClientRect().top;
  const steps = [{ transform: `translateY(${way}px)` }, { transform: "none" }];
  if (way) slot.animate(steps, { duration: 140, easing: "ease-out" });
}

function move(slot, to) {
  const rest = slots().filter((other) => other !== slot);
  const index = Math.max(0, Math.min(rest.length, to));
  const before = rest.map((other) => other.getBoundingClientRect().top);
  // The others move around it: taken out of the page, it would lose the pointer and the focus.
  const isBelow = (other) => slot.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  for (const other of rest.slice(0, index)) if (isBelow(other)) slot.before(other);
  for (const other of rest.slice(index).reverse()) if (!isBelow(other)) slot.after(other);
  retime();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!still) rest.forEach((other, i) => glide(other, before[i]));
  return slots().indexOf(slot);
}

// By pointer

const middle = (slot) => slot.getBoundingClientRect().top + slot.offsetHeight / 2;

function drag(event, handle) {
  const slot = handle.closest(".slot");
  const from = slots().indexOf(slot);
  let y = event.clientY, moved = false;

  const shift = (to, pointer) => {
    const top = slot.offsetTop;
    move(slot, to);
    y += slot.offsetTop - top;
    slot.style.transform = `translateY(${pointer - y}px)`;
  };
  const onMove = ({ clientY }) => {
    if (!moved && Math.abs(clientY - y) < 4) return;
    moved = true;
    slot.dataset.lifted = slot.dataset.dragging = "";
    slot.style.transform = `translateY(${clientY - y}px)`;
    const at = slots().indexOf(slot), previous = slots()[at - 1], next = slots()[at + 1];
    if (previous && middle(slot) < middle(previous)) shift(at - 1, clientY);
    else if (next && middle(slot) > middle(next)) shift(at + 1, clientY);
  };
  const onEnd = ({ type }) => {
    ends.abort();
    slot.style.transform = "";
    delete slot.dataset.lifted;
    delete slot.dataset.dragging;
    const to = slots().indexOf(slot);
    if (type === "pointercancel") move(slot, from);
    else if (to !== from) place(slot, to + 1);
  };
  const ends = new AbortController();
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", onMove, { signal: ends.signal });
  handle.addEventListener("pointerup", onEnd, { signal: ends.signal });
  handle.addEventListener("pointercancel", onEnd, { signal: ends.signal });
}

function pointerdown(event) {
  const handle = event.target.closest(".grip");
  if (handle && !event.button && !lifted) drag(event, handle);
}

// By keyboard

function lift(slot) {
  lifted = { slot, from: slots().indexOf(slot) };
  slot.dataset.lifted = "";
  grip(slot).setAttribute("aria-pressed", "true");
  say(`${name(slot)} picked up, position ${lifted.from + 1} of ${slots().length}. Up and Down arrows move it, Space drops it, Escape cancels.`);
}

function release() {
  const held = lifted;
  lifted = null;
  delete held.slot.dataset.lifted;
  grip(held.slot).setAttribute("aria-pressed", "false");
  return held;
}

function putBack() {
  const { slot, from } = release();
  move(slot, from);
  grip(slot).focus();
  say(`${name(slot)} put back to position ${from + 1}.`);
}

function drop() {
  const { slot, from } = release();
  const to = slots().indexOf(slot);
  if (to !== from) place(slot, to + 1);
  else say(`${name(slot)} not moved.`);
}

function step(slot, to) {
  const at = move(slot, to);
  grip(slot).focus();
  say(`Position ${at + 1} of ${slots().length}.`);
}

function keydown(event) {
  const slot = event.target.closest?.(".grip")?.closest(".slot");
  if (!slot) return;
  const isToggle = event.key === " " || event.key === "Enter";
  if (!lifted && !isToggle) return;
  const at = slots().indexOf(slot);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: slots().length - 1 }[event.key];
  if (event.key === "Tab") { putBack(); return; }
  if (isToggle && !lifted) lift(slot);
  else if (isToggle) drop();
  else if (event.key === "Escape") putBack();
  else if (to !== undefined) step(slot, to);
  else return;
  event.preventDefault();
}

// A screen reader's click on the grip lifts it; a mouse's click does not.
function click(event) {
  const handle = event.target.closest(".grip");
  if (handle && event.detail === 0 && !lifted) lift(handle.closest(".slot"));
}

export function start() {
  root().addEventListener("pointerdown", pointerdown);
  root().addEventListener("keydown", keydown);
  root().addEventListener("click", click);
  root().addEventListener("submit", submit);
}
