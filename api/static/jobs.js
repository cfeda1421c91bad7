// Follows the jobs of a page by the server's events: how far each is, and the page anew when it has ended.
const ENDED = new Set(["done", "failed", "cancelled"]);
const words = new Map();

/**
 * What a stage is called in the language of the page: the server's events are for programs, in English; its page knows.
 * Empty where the page does not say: it did not come, or the job has gone on meanwhile. It is asked again then.
 */
async function wordOf(stage, box) {
  if (document.documentElement.lang === "en") return stage;
  if (!words.has(stage)) {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    const found = page.querySelector(`[data-follow="${box.dataset.follow}"]`);
    const word = found?.querySelector(".job-head .soft")?.textContent;
    if (word && found.dataset.stage) words.set(found.dataset.stage, word);
  }
  return words.get(stage) ?? "";
}

/** Follow one job; `onEnd` is called with it when it has ended. */
export function follow(box, onEnd = () => location.reload()) {
  const source = new EventSource(box.dataset.follow);
  const bar = box.querySelector("progress");
  const told = box.querySelector(".job-head .soft");
  let current = "";
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    if (ENDED.has(job.state)) {
      source.close();
      onEnd(job);
      return;
    }
    for (const mark of box.querySelectorAll("[data-when]")) mark.hidden = (mark.dataset.when === "queued") !== (job.state === "queued");
    const stage = job.progress.stage ?? "";
    current = stage;
    if (told && stage) {
      const show = (word) => { if (word && stage === current) told.textContent = word; };
      wordOf(stage, box).then(show, () => {}); // it is told with the next event
    }
    if (!bar) return;
    if (job.progress.share === null) {
      bar.removeAttribute("value");
    } else {
      bar.max = 1;
      bar.value = job.progress.share;
    }
  });
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

for (const box of document.querySelectorAll("[data-follow]")) follow(box);
