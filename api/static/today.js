// Today: the parts of the page that change are kept fresh while it is open, without moving what somebody is at.
const page = document.querySelector("[data-today]");
const job = document.querySelector("[data-job][data-running='yes']");

if (page) followDay();
if (job) followJob(job.dataset.job);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

function followDay() {
  const query = new URLSearchParams(page.dataset.query);
  let isAsking = false;
  query.set("seen", page.dataset.stamp);
  const events = new EventSource(`/today/events?${query}`);
  events.addEventListener("changed", () => {
    if (!isAsking) refresh();
  });
  window.addEventListener("pagehide", () => events.close());

  async function refresh() {
    isAsking = true;
    try {
      const answer = await fetch(`/today/live${page.dataset.query}`, { headers: { "HX-Request": "true" } });
      if (answer.ok) show(await answer.text());
      else if (answer.headers.has("HX-Redirect")) events.close(); // signed out: the next click says so
    } catch {
      // The connection is away: the stream comes back by itself, and with it the next change.
    } finally {
      isAsking = false;
    }
  }
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = document.getElementById(part.id);
    if (old && old.innerHTML !== part.innerHTML && !isInUse(old)) replace(old, part);
  }
}

/** Whether somebody writes or chooses in a part: it stays as it is until the next change. */
function isInUse(part) {
  return part.querySelector("details.refuse[open]") !== null || part.contains(document.activeElement?.closest("input, select, textarea") ?? null);
}

function replace(old, part) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = [...old.querySelectorAll("details[open]")].map(nameOf);
  const scrolled = old.querySelector(".is-tall")?.scrollTop ?? 0;
  old.replaceChildren(...part.childNodes);
  for (const item of old.querySelectorAll("details")) item.open = opened.includes(nameOf(item));
  const tall = old.querySelector(".is-tall");
  if (tall) tall.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function nameOf(details) {
  return details.id || details.querySelector("summary").textContent;
}

function followJob(id) {
  const events = new EventSource(`/api/jobs/${id}/events`);
  events.addEventListener("job", (event) => {
    const told = JSON.parse(event.data);
    if (["done", "failed", "cancelled"].includes(told.state)) {
      events.close();
      location.replace(location.pathname + location.search); // with the task that it is for
      return;
    }
    const bar = document.querySelector("[data-job] progress");
    if (bar && told.progress.share !== null) {
      bar.max = 1;
      bar.value = told.progress.share;
    }
  });
  for (const ending of ["pagehide", "submit"]) window.addEventListener(ending, () => events.close());
}
