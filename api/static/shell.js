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
