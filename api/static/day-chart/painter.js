// The rows in the document: those in view and a little more, and of each the tasks in view and a little more. What is in a
// row lies at shares of its width, so that zooming lays it out anew and draws nothing: only what bars say for their width
// (signs, words, none at all where two would lie on one pixel) is brought up to it later, row by row.
import { el, icon, MARKS } from "./parts.js";

const MIN_LABEL_PX = 46, THIN_PX = 9, OVERSCAN_PX = 240, WIDE_PX = 4000, LABELLED_PAUSE_PX = 44;
const FAR_NEARER = 1.7, FAR_FARTHER = 0.6, AHEAD_A_FRAME = 2;

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
    this.body.replaceChildren(...[...this.body.children].filter((child) => !child.classList.contains("dc-row")));
    this.drawn.clear();
    this.stop = null;
  }

  /**
   * Bring the document up to where it is scrolled to: what is in view at once, what lies beyond it a few rows at a time.
   * `focus` is the row and cell that stay in it wherever they are. Returns whether there is more to draw.
   */
  draw(left, top, focus) {
    const { rows, view } = this.scene;
    if (!rows.length) return false;
    const from = this.isPrinting ? 0 : view.rowAt(Math.max(0, top - OVERSCAN_PX));
    const to = this.isPrinting ? rows.length - 1 : view.rowAt(top + view.height + OVERSCAN_PX);
    this.#remove(from, to, left, focus);
    const first = this.isPrinting ? 0 : view.rowAt(top), last = this.isPrinting ? to : view.rowAt(top + view.height);
    for (let position = first; position <= last; position++) this.#add(position, left, focus);
    this.#add(focus.row, left, focus);
    let number = 0;
    for (let position = last + 1; position <= to && number < AHEAD_A_FRAME; position++) number += this.#add(position, left, focus);
    for (let position = first - 1; position >= from && number < AHEAD_A_FRAME; position--) number += this.#add(position, left, focus);
    this.mendStop(focus);
    return number >= AHEAD_A_FRAME;
  }

  /** Whether a row was drawn for a width so different that it does not look right even for a moment. */
  isFar(row) {
    const ratio = this.scene.view.ppm / row.ppm;
    return ratio > FAR_NEARER || ratio < FAR_FARTHER;
  }

  /** Bring rows up to the present width until a time; those that may wait stay. Returns whether there is more to do. */
  tidy(left, focus, until, mayWait) {
    for (const [position, row] of this.drawn) {
      if (row.ppm === this.scene.view.ppm || (mayWait && !this.isFar(row))) continue;
      if (performance.now() > until) return true;
      this.#fill(row, position, left, focus);
    }
    this.mendStop(focus);
    return false;
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

  /** Take out what is far from view; but for what has the focus. */
  #remove(from, to, left, focus) {
    const { view } = this.scene, active = document.activeElement;
    const begin = view.second(left - OVERSCAN_PX), end = view.second(left + view.width + OVERSCAN_PX);
    for (const [position, row] of this.drawn) {
      const isStale = row.from > begin || row.to < end;
      if (((position < from || position > to) && position !== focus.row) || (isStale && !row.contains(active))) {
        row.remove();
        this.drawn.delete(position);
      }
    }
  }

  /** Draw a row where it is not drawn yet; return how many that were. */
  #add(position, left, focus) {
    if (this.drawn.has(position)) return 0;
    const item = this.scene.rows[position];
    const row = item.agent === undefined ? this.#drawTeam(item) : this.#drawAgent(item);
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", String(position + 1));
    row.style.top = `${this.scene.view.tops[position]}px`;
    this.#fill(row, position, left, focus);
    // Rows stand in the document in the order in which they are seen.
    let next = null, nearest = Infinity;
    for (const [other, element] of this.drawn) if (other > position && other < nearest) [next, nearest] = [element, other];
    this.body.insertBefore(row, next);
    this.drawn.set(position, row);
    return 1;
  }

  #drawTeam(item) {
    const { day, collapsed } = this.scene, team = day.teams[item.team];
    const row = el("div", "dc-row dc-row-team"), cell = el("div", "dc-team-cell"), button = el("button", "dc-fold");
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

  #drawAgent(item) {
    const { day } = this.scene, agent = day.agents[item.agent];
    const row = el("div", "dc-row"), name = el("div", "dc-name"), track = el("div", "dc-track");
    const hours = day.hours(agent), load = day.load(agent), note = el("span", "dc-note", hours);
    name.setAttribute("role", "rowheader");
    if (load) note.append(el("span", "dc-load", ` · ${load}`));
    name.append(el("span", "dc-agent", agent.name), note);
    name.title = [agent.name, day.teams[agent.team].name, hours, load].filter(Boolean).join(", ");
    for (const [start, end] of agent.shifts) track.append(this.#span("dc-shift", start, end));
    row.pauses = agent.breaks.map(([start, end, kind]) => this.#drawPause(item.agent, start, end, kind));
    for (const { box } of row.pauses) track.append(box);
    row.append(name, track);
    row.track = track;
    row.bars = new Map(); // task -> element
    if (!day.numTasks(item.agent)) track.append(this.#drawEmpty(agent));
    return row;
  }

  #drawPause(agent, start, end, kind) {
    const { day } = this.scene, name = kind || day.words.say("break");
    const box = this.#span(`dc-pause dc-pause-${kind.replace(/[^a-z]+/gi, "-").toLowerCase()}`, start, end);
    box.title = `${name} ${day.clock(start)}–${day.clock(end)}`;
    return { box, name, length: end - start, isBusy: day.isBusy(agent, start, end) };
  }

  #drawEmpty(agent) {
    const { day } = this.scene, begins = agent.shifts.length ? Math.max(agent.shifts[0][0], 0) : 0;
    const empty = el("div", "dc-empty", day.words.say(agent.shifts.length ? "no.tasks" : "off.duty"));
    empty.setAttribute("role", "gridcell");
    empty.tabIndex = -1;
    empty.dataset.cell = "0";
    empty.style.marginLeft = `calc(${this.#share(begins)} + 8px)`;
    return empty;
  }

  /** Bring what is in a row up to the present width: bars that are drawn already stay what they are. */
  #fill(row, position, left, focus) {
    const { day, view, rows } = this.scene, { agent } = rows[position];
    [row.ppm, row.from, row.to] = [view.ppm, -Infinity, Infinity];
    if (agent === undefined) return;
    for (const { box, name, length, isBusy } of row.pauses) {
      const isSaid = !isBusy && view.x(length) > LABELLED_PAUSE_PX;
      if (isSaid !== box.childElementCount > 0) box.replaceChildren(...(isSaid ? [el("span", "", name)] : []));
    }
    // Far beyond the screen nothing is drawn: a day of ten thousand tasks costs what is seen of it.
    const isWide = view.x(view.length) > WIDE_PX && !this.isPrinting, begin = day.first[agent], { bars } = row;
    if (isWide) [row.from, row.to] = [left - 4 * OVERSCAN_PX, left + view.width + 4 * OVERSCAN_PX].map((x) => view.second(x));
    const shown = this.#choose(row, agent, isWide, position === focus.row ? begin + focus.cell : -1);
    const wanted = new Set(shown), active = document.activeElement;
    for (const [i, bar] of bars) {
      if (wanted.has(i) || bar === active) continue;
      bar.remove();
      bars.delete(i);
    }
    let next = null;
    for (let n = shown.length - 1; n >= 0; n--) {
      const i = shown[n], bar = bars.get(i) ?? this.#drawTask(i, i - begin);
      this.#dress(bar, i);
      if (!bars.has(i)) {
        bars.set(i, bar);
        row.track.insertBefore(bar, next);
      }
      next = bar;
    }
  }

  /** The tasks of an agent that are drawn: within the row's reach, and of several on one pixel the first. */
  #choose(row, agent, isWide, focused) {
    const { day, view } = this.scene, { start: starts, end: ends } = day.tasks, shown = [];
    let drawnTo = -Infinity;
    for (let i = day.first[agent]; i < day.first[agent + 1]; i++) {
      const isOut = (isWide && (ends[i] < row.from || starts[i] > row.to)) || view.x(ends[i]) < drawnTo + 0.75;
      if (isOut && i !== focused) continue;
      drawnTo = view.x(ends[i]);
      shown.push(i);
    }
    return shown;
  }

  #drawTask(i, cell) {
    const { day } = this.scene, { tasks } = day, bar = el("div"), length = Math.max(1, tasks.end[i] - tasks.start[i]);
    bar.setAttribute("role", "gridcell");
    bar.setAttribute("aria-label", day.tell(i));
    bar.tabIndex = -1;
    bar.dataset.cell = String(cell);
    bar.dataset.task = String(i);
    bar.style.left = this.#share(tasks.start[i]);
    bar.style.width = `calc(${this.#share(length)} - 1px)`;
    bar.gaps = [];
    for (const [from, to] of day.agents[tasks.agent[i]].breaks) {
      // A break inside a task pauses it: the bar shows the gap.
      if (from >= tasks.end[i] || to <= tasks.start[i]) continue;
      const gap = el("i", "dc-gap"), start = Math.max(from, tasks.start[i]);
      gap.style.left = `${((start - tasks.start[i]) / length) * 100}%`;
      gap.style.width = `${((Math.min(to, tasks.end[i]) - start) / length) * 100}%`;
      bar.gaps.push(gap);
    }
    return bar;
  }

  /** Give a bar the signs and words that it has room for. */
  #dress(bar, i) {
    const { day, view, hits, isDimmed, lifted, isForeign } = this.scene, { tasks } = day, flags = tasks.flags[i], kind = day.kind(i);
    const width = view.x(tasks.end[i] - tasks.start[i]), isThin = width < THIN_PX;
    const marks = MARKS.filter(([bit]) => flags & bit);
    const numSigns = Math.min(marks.length, Math.max(0, Math.floor((width - 5) / 13)));
    const isLabelled = width - 9 - 13 * numSigns >= MIN_LABEL_PX, look = `${isThin} ${numSigns} ${isLabelled}`;
    if (bar.look === look) return;
    bar.look = look;
    const classes = ["dc-task", `dc-c${day.teams[kind.team].colour}`, `dc-shade${kind.shade}`];
    for (const [, name] of marks) classes.push(`is-${name}`);
    if (isThin) classes.push("is-thin");
    if (isDimmed && !hits[i]) classes.push("is-dim");
    if (tasks.id[i] === lifted) classes.push("is-lifted");
    if (isForeign(i)) classes.push("is-foreign");
    bar.className = classes.join(" ");
    const signs = marks.slice(0, numSigns).map(([, name]) => icon(name));
    bar.replaceChildren(...bar.gaps, ...signs, ...(isLabelled ? [el("span", "dc-label", tasks.title[i])] : []));
  }

  #span(className, start, end) {
    const made = el("i", className);
    made.style.left = this.#share(start);
    made.style.width = this.#share(end - start);
    return made;
  }

  /** How far along the day something is, whatever its width. */
  #share(second) {
    return `${((second / this.scene.view.length) * 100).toFixed(5)}%`;
  }
}
