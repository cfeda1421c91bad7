// The shell: messages that can be closed, dialogs that open and close, and a word when the connection fails.
const messages = document.getElementById("messages");

document.addEventListener("click", (event) => {
  const closing = event.target.closest("[data-close]");
  if (closing) {
    closing.closest(".toast, dialog").matches("dialog") ? closing.closest("dialog").close() : closing.closest(".toast").remove();
    return;
  }
  const opening = event.target.closest("[data-opens]");
  if (opening) {
    event.preventDefault();
    document.getElementById(opening.dataset.opens).showModal();
  }
});

// A click beside a dialog closes it, as Escape does.
document.addEventListener("mousedown", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const isBeside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (isBeside) event.target.close();
  }
});

/** Say something in the live region; `kind` is good, bad or new. */
export function say(text, kind = "good") {
  const toast = document.getElementById(`toast-${kind}`).content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  messages.replaceChildren(toast);
}

// What went well needs no answer: it goes by itself, unless somebody points at it. What went wrong stays.
const SHOWN_MS = 8000;
function fade() {
  const toast = messages.querySelector(".toast.is-good");
  if (!toast || toast.dataset.fades) return;
  toast.dataset.fades = "yes";
  setTimeout(function leave() {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_MS);
    else toast.remove();
  }, SHOWN_MS);
}
new MutationObserver(fade).observe(messages, { childList: true });
fade();

// What htmx could not send, or got no answer to; an answer that refuses says so itself.
document.addEventListener("htmx:error", (event) => {
  const asked = event.detail?.ctx;
  if (asked && !asked.response) say(messages.dataset.unreached, "bad");
});

// A press is answered at once, however slow the connection: it says that it is being sent, or a page opened, and what is
// being sent is not sent twice by an impatient second press. Heard last, so that what others send by themselves is left to them.
const FORGOTTEN_MS = 30000; // no answer and still here: it may be tried again
const sending = document.getElementById("sending");
let forgetting;

function tellSending(text, pressed) {
  sending.textContent = text;
  pressed?.setAttribute("aria-busy", "true");
  clearTimeout(forgetting);
  forgetting = setTimeout(tellSent, FORGOTTEN_MS);
}

function tellSent() {
  delete document.documentElement.dataset.sending;
  sending.textContent = "";
  for (const pressed of document.querySelectorAll(".button[aria-busy]")) pressed.removeAttribute("aria-busy");
}

addEventListener("submit", (event) => {
  const method = event.target.getAttribute("method")?.toLowerCase();
  if (event.defaultPrevented || method === "dialog") return;
  if (method !== "post") return tellSending(sending.dataset.opensPage, event.submitter);
  if (document.documentElement.dataset.sending) return event.preventDefault();
  document.documentElement.dataset.sending = "yes";
  tellSending(sending.dataset.sends, event.submitter);
});
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !link || !isPlain || link.target || link.hasAttribute("download")) return;
  const to = new URL(link.href, location.href);
  const isSamePage = to.pathname === location.pathname && to.search === location.search && to.hash;
  const isFile = /\.\w{2,5}$/.test(to.pathname); // a download: this page stays
  if (to.origin !== location.origin || isSamePage || isFile) return;
  if (!document.documentElement.dataset.sending) tellSending(sending.dataset.opensPage, link.closest(".button"));
});
addEventListener("pageshow", tellSent);
