// Moving a task: picked up by mouse, by the key M or by a button; held over a person and a time, with what that would
// cost as the server says it; dropped, which stores the plan anew; or put back by Escape.
//
// `data.moves` is `{plan, undo, teams, also}`: the plan that is shown, whether its last move can be taken back, the teams
// whose tasks and people whoever looks at it may move, null for all, and further tasks that are theirs to move.
import { MovePanel } from "./move-panel.js";
import { el, OPEN } from "./parts.js";

const STEP_S = 300, SNAP_PX = 8, BEGIN_PX = 5, EDGE_PX = 36, EDGE_STEP_PX = 18, ASK_EVERY_MS = 90;
const UNAUTHENTICATED = 401, FORBIDDEN = 403, CONFLICT = 409;

export class Moving {
  constructor(chart) {
    this.chart = chart;
    this.words = chart.words;
    this.lifted = null; // the id of the task that is held
    this.target = null; // {agent, start}: over whom, and when
    this.told = null; // what the server said last, and of which target
    this.isPressed = false; // whether a pointer is down on a bar
    this.drag = null; // where the pointer picked it up
    this.isAsking = this.isAskedAgain = false;
    this.index = -1; // the position of the task that is held, or was last
    this.ghost = el("div", "dc-ghost");
    this.ghost.setAttribute("aria-hidden", "true");
    this.panel = new MovePanel(this.words, {
      target: (change) => this.#change(change),
      drop: () => this.drop(),
      cancel: () => (this.lifted ? this.cancel() : this.putAway()),
    });
    chart.body.addEventListener("pointerdown", (event) => this.#onDown(event));
    chart.body.addEventListener("pointermove", (event) => this.#onMove(event));
    chart.body.addEventListener("pointerup", () => this.#onUp());
    chart.body.addEventListener("pointercancel", () => this.#onCancel());
    // Who draws at a bar marks no words on the way, whether it can be moved or not.
    chart.body.addEventListener("selectstart", (event) => this.isPressed && event.preventDefault());
  }

  showUndo() {
    this.chart.toolbar.undo.disabled = !this.chart.data.moves.undo;
  }

  // ---- picking up, holding, putting back --------------------------------------------------------------------------

  /** Pick up a task by its position; what is in progress stays where it is, and what others lead is theirs to move. */
  lift(i, target = null) {
    const { day } = this.chart, why = this.#whyNot(i);
    if (why) return this.#refuse(i, why);
    this.lifted = day.tasks.id[i];
    this.index = i;
    this.told = null;
    this.chart.card.hide();
    this.panel.open(day, this.words.say("move.title", { title: day.tasks.title[i] || this.lifted }));
    this.ghost.className = `dc-ghost dc-c${day.teams[day.kind(i).team].colour}`;
    this.chart.body.append(this.ghost);
    this.chart.renew();
    this.#hold(target ?? { agent: day.tasks.agent[i], start: day.tasks.start[i] });
  }

  cancel() {
    this.#release();
    this.panel.close();
    this.chart.status.textContent = this.words.say("move.cancelled");
    this.#refocus();
  }

  #release() {
    this.lifted = this.drag = this.told = null;
    this.ghost.remove();
    this.chart.renew();
  }

  /** Whether whoever looks at the chart may move a task: one of their teams, or one that is theirs otherwise. */
  isOwn(i) {
    const { day } = this.chart, { teams, also } = day.data.moves;
    return !teams || teams.includes(day.kind(i).team) || also.includes(day.tasks.id[i]);
  }

  /** Why a task is not to be picked up at all, in words; empty where it is. */
  #whyNot(i) {
    const { day } = this.chart;
    if (i < 0) return this.words.say("move.pick");
    if (!this.isOwn(i)) return this.words.say("move.foreign", { team: day.teams[day.kind(i).team].name });
    return day.tasks.flags[i] & OPEN ? this.words.say("move.open") : "";
  }

  #refuse(i, why) {
    this.index = i;
    this.#end(why);
    this.#refocus();
  }

  /** Say why nothing is moved, and what else can be done. */
  #end(why, label = "", action = null) {
    const { day, card, status } = this.chart, i = this.index;
    card.hide();
    this.panel.refuse(i < 0 ? this.words.say("move.panel") : day.tasks.title[i] || day.tasks.id[i], why, label, action);
    // It is a live region from the start, which the panel is not; what stands in it already is said again once it was empty.
    status.textContent = "";
    requestAnimationFrame(() => (status.textContent = why));
  }

  /** Put away what was said, where nothing is held. */
  putAway() {
    this.panel.close();
    this.#refocus();
  }

  #refocus() {
    if (this.index < 0) return;
    const { day } = this.chart, row = this.chart.rowOf(day.tasks.agent[this.index]);
    if (row >= 0) this.chart.setFocus(row, this.index - day.first[day.tasks.agent[this.index]]);
  }

  #change({ agent = this.target.agent, clock = null }) {
    let { start } = this.target;
    if (clock !== null) {
      const wall = this.chart.day.wall(start), [hours, minutes] = clock.split(":").map(Number);
      start += ((hours - wall.getUTCHours()) * 60 + minutes - wall.getUTCMinutes()) * 60 - (start % 60);
    }
    this.#hold({ agent, start });
    this.#reveal();
  }

  #hold({ agent, start }) {
    const { day, view } = this.chart, earliest = Math.max(day.data.now, Math.min(day.present(), view.length));
    start = Math.min(Math.max(start, earliest), view.length - 60);
    if (this.target?.agent === agent && this.target.start === start && this.told) return;
    this.target = { agent, start };
    this.told = null;
    this.panel.target(agent, day.clock(start));
    this.panel.busy();
    this.place();
    this.#ask();
  }

  /** Draw what is held where it would be. */
  place() {
    if (!this.lifted || !this.target) return;
    const { day, view } = this.chart, row = this.chart.rowOf(this.target.agent), { tasks } = day;
    this.ghost.hidden = row < 0;
    if (row < 0) return;
    const [start, end] = this.told?.end ? [this.told.start, this.told.end] : [this.target.start, this.target.start + tasks.end[this.index] - tasks.start[this.index]];
    this.ghost.style.width = `${Math.max(view.x(end - start), 3)}px`;
    this.ghost.style.transform = `translate(${view.nameWidth + view.x(start)}px, ${view.tops[row]}px)`;
    this.ghost.dataset.tone = this.told?.tone ?? "asking";
    this.ghost.textContent = `${day.clock(start)} ${tasks.title[this.index]}`;
  }

  #reveal() {
    const row = this.chart.rowOf(this.target.agent), length = this.chart.day.tasks;
    if (row >= 0) this.chart.reveal(row);
    this.chart.revealSpan(this.target.start, this.target.start + length.end[this.index] - length.start[this.index]);
  }

  /** How much of the chart the panel covers, in pixels; it changes with what is said. */
  get covered() {
    if (this.panel.box.hidden) return 0;
    return Math.max(0, this.chart.scroller.getBoundingClientRect().bottom - this.panel.box.getBoundingClientRect().top);
  }

  // ---- by mouse ---------------------------------------------------------------------------------------------------

  #onDown(event) {
    const bar = event.target.closest(".dc-task");
    this.isPressed = false;
    if (!bar || event.button !== 0 || event.pointerType === "touch" || this.lifted) return;
    this.isPressed = true;
    const i = Number(bar.dataset.task), at = this.chart.view.locate(event);
    this.drag = { i, x: event.clientX, y: event.clientY, grip: at.second - this.chart.day.tasks.start[i], isMoving: false };
  }

  #onMove(event) {
    const { drag, chart } = this;
    if (!drag) return;
    if (!drag.isMoving) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < BEGIN_PX) return;
      this.drag = null;
      this.lift(drag.i);
      if (!this.lifted) return;
      drag.isMoving = true;
      chart.body.setPointerCapture(event.pointerId);
      this.drag = drag;
    }
    this.#scrollAtEdge(event);
    const at = chart.view.locate(event), item = chart.rows[at.row];
    const agent = item?.agent ?? this.target.agent;
    this.#hold({ agent, start: this.#snap(agent, at.second - drag.grip) });
  }

  #onCancel() {
    this.isPressed = false;
    if (this.drag) this.cancel();
  }

  #onUp() {
    const { drag } = this;
    this.isPressed = false;
    this.drag = null;
    if (drag?.isMoving && this.lifted) this.drop();
  }

  #scrollAtEdge(event) {
    const { scroller, view } = this.chart, box = scroller.getBoundingClientRect();
    if (event.clientY > box.bottom - this.covered - EDGE_PX) scroller.scrollTop += EDGE_STEP_PX;
    else if (event.clientY < box.top + view.axisHeight + EDGE_PX) scroller.scrollTop -= EDGE_STEP_PX;
    if (event.clientX > box.right - EDGE_PX) scroller.scrollLeft += EDGE_STEP_PX;
    else if (event.clientX < box.left + view.nameWidth + EDGE_PX) scroller.scrollLeft -= EDGE_STEP_PX;
  }

  /** Return the edge of another task of the agent where one is near, else the next full five minutes. */
  #snap(agent, second) {
    const { day, view } = this.chart, reach = view.second(SNAP_PX);
    let best = Math.round(second / STEP_S) * STEP_S, distance = reach;
    for (const edge of this.#edges(agent)) {
      const apart = Math.abs(edge - second);
      if (apart < distance) [best, distance] = [edge, apart];
    }
    return best;
  }

  /** Where a task could stand in an agent's order: before each of the others, or behind the last. */
  #edges(agent) {
    const { day } = this.chart, { tasks, agents } = day, edges = agents[agent].shifts.map(([start]) => start);
    for (let i = day.first[agent]; i < day.first[agent + 1]; i++) if (i !== this.index) edges.push(tasks.start[i], tasks.end[i]);
    return [...new Set(edges)].sort((a, b) => a - b);
  }

  // ---- by keyboard ------------------------------------------------------------------------------------------------

  /** Take a key where it is one of moving; return whether it was. */
  takeKey(event) {
    const { chart } = this;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !this.lifted) {
      event.preventDefault();
      if (chart.data.moves.undo) this.undo();
      return true;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (!this.lifted) {
      if (event.key === "Escape" && !this.panel.box.hidden) {
        this.putAway();
        return true;
      }
      if (event.key.toLowerCase() !== "m" || !event.target.closest("[data-cell]")) return false;
      event.preventDefault();
      this.lift(chart.focusedTask());
      return true;
    }
    const actions = {
      ArrowUp: () => this.#turn(-1),
      ArrowDown: () => this.#turn(1),
      ArrowLeft: () => this.#step(-1, event.shiftKey),
      ArrowRight: () => this.#step(1, event.shiftKey),
      Enter: () => this.drop(),
      Escape: () => this.cancel(),
    };
    if (!actions[event.key]) return event.key !== "Tab"; // nothing else happens while a task is held
    event.preventDefault();
    actions[event.key]();
    return true;
  }

  /** Hold it over the person above or below. */
  #turn(by) {
    const { rows } = this.chart;
    let row = this.chart.rowOf(this.target.agent) + by;
    while (rows[row] && rows[row].agent === undefined) row += by;
    if (!rows[row]) return;
    this.#hold({ agent: rows[row].agent, start: this.target.start });
    this.#reveal();
  }

  /** Hold it five minutes earlier or later, or at the place before or behind in the person's order. */
  #step(by, isFine) {
    const { agent, start } = this.target, edges = this.#edges(agent);
    const next = by > 0 ? edges.find((edge) => edge > start) : edges.findLast((edge) => edge < start);
    this.#hold({ agent, start: isFine || next === undefined ? start + by * STEP_S : next });
    this.#reveal();
  }

  /** What the server would say of somebody whom whoever moves the task does not lead; null where it is to be asked. */
  #forbid(agent) {
    const { day } = this.chart, { teams } = day.data.moves, { name, team } = day.agents[agent];
    if (!teams || teams.includes(team)) return null;
    return { tone: "bad", says: [this.words.say("move.stranger", { agent: name, team: day.teams[team].name })] };
  }

  // ---- the server -------------------------------------------------------------------------------------------------

  #address({ agent, start }) {
    const { day } = this.chart, id = encodeURIComponent;
    return `/plans/${day.data.moves.plan}/tasks/${id(this.lifted)}/moves/${id(day.agents[agent].id)}?start=${day.data.start + start}`;
  }

  /** Ask what the present target would cost: one question at a time, the last one surely. */
  async #ask() {
    this.isAskedAgain = true;
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.isAskedAgain && this.lifted) {
      this.isAskedAgain = false;
      const { target } = this, answer = this.#forbid(target.agent) ?? (await this.#send(this.#address(target), "GET"));
      if (!this.lifted || this.target !== target) continue;
      const { start } = this.chart.data;
      this.told = answer.end ? { ...answer, start: answer.start - start, end: answer.end - start } : answer;
      this.panel.tell(answer);
      this.place();
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    this.isAsking = false;
  }

  /** Let go of it where it is: it is stored there if the server has said what that costs, and that it can be. */
  async drop() {
    if (!this.lifted || this.isDropping) return;
    if (!this.told) return void (this.panel.told.textContent = this.words.say("move.asking"));
    if (this.told.tone === "bad") return this.#bounce();
    this.isDropping = true;
    this.panel.busy();
    const { target, lifted } = this, answer = await this.#send(this.#address(target), "POST");
    this.isDropping = false;
    if (answer.plan && !answer.conflict) return this.#take(answer);
    this.#release();
    const again = answer.plan ? () => this.#goOn(answer.plan, lifted, target) : null;
    this.#end(answer.says.join(" "), again ? this.words.say("move.again") : "", again);
    if (!again) this.#refocus();
  }

  /** What cannot be goes back to where it was, with the reason. */
  #bounce() {
    const { told } = this;
    this.#release();
    this.#end([this.words.say("move.cancelled"), ...told.says].join(" "));
    this.#refocus();
  }

  async undo() {
    const answer = await this.#send(`/plans/${this.chart.data.moves.plan}/undo`, "POST");
    if (answer.plan && !answer.conflict) return this.#take(answer);
    this.index = -1; // it is about no task that was held
    this.#end(answer.says.join(" "), answer.plan ? this.words.say("move.show") : "", () => this.#goOn(answer.plan));
  }

  /** Show the plan with what was moved, and say so. */
  #take(answer) {
    const { chart } = this, { moves, start } = chart.data, agents = new Map(chart.day.agents.map((one, a) => [one.id, a]));
    Object.assign(moves, { plan: answer.plan, undo: answer.undo });
    this.lifted = this.told = null;
    this.ghost.remove();
    this.panel.close();
    chart.change(
      answer.changed.map((item) => ({ ...item, agent: agents.get(item.agent), start: item.start - start, end: item.end - start })),
    );
    this.showUndo();
    this.index = Math.max(0, chart.day.tasks.id.indexOf(answer.task));
    chart.show(answer.task);
    chart.card.hide();
    chart.status.textContent = answer.says.join(" ");
    chart.dispatchEvent(new CustomEvent("planchange", { bubbles: true, detail: { plan: answer.plan, says: answer.says } }));
  }

  /** Go on with the plan that somebody else has made, the same task held over the same place. */
  async #goOn(plan, task = null, target = null) {
    const { chart } = this, agent = target ? chart.day.agents[target.agent].id : "";
    const instant = target ? chart.day.data.start + target.start : 0;
    if (!(await chart.load(`/plans/${plan}/chart.json`))) return;
    this.panel.close();
    chart.dispatchEvent(new CustomEvent("planchange", { bubbles: true, detail: { plan, says: [] } }));
    const { day } = chart, i = day.tasks.id.indexOf(task), who = day.agents.findIndex((one) => one.id === agent);
    if (i < 0 || who < 0) return;
    chart.show(task);
    this.lift(i, { agent: who, start: instant - day.data.start });
  }

  async #send(address, method) {
    const answer = await fetch(address, { method, headers: { Accept: "application/json" } }).catch(() => null);
    const isJson = answer?.headers.get("Content-Type")?.startsWith("application/json");
    if (isJson && (answer.ok || answer.status === CONFLICT)) return answer.json();
    const key = { [UNAUTHENTICATED]: "move.signed.out", [FORBIDDEN]: "move.forbidden" }[answer?.status];
    return { tone: "bad", says: [this.words.say(key ?? (answer ? "move.failed" : "move.unreached"))] };
  }
}
