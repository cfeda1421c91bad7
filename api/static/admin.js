// The administrator's pages: copying what is shown once, forms that are sent once, fields that go with a role.
import { say } from "./shell.js";

document.addEventListener("click", async (event) => {
  const copying = event.target.closest("[data-copies]");
  if (!copying) return;
  const field = document.getElementById(copying.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say(copying.dataset.said);
  } catch {
    field.focus(); // it is selected: the keyboard copies it
    say(copying.dataset.byHand, "new");
  }
});

const asked = new WeakMap(); // form -> how often it was asked about: an answer that was overtaken is none

/** Put what the server answers to a form's fields into the part of the page that is for it; what fails changes nothing. */
async function ask(form, address, options) {
  const turn = (asked.get(form) ?? 0) + 1;
  asked.set(form, turn);
  const place = document.getElementById(form.dataset.into);
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } }).catch(() => null);
  const told = answer?.ok ? await answer.text() : null;
  if (told !== null && place && asked.get(form) === turn) place.innerHTML = told;
}

// A form says what is wrong with it while it is filled in; a list follows its filter.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-checks]");
  if (form) ask(form, form.dataset.checks, { method: "POST", body: new URLSearchParams(new FormData(form)) });
});
let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form.filters[data-into]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    history.replaceState(null, "", address);
    ask(form, address, {});
  }, 250);
});

// Slow work is asked for once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]") || event.defaultPrevented) return;
  for (const button of event.target.querySelectorAll("button")) {
    setTimeout(() => {
      button.disabled = true;
    });
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-once] button")) button.disabled = false;
});

// What only goes with a role is shown with it.
for (const part of document.querySelectorAll("[data-with]")) {
  const role = document.getElementById(part.dataset.with);
  const show = () => {
    part.hidden = !role.checked;
    for (const asked of part.querySelectorAll("select")) asked.required = role.checked;
    for (const mark of part.querySelectorAll(".optional")) mark.hidden = role.checked;
  };
  role.addEventListener("change", show);
  show();
}

document.querySelector("[data-focus]")?.focus();

// What is shown once came in answer to a form: a reload asks for the page again, and does not send the form a second time.
if (document.querySelector(".secret")) history.replaceState(null, "", location.href);
