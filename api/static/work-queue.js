// The presses that the server has not heard of yet: kept in this browser, over reloads and signing in anew, each agent's
// apart, and sent one after the other.
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const GIVE_UP_MS = 20000;

const storeName = `swingdesk-unsent:${document.querySelector("[data-work]").dataset.agent}`;
let kept = null; // what waits, where the browser stores nothing for us: then it is kept while the page is open
let isSending = false;
let isCut = false;
let waitMs = FIRST_WAIT_MS;
let timer = 0;
let told = () => {};

function read() {
  if (kept) return kept;
  let stored;
  try {
    stored = localStorage.getItem(storeName);
  } catch {
    kept = [];
    return kept;
  }
  try {
    const found = JSON.parse(stored);
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // it holds what is none of ours
  }
}

function write(presses) {
  try {
    if (kept) kept = presses;
    else if (presses.length) localStorage.setItem(storeName, JSON.stringify(presses));
    else localStorage.removeItem(storeName);
  } catch {
    kept = presses;
  }
  told(presses, isCut);
}

/** Return the presses that wait, of all windows of this browser, the oldest first. */
export const unsent = () => read();

/** Have a function called with the presses that wait, and whether the connection is cut, each time that it changes. */
export function onChange(listener) {
  told = listener;
}

/** Note a press under a key of its own. */
export function keep(press) {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  const key = `web-${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")}`;
  write([...read(), { ...press, key }]);
}

/** Send what waits, in order; `onAnswer(html, isLast)` gets each answer. Not reached, it is tried again by itself. */
export async function flush({ onAnswer }) {
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  try {
    for (let presses = read(); presses.length; presses = read()) {
      const [press] = presses;
      const answer = await post(press, presses.length > 1);
      if (answer === null) {
        isCut = true;
        timer = setTimeout(() => flush({ onAnswer }), waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
        told(read(), isCut);
        return;
      }
      if (answer.status === 401) { // signed out: what was pressed stays, and is sent when somebody has signed in again
        location.assign(answer.leadsTo ?? "/sign-in?next=%2Fwork");
        return;
      }
      isCut = false;
      waitMs = FIRST_WAIT_MS;
      write(read().filter((one) => one.key !== press.key)); // sent by another window as well, it counts once all the same
      if (answer.leadsTo) {
        location.assign(answer.leadsTo);
        return;
      }
      onAnswer(answer.html, read().length === 0);
    }
  } finally {
    isSending = false;
  }
}

/** Return the server's answer to a press; null where it was not heard, or cannot be done just now. */
async function post(press, hasMore) {
  const body = new URLSearchParams([...press.fields, ["key", press.key], ["at", String(press.at)], ...(hasMore ? [["more", "yes"]] : [])]);
  try {
    const answer = await fetch(`/work/acts/${press.act}`, {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    if (answer.status === 429 || answer.status >= 500) return null;
    return { status: answer.status, leadsTo: answer.headers.get("HX-Redirect"), html: await answer.text() };
  } catch {
    return null; // no connection, or it broke: the press is sent again, under the same key
  }
}
