// The page of all components: what a message looks like.
import { say } from "./shell.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say]");
  if (button) say(button.dataset.say);
});
