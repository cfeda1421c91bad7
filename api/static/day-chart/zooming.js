// Near and far. While one zooms, what is drawn is stretched; once that rests, the bars say what they have room for, a few
// rows a frame.

const SHOWN_PX_PER_MINUTE = 3, RESTS_AFTER_MS = 120, BUDGET_MS = 6;

export class Zooming {
  constructor(chart) {
    this.chart = chart;
    this.wheel = null;
    this.restsAt = 0;
    this.frame = this.timer = 0;
    chart.scroller.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
  }

  /** Zoom where the pointer is; what the wheel says within a frame is taken together. */
  #onWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { scroller, view } = this.chart;
    const x = Math.max(0, event.clientX - scroller.getBoundingClientRect().left - view.nameWidth);
    const before = this.wheel;
    this.wheel = { x, delta: event.deltaY + (before?.delta ?? 0) };
    if (!before) requestAnimationFrame(() => this.#turnWheel(this.wheel));
  }

  #turnWheel({ x, delta }) {
    this.wheel = null;
    this.to(this.chart.view.ppm * Math.exp(-delta * 0.004), x);
  }

  by(factor) {
    this.to(this.chart.view.ppm * factor, null);
  }

  /** Zoom, keeping what is under pixel `x` of the track where it is; the focused task, or the middle, by default. */
  to(ppm, x) {
    const { chart } = this, { view } = chart, left = chart.scroller.scrollLeft, i = chart.focusedTask();
    let pixel = x ?? view.room / 2;
    if (x === null && i >= 0 && chart.body.contains(document.activeElement)) {
      pixel = Math.min(view.room, Math.max(0, view.x(chart.day.tasks.start[i]) - left));
    }
    const minute = (left + pixel) / view.ppm;
    view.zoom(ppm);
    this.stretch(minute * view.ppm - pixel);
  }

  /** The whole day across the chart. */
  fit() {
    const { view } = this.chart;
    view.isFit = true;
    view.ppm = view.fitting;
    this.stretch();
  }

  /** Far enough in that tasks can be read. */
  near(x = null) {
    const { view } = this.chart;
    if (view.ppm < SHOWN_PX_PER_MINUTE) this.to(SHOWN_PX_PER_MINUTE, x);
  }

  /** Show what is drawn at the width of the view, scrolled to `left` where that is given: nothing is laid out twice. */
  stretch(left = null) {
    const { chart } = this;
    chart.plane.style.width = `${chart.view.planeWidth}px`;
    if (left !== null) chart.scroller.scrollLeft = left;
    chart.draw();
    chart.moving?.place();
    this.restsAt = performance.now() + RESTS_AFTER_MS;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#schedule(), RESTS_AFTER_MS);
    this.#schedule();
  }

  #schedule() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.#tidy(now);
    });
  }

  #tidy(now) {
    const { chart } = this, { axis, painter, view } = chart, isResting = now >= this.restsAt;
    if (axis.ppm !== view.ppm && (isResting || painter.isFar(axis))) axis.draw(chart.day, view);
    if (painter.tidy(chart.scroller.scrollLeft, chart.focus, now + BUDGET_MS, !isResting)) this.#schedule();
  }
}
