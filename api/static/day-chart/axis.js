// The hours above the chart and their lines; where the plan begins, and the present.
import { el } from "./parts.js";

const STEPS = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080];
const LEAST_TICK_PX = 58, TICK_PX = 44, NOW_PX = 92;

export class Axis {
  constructor() {
    this.marks = el("div", "dc-axis");
    this.lines = el("div", "dc-lines");
    this.marks.setAttribute("aria-hidden", "true");
    this.lines.setAttribute("aria-hidden", "true");
  }

  /** Draw the hours as close as they can be read; like all on the chart they lie at shares of its width. */
  draw(day, view) {
    const { words } = day, minutes = view.length / 60, { ppm } = view;
    const step = STEPS.find((size) => size * ppm >= LEAST_TICK_PX) ?? STEPS[STEPS.length - 1];
    const planX = view.x(day.data.now), end = minutes * ppm, share = (minute) => `${((minute / minutes) * 100).toFixed(5)}%`;
    const marks = [], lines = [];
    this.ppm = ppm;
    this.ticks = [];
    for (let minute = 0; minute <= minutes; minute += step) {
      const x = minute * ppm, line = el("i", "dc-line");
      line.style.left = share(minute);
      lines.push(line);
      if ((x > planX - TICK_PX && x < planX + 84) || x > end - 36) continue;
      const clock = day.clock(minute * 60), tick = el("span", "dc-tick", clock);
      tick.style.left = share(minute);
      if (clock === "00:00" || (minute === 0 && minutes > 1440)) tick.append(el("small", "", day.dayOf(minute * 60)));
      marks.push(tick);
      this.ticks.push({ tick, left: x });
    }
    const plan = el("span", "dc-planned", words.say("plan.at", { clock: day.clock(day.data.now) }));
    const planLine = el("i", "dc-planned-line"), hours = el("div", "dc-hours");
    plan.style.left = planLine.style.left = share(day.data.now / 60);
    this.now = el("span", "dc-now");
    this.nowLine = el("i", "dc-now-line");
    hours.append(...marks, plan, this.now);
    this.marks.replaceChildren(el("span", "dc-corner", words.say("agent")), hours);
    this.lines.replaceChildren(...lines, planLine, this.nowLine);
    this.placeNow(day, view);
  }

  placeNow(day, view) {
    if (!this.now) return;
    const second = day.present(), isInside = second >= 0 && second <= view.length;
    this.now.hidden = this.nowLine.hidden = !isInside;
    if (!isInside) return;
    this.now.textContent = day.words.say("now.at", { clock: day.clock(second) });
    this.now.style.left = this.nowLine.style.left = `${(second / view.length) * 100}%`;
    const x = (second / 60) * this.ppm;
    for (const { tick, left } of this.ticks) tick.hidden = left > x - TICK_PX && left < x + NOW_PX;
  }
}
