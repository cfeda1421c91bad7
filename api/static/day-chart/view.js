// Where things are: pixels of instants and rows. It reads the page's measures when they may have changed, never while
// the chart is scrolled.

const MAX_PX_PER_MINUTE = 16, LEAST_TRACK_PX = 240, END_PX = 12;

export class View {
  constructor(chart, scroller) {
    this.chart = chart;
    this.scroller = scroller;
    this.ppm = 1; // pixels per minute
    this.isFit = true;
    this.length = 3600;
    this.tops = [0]; // top of each row, and the total height at the end
    this.width = this.height = 0;
  }

  /** Take in the sizes of the style and of the scroller, and where each row begins. */
  measure(rows) {
    const style = getComputedStyle(this.chart);
    const size = (name, otherwise) => parseFloat(style.getPropertyValue(name)) || otherwise;
    this.nameWidth = size("--dc-name", 180);
    this.rowHeight = size("--dc-row", 38);
    this.teamHeight = size("--dc-team-row", 34);
    this.axisHeight = size("--dc-axis", 30);
    this.width = this.scroller.clientWidth || 800;
    this.height = this.scroller.clientHeight || 600;
    this.stack(rows);
    if (this.isFit) this.ppm = this.fitting;
  }

  stack(rows) {
    this.tops = new Array(rows.length + 1);
    let top = 0;
    rows.forEach((row, position) => {
      this.tops[position] = top;
      top += row.agent === undefined ? this.teamHeight : this.rowHeight;
    });
    this.tops[rows.length] = top;
  }

  get fitting() {
    return Math.max(this.width - this.nameWidth - END_PX, LEAST_TRACK_PX) / (this.length / 60);
  }

  get planeWidth() {
    return this.nameWidth + (this.length / 60) * this.ppm + END_PX;
  }

  get bodyHeight() {
    return this.tops[this.tops.length - 1];
  }

  get room() {
    return this.width - this.nameWidth;
  }

  zoom(ppm) {
    const least = this.fitting;
    this.ppm = Math.min(Math.max(ppm, least), Math.max(MAX_PX_PER_MINUTE, least));
    this.isFit = this.ppm <= least;
  }

  x(second) {
    return (second / 60) * this.ppm;
  }

  second(x) {
    return (x / this.ppm) * 60;
  }

  /** The row at a height of the body. */
  rowAt(y) {
    let low = 0, high = this.tops.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where the pointer is: the second, and the row. */
  locate(event) {
    const box = this.scroller.getBoundingClientRect();
    const x = event.clientX - box.left + this.scroller.scrollLeft - this.nameWidth;
    const y = event.clientY - box.top + this.scroller.scrollTop - this.axisHeight;
    return { second: this.second(x), row: this.rowAt(Math.max(0, y)), x, y };
  }
}
