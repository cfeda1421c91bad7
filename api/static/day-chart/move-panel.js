// What a move would cost, said while a task is held; and the same move by a form, for whoever does not drag.
import { el, makeButton } from "./parts.js";

export class MovePanel {
  /** `actions` are `target(change), drop, cancel`. */
  constructor(words, actions) {
    this.words = words;
    this.box = el("form", "dc-move");
    this.box.hidden = true;
    this.box.noValidate = true; // any minute will do: the five are for its arrows
    this.box.setAttribute("aria-label", words.say("move.panel"));
    this.title = el("p", "dc-move-title");
    this.agent = el("select");
    this.time = el("input");
    this.time.type = "time";
    this.time.step = "300";
    this.reason = el("p", "dc-move-reason");
    this.told = el("div", "dc-move-told");
    this.told.setAttribute("role", "status");
    this.dropButton = el("button", "dc-button dc-move-drop", words.say("move.drop"));
    this.cancelButton = makeButton(words.say("move.cancel"), words.say("move.cancel"), actions.cancel);
    this.more = el("span", "dc-move-more");
    this.fields = [this.#label("agent", this.agent), this.#label("move.time", this.time), this.dropButton];
    const row = el("div", "dc-move-row");
    row.append(...this.fields, this.cancelButton, this.more);
    this.box.append(this.title, this.reason, row, this.told);
    this.agent.addEventListener("change", () => actions.target({ agent: Number(this.agent.value) }));
    this.time.addEventListener("change", () => this.time.value && actions.target({ clock: this.time.value }));
    this.box.addEventListener("submit", (event) => {
      event.preventDefault();
      actions.drop();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") actions.cancel();
    });
  }

  /** Show a task that is held; the people are those of a day. */
  open(day, title) {
    if (this.day !== day) {
      this.day = day;
      this.agent.replaceChildren(
        ...day.teams.map((team, position) => {
          const group = el("optgroup");
          group.label = team.name;
          day.agents.forEach((agent, a) => agent.team === position && group.append(new Option(agent.name, String(a))));
          return group;
        }),
      );
    }
    this.#show(title);
    this.busy();
  }

  /** Say why a task is not moved, with one more thing to do where there is one: nothing is held, nothing to choose. */
  refuse(title, why, label = "", action = null) {
    this.#show(title, why);
    this.box.dataset.tone = "bad";
    if (!label) return;
    const button = makeButton(label, label, action);
    this.more.append(button);
    button.focus();
  }

  #show(title, why = "") {
    const isRefused = why !== "";
    this.title.textContent = title;
    this.reason.textContent = why;
    this.reason.hidden = !isRefused;
    for (const field of [...this.fields, this.told]) field.hidden = isRefused;
    this.cancelButton.textContent = this.cancelButton.title = this.words.say(isRefused ? "move.close" : "move.cancel");
    this.more.replaceChildren();
    this.box.hidden = false;
  }

  target(agent, clock) {
    this.agent.value = String(agent);
    this.time.value = clock;
  }

  /** What was said is of another target; nothing can be dropped before the server has spoken of this one. */
  busy() {
    this.box.dataset.tone = "asking";
    this.dropButton.disabled = true;
  }

  /** Say what the server says of a target: `tone` is good, same, worse or bad, and what is bad cannot be dropped. */
  tell({ tone, says }) {
    this.box.dataset.tone = tone;
    this.told.replaceChildren(...says.map((text, n) => el(n ? "p" : "strong", "", text)));
    this.dropButton.disabled = tone === "bad";
  }

  close() {
    this.box.hidden = true;
  }

  #label(key, field) {
    const label = el("label", "dc-move-field", this.words.say(key));
    label.append(field);
    return label;
  }
}
