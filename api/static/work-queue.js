// The presses that the server has not heard of yet: kept in this browser, over reloads and signing in anew, each agent's
// apart, and sent one after the other.
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const GIVE_UP_MS = 20000;

const storeName = `swingdesk-unsent:${document.querySelector("[data-work]").dataset.agent}`;
let presses = load();
let isSending = false;
let isCut = false;
let waitMs = FIRST_WAIT_MS;
let timer = 0;
let told = () => {};

function load() {
  try {
    return JSON.parse(localStorage.getItem(storeName)) ?? [];
  } catch {
    return []; // storage is shut, or holds what is none of ours: the page keeps presses while it is open
  }
}

function save() {
  try {
    if (presses.length) localStorage.setItem(storeName, JSON.stringify(presses));
    else localStorage.removeItem(storeName);
  } catch {
    // As above: what cannot be stored is kept while the page is open.
  }
  told(presses, isCut);
}

/** Return the presses that wait, the oldest first. */
export const unsent = () => presses;

/** Have a function called with the presses that wait, and whether the connection is cut, each time that it changes. */
export function onChange(listener) {
  told = listener;
}

/** Note a press under a key of its own. */
export function keep(press) {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  const key = `web-${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")}`;
  presses.push({ ...press, key });
  save();
}

/** Send what waits, in order; `onAnswer(html, isLast)` gets each answer. Not reached, it is tried again by itself. */
export async function flush({ onAnswer }) {
  if (isSending || !presses.length) return;
  isSending = true;
  clearTimeout(timer);
  try {
    while (presses.length) {
      const answer = await post(presses[0], presses.length > 1);
      if (answer === null) {
        isCut = true;
        timer = setTimeout(() => flush({ onAnswer }), waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
        told(presses, isCut);
        return;
      }
      if (answer.status === 401) { // signed out: what was pressed stays, and is sent when somebody has signed in again
        location.assign(answer.leadsTo ?? "/sign-in?next=%2Fwork");
        return;
      }
      isCut = false;
      waitMs = FIRST_WAIT_MS;
      presses.shift();
      save();
      onAnswer(answer.html, presses.length === 0);
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
