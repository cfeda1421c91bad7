// The chart on paper: every row, the day across the page, for as long as it is printed.

const PAPER_PX = 1040;

export class Paper {
  constructor(chart) {
    this.chart = chart;
  }

  listen() {
    addEventListener("beforeprint", this.#begin);
    addEventListener("afterprint", this.#end);
  }

  forget() {
    removeEventListener("beforeprint", this.#begin);
    removeEventListener("afterprint", this.#end);
  }

  #begin = () => {
    const { view } = this.chart;
    this.before = [view.ppm, view.isFit];
    this.#measure(true);
    view.ppm = (PAPER_PX - view.nameWidth) / (view.length / 60);
    this.chart.redraw();
  };

  #end = () => {
    const { view } = this.chart;
    [view.ppm, view.isFit] = this.before;
    this.#measure(false);
    this.chart.redraw();
  };

  #measure(isPrinting) {
    this.chart.painter.isPrinting = isPrinting;
    this.chart.classList.toggle("is-printing", isPrinting);
    this.chart.view.measure(this.chart.rows);
  }
}
