// The details of a task beside it, while it is pointed at or has the focus; and the other steps of its case outlined.
import { el, icon, LENT, MARKS } from "./parts.js";

export class Card {
  constructor(body) {
    this.body = body;
    this.box = el("div", "dc-card");
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true");
  }

  show(day, i, bar) {
    const { tasks, teams, words } = day, kind = day.kind(i), agent = day.agents[tasks.agent[i]];
    const list = el("dl"), marks = el("p", "dc-card-marks");
    const add = (term, text) => text && list.append(el("dt", "", words.say(term)), el("dd", "", text));
    const lent = tasks.flags[i] & LENT ? ` (${words.say("lent.from", { from: teams[agent.team].name })})` : "";
    add("agent", agent.name + lent);
    add("team", teams[kind.team].name);
    add("planned", `${day.clock(tasks.start[i])}–${day.clock(tasks.end[i])}`);
    add("due", day.due(i, { isShort: true }));
    add("client", tasks.client[i]);
    add("case", tasks.case[i]);
    add("weight", String(tasks.weight[i]));
    for (const [bit, name] of MARKS) {
      if (!(tasks.flags[i] & bit)) continue;
      const mark = el("span", `dc-chip dc-chip-${name}`);
      mark.append(icon(name), el("span", "", words.say(`mark.${name}`)));
      marks.append(mark);
    }
    this.box.replaceChildren(el("small", "", `${kind.name} · ${tasks.id[i]}`), el("strong", "", tasks.title[i]), marks, list);
    if (!marks.childElementCount) marks.remove();
    this.box.hidden = false;
    const at = bar.getBoundingClientRect(), size = this.box.getBoundingClientRect();
    const below = at.bottom + 8, above = at.top - size.height - 8;
    this.box.style.left = `${Math.min(Math.max(8, at.left), innerWidth - size.width - 8)}px`;
    this.box.style.top = `${below + size.height < innerHeight || above < 0 ? below : above}px`;
    this.#markCase(day, tasks.case[i]);
  }

  hide() {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.#markCase(null, "");
  }

  #markCase(day, name) {
    for (const bar of this.body.querySelectorAll(".is-kin")) bar.classList.remove("is-kin");
    if (!name) return;
    for (const bar of this.body.querySelectorAll(".dc-task")) {
      if (day.tasks.case[Number(bar.dataset.task)] === name) bar.classList.add("is-kin");
    }
  }
}
