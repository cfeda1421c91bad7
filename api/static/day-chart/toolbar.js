// What one chooses above the chart: a team, words, marks, how near, the table; and a list of its keys.
import { el, fold, icon, makeButton, MARKS } from "./parts.js";
import { ALL } from "./rows.js";

const KEYS = ["arrows", "updown", "ends", "pages", "zoom", "wheel", "fold", "escape"];
const MOVE_KEYS = ["move", "move.arrows", "move.shift", "move.drop", "undo"];

export class Toolbar {
  /** `actions` are `filter, zoom(by), fit, now, table, move, undo`; the last two where tasks can be moved. */
  constructor(day, actions) {
    const { words } = day;
    this.box = this.#group("dc-toolbar", words.say("toolbar"));
    this.actions = actions;
    this.team = el("select", "dc-team");
    this.team.setAttribute("aria-label", words.say("team"));
    this.team.append(new Option(words.say("team.all"), "-1"));
    day.teams.forEach((item, position) => this.team.append(new Option(item.name, String(position))));
    this.team.addEventListener("change", () => actions.filter(this.filter));
    this.search = el("input", "dc-search");
    this.search.type = "search";
    this.search.placeholder = words.say("find.hint");
    this.search.setAttribute("aria-label", words.say("find"));
    this.search.addEventListener("input", () => actions.filter(this.filter));
    this.marks = this.#group("dc-marks", words.say("marks.only"));
    this.countMarks(day);

    const zoom = this.#group("dc-zoom", words.say("zoom"));
    zoom.append(
      makeButton("−", words.say("zoom.out"), () => actions.zoom(1 / 1.5)),
      makeButton(words.say("fit"), words.say("fit.long"), actions.fit),
      makeButton("+", words.say("zoom.in"), () => actions.zoom(1.5)),
      makeButton(words.say("now"), words.say("now.long"), actions.now),
    );
    this.table = makeButton(words.say("table"), words.say("table.long"), actions.table);
    this.table.setAttribute("aria-pressed", "false");
    zoom.append(this.table);
    const help = el("details", "dc-help"), list = el("dl");
    for (const name of actions.move ? [...KEYS, ...MOVE_KEYS] : KEYS) {
      list.append(el("dt", "", words.say(`key.${name}`)), el("dd", "", words.say(`key.${name}.does`)));
    }
    help.append(el("summary", "", words.say("keys")), list);
    this.box.append(this.team, this.search, zoom, ...this.#moving(words), help, this.marks);
  }

  get filter() {
    const pressed = [...this.marks.querySelectorAll('[aria-pressed="true"]')];
    return {
      team: Number(this.team.value),
      words: fold(this.search.value).split(/\s+/).filter(Boolean),
      marks: pressed.reduce((bits, button) => bits | Number(button.dataset.bit), 0),
    };
  }

  /** Set what is looked for; the text as it is typed. */
  set({ team, text = "", marks }) {
    this.team.value = String(team);
    this.search.value = text;
    for (const button of this.marks.children) button.setAttribute("aria-pressed", String((marks & Number(button.dataset.bit)) > 0));
  }

  clear() {
    this.set(ALL);
  }

  /** Count the tasks of each mark anew; marks that none has are not offered. */
  countMarks(day) {
    const { words } = day, before = this.marks.childElementCount ? this.filter.marks : 0;
    const buttons = [];
    for (const [bit, name] of MARKS) {
      let count = 0;
      for (const flags of day.tasks.flags) if (flags & bit) count++;
      if (!count && !(before & bit)) continue;
      const button = el("button", `dc-mark dc-mark-${name}`);
      button.type = "button";
      button.dataset.bit = String(bit);
      button.title = `${words.say(`mark.${name}`)}: ${words.say(`mark.${name}.means`)}`;
      button.setAttribute("aria-pressed", String((before & bit) > 0));
      button.append(icon(name), el("span", "", words.say(`mark.${name}`)), el("b", "", words.number(count)));
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        this.actions.filter(this.filter);
      });
      buttons.push(button);
    }
    this.marks.replaceChildren(...buttons);
  }

  #moving(words) {
    const { move, undo } = this.actions;
    if (!move) return [];
    const group = this.#group("dc-zoom", words.say("move.group"));
    this.undo = makeButton(words.say("undo"), words.say("undo.long"), undo);
    group.append(makeButton(words.say("move"), words.say("move.long"), move), this.undo);
    return [group];
  }

  #group(className, label) {
    const group = el("div", className);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", label);
    return group;
  }
}
