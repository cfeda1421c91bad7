// The same as a table, for reading line by line: what is shown on the chart, two hundred tasks a page.
import { el, makeButton, MARKS } from "./parts.js";

const PAGE_ROWS = 200;
const HEADS = ["agent", "start", "end", "task", "type", "team", "due", "marks"];

export class TaskTable {
  constructor() {
    this.box = el("div", "dc-table");
    this.box.hidden = true;
    this.page = 0;
  }

  draw(scene) {
    this.scene = scene;
    const { day } = scene, { words } = day, listed = this.#list();
    const pages = Math.max(1, Math.ceil(listed.length / PAGE_ROWS));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const from = this.page * PAGE_ROWS, shown = listed.slice(from, from + PAGE_ROWS), table = el("table");
    const values = { from: listed.length ? from + 1 : 0, to: from + shown.length, count: listed.length };
    table.append(el("caption", "", words.say("table.caption", values)));
    const head = table.createTHead().insertRow(), body = table.createTBody();
    for (const name of HEADS) {
      const cell = el("th", "", words.say(name));
      cell.scope = "col";
      head.append(cell);
    }
    for (const i of shown) body.append(this.#row(i));
    const wrap = el("div", "dc-table-wrap");
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", words.say("table.label"));
    wrap.append(table);
    this.box.replaceChildren(wrap, this.#pager(pages));
  }

  #list() {
    const { day, rows, collapsed, hits, isDimmed } = this.scene, listed = [];
    for (const item of rows) {
      const members = item.agent === undefined ? (collapsed.has(item.team) ? item.agents : []) : [item.agent];
      for (const agent of members) {
        for (let i = day.first[agent]; i < day.first[agent + 1]; i++) if (!isDimmed || hits[i]) listed.push(i);
      }
    }
    return listed;
  }

  #row(i) {
    const { day } = this.scene, { tasks, words } = day, kind = day.kind(i), row = el("tr");
    const agent = el("th", "", day.agents[tasks.agent[i]].name);
    agent.scope = "row";
    row.append(agent);
    const marks = MARKS.filter(([bit]) => tasks.flags[i] & bit).map(([, name]) => words.say(`mark.${name}`)).join(", ");
    for (const text of [
      day.clock(tasks.start[i]), day.clock(tasks.end[i]), `${tasks.title[i]} (${tasks.id[i]})`, kind.name,
      day.teams[kind.team].name, day.due(i, { isShort: true }), marks,
    ]) row.append(el("td", "", text));
    return row;
  }

  #pager(pages) {
    const { words } = this.scene.day, pager = el("p", "dc-pager");
    const turn = (by) => () => {
      this.page += by;
      this.draw(this.scene);
      this.box.querySelector("button:not(:disabled)")?.focus();
    };
    const previous = makeButton(words.say("previous"), words.say("previous"), turn(-1));
    const next = makeButton(words.say("next"), words.say("next"), turn(1));
    previous.disabled = this.page === 0;
    next.disabled = this.page >= pages - 1;
    pager.append(previous, el("span", "", words.say("page.of", { page: this.page + 1, pages })), next);
    return pager;
  }
}
