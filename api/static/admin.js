// The administrator's pages: copying what is shown once, forms that are sent once, fields that go with a role.
import { say } from "/static/shell.js";

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
  }
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
  };
  role.addEventListener("change", show);
  show();
}

document.querySelector("[data-focus]")?.focus();
