// <day-chart>: who does what when, on one day. Rows are agents by team; only what is in view is in the document.
//
// Data: the object that api/documents/chart_data.py makes, in a child script element of type application/json, or set
// as the property `data`. No network, no dependency. What comes from data enters as text, never as markup.
"use strict";

(() => {
  const LATE = 1, RISK = 2, PINNED = 4, OPEN = 8, LENT = 16, OVERDUE = 32;
  const MARKS = [
    [LATE, "late", "Late", "will end after its due"],
    [RISK, "risk", "At risk", "ends less than 30 minutes before its due"],
    [OVERDUE, "overdue", "Was overdue", "was overdue before the plan began"],
    [LENT, "lent", "Lent", "done outside the agent’s home team"],
    [PINNED, "pinned", "Pinned", "only this agent may do it"],
    [OPEN, "open", "In progress", "was already begun"],
  ];
  const PATHS = {
    late: "M6 0 12 11H0Z M5.2 4v3.4h1.6V4Z M5.2 8.4v1.4h1.6V8.4Z",
    risk: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Z M5.1 2.4v4.2l3 1.9.8-1.3-2.1-1.4V2.4Z",
    overdue: "M0 0h12v12H0Z M2 3v6l4-3Z M6.4 3v6l4-3Z",
    lent: "M0 3.5 3.5 0v2.4H12v2.2H3.5V7Z M12 8.5 8.5 5v2.4H0v2.2h8.5V12Z",
    pinned: "M6 0a4 4 0 0 1 1 7.9L6 12 5 7.9A4 4 0 0 1 6 0Z",
    open: "M1 0v12L11.5 6Z",
  };
  const STEPS = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080];
  const MAX_PX_PER_MINUTE = 16, MIN_LABEL_PX = 46, THIN_PX = 9, READABLE_PX_PER_MINUTE = 1.1, OVERSCAN_PX = 240, PAGE_ROWS = 200;
  const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const SVG = "http://www.w3.org/2000/svg";

  const el = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const icon = (name) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", `dc-icon dc-icon-${name}`);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", PATHS[name]);
    path.setAttribute("fill-rule", "evenodd");
    svg.append(path);
    return svg;
  };
  const span = (minutes) =>
    minutes < 90 ? `${minutes} min` : minutes < 2880 ? `${(minutes / 60).toFixed(1)} h` : `${Math.round(minutes / 1440)} days`;
  const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  class DayChart extends HTMLElement {
    #data = null;
    #rows = [];            // rows shown: {team} or {team, agent}
    #tops = [];            // top of each row, and the total height at the end
    #drawn = new Map();    // row position -> element
    #ppm = 1;              // pixels per minute
    #isFit = true;
    #focus = { row: 0, cell: 0 };
    #collapsed = new Set();
    #filter = { team: -1, words: [], marks: 0 };
    #page = 0;
    #isPrinting = false;
    #frame = 0;
    #observer = null;
    #timer = 0;

    connectedCallback() {
      if (this.#data) return;
      const source = this.querySelector('script[type="application/json"]');
      if (source) this.data = JSON.parse(source.textContent);
    }

    disconnectedCallback() {
      this.#observer?.disconnect();
      clearInterval(this.#timer);
      removeEventListener("hashchange", this.#onHash);
      removeEventListener("beforeprint", this.#onPrint);
      removeEventListener("afterprint", this.#onPrinted);
    }

    set data(data) {
      this.#data = data;
      const tasks = data.tasks, count = tasks.agent.length;
      this.first = new Int32Array(data.agents.length + 1);
      for (let i = 0; i < count; i++) this.first[tasks.agent[i] + 1]++;
      for (let a = 0; a < data.agents.length; a++) this.first[a + 1] += this.first[a];
      this.search = null;
      this.#build();
      this.#measure();
      if (this.#fitting() < READABLE_PX_PER_MINUTE) {
        // A phone shows some hours well rather than the whole day badly.
        this.#isFit = false;
        this.#ppm = READABLE_PX_PER_MINUTE;
      }
      this.#select();
      if (!this.#isFit) this.scroller.scrollLeft = Math.max(0, this.#x(data.now) - 40);
      this.#observer = new ResizeObserver(() => this.#resized());
      this.#observer.observe(this.scroller);
      addEventListener("hashchange", this.#onHash);
      addEventListener("beforeprint", this.#onPrint);
      addEventListener("afterprint", this.#onPrinted);
      this.#timer = setInterval(() => this.#placeClock(), 30_000);
      this.#onHash();
    }

    get data() {
      return this.#data;
    }

    /** Scroll to a task, show it and focus it; returns whether it is on the chart. */
    show(taskId) {
      const task = this.#data.tasks.id.indexOf(taskId);
      if (task < 0) return false;
      if (this.table.hidden === false) this.#toggleTable();
      const agent = this.#data.tasks.agent[task];
      let row = this.#rows.findIndex((item) => item.agent === agent);
      if (row < 0) {
        this.#collapsed.clear();
        this.#clearFilters();
        row = this.#rows.findIndex((item) => item.agent === agent);
      }
      if (this.#ppm < 3) this.#zoomTo(3, null);
      this.#setFocus(row, task - this.first[agent]);
      this.scrollIntoView({ block: "nearest" });
      return true;
    }

    // ---- structure ------------------------------------------------------------------------------------------------

    #build() {
      const data = this.#data;
      for (const child of [...this.children]) if (child.tagName !== "SCRIPT") child.remove();
      const bar = el("div", "dc-toolbar");
      bar.setAttribute("role", "group");
      bar.setAttribute("aria-label", "What the chart shows");

      const team = el("select", "dc-team");
      team.setAttribute("aria-label", "Team");
      team.append(new Option("All teams", "-1"));
      data.teams.forEach((item, position) => team.append(new Option(item.name, String(position))));
      team.addEventListener("change", () => this.#refilter({ team: Number(team.value) }));

      const search = el("input", "dc-search");
      search.type = "search";
      search.placeholder = "Find a person, task, client …";
      search.setAttribute("aria-label", "Find a person, task, case or client");
      search.addEventListener("input", () => {
        this.#refilter({ words: fold(search.value).split(/\s+/).filter(Boolean) });
      });
      this.teamSelect = team;
      this.searchField = search;

      const marks = el("div", "dc-marks");
      marks.setAttribute("role", "group");
      marks.setAttribute("aria-label", "Show only tasks that are");
      this.markButtons = [];
      for (const [bit, name, label, meaning] of MARKS) {
        const count = data.tasks.flags.reduce((sum, flags) => sum + ((flags & bit) > 0), 0);
        if (!count) continue;
        const button = el("button", `dc-mark dc-mark-${name}`);
        button.type = "button";
        button.title = `${label}: ${meaning}`;
        button.setAttribute("aria-pressed", "false");
        button.append(icon(name), el("span", "", label), el("b", "", count.toLocaleString("en")));
        button.addEventListener("click", () => {
          const isOn = button.getAttribute("aria-pressed") !== "true";
          button.setAttribute("aria-pressed", String(isOn));
          this.#refilter({ marks: isOn ? this.#filter.marks | bit : this.#filter.marks & ~bit });
        });
        this.markButtons.push(button);
        marks.append(button);
      }

      const zoom = el("div", "dc-zoom");
      zoom.setAttribute("role", "group");
      zoom.setAttribute("aria-label", "Zoom");
      zoom.append(
        this.#button("−", "Zoom out", () => this.#zoomTo(this.#ppm / 1.5, null)),
        this.#button("Fit", "Fit the day into the width", () => this.#fit()),
        this.#button("+", "Zoom in", () => this.#zoomTo(this.#ppm * 1.5, null)),
        this.#button("Now", "Now: go to the present, or to where the plan begins", () => this.#goNow()),
      );
      this.tableButton = this.#button("Table", "Table: the same for reading line by line", () => this.#toggleTable());
      this.tableButton.setAttribute("aria-pressed", "false");
      zoom.append(this.tableButton);

      const help = el("details", "dc-help");
      help.append(el("summary", "", "Keys"), this.#keys());
      bar.append(team, search, zoom, help, marks);

      this.scroller = el("div", "dc-scroll");
      this.plane = el("div", "dc-plane");
      this.plane.setAttribute("role", "grid");
      this.plane.setAttribute("aria-readonly", "true");
      this.plane.setAttribute(
        "aria-label",
        `Day chart of ${plural(data.agents.length, "agent", "agents")} and ${plural(data.tasks.id.length, "task", "tasks")}. ` +
          "Arrow keys move from task to task and from person to person.",
      );
      this.axis = el("div", "dc-axis");
      this.axis.setAttribute("aria-hidden", "true");
      this.lines = el("div", "dc-lines");
      this.lines.setAttribute("aria-hidden", "true");
      this.body = el("div", "dc-body");
      this.body.setAttribute("role", "rowgroup");
      this.plane.append(this.axis, this.lines, this.body);
      this.scroller.append(this.plane);
      this.scroller.addEventListener("scroll", () => this.#schedule(), { passive: true });
      this.scroller.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
      this.scroller.addEventListener("keydown", (event) => this.#onKey(event));
      this.body.addEventListener("pointerover", (event) => this.#onHover(event));
      this.body.addEventListener("pointerleave", () => this.#hideCard());
      this.body.addEventListener("click", (event) => this.#onClick(event));
      this.body.addEventListener("focusin", (event) => this.#onFocusIn(event));
      this.body.addEventListener("focusout", () => this.#hideCard());

      this.table = el("div", "dc-table");
      this.table.hidden = true;
      this.card = el("div", "dc-card");
      this.card.hidden = true;
      this.card.setAttribute("aria-hidden", "true");
      this.status = el("p", "dc-status");
      this.status.setAttribute("role", "status");
      this.append(bar, this.status, this.scroller, this.table, this.card);
    }

    #button(text, label, action) {
      const button = el("button", "dc-button", text);
      button.type = "button";
      button.title = label;
      if (text !== label) button.setAttribute("aria-label", label);
      button.addEventListener("click", action);
      return button;
    }

    #keys() {
      const list = el("dl");
      for (const [keys, meaning] of [
        ["← →", "previous, next task"],
        ["↑ ↓", "person above, below, at the same time of day"],
        ["Home End", "first, last task of the person"],
        ["Page Up, Page Down", "a screen up, down"],
        ["+ − 0", "zoom in, out, fit"],
        ["Ctrl + wheel", "zoom where the pointer is"],
        ["Enter on a team", "fold or unfold it"],
        ["Esc", "hide the details"],
      ]) list.append(el("dt", "", keys), el("dd", "", meaning));
      return list;
    }

    // ---- which rows -----------------------------------------------------------------------------------------------

    #matches(task) {
      const { team, words, marks } = this.#filter, tasks = this.#data.tasks;
      if (marks && !(tasks.flags[task] & marks)) return false;
      if (team >= 0 && this.#data.types[tasks.type[task]].team !== team) return false;
      if (!words.length) return true;
      this.search ??= [];
      const text = (this.search[task] ??= fold(
        [tasks.id[task], tasks.title[task], tasks.case[task], tasks.client[task], this.#data.types[tasks.type[task]].name].join(" "),
      ));
      return words.every((word) => text.includes(word));
    }

    #select() {
      const data = this.#data, { team, words, marks } = this.#filter;
      const isFiltered = words.length > 0 || marks > 0;
      const shown = data.teams.map(() => []);
      this.isDimmed = isFiltered || team >= 0;
      let numTasks = 0, numAgents = 0;
      this.hits = new Uint8Array(data.tasks.id.length);
      data.agents.forEach((agent, a) => {
        const nameText = words.length ? fold(`${agent.name} ${data.teams[agent.team].name}`) : "";
        const isNamed = words.length > 0 && !marks && words.every((word) => nameText.includes(word));
        let hits = 0;
        for (let i = this.first[a]; i < this.first[a + 1]; i++) {
          const isHit = (isNamed && (team < 0 || agent.team === team || data.types[data.tasks.type[i]].team === team)) || this.#matches(i);
          this.hits[i] = isHit ? 1 : 0;
          hits += this.hits[i];
        }
        const isHome = team < 0 || agent.team === team;
        if (isFiltered ? hits > 0 || (isNamed && isHome) : isHome || hits > 0) {
          shown[agent.team].push(a);
          numAgents++;
          numTasks += hits;
        }
      });
      this.#rows = [];
      shown.forEach((agents, position) => {
        if (!agents.length) return;
        this.#rows.push({ team: position, agents });
        if (!this.#collapsed.has(position)) for (const agent of agents) this.#rows.push({ team: position, agent });
      });
      this.#measure();
      this.status.textContent = this.#rows.length
        ? `${plural(numAgents, "person", "people")}, ${plural(numTasks, "task", "tasks")}` + (this.isDimmed ? " match" : "")
        : "Nobody and nothing matches. Choose another team, or clear the search.";
      this.plane.setAttribute("aria-rowcount", String(this.#rows.length));
      this.#focus = { row: Math.min(this.#focus.row, Math.max(0, this.#rows.length - 1)), cell: 0 };
      this.#page = 0;
      this.#redraw();
      if (!this.table.hidden) this.#drawTable();
    }

    #refilter(change) {
      Object.assign(this.#filter, change);
      this.scroller.scrollTop = 0;
      this.#select();
      if (this.isDimmed) this.#revealHit();
    }

    /** Where no match is within the hours in view, go to the first one. */
    #revealHit() {
      const { start, end } = this.#data.tasks, left = this.scroller.scrollLeft;
      const right = left + this.scroller.clientWidth - this.nameWidth;
      let first = Infinity;
      for (let i = 0; i < this.hits.length; i++) {
        if (!this.hits[i]) continue;
        if (this.#x(end[i]) > left && this.#x(start[i]) < right) return;
        first = Math.min(first, start[i]);
      }
      if (first < Infinity) this.scroller.scrollLeft = Math.max(0, this.#x(first) - 60);
    }

    #clearFilters() {
      this.teamSelect.value = "-1";
      this.searchField.value = "";
      for (const button of this.markButtons) button.setAttribute("aria-pressed", "false");
      this.#filter = { team: -1, words: [], marks: 0 };
      this.#select();
    }

    #measure() {
      const style = getComputedStyle(this);
      this.nameWidth = parseFloat(style.getPropertyValue("--dc-name")) || 180;
      this.rowHeight = parseFloat(style.getPropertyValue("--dc-row")) || 38;
      this.teamHeight = parseFloat(style.getPropertyValue("--dc-team-row")) || 34;
      this.#tops = new Array(this.#rows.length + 1);
      let top = 0;
      this.#rows.forEach((row, position) => {
        this.#tops[position] = top;
        top += row.agent === undefined ? this.teamHeight : this.rowHeight;
      });
      this.#tops[this.#rows.length] = top;
      if (this.#isFit) this.#ppm = this.#fitting();
    }

    #fitting() {
      const width = (this.scroller.clientWidth || 800) - this.nameWidth - 12;
      return Math.max(width, 240) / (this.#data.length / 60);
    }

    // ---- drawing --------------------------------------------------------------------------------------------------

    #schedule() {
      if (this.#frame) return;
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }

    #redraw() {
      const height = this.#tops[this.#rows.length];
      const width = this.nameWidth + (this.#data.length / 60) * this.#ppm + 12;
      this.plane.style.width = `${width}px`;
      this.body.style.height = `${height}px`;
      for (const row of this.#drawn.values()) row.remove();
      this.#drawn.clear();
      this.#drawAxis();
      this.#draw();
    }

    #x(second) {
      return (second / 60) * this.#ppm;
    }

    /** The wall clock of the office's zone, as a date whose UTC fields show it. */
    #wall(second) {
      const instant = this.#data.start + second;
      let offset = 0;
      for (const [since, value] of this.#data.offsets) if (since <= instant) offset = value;
      return new Date((instant + offset) * 1000);
    }

    #clock(second) {
      return this.#wall(second).toISOString().slice(11, 16);
    }

    #day(second) {
      const wall = this.#wall(second);
      return `${WEEKDAYS[wall.getUTCDay()]} ${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]}`;
    }

    /** The clock time, with the day where it is not the plan's first. */
    #when(second) {
      const day = this.#day(second);
      return day === this.#day(this.#data.now) ? this.#clock(second) : `${day} ${this.#clock(second)}`;
    }

    #drawAxis() {
      const step = STEPS.find((minutes) => minutes * this.#ppm >= 58) ?? STEPS[STEPS.length - 1];
      const minutes = this.#data.length / 60;
      const marks = [], lines = [];
      const planX = this.nameWidth + this.#x(this.#data.now), end = this.nameWidth + minutes * this.#ppm;
      for (let minute = 0; minute <= minutes; minute += step) {
        const x = this.nameWidth + minute * this.#ppm;
        const line = el("i", "dc-line");
        line.style.left = `${x}px`;
        lines.push(line);
        if ((x > planX - 44 && x < planX + 84) || x > end - 36) continue;
        const clock = this.#clock(minute * 60);
        const tick = el("span", "dc-tick", clock);
        tick.style.left = `${x}px`;
        if (clock === "00:00" || (minute === 0 && minutes > 1440)) {
          tick.append(el("small", "", this.#day(minute * 60)));
        }
        marks.push(tick);
      }
      const plan = el("span", "dc-planned", `Plan ${this.#clock(this.#data.now)}`);
      plan.style.left = `${planX}px`;
      const planLine = el("i", "dc-planned-line");
      planLine.style.left = plan.style.left;
      this.clockMark = el("span", "dc-now");
      this.clockLine = el("i", "dc-now-line");
      this.axis.replaceChildren(el("span", "dc-corner", "Agent"), ...marks, plan, this.clockMark);
      this.lines.replaceChildren(...lines, planLine, this.clockLine);
      this.#placeClock();
    }

    #placeClock() {
      if (!this.clockMark) return;
      const second = Math.floor(Date.now() / 1000) - this.#data.start;
      const isInside = second >= 0 && second <= this.#data.length;
      this.clockMark.hidden = this.clockLine.hidden = !isInside;
      if (!isInside) return;
      this.clockMark.textContent = `Now ${this.#clock(second)}`;
      this.clockMark.style.left = this.clockLine.style.left = `${this.nameWidth + this.#x(second)}px`;
    }

    #rowAt(y) {
      let low = 0, high = this.#rows.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.#tops[middle] <= y) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    #draw() {
      if (!this.#rows.length) return;
      const top = this.scroller.scrollTop, height = this.scroller.clientHeight || 600;
      const all = this.#isPrinting;
      const from = all ? 0 : this.#rowAt(Math.max(0, top - OVERSCAN_PX));
      const to = all ? this.#rows.length - 1 : this.#rowAt(top + height + OVERSCAN_PX);
      const left = this.scroller.scrollLeft - OVERSCAN_PX * 4;
      const right = this.scroller.scrollLeft + this.scroller.clientWidth + OVERSCAN_PX * 4;
      for (const [position, row] of this.#drawn) {
        const isStale = row.from > this.scroller.scrollLeft - OVERSCAN_PX || row.to < right - OVERSCAN_PX * 3;
        if (((position < from || position > to) && position !== this.#focus.row) || (isStale && !row.contains(document.activeElement))) {
          row.remove();
          this.#drawn.delete(position);
        }
      }
      const add = (position) => {
        if (this.#drawn.has(position)) return;
        const row = this.#drawRow(position, left, right);
        // Rows stand in the document in the order in which they are seen.
        let next = null, nearest = Infinity;
        for (const [other, element] of this.#drawn) if (other > position && other < nearest) [next, nearest] = [element, other];
        this.body.insertBefore(row, next);
        this.#drawn.set(position, row);
      };
      for (let position = from; position <= to; position++) add(position);
      add(this.#focus.row);
      this.#mendTabStop();
    }

    #drawRow(position, left, right) {
      const data = this.#data, item = this.#rows[position];
      const row = el("div", item.agent === undefined ? "dc-row dc-row-team" : "dc-row");
      row.setAttribute("role", "row");
      row.setAttribute("aria-rowindex", String(position + 1));
      row.style.top = `${this.#tops[position]}px`;
      row.from = -Infinity;
      row.to = Infinity;
      if (item.agent === undefined) {
        const team = data.teams[item.team];
        const cell = el("div", "dc-team-cell");
        cell.setAttribute("role", "rowheader");
        const button = el("button", "dc-fold");
        button.type = "button";
        button.tabIndex = -1;
        button.dataset.cell = "0";
        button.setAttribute("aria-expanded", String(!this.#collapsed.has(item.team)));
        button.append(el("i", `dc-swatch dc-c${team.colour}`), el("b", "", team.name), el("span", "dc-note", team.note));
        cell.append(button);
        row.append(cell);
        return row;
      }
      const agent = data.agents[item.agent];
      const name = el("div", "dc-name");
      name.setAttribute("role", "rowheader");
      const note = el("span", "dc-note", agent.hours);
      if (agent.load) note.append(el("span", "dc-load", ` · ${agent.load}`));
      name.append(el("span", "dc-agent", agent.name), note);
      name.title = [agent.name, data.teams[agent.team].name, agent.hours, agent.load].filter(Boolean).join(", ");
      const track = el("div", "dc-track");
      track.style.width = `${this.#x(data.length)}px`;
      for (const [start, end] of agent.shifts) track.append(this.#span("dc-shift", start, end));
      for (const [start, end, kind] of agent.breaks) {
        const pause = this.#span(`dc-pause dc-pause-${kind.replace(/[^a-z]+/gi, "-").toLowerCase()}`, start, end);
        pause.title = `${kind} ${this.#clock(start)}–${this.#clock(end)}`;
        if (this.#x(end - start) > 44 && !this.#isBusy(item.agent, start, end)) pause.append(el("span", "", kind));
        track.append(pause);
      }
      row.append(name, track);
      const begin = this.first[item.agent], end = this.first[item.agent + 1];
      if (begin === end) {
        const empty = el("div", "dc-empty", agent.shifts.length ? "no tasks" : "not on duty");
        empty.setAttribute("role", "gridcell");
        empty.tabIndex = -1;
        empty.dataset.cell = "0";
        empty.style.marginLeft = `${this.#x(agent.shifts.length ? Math.max(agent.shifts[0][0], 0) : 0) + 8}px`;
        track.append(empty);
        return row;
      }
      // Far beyond the screen nothing is drawn: a day of ten thousand tasks costs what is seen of it.
      const isWide = this.#x(data.length) > 4000 && !this.#isPrinting;
      if (isWide) {
        row.from = left;
        row.to = right;
      }
      const { start: starts, end: ends } = data.tasks;
      let drawnTo = -Infinity;
      for (let i = begin; i < end; i++) {
        const x = this.#x(starts[i]), width = this.#x(ends[i] - starts[i]);
        const isFocus = position === this.#focus.row && i - begin === this.#focus.cell;
        if (!isFocus && isWide && (x + width < left || x > right)) continue;
        if (!isFocus && x + width < drawnTo + 0.75) continue;
        drawnTo = x + width;
        track.append(this.#drawTask(i, i - begin, x, width));
      }
      return row;
    }

    #isBusy(agent, start, end) {
      const { start: starts, end: ends } = this.#data.tasks;
      for (let i = this.first[agent]; i < this.first[agent + 1]; i++) if (starts[i] < end && ends[i] > start) return true;
      return false;
    }

    #span(className, start, end) {
      const made = el("i", className);
      made.style.left = `${this.#x(start)}px`;
      made.style.width = `${this.#x(end - start)}px`;
      return made;
    }

    #drawTask(i, cell, x, width) {
      const { tasks, types, teams } = this.#data;
      const flags = tasks.flags[i], kind = types[tasks.type[i]];
      const isThin = width < THIN_PX ? " is-thin" : "";
      const bar = el("div", `dc-task${isThin} dc-c${teams[kind.team].colour} dc-shade${kind.shade}`);
      bar.setAttribute("role", "gridcell");
      bar.setAttribute("aria-label", this.#tell(i));
      bar.tabIndex = -1;
      bar.dataset.cell = String(cell);
      bar.dataset.task = String(i);
      bar.style.left = `${x}px`;
      bar.style.width = `${Math.max(width - 1, 2)}px`;
      for (const [start, end] of this.#data.agents[tasks.agent[i]].breaks) {
        // A break inside a task pauses it: the bar shows the gap.
        if (start >= tasks.end[i] || end <= tasks.start[i]) continue;
        const gap = el("i", "dc-gap");
        gap.style.left = `${this.#x(Math.max(start, tasks.start[i])) - x}px`;
        gap.style.width = `${this.#x(Math.min(end, tasks.end[i]) - Math.max(start, tasks.start[i]))}px`;
        bar.append(gap);
      }
      let room = width - 9;
      for (const [bit, name] of MARKS) {
        if (!(flags & bit)) continue;
        bar.classList.add(`is-${name}`);
        if (room >= 9) {
          bar.append(icon(name));
          room -= 13;
        }
      }
      if (this.isDimmed && !this.hits[i]) bar.classList.add("is-dim");
      if (room >= MIN_LABEL_PX) bar.append(el("span", "dc-label", tasks.title[i]));
      return bar;
    }

    /** The whole of a task in a sentence, for those who listen. */
    #tell(i) {
      const { tasks, types, teams } = this.#data;
      const kind = types[tasks.type[i]];
      const parts = [`${kind.name}: ${tasks.title[i]}`, `${this.#clock(tasks.start[i])} to ${this.#clock(tasks.end[i])}`, this.#due(i)];
      const agent = this.#data.agents[tasks.agent[i]];
      if (tasks.flags[i] & LENT) parts.push(`lent from ${teams[agent.team].name} to ${teams[kind.team].name}`);
      if (tasks.flags[i] & PINNED) parts.push("pinned");
      if (tasks.flags[i] & OPEN) parts.push("in progress");
      return parts.join(", ");
    }

    #due(i) {
      const { tasks } = this.#data;
      const slack = Math.round((tasks.due[i] - tasks.end[i]) / 60), when = this.#when(tasks.due[i]);
      if (tasks.flags[i] & OVERDUE) return `was due ${when}`;
      return slack < 0 ? `due ${when}, late by ${span(-slack)}` : `due ${when}, ${span(slack)} to spare`;
    }

    // ---- details --------------------------------------------------------------------------------------------------

    #onHover(event) {
      const bar = event.target.closest(".dc-task");
      if (!bar || event.pointerType === "touch") return;
      this.#showCard(Number(bar.dataset.task), bar);
    }

    #onClick(event) {
      const fold_ = event.target.closest(".dc-fold");
      if (fold_) {
        const position = this.#positionOf(fold_), { team } = this.#rows[position];
        if (!this.#collapsed.delete(team)) this.#collapsed.add(team);
        this.#focus = { row: position, cell: 0 };
        const scroll = this.scroller.scrollTop;
        this.#select();
        this.scroller.scrollTop = scroll;
        this.#setFocus(Math.min(position, this.#rows.length - 1), 0);
        return;
      }
      const cell = event.target.closest("[data-cell]");
      if (cell) this.#setFocus(this.#positionOf(cell), Number(cell.dataset.cell));
    }

    #onFocusIn(event) {
      const cell = event.target.closest("[data-cell]");
      if (!cell) return;
      this.#focus = { row: this.#positionOf(cell), cell: Number(cell.dataset.cell) };
      this.#mendTabStop();
      if (cell.dataset.task) this.#showCard(Number(cell.dataset.task), cell);
      else this.#hideCard();
    }

    #showCard(i, bar) {
      const { tasks, types, teams, agents } = this.#data;
      const kind = types[tasks.type[i]], agent = agents[tasks.agent[i]];
      const card = this.card;
      const list = el("dl");
      const add = (term, text) => text && list.append(el("dt", "", term), el("dd", "", text));
      add("Agent", agent.name + (tasks.flags[i] & LENT ? ` (lent from ${teams[agent.team].name})` : ""));
      add("Team", teams[kind.team].name);
      add("Planned", `${this.#clock(tasks.start[i])}–${this.#clock(tasks.end[i])}`);
      add("Due", this.#due(i).replace(/^(was )?due /, ""));
      add("Client", tasks.client[i]);
      add("Case", tasks.case[i]);
      add("Weight", String(tasks.weight[i]));
      const marks = el("p", "dc-card-marks");
      for (const [bit, name, label] of MARKS) {
        if (!(tasks.flags[i] & bit)) continue;
        const mark = el("span", `dc-chip dc-chip-${name}`);
        mark.append(icon(name), el("span", "", label));
        marks.append(mark);
      }
      card.replaceChildren(el("small", "", `${kind.name} · ${tasks.id[i]}`), el("strong", "", tasks.title[i]), marks, list);
      if (!marks.childElementCount) marks.remove();
      card.hidden = false;
      const at = bar.getBoundingClientRect(), size = card.getBoundingClientRect();
      const x = Math.min(Math.max(8, at.left), innerWidth - size.width - 8);
      const below = at.bottom + 8, above = at.top - size.height - 8;
      card.style.left = `${x}px`;
      card.style.top = `${below + size.height < innerHeight || above < 0 ? below : above}px`;
      this.#markCase(tasks.case[i]);
    }

    #hideCard() {
      this.card.hidden = true;
      this.#markCase("");
    }

    /** Outline the other steps of the same case. */
    #markCase(name) {
      for (const bar of this.body.querySelectorAll(".is-kin")) bar.classList.remove("is-kin");
      if (!name) return;
      for (const bar of this.body.querySelectorAll(".dc-task")) {
        if (this.#data.tasks.case[Number(bar.dataset.task)] === name) bar.classList.add("is-kin");
      }
    }

    // ---- moving about ---------------------------------------------------------------------------------------------

    #positionOf(node) {
      return Number(node.closest(".dc-row").getAttribute("aria-rowindex")) - 1;
    }

    #numCells(position) {
      const { agent } = this.#rows[position];
      return agent === undefined ? 1 : Math.max(1, this.first[agent + 1] - this.first[agent]);
    }

    #mendTabStop() {
      for (const cell of this.body.querySelectorAll('[tabindex="0"]')) cell.tabIndex = -1;
      const row = this.#drawn.get(this.#focus.row);
      const cell = row?.querySelector(`[data-cell="${this.#focus.cell}"]`) ?? row?.querySelector("[data-cell]");
      if (cell) cell.tabIndex = 0;
    }

    #setFocus(row, cell) {
      this.#focus = { row, cell };
      const top = this.#tops[row], height = this.#tops[row + 1] - top, axis = this.axis.offsetHeight;
      const view = this.scroller;
      if (top < view.scrollTop) view.scrollTop = top;
      else if (top + height + axis > view.scrollTop + view.clientHeight) view.scrollTop = top + height + axis - view.clientHeight;
      const { agent } = this.#rows[row];
      if (agent !== undefined && this.first[agent + 1] > this.first[agent]) {
        const i = this.first[agent] + cell;
        const x = this.#x(this.#data.tasks.start[i]), width = this.#x(this.#data.tasks.end[i] - this.#data.tasks.start[i]);
        const room = view.clientWidth - this.nameWidth;
        if (x < view.scrollLeft + 20) view.scrollLeft = Math.max(0, x - 60);
        else if (x + Math.min(width, room) > view.scrollLeft + room - 20) view.scrollLeft = x + Math.min(width, room) - room + 60;
      }
      const drawn = this.#drawn.get(row);
      if (drawn && !drawn.querySelector(`[data-cell="${cell}"]`)) {
        drawn.remove();
        this.#drawn.delete(row);
      }
      this.#draw();
      this.#drawn.get(row)?.querySelector(`[data-cell="${cell}"]`)?.focus({ preventScroll: true });
    }

    /** The cell of a row whose time is nearest to an instant. */
    #nearest(row, second) {
      const { agent } = this.#rows[row];
      if (agent === undefined) return 0;
      let best = 0, distance = Infinity;
      for (let i = this.first[agent]; i < this.first[agent + 1]; i++) {
        const { start, end } = this.#data.tasks;
        const apart = second < start[i] ? start[i] - second : second >= end[i] ? second - end[i] + 1 : 0;
        if (apart < distance) [best, distance] = [i - this.first[agent], apart];
      }
      return best;
    }

    #onKey(event) {
      if (event.key === "Escape") return this.#hideCard();
      if (event.altKey || event.metaKey || !event.target.closest("[data-cell]")) return;
      const { row, cell } = this.#focus, item = this.#rows[row], last = this.#rows.length - 1;
      const isTask = item.agent !== undefined && this.first[item.agent + 1] > this.first[item.agent];
      if (isTask) this.anchor = this.#data.tasks.start[this.first[item.agent] + cell];
      const go = (to) => this.#setFocus(to, this.#nearest(to, this.anchor ?? this.#data.now));
      const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 2);
      const count = this.#numCells(row);
      const actions = {
        ArrowRight: () => (cell < count - 1 ? this.#setFocus(row, cell + 1) : row < last && this.#setFocus(row + 1, 0)),
        ArrowLeft: () => (cell > 0 ? this.#setFocus(row, cell - 1) : row > 0 && this.#setFocus(row - 1, this.#numCells(row - 1) - 1)),
        ArrowDown: () => row < last && go(row + 1),
        ArrowUp: () => row > 0 && go(row - 1),
        PageDown: () => go(Math.min(last, row + page)),
        PageUp: () => go(Math.max(0, row - page)),
        Home: () => (event.ctrlKey ? this.#setFocus(0, 0) : this.#setFocus(row, 0)),
        End: () => (event.ctrlKey ? this.#setFocus(last, this.#numCells(last) - 1) : this.#setFocus(row, count - 1)),
        "+": () => this.#zoomTo(this.#ppm * 1.5, null),
        "=": () => this.#zoomTo(this.#ppm * 1.5, null),
        "-": () => this.#zoomTo(this.#ppm / 1.5, null),
        0: () => this.#fit(),
      };
      const action = actions[event.key];
      if (!action || (event.ctrlKey && !["Home", "End"].includes(event.key))) return;
      event.preventDefault();
      action();
    }

    #onWheel(event) {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const x = event.clientX - this.scroller.getBoundingClientRect().left - this.nameWidth;
      this.#zoomTo(this.#ppm * Math.exp(-event.deltaY * 0.004), Math.max(0, x));
    }

    /** Zoom, keeping what is under pixel `x` of the track where it is; the focused task, or the middle, by default. */
    #zoomTo(ppm, x) {
      const view = this.scroller, room = view.clientWidth - this.nameWidth;
      let pixel = x ?? room / 2;
      if (x === null && this.body.contains(document.activeElement) && document.activeElement.dataset.task) {
        pixel = Math.min(room, Math.max(0, document.activeElement.offsetLeft - view.scrollLeft));
      }
      const minute = (view.scrollLeft + pixel) / this.#ppm;
      const least = this.#fitting();
      this.#ppm = Math.min(Math.max(ppm, least), Math.max(MAX_PX_PER_MINUTE, least));
      this.#isFit = this.#ppm <= least;
      this.#keepingFocus(() => this.#redraw());
      view.scrollLeft = minute * this.#ppm - pixel;
      this.#keepingFocus(() => this.#draw());
    }

    #fit() {
      this.#isFit = true;
      this.#ppm = this.#fitting();
      this.#keepingFocus(() => this.#redraw());
    }

    #keepingFocus(action) {
      const had = this.body.contains(document.activeElement);
      action();
      if (had) {
        const cell = this.#drawn.get(this.#focus.row)?.querySelector(`[data-cell="${this.#focus.cell}"]`);
        if (cell !== document.activeElement) cell?.focus({ preventScroll: true });
      }
    }

    #goNow() {
      const second = Math.floor(Date.now() / 1000) - this.#data.start;
      const target = second >= 0 && second <= this.#data.length ? second : this.#data.now;
      if (this.#isFit) this.#zoomTo(Math.max(3, this.#ppm), null);
      this.scroller.scrollLeft = this.#x(target) - 60;
    }

    #resized() {
      const before = [this.nameWidth, this.#ppm, this.rowHeight];
      this.#measure();
      if (before[0] !== this.nameWidth || before[1] !== this.#ppm || before[2] !== this.rowHeight) {
        this.#keepingFocus(() => this.#redraw());
      } else this.#draw();
    }

    #onHash = () => {
      const match = /^#task=(.+)$/.exec(location.hash);
      if (match) this.show(decodeURIComponent(match[1]));
    };

    // ---- the same as a table, and on paper ------------------------------------------------------------------------

    #toggleTable() {
      const isTable = this.table.hidden;
      this.table.hidden = !isTable;
      this.scroller.hidden = isTable;
      this.tableButton.setAttribute("aria-pressed", String(isTable));
      this.#hideCard();
      if (isTable) this.#drawTable();
      else this.#redraw();
    }

    #drawTable() {
      const { tasks, agents, teams, types } = this.#data;
      const listed = [];
      for (const item of this.#rows) {
        const members = item.agent === undefined ? (this.#collapsed.has(item.team) ? item.agents : []) : [item.agent];
        for (const agent of members) {
          for (let i = this.first[agent]; i < this.first[agent + 1]; i++) if (!this.isDimmed || this.hits[i]) listed.push(i);
        }
      }
      const pages = Math.max(1, Math.ceil(listed.length / PAGE_ROWS));
      this.#page = Math.min(Math.max(0, this.#page), pages - 1);
      const from = this.#page * PAGE_ROWS, shown = listed.slice(from, from + PAGE_ROWS);
      const table = el("table");
      table.append(el("caption", "", `Tasks ${listed.length ? from + 1 : 0} to ${from + shown.length} of ${listed.length}, by agent and start`));
      const head = table.createTHead().insertRow();
      for (const name of ["Agent", "Start", "End", "Task", "Type", "Team", "Due", "Marks"]) {
        const cell = el("th", "", name);
        cell.scope = "col";
        head.append(cell);
      }
      const body = table.createTBody();
      for (const i of shown) {
        const row = body.insertRow(), kind = types[tasks.type[i]];
        const agent = el("th", "", agents[tasks.agent[i]].name);
        agent.scope = "row";
        row.append(agent);
        const marks = MARKS.filter(([bit]) => tasks.flags[i] & bit).map(([, , label]) => label).join(", ");
        for (const text of [
          this.#clock(tasks.start[i]), this.#clock(tasks.end[i]), `${tasks.title[i]} (${tasks.id[i]})`, kind.name,
          teams[kind.team].name, this.#due(i).replace(/^due /, ""), marks,
        ]) row.append(el("td", "", text));
      }
      const pager = el("p", "dc-pager");
      const turn = (by) => () => {
        this.#page += by;
        this.#drawTable();
        this.table.querySelector("button:not(:disabled)")?.focus();
      };
      const previous = this.#button("Previous", "Previous", turn(-1)), next = this.#button("Next", "Next", turn(1));
      previous.disabled = this.#page === 0;
      next.disabled = this.#page >= pages - 1;
      pager.append(previous, el("span", "", `Page ${this.#page + 1} of ${pages}`), next);
      const wrap = el("div", "dc-table-wrap");
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "region");
      wrap.setAttribute("aria-label", "Table of tasks");
      wrap.append(table);
      this.table.replaceChildren(wrap, pager);
    }

    #onPrint = () => {
      this.#isPrinting = true;
      this.before = [this.#ppm, this.#isFit];
      this.classList.add("is-printing");
      this.#measure();
      this.#ppm = (1040 - this.nameWidth) / (this.#data.length / 60);
      this.#redraw();
    };

    #onPrinted = () => {
      this.#isPrinting = false;
      this.classList.remove("is-printing");
      [this.#ppm, this.#isFit] = this.before;
      this.#measure();
      this.#redraw();
    };
  }

  customElements.define("day-chart", DayChart);
})();
