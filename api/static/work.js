// The agent's page. Every press is noted here first, with its own key and the time, and sent in order until the server
// has heard of it: a lost connection loses no press, and one that arrives twice counts once.
import { flush, keep, onChange, unsent } from "./work-queue.js";
import { listenForKeys } from "./work-keys.js";

const work = document.querySelector("[data-work]");
const byId = (id) => document.getElementById(id);
const desk = () => byId("desk");
const CALM_MS = 500; // a double click on Start must not fall on Done
const EXPECTED = { start: ["claimed"], pause: ["started"], resume: ["paused"], complete: ["started", "paused"] };
const LEAVING = ["complete", "return", "skip", "pend", "wrong-team", "information-missing", "help", "sign-out"];
const AFTER = { start: "started", pause: "paused", resume: "started", "off-task": "off-task", "sign-out": "over" };

let clockOffset = 0; // seconds that the server's clock is ahead of this one
let token = "";
let heldBefore = "";
let pointedAt = -CALM_MS; // when a mouse or a finger pressed last
let isStale = false; // something changed while a sheet was open: it is shown when the sheet closes

const isAsking = () => document.querySelector(".sheet:popover-open") !== null;
const now = () => Math.floor(Date.now() / 1000 + clockOffset);

// ---- what is shown ----

function show(stage) {
  const shown = desk();
  const before = shown.dataset.stage;
  shown.dataset.stage = stage;
  for (const part of shown.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(stage);
  if (stage !== before) calmDown();
  tick();
}

function calmDown() {
  if (performance.now() - pointedAt > CALM_MS) return; // a key is of one act alone
  for (const button of desk().querySelectorAll("[data-act='start'] button, [data-act='complete'] button")) {
    button.disabled = true;
    setTimeout(() => { button.disabled = false; }, CALM_MS);
  }
}

/** Show what a press leads to before the server has said so. */
function foresee(press) {
  const shown = desk();
  const { stage, worked, since } = shown.dataset;
  if (press.act === "start" || press.act === "resume") shown.dataset.since = press.at;
  if (press.act === "pause" || (press.act === "off-task" && stage === "started")) {
    shown.dataset.worked = Number(worked) + Math.max(0, press.at - Number(since));
    shown.dataset.held = "paused";
  }
  if (press.act === "off-task") {
    shown.dataset.offSince = press.at;
    shown.querySelector("[data-off-name]").textContent = press.told || press.label;
  }
  if (press.act === "sign-out") {
    const ended = shown.querySelector("[data-ended]");
    ended.textContent = ended.dataset.told.replace("TIME", timeOfDay(press.at));
  }
  if (press.act === "start" || press.act === "resume") shown.dataset.held = "started";
  if (LEAVING.includes(press.act)) shown.dataset.held = "";
  shown.querySelector("[data-kept]")?.toggleAttribute("hidden", !shown.dataset.held);
  const isBackToTask = press.act === "back" && shown.dataset.held;
  if (!AFTER[press.act] && !isBackToTask) shown.querySelector("[data-gone-name]").textContent = press.told ? `${press.label}: ${press.told}` : press.label;
  show(AFTER[press.act] ?? (isBackToTask ? shown.dataset.held : "gone"));
}

function put(fragment) {
  const found = fragment.querySelector("#desk");
  if (!found) return;
  if (isAsking()) {
    takeNotes(fragment);
    isStale = true;
    return;
  }
  isStale = false;
  const active = document.activeElement;
  const wasInside = desk().contains(active);
  const focused = wasInside ? active.dataset.focus : null;
  const said = desk().dataset.said;
  desk().replaceWith(found);
  arrive();
  if (wasInside) {
    const same = focused && [...found.querySelectorAll(`[data-focus="${CSS.escape(focused)}"]`)].find((one) => one.checkVisibility());
    (same ?? heading())?.focus({ preventScroll: !!same });
  }
  if (found.dataset.said !== said) byId("work-said").textContent = found.dataset.said;
}

const heading = () => [...desk().querySelectorAll("h1")].find((one) => one.checkVisibility());

/** Take over what the server has just sent: its clock, its notes, where things stand; then what it does not know yet. */
function arrive() {
  const shown = desk();
  clockOffset = Number(shown.dataset.now) - Date.now() / 1000;
  token = shown.dataset.token;
  heldBefore = shown.dataset.task;
  takeNotes(shown);
  show(shown.dataset.stage);
  for (const press of unsent()) foresee(press);
}

function takeNotes(fragment) {
  for (const note of fragment.querySelectorAll(".desk-notes > *")) {
    note.querySelector("[data-dismiss]").hidden = false;
    byId("work-notes").append(note);
  }
}

// ---- the clocks ----

function tick() {
  const { stage, worked, since, offSince, takes } = desk().dataset;
  for (const clock of desk().querySelectorAll("[data-clock]")) {
    const isRunning = stage === "started";
    const seconds = clock.dataset.clock === "off" ? now() - Number(offSince) : Number(worked ?? 0) + (isRunning ? now() - Number(since) : 0);
    clock.textContent = clockText(Math.max(0, seconds));
    const over = clock.parentElement.querySelector(".over");
    if (over) over.hidden = seconds <= Number(takes);
  }
}

/** An instant by the office's clock. */
function timeOfDay(at) {
  return new Date(at * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: work.dataset.zone });
}

function clockText(seconds) {
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:` : ""}${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(Math.floor(seconds) % 60)}`;
}

// ---- presses ----

addEventListener("pointerdown", () => { pointedAt = performance.now(); }, true);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  const fields = [...new FormData(form, event.submitter)].filter(([name]) => name !== "key");
  const { act, label } = form.dataset;
  const expected = EXPECTED[act];
  const isOfShownTask = form.elements.task_id?.value === desk().dataset.task;
  if (expected && isOfShownTask && !expected.includes(desk().dataset.stage)) return; // pressed twice
  form.closest("[popover]")?.hidePopover();
  const press = { act, label, told: event.submitter?.dataset.told ?? "", fields, at: now() };
  foresee(press);
  keep(press);
  if (!heading()?.contains(document.activeElement) && document.activeElement === document.body) heading()?.focus({ preventScroll: true });
  send();
});

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".note-box").remove());

function send() {
  flush({
    onAnswer(html, isLast) {
      const fragment = new DOMParser().parseFromString(html, "text/html");
      if (fragment.querySelector("#desk")) {
        if (isLast) put(fragment);
        else takeNotes(fragment);
      } else {
        const note = document.createElement("div");
        note.className = "note-box is-bad";
        note.setAttribute("role", "alert");
        note.textContent = fragment.querySelector("main, .toast > div")?.textContent.trim() || work.dataset.refused;
        byId("work-notes").append(note);
        if (isLast) refresh();
      }
    },
  });
}

// ---- what others do meanwhile ----

async function refresh() {
  isStale = isAsking();
  if (unsent().length || isStale) return;
  let answer;
  try {
    answer = await fetch(`/work/now?had=${encodeURIComponent(heldBefore)}`, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
    if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect") ?? "/sign-in?next=%2Fwork");
    if (!answer.ok) return;
    const html = await answer.text();
    if (!unsent().length) put(new DOMParser().parseFromString(html, "text/html"));
  } catch {
    return; // not reached: the stream of events says when it is again
  }
}

let stream;
function follow() {
  stream = new EventSource("/work/events");
  stream.addEventListener("open", send);
  stream.addEventListener("desk", (event) => { if (event.data !== token) refresh(); });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}
addEventListener("toggle", (event) => { if (event.newState === "closed" && isStale && event.target.matches?.(".sheet")) refresh(); }, true);
addEventListener("online", () => { tellUnsent(unsent(), false); send(); refresh(); });
addEventListener("offline", () => tellUnsent(unsent(), true));
addEventListener("pageshow", (event) => { if (event.persisted) { follow(); refresh(); } });
addEventListener("pagehide", () => stream?.close());

// ---- what waits for the connection ----

let wasWaiting = false;
function tellUnsent(presses, isCut) {
  work.dataset.unsent = presses.length;
  const box = byId("work-unsent");
  const isTold = isCut || !navigator.onLine;
  box.hidden = !isTold;
  byId("work-sending").textContent = presses.length && !isTold ? byId("work-sending").dataset.sends : "";
  if (isTold) {
    const { offline, waitingOne, waitingMany } = work.dataset;
    const count = presses.length === 0 ? "" : presses.length === 1 ? waitingOne : waitingMany.replace("NUM", presses.length);
    box.querySelector("[data-told]").textContent = `${offline} ${count}`.trim();
    box.querySelector("[data-list]").replaceChildren(...presses.map((press) => {
      const line = document.createElement("li");
      line.textContent = [timeOfDay(press.at), press.label, press.told].filter(Boolean).join(" · ");
      return line;
    }));
  } else if (wasWaiting) byId("work-said").textContent = work.dataset.back;
  wasWaiting = isTold;
}
onChange(tellUnsent);

if (desk()) {
  tellUnsent(unsent(), false);
  arrive();
  setInterval(tick, 1000);
  listenForKeys(work);
  follow();
  send();
}
