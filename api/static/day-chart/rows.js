// Which rows are shown: teams, each with its agents, by what is looked for.
import { fold } from "./parts.js";

export const ALL = { team: -1, words: [], marks: 0 };

export class Finder {
  constructor(day) {
    this.day = day;
    this.texts = null;
  }

  /** Return the rows, which tasks are meant, and how many people and tasks that is. */
  select(filter, collapsed) {
    const { day } = this, { team, words, marks } = filter;
    const isFiltered = words.length > 0 || marks > 0;
    const shown = day.teams.map(() => []), hits = new Uint8Array(day.count);
    let numTasks = 0, numAgents = 0;
    day.agents.forEach((agent, a) => {
      const nameText = words.length ? fold(`${agent.name} ${day.teams[agent.team].name}`) : "";
      const isNamed = words.length > 0 && !marks && words.every((word) => nameText.includes(word));
      let count = 0;
      for (let i = day.first[a]; i < day.first[a + 1]; i++) {
        const isOfTeam = team < 0 || agent.team === team || day.kind(i).team === team;
        hits[i] = (isNamed && isOfTeam) || this.#matches(i, filter) ? 1 : 0;
        count += hits[i];
      }
      const isHome = team < 0 || agent.team === team;
      if (isFiltered ? count > 0 || (isNamed && isHome) : isHome || count > 0) {
        shown[agent.team].push(a);
        numAgents++;
        numTasks += count;
      }
    });
    const rows = [];
    shown.forEach((agents, position) => {
      if (!agents.length) return;
      rows.push({ team: position, agents });
      if (!collapsed.has(position)) for (const agent of agents) rows.push({ team: position, agent });
    });
    return { rows, hits, numAgents, numTasks, isDimmed: isFiltered || team >= 0 };
  }

  #matches(i, { team, words, marks }) {
    const { tasks } = this.day, kind = this.day.kind(i);
    if (marks && !(tasks.flags[i] & marks)) return false;
    if (team >= 0 && kind.team !== team) return false;
    if (!words.length) return true;
    this.texts ??= new Array(this.day.count);
    const parts = [tasks.id[i], tasks.title[i], tasks.case[i], tasks.client[i], kind.name];
    const text = (this.texts[i] ??= fold(parts.join(" ")));
    return words.every((word) => text.includes(word));
  }
}
