// <day-chart>: who does what when, on one day. Rows are agents by team; only what is in view is in the document.
// Its words are in a child script of class dc-words; its data in another, at the address `data-source`, or the property
// `data` (api/documents/chart_words.py, chart_data.py). What comes from data enters as text, never as markup. Where
// `data.moves` says so, tasks can be moved (moving.js).
import { Axis } from "./axis.js";
import { Card } from "./card.js";
import { Day } from "./day.js";
import { takeKey } from "./keys.js";
import { Moving } from "./moving.js";
import { Painter } from "./painter.js";
import { Paper } from "./paper.js";
import { el, Words } from "./parts.js";
import { ALL, Finder } from "./rows.js";
import { TaskTable } from "./table.js";
import { Toolbar } from "./toolbar.js";
import { View } from "./view.js";
import { Zooming } from "./zooming.js";

const READABLE_PX_PER_MINUTE = 1.1, CLOCK_EVERY_MS = 30_000;

class DayChart extends HTMLElement {
  rows = []; // rows shown: {team, agents} or {team, agent}
  focus = { row: 0, cell: 0 };
  #collapsed = new Set();
  #filter = ALL;
  #frame = 0;
  #timer = 0;
  #observer = null;

  connectedCallback() {
    if (this.day) return;
    this.words = new Words(JSON.parse(this.querySelector("script.dc-words").textContent));
    const source = this.querySelector("script.dc-data");
    if (source) this.data = JSON.parse(source.textContent);
    else if (this.dataset.source) this.load(this.dataset.source);
  }

  disconnectedCallback() {
    this.#observer?.disconnect();
    clearInterval(this.#timer);
    removeEventListener("hashchange", this.#onHash);
    this.paper?.forget();
  }

  /** Take the data from an address of ours; returns whether it was there. */
  async load(address) {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) {
      this.append(el("p", "dc-status", this.words.say("not.loaded")));
      return false;
    }
    this.data = await answer.json();
    return true;
  }

  get data() {
    return this.day?.data;
  }

  set data(data) {
    const before = this.day ? { filter: this.#filter, text: this.toolbar.search.value } : null;
    this.day = new Day(data, this.words);
    this.finder = new Finder(this.day);
    if (before) return this.#renew(before);
    this.#build();
    this.view.length = data.length;
    this.view.measure([]);
    if (this.view.fitting < READABLE_PX_PER_MINUTE) {
      // A phone shows some hours well rather than the whole day badly.
      this.view.isFit = false;
      this.view.ppm = READABLE_PX_PER_MINUTE;
    }
    this.#select();
    if (!this.view.isFit) this.scroller.scrollLeft = Math.max(0, this.view.x(data.now) - 40);
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.scroller);
    addEventListener("hashchange", this.#onHash);
    this.paper.listen();
    this.#timer = setInterval(() => this.axis.placeNow(this.day, this.view), CLOCK_EVERY_MS);
    this.#onHash();
  }

  /** Show other agents and times for some tasks; everything stays where it is scrolled to. */
  change(list) {
    this.day = this.day.changed(list);
    this.finder = new Finder(this.day);
    this.toolbar.countMarks(this.day);
    this.#keepingPlace(() => this.#select());
  }

  /** Scroll to a task, show it and focus it; returns whether it is on the chart. */
  show(taskId) {
    const task = this.day.tasks.id.indexOf(taskId);
    if (task < 0) return false;
    if (!this.table.box.hidden) this.#toggleTable();
    const agent = this.day.tasks.agent[task];
    if (this.rowOf(agent) < 0) {
      this.#collapsed.clear();
      this.toolbar.clear();
      this.#refilter(ALL);
    }
    this.zooming.near();
    this.setFocus(this.rowOf(agent), task - this.day.first[agent]);
    this.scrollIntoView({ block: "nearest" });
    return true;
  }

  rowOf = (agent) => this.rows.findIndex((item) => item.agent === agent);

  // ---- structure --------------------------------------------------------------------------------------------------

  #build() {
    const { day, words } = this, { moves } = day.data;
    for (const child of [...this.children]) if (child.tagName !== "SCRIPT") child.remove();
    this.scroller = el("div", "dc-scroll");
    this.plane = el("div", "dc-plane");
    this.body = el("div", "dc-body");
    this.view = new View(this, this.scroller);
    this.axis = new Axis();
    this.painter = new Painter(this.body);
    this.card = new Card(this.body);
    this.table = new TaskTable();
    this.paper = new Paper(this);
    this.zooming = new Zooming(this);
    this.status = el("p", "dc-status");
    this.status.setAttribute("role", "status");
    this.moving = moves ? new Moving(this) : null;
    this.toolbar = new Toolbar(day, {
      filter: (filter) => this.#refilter(filter),
      zoom: (by) => this.zoomBy(by),
      fit: () => this.zooming.fit(),
      now: () => this.#goNow(),
      table: () => this.#toggleTable(),
      move: moves ? () => this.moving.lift(this.focusedTask()) : null,
      undo: moves ? () => this.moving.undo() : null,
    });
    this.plane.setAttribute("role", "grid");
    this.plane.setAttribute("aria-readonly", String(!moves));
    const counts = { agents: words.count("agents", day.agents.length), tasks: words.count("tasks", day.count) };
    this.plane.setAttribute("aria-label", words.say("chart.label", counts));
    this.body.setAttribute("role", "rowgroup");
    this.plane.append(this.axis.marks, this.axis.lines, this.body);
    this.scroller.append(this.plane);
    this.#listen();
    this.append(this.toolbar.box, this.status, this.scroller, this.table.box, this.card.box);
    if (this.moving) {
      this.append(this.moving.panel.box);
      this.moving.showUndo();
    }
  }

  #listen() {
    const { scroller, body } = this;
    scroller.addEventListener("scroll", () => this.#schedule(), { passive: true });
    scroller.addEventListener("keydown", (event) => this.#onKey(event));
    body.addEventListener("pointerover", (event) => this.#onHover(event));
    body.addEventListener("pointerleave", () => this.card.hide());
    body.addEventListener("click", (event) => this.#onClick(event));
    body.addEventListener("focusin", (event) => this.#onFocusIn(event));
    body.addEventListener("focusout", () => this.card.hide());
  }

  // ---- which rows, and drawing them -------------------------------------------------------------------------------

  #select() {
    const found = (this.found = this.finder.select(this.#filter, this.#collapsed)), { words } = this;
    this.rows = found.rows;
    this.view.stack(this.rows);
    const counts = `${words.count("people", found.numAgents)}, ${words.count("tasks", found.numTasks)}`;
    const told = found.isDimmed ? words.say("matching", { counts }) : counts;
    this.status.textContent = this.rows.length ? told : words.say("nothing.matches");
    this.plane.setAttribute("aria-rowcount", String(this.rows.length));
    this.focus = { row: Math.min(this.focus.row, Math.max(0, this.rows.length - 1)), cell: 0 };
    this.table.page = 0;
    this.redraw();
    if (!this.table.box.hidden) this.table.draw(this.#scene());
  }

  #scene() {
    const { day, rows, view, found } = this, lifted = this.moving?.lifted ?? null;
    const isForeign = (i) => this.moving !== null && !this.moving.isOwn(i);
    return { day, rows, view, lifted, isForeign, hits: found.hits, isDimmed: found.isDimmed, collapsed: this.#collapsed };
  }

  /** Draw everything anew, scrolled to `left` where that is given: nothing is laid out twice. */
  redraw(left = null) {
    this.painter.show(this.#scene());
    this.plane.style.width = `${this.view.planeWidth}px`;
    this.body.style.height = `${this.view.bodyHeight}px`;
    if (left !== null) this.scroller.scrollLeft = left;
    this.axis.draw(this.day, this.view);
    this.draw();
    this.moving?.place();
  }

  /** The same; what has the focus keeps it. */
  renew(left = null) {
    this.#keepingFocus(() => this.redraw(left));
  }

  draw() {
    if (this.painter.draw(this.scroller.scrollLeft, this.scroller.scrollTop, this.focus)) this.#schedule();
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  #refilter(filter) {
    this.#filter = filter;
    this.scroller.scrollTop = 0;
    this.#select();
    if (this.found.isDimmed) this.#revealHit();
  }

  /** Where no match is within the hours in view, go to the first one. */
  #revealHit() {
    const { view, day } = this, left = this.scroller.scrollLeft, right = left + view.room;
    let first = Infinity;
    for (let i = 0; i < day.count; i++) {
      if (!this.found.hits[i]) continue;
      if (view.x(day.tasks.end[i]) > left && view.x(day.tasks.start[i]) < right) return;
      first = Math.min(first, day.tasks.start[i]);
    }
    if (first < Infinity) this.scroller.scrollLeft = Math.max(0, view.x(first) - 60);
  }

  /** Show other data with what was looked for, and where, as it was. */
  #renew({ filter, text }) {
    const team = Math.min(filter.team, this.day.teams.length - 1);
    this.toolbar.countMarks(this.day);
    this.toolbar.set({ team, text, marks: filter.marks });
    this.#filter = { ...filter, team };
    this.view.length = this.data.length;
    this.view.measure(this.rows);
    this.#keepingPlace(() => this.#select());
    this.moving?.showUndo();
  }

  #keepingPlace(action) {
    const { scrollLeft, scrollTop } = this.scroller;
    action();
    [this.scroller.scrollLeft, this.scroller.scrollTop] = [scrollLeft, scrollTop];
    this.draw();
  }

  // ---- pointing and moving about ----------------------------------------------------------------------------------

  #onHover(event) {
    const bar = event.target.closest(".dc-task");
    if (bar && event.pointerType !== "touch" && !this.moving?.lifted) this.card.show(this.day, Number(bar.dataset.task), bar);
  }

  #onClick(event) {
    const team = event.target.closest(".dc-fold");
    if (team) return this.#fold(this.#positionOf(team));
    const cell = event.target.closest("[data-cell]");
    if (cell) this.setFocus(this.#positionOf(cell), Number(cell.dataset.cell));
  }

  #fold(position) {
    const { team } = this.rows[position];
    if (!this.#collapsed.delete(team)) this.#collapsed.add(team);
    this.focus = { row: position, cell: 0 };
    this.#keepingPlace(() => this.#select());
    this.setFocus(Math.min(position, this.rows.length - 1), 0);
  }

  #onFocusIn(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell) return;
    this.focus = { row: this.#positionOf(cell), cell: Number(cell.dataset.cell) };
    this.painter.mendStop(this.focus);
    if (cell.dataset.task && !this.moving?.lifted) this.card.show(this.day, Number(cell.dataset.task), cell);
    else this.card.hide();
  }

  #onKey(event) {
    if (this.moving?.takeKey(event)) return;
    if (event.key === "Escape") return this.card.hide();
    if (!event.altKey && !event.metaKey && event.target.closest("[data-cell]")) takeKey(event, this);
  }

  #positionOf(node) {
    return Number(node.closest(".dc-row").getAttribute("aria-rowindex")) - 1;
  }

  /** The task that has the focus, or had it last; -1 where that is none. */
  focusedTask() {
    const item = this.rows[this.focus.row];
    if (item?.agent === undefined || !this.day.numTasks(item.agent)) return -1;
    return this.day.first[item.agent] + this.focus.cell;
  }

  setFocus(row, cell) {
    this.focus = { row, cell };
    this.reveal(row);
    const i = this.focusedTask(), { scroller } = this;
    if (i >= 0) this.revealSpan(this.day.tasks.start[i], this.day.tasks.end[i]);
    const drawn = this.painter.drawn.get(row);
    if (drawn && !this.painter.cell(this.focus)) this.painter.redraw(row, scroller.scrollLeft, this.focus);
    this.draw();
    this.painter.cell(this.focus)?.focus({ preventScroll: true });
  }

  reveal(row) {
    const { tops, axisHeight } = this.view, { scroller } = this, [top, end] = [tops[row], tops[row + 1] + axisHeight];
    const height = this.view.height - (this.moving?.covered ?? 0);
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (end > scroller.scrollTop + height) scroller.scrollTop = end - height;
  }

  revealSpan(start, end) {
    const { view, scroller } = this, x = view.x(start), width = Math.min(view.x(end - start), view.room);
    if (x < scroller.scrollLeft + 20) scroller.scrollLeft = Math.max(0, x - 60);
    else if (x + width > scroller.scrollLeft + view.room - 20) scroller.scrollLeft = x + width - view.room + 60;
  }

  zoomBy(factor) {
    this.zooming.by(factor);
  }

  #keepingFocus(action) {
    const had = this.body.contains(document.activeElement);
    action();
    const cell = this.painter.cell(this.focus);
    if (had && cell !== document.activeElement) cell?.focus({ preventScroll: true });
  }

  #goNow() {
    const second = this.day.present(), { view } = this;
    const target = second >= 0 && second <= view.length ? second : this.data.now;
    if (view.isFit) this.zooming.near();
    this.scroller.scrollLeft = view.x(target) - 60;
  }

  #resized() {
    const { view } = this, sizes = () => `${view.nameWidth} ${view.rowHeight}`, before = sizes(), { ppm } = view;
    view.measure(this.rows);
    if (before !== sizes()) this.renew();
    else if (ppm !== view.ppm) this.zooming.stretch();
    else this.draw();
  }

  // ---- the table, and links to a task ----------------------------------------------------------------------

  #toggleTable() {
    const isTable = this.table.box.hidden;
    this.table.box.hidden = !isTable;
    this.scroller.hidden = isTable;
    this.toolbar.table.setAttribute("aria-pressed", String(isTable));
    this.card.hide();
    if (isTable) this.table.draw(this.#scene());
    else this.redraw();
  }

  #onHash = () => {
    const match = /^#task=(.+)$/.exec(location.hash);
    if (match) this.show(decodeURIComponent(match[1]));
  };
}

customElements.define("day-chart", DayChart);
