// The rows in the document: those in view and a little more, and of each the tasks in view and a little more.
import { el, icon, MARKS } from "./parts.js";

const MIN_LABEL_PX = 46, THIN_PX = 9, OVERSCAN_PX = 240, WIDE_PX = 4000, LABELLED_PAUSE_PX = 44;

export class Painter {
  constructor(body) {
    this.body = body;
    this.drawn = new Map(); // row position -> element
    this.stop = null; // the one cell that Tab reaches
    this.isPrinting = false;
  }

  /** Say what is drawn from now on; nothing of what was drawn stays. */
  show(scene) {
    this.scene = scene;
    for (const row of this.drawn.values()) row.remove();
    this.drawn.clear();
    this.stop = null;
  }

  /** Bring the document up to where it is scrolled to. `focus` is the row and cell that stay in it wherever they are. */
  draw(left, top, focus) {
    const { rows, view } = this.scene;
    if (!rows.length) return;
    const from = this.isPrinting ? 0 : view.rowAt(Math.max(0, top - OVERSCAN_PX));
    const to = this.isPrinting ? rows.length - 1 : view.rowAt(top + view.height + OVERSCAN_PX);
    const active = document.activeElement;
    for (const [position, row] of this.drawn) {
      const isStale = row.from > left - OVERSCAN_PX || row.to < left + view.width + OVERSCAN_PX;
      if (((position < from || position > to) && position !== focus.row) || (isStale && !row.contains(active))) {
        row.remove();
        this.drawn.delete(position);
      }
    }
    for (let position = from; position <= to; position++) this.#add(position, left, focus);
    this.#add(focus.row, left, focus);
    this.mendStop(focus);
  }

  /** Draw a row anew, with a cell that it may not have. */
  redraw(position, left, focus) {
    this.drawn.get(position)?.remove();
    this.drawn.delete(position);
    this.#add(position, left, focus);
  }

  cell({ row, cell }) {
    return this.drawn.get(row)?.querySelector(`[data-cell="${cell}"]`);
  }

  mendStop(focus) {
    const row = this.drawn.get(focus.row);
    const cell = this.cell(focus) ?? row?.querySelector("[data-cell]");
    if (cell === this.stop) return;
    if (this.stop) this.stop.tabIndex = -1;
    if (cell) cell.tabIndex = 0;
    this.stop = cell ?? null;
  }

  #add(position, left, focus) {
    if (this.drawn.has(position)) return;
    const item = this.scene.rows[position];
    const row = item.agent === undefined ? this.#drawTeam(item) : this.#drawAgent(item, position, left, focus);
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", String(position + 1));
    row.style.top = `${this.scene.view.tops[position]}px`;
    // Rows stand in the document in the order in which they are seen.
    let next = null, nearest = Infinity;
    for (const [other, element] of this.drawn) if (other > position && other < nearest) [next, nearest] = [element, other];
    this.body.insertBefore(row, next);
    this.drawn.set(position, row);
  }

  #drawTeam(item) {
    const { day, collapsed } = this.scene, team = day.teams[item.team];
    const row = el("div", "dc-row dc-row-team"), cell = el("div", "dc-team-cell"), button = el("button", "dc-fold");
    [row.from, row.to] = [-Infinity, Infinity];
    cell.setAttribute("role", "rowheader");
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.cell = "0";
    button.setAttribute("aria-expanded", String(!collapsed.has(item.team)));
    button.append(el("i", `dc-swatch dc-c${team.colour}`), el("b", "", team.name), el("span", "dc-note", day.teamNote(team)));
    cell.append(button);
    row.append(cell);
    return row;
  }

  #drawAgent(item, position, left, focus) {
    const { day, view } = this.scene, agent = day.agents[item.agent];
    const row = el("div", "dc-row"), name = el("div", "dc-name"), track = el("div", "dc-track");
    const hours = day.hours(agent), load = day.load(agent), note = el("span", "dc-note", hours);
    name.setAttribute("role", "rowheader");
    if (load) note.append(el("span", "dc-load", ` · ${load}`));
    name.append(el("span", "dc-agent", agent.name), note);
    name.title = [agent.name, day.teams[agent.team].name, hours, load].filter(Boolean).join(", ");
    track.style.width = `${view.x(view.length)}px`;
    for (const [start, end] of agent.shifts) track.append(this.#span("dc-shift", start, end));
    for (const [start, end, kind] of agent.breaks) track.append(this.#drawPause(item.agent, start, end, kind));
    row.append(name, track);
    [row.from, row.to] = [-Infinity, Infinity];
    if (day.numTasks(item.agent)) this.#drawTasks(row, track, item.agent, position, left, focus);
    else track.append(this.#drawEmpty(agent));
    return row;
  }

  #drawPause(agent, start, end, kind) {
    const { day, view } = this.scene, name = kind || day.words.say("break");
    const pause = this.#span(`dc-pause dc-pause-${kind.replace(/[^a-z]+/gi, "-").toLowerCase()}`, start, end);
    pause.title = `${name} ${day.clock(start)}–${day.clock(end)}`;
    if (view.x(end - start) > LABELLED_PAUSE_PX && !day.isBusy(agent, start, end)) pause.append(el("span", "", name));
    return pause;
  }

  #drawEmpty(agent) {
    const { day, view } = this.scene, begins = agent.shifts.length ? Math.max(agent.shifts[0][0], 0) : 0;
    const empty = el("div", "dc-empty", day.words.say(agent.shifts.length ? "no.tasks" : "off.duty"));
    empty.setAttribute("role", "gridcell");
    empty.tabIndex = -1;
    empty.dataset.cell = "0";
    empty.style.marginLeft = `${view.x(begins) + 8}px`;
    return empty;
  }

  #drawTasks(row, track, agent, position, left, focus) {
    const { day, view } = this.scene, { start: starts, end: ends } = day.tasks, begin = day.first[agent];
    // Far beyond the screen nothing is drawn: a day of ten thousand tasks costs what is seen of it.
    const isWide = view.x(view.length) > WIDE_PX && !this.isPrinting;
    if (isWide) [row.from, row.to] = [left - 4 * OVERSCAN_PX, left + view.width + 4 * OVERSCAN_PX];
    let drawnTo = -Infinity;
    for (let i = begin; i < day.first[agent + 1]; i++) {
      const x = view.x(starts[i]), width = view.x(ends[i] - starts[i]);
      const isFocus = position === focus.row && i - begin === focus.cell;
      if (!isFocus && ((isWide && (x + width < row.from || x > row.to)) || x + width < drawnTo + 0.75)) continue;
      drawnTo = x + width;
      track.append(this.#drawTask(i, i - begin, x, width));
    }
  }

  #drawTask(i, cell, x, width) {
    const { day, view, hits, isDimmed } = this.scene, { tasks } = day, flags = tasks.flags[i], kind = day.kind(i);
    const bar = el("div");
    bar.setAttribute("role", "gridcell");
    bar.setAttribute("aria-label", day.tell(i));
    bar.tabIndex = -1;
    bar.dataset.cell = String(cell);
    bar.dataset.task = String(i);
    bar.style.left = `${x}px`;
    bar.style.width = `${Math.max(width - 1, 2)}px`;
    for (const [start, end] of day.agents[tasks.agent[i]].breaks) {
      // A break inside a task pauses it: the bar shows the gap.
      if (start >= tasks.end[i] || end <= tasks.start[i]) continue;
      const gap = this.#span("dc-gap", Math.max(start, tasks.start[i]), Math.min(end, tasks.end[i]));
      gap.style.left = `${view.x(Math.max(start, tasks.start[i])) - x}px`;
      bar.append(gap);
    }
    let room = width - 9, classes = `dc-task${width < THIN_PX ? " is-thin" : ""} dc-c${day.teams[kind.team].colour} dc-shade${kind.shade}`;
    for (const [bit, name] of MARKS) {
      if (!(flags & bit)) continue;
      classes += ` is-${name}`;
      if (room < 9) continue;
      bar.append(icon(name));
      room -= 13;
    }
    if (isDimmed && !hits[i]) classes += " is-dim";
    if (tasks.id[i] === this.scene.lifted) classes += " is-lifted";
    bar.className = classes;
    if (room >= MIN_LABEL_PX) bar.append(el("span", "dc-label", tasks.title[i]));
    return bar;
  }

  #span(className, start, end) {
    const { view } = this.scene, made = el("i", className);
    made.style.left = `${view.x(start)}px`;
    made.style.width = `${view.x(end - start)}px`;
    return made;
  }
}
