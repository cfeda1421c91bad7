// What if: follows a question while it is worked out, checks forms as they are written, copies addresses.
import { say } from "./shell.js";

const POLL_MS = 2000;
const CHECK_AFTER_MS = 500;

document.querySelector("main [data-focus]")?.focus();

// ---- a question that is worked out: server-sent events, or asking again where they do not come through ----
function follow(place) {
  let isEnded = false;

  const look = async () => {
    const answer = await fetch(place.dataset.poll, { headers: { "HX-Request": "true" } });
    if (answer.headers.get("HX-Redirect")) return window.location.assign(answer.headers.get("HX-Redirect"));
    if (!answer.ok) return undefined;
    const hasFocus = place.contains(document.activeElement);
    place.innerHTML = await answer.text();
    if (place.querySelector("[data-ended]") && !isEnded) {
      isEnded = true;
      window.location.reload();
    } else if (hasFocus) {
      place.querySelector("button")?.focus();
    }
    return undefined;
  };

  const poll = async () => {
    try {
      await look();
    } catch {
      // The server cannot be reached: it is asked again.
    }
    if (!isEnded) window.setTimeout(poll, POLL_MS);
  };

  if (!window.EventSource) {
    poll();
    return;
  }
  const events = new EventSource(place.dataset.follow);
  events.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    if (["done", "failed", "cancelled"].includes(job.state)) events.close();
    look().catch(() => window.setTimeout(poll, POLL_MS));
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED && !isEnded) poll();
  });
}

for (const place of document.querySelectorAll("[data-follow]")) follow(place);

// ---- forms that say at once what is wrong ----
function mark(form, faults) {
  const told = new Map([...faults.querySelectorAll("[data-fault]")].map((link) => [link.dataset.fault, link.textContent]));
  for (const place of form.querySelectorAll("[data-entry]")) {
    const control = document.getElementById(place.dataset.entry);
    const line = document.getElementById(`${place.dataset.entry}-error`);
    const wrong = told.get(place.dataset.entry);
    place.classList.toggle("is-wrong", wrong !== undefined);
    if (line) {
      line.hidden = wrong === undefined;
      line.querySelector("span").textContent = wrong === undefined ? "" : wrong.replace(/^[^:]*: /, "");
    }
    if (control?.matches("input, select") && wrong !== undefined) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", line.id);
    } else {
      control?.removeAttribute("aria-invalid");
    }
  }
  // What stands beside its entry is not said twice; what belongs to none stands above.
  for (const link of faults.querySelectorAll("[data-fault]")) link.closest("li").remove();
  form.querySelector(".wi-faults").replaceChildren(...(faults.querySelector("li") ? faults.childNodes : []));
}

for (const form of document.querySelectorAll("[data-check]")) {
  let timer;
  let turn = 0;
  const check = async () => {
    turn += 1;
    const mine = turn;
    const answer = await fetch(form.dataset.check, {
      method: "POST",
      headers: { "HX-Request": "true" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (!answer.ok || mine !== turn) return;
    const found = document.createElement("div");
    found.innerHTML = await answer.text();
    mark(form, found);
    form.dataset.checked = String(mine);
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => check().catch(() => {}), CHECK_AFTER_MS);
  };
  form.addEventListener("input", soon);
  // What was written before this script came, or that the browser kept, is checked too.
  if ([...form.elements].some((one) => one.defaultValue !== undefined && one.value !== one.defaultValue)) soon();
}

// ---- the address of the page, to send to somebody ----
for (const button of document.querySelectorAll("[data-copies-address]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      say(button.dataset.copied);
    } catch {
      say(window.location.href, "new"); // without a safe connection browsers copy nothing: it can be marked here
    }
  });
}
