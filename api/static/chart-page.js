// The page around the day chart: its address and links follow the plan that is shown, and what was done is said.
import { say } from "./shell.js";

const unshown = document.querySelector("[data-unshown]"), title = document.querySelector(".chart-title small");

document.addEventListener("planchange", (event) => {
  const { plan, says } = event.detail;
  history.replaceState(history.state, "", `?plan=${plan}${location.hash}`);
  title.textContent = title.textContent.replace(/\d+/, String(plan));
  document.querySelector(".chart-note[role='note']")?.remove();
  unshown.hidden = false;
  unshown.querySelector("[data-review]").href = `/today/review/${plan}`;
  if (says.length) say(says.join(" "));
});
