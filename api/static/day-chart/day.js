// The day that the chart shows: the columns of api/documents/chart_data.py, and what is said of them.
import { LENT, MARKS, OVERDUE } from "./parts.js";

export class Day {
  constructor(data, words) {
    const { tasks, agents } = data;
    Object.assign(this, { data, words, tasks, agents, teams: data.teams, types: data.types });
    this.count = tasks.id.length;
    this.first = new Int32Array(agents.length + 1);
    for (let i = 0; i < this.count; i++) this.first[tasks.agent[i] + 1]++;
    for (let a = 0; a < agents.length; a++) this.first[a + 1] += this.first[a];
    this.labels = new Array(this.count);
    this.clocks = new Map();
  }

  /** Return this day with other agents and times for some tasks, each `{id, agent, start, end, flags}`. */
  changed(list) {
    const place = new Map(this.tasks.id.map((id, i) => [id, i]));
    const columns = Object.fromEntries(Object.entries(this.tasks).map(([name, column]) => [name, column.slice()]));
    for (const item of list) {
      const i = place.get(item.id);
      if (i === undefined) continue;
      for (const name of ["agent", "start", "end", "flags"]) columns[name][i] = item[name];
    }
    const order = columns.id.map((_, i) => i);
    order.sort((a, b) => columns.agent[a] - columns.agent[b] || columns.start[a] - columns.start[b] || a - b);
    const tasks = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, order.map((i) => column[i])]));
    return new Day({ ...this.data, tasks }, this.words);
  }

  // ---- clocks -----------------------------------------------------------------------------------------------------

  /** The wall clock of the office's zone, as a date whose UTC fields show it. */
  wall(second) {
    const instant = this.data.start + second;
    let offset = 0;
    for (const [since, value] of this.data.offsets) if (since <= instant) offset = value;
    return new Date((instant + offset) * 1000);
  }

  clock(second) {
    const minute = Math.floor(second / 60);
    let text = this.clocks.get(minute);
    if (text === undefined) {
      text = this.wall(second).toISOString().slice(11, 16);
      this.clocks.set(minute, text);
    }
    return text;
  }

  dayOf(second) {
    const wall = this.wall(second), { weekdays, months } = this.words.texts;
    return this.words.say("day", { weekday: weekdays[wall.getUTCDay()], day: wall.getUTCDate(), month: months[wall.getUTCMonth()] });
  }

  /** The clock time, with the day where it is not the plan's first. */
  when(second) {
    const day = this.dayOf(second);
    return day === this.dayOf(this.data.now) ? this.clock(second) : `${day} ${this.clock(second)}`;
  }

  /** The present, in seconds from the left edge. */
  present() {
    return Math.floor(Date.now() / 1000) - this.data.start;
  }

  // ---- tasks ------------------------------------------------------------------------------------------------------

  kind(i) {
    return this.types[this.tasks.type[i]];
  }

  numTasks(agent) {
    return this.first[agent + 1] - this.first[agent];
  }

  /** The place in an agent's list of the task whose time is nearest to an instant. */
  nearest(agent, second) {
    let best = 0, distance = Infinity;
    for (let i = this.first[agent]; i < this.first[agent + 1]; i++) {
      const start = this.tasks.start[i], end = this.tasks.end[i];
      const apart = second < start ? start - second : second >= end ? second - end + 1 : 0;
      if (apart < distance) [best, distance] = [i - this.first[agent], apart];
    }
    return best;
  }

  isBusy(agent, start, end) {
    for (let i = this.first[agent]; i < this.first[agent + 1]; i++) {
      if (this.tasks.start[i] < end && this.tasks.end[i] > start) return true;
    }
    return false;
  }

  due(i, { isShort = false } = {}) {
    const { tasks, words } = this, when = this.when(tasks.due[i]);
    if (tasks.flags[i] & OVERDUE) return isShort ? when : words.say("due.was", { when });
    const slack = Math.round((tasks.due[i] - tasks.end[i]) / 60);
    const margin = words.say(slack < 0 ? "due.late" : "due.spare", { span: words.span(Math.abs(slack)) });
    return isShort ? `${when}, ${margin}` : `${words.say("due.at", { when })}, ${margin}`;
  }

  /** The whole of a task in a sentence, for those who listen. */
  tell(i) {
    return (this.labels[i] ??= this.#tell(i));
  }

  #tell(i) {
    const { tasks, words, teams } = this, kind = this.kind(i), agent = this.agents[tasks.agent[i]];
    const times = words.say("from.to", { start: this.clock(tasks.start[i]), end: this.clock(tasks.end[i]) });
    const parts = [`${kind.name}: ${tasks.title[i]}`, times, this.due(i)];
    if (tasks.flags[i] & LENT) parts.push(words.say("lent.from.to", { from: teams[agent.team].name, to: teams[kind.team].name }));
    // Late and overdue are said with the due.
    for (const [bit, name] of MARKS.slice(4)) if (tasks.flags[i] & bit) parts.push(words.say(`mark.${name}.said`));
    return parts.join(", ");
  }

  hours(agent) {
    return agent.hours || this.words.say("off.duty");
  }

  load(agent) {
    return agent.hours ? this.words.say("planned.share", { share: this.words.share(agent.load) }) : "";
  }

  teamNote(team) {
    const people = this.words.count("people", team.people);
    if (!team.due) return people;
    const share = this.words.share(team.onTime);
    return `${people} · ${this.words.say("due.share", { share, count: this.words.number(team.due) })}`;
  }
}
