// The chart by keyboard: from task to task, from person to person, near and far.

/** Take a key pressed on a cell; return whether it was one of the chart's. */
export function takeKey(event, chart) {
  const { day, rows, view, focus } = chart, { row, cell } = focus, item = rows[row], last = rows.length - 1;
  const count = (position) => (rows[position].agent === undefined ? 1 : Math.max(1, day.numTasks(rows[position].agent)));
  const isTask = item.agent !== undefined && day.numTasks(item.agent) > 0;
  if (isTask) chart.anchor = day.tasks.start[day.first[item.agent] + cell];
  const go = (to) => {
    const agent = rows[to].agent;
    chart.setFocus(to, agent === undefined ? 0 : day.nearest(agent, chart.anchor ?? day.data.now));
  };
  const page = Math.max(1, Math.floor(view.height / view.rowHeight) - 2);
  const actions = {
    ArrowRight: () => (cell < count(row) - 1 ? chart.setFocus(row, cell + 1) : row < last && chart.setFocus(row + 1, 0)),
    ArrowLeft: () => (cell > 0 ? chart.setFocus(row, cell - 1) : row > 0 && chart.setFocus(row - 1, count(row - 1) - 1)),
    ArrowDown: () => row < last && go(row + 1),
    ArrowUp: () => row > 0 && go(row - 1),
    PageDown: () => go(Math.min(last, row + page)),
    PageUp: () => go(Math.max(0, row - page)),
    Home: () => (event.ctrlKey ? chart.setFocus(0, 0) : chart.setFocus(row, 0)),
    End: () => (event.ctrlKey ? chart.setFocus(last, count(last) - 1) : chart.setFocus(row, count(row) - 1)),
    "+": () => chart.zoomBy(1.5),
    "=": () => chart.zoomBy(1.5),
    "-": () => chart.zoomBy(1 / 1.5),
    0: () => chart.zooming.fit(),
  };
  const action = actions[event.key];
  if (!action || (event.ctrlKey && !["Home", "End"].includes(event.key))) return false;
  event.preventDefault();
  action();
  return true;
}
