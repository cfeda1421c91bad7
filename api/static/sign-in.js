// Shows a password while its button is pressed in; without scripts there is no such button.
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!isShown));
    field.type = isShown ? "password" : "text";
    field.focus();
  });
  // What was shown is hidden again before it is sent, so that browsers keep it as a password.
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
}
