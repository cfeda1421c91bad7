"""How the day chart feels in a real browser: its first paint, frames while scrolled and zoomed, what a drag costs.

    python -m benchmarks.pages.chart [--agents 500] [--tasks 5000] [--loads 5] [--seconds 3] [--asks 60]

A day of the demo office is dispatched, stored and served by `swingdesk serve`; Debian's Chromium, headless, opens
`/today/chart` as a planner. `to paint` is from when the plan's data is there to the first frame with tasks in it,
`from click` from the start of the navigation. Frames are counted by requestAnimationFrame while the chart is moved by
so many pixels each frame; `work` is what the chart's own code takes of a frame. Script, style, layout and `thread` are
processor time of the browser's main thread, of a page or a frame, on which others on the machine have little
influence; what painting costs other threads is not in it. `settles` is what follows once a zoom rests, when bars get
the words that they have room for. A preview is what is asked for while a task is dragged, from the browser to the
server and back. Nothing is asserted: figures depend on the machine.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.faults.servers import Server
from models.database import Database
from models.migrations.runner import upgrade
from models.repositories.offices import write_office
from models.repositories.plans import add_plan
from models.time import from_wall_clock
from models.vocabulary import Role, Rule
from services.access.principals import create_principal
from services.access.sessions import start_session
from services.access.tracing import Act
from services.office import question_from_office
from services.planning import dispatch_problem
from simulations.demo_office import DEMO_OPENING, demo_calendar, generate_office

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
SIZE = {"width": 1920, "height": 1080}
WATCH = """() => {
  const look = () => {
    if (document.querySelector('.dc-task')) requestAnimationFrame(() => { window.painted = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
PAINTED = """() => {
  const data = performance.getEntriesByType('resource').find((one) => one.name.endsWith('chart.json'));
  return [window.painted - data.responseEnd, window.painted];
}"""
MOVE = """async ([kind, seconds]) => {
  const chart = document.querySelector('day-chart'), view = chart.scroller, step = chart.painter.draw;
  const frames = [], work = [];
  let spent = 0, before = 0, turn = 1;
  chart.painter.draw = function (...given) {
    const since = performance.now();
    step.apply(this, given);
    spent += performance.now() - since;
  };
  const until = performance.now() + 1000 * seconds;
  await new Promise((resolve) => {
    const tick = (at) => {
      if (before) { frames.push(at - before); work.push(spent); }
      before = at;
      spent = 0;
      if (performance.now() > until) return resolve();
      if (kind === 'zoom') {
        const since = performance.now();
        if (frames.length % 40 === 0) turn = -turn;
        chart.zoomBy(turn < 0 ? 1.06 : 1 / 1.06);
        spent += performance.now() - since;
      } else {
        const [place, size, seen] = kind === 'down' ? ['scrollTop', view.scrollHeight, view.clientHeight]
          : ['scrollLeft', view.scrollWidth, view.clientWidth];
        if (view[place] + seen >= size - 2) turn = -1;
        if (view[place] <= 0) turn = 1;
        view[place] += 48 * turn;
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  chart.painter.draw = step;
  return [frames, work];
}"""
SETTLE = "() => new Promise((resolve) => setTimeout(resolve, 600))"
ASK = """async (count) => {
  const { day } = document.querySelector('day-chart'), { tasks, data, agents } = day, took = [];
  for (let n = 0; n < count; n++) {
    const i = (n * 7919) % day.count, agent = agents[(tasks.agent[i] + (n % 5)) % agents.length];
    const start = data.start + tasks.start[(n * 104729) % day.count];
    const since = performance.now();
    const answer = await fetch(`/plans/${data.moves.plan}/tasks/${tasks.id[i]}/moves/${agent.id}?start=${start}`);
    await answer.json();
    took.push(performance.now() - since);
  }
  return took;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--agents", type=int, default=500)
    cli.add_argument("--tasks", type=int, default=5_000)
    cli.add_argument("--loads", type=int, default=5, help="loads of the page that are timed, after one that is not")
    cli.add_argument("--seconds", type=float, default=3.0, help="of each way of moving about")
    cli.add_argument("--asks", type=int, default=60, help="previews that are timed, after one that is not")
    args = cli.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("it needs Debian's chromium: apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/chart.sqlite3"
        secret, planned = set_up(url, num_agents=args.agents, num_tasks=args.tasks)
        server = Server(url, num_processes=1, log=Path(folder) / "server.log")
        server.start()
        try:
            server.wait_until_ready()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
                measure(browser, f"http://127.0.0.1:{server.port}", secret, args, planned)
                browser.close()
        finally:
            server.stop()
    return 0


def set_up(url: str, *, num_agents: int, num_tasks: int) -> tuple[str, int]:
    """Store a day's office and its plan; return a planner's session and how many tasks are planned."""
    calendar, day = demo_calendar(), _next_day()
    at = from_wall_clock(day, DEMO_OPENING, calendar.zone)
    office = generate_office(np.random.default_rng(2), num_agents=num_agents, num_tasks=num_tasks, day=day)
    question = question_from_office(office, at=at)
    plan = dispatch_problem(question.problem, Rule.ATC, zone_name=question.zone_name)
    now = int(time.time())
    with Database(url) as database:
        upgrade(database)
        with database.writing() as session:
            write_office(session, office)
            add_plan(session, plan, question.problem, made_at=now, timezone=question.zone_name)
        create_principal(database, "pia", roles=[Role.PLANNER], act=Act(at=now, by=None, what="benchmark"))
        with database.writing() as session:
            return start_session(session, "pia", now=now), len(plan.assignments)


def measure(browser: Browser, address: str, secret: str, args: argparse.Namespace, planned: int) -> None:
    """Print how soon the chart is there, how it moves and what a drag costs."""
    page = _open(browser, address, secret)
    meter = Meter(page)
    _load(page, address)
    paints = [_load(page, address) for _ in range(args.loads)]
    loaded = meter.of_page()
    print(f"{args.agents:,} agents x {planned:,} planned tasks, {SIZE['width']} x {SIZE['height']}\n")
    print("| first paint, ms | median | worst |\n| --- | --- | --- |")
    for n, name in enumerate(("data to paint", "click to paint")):
        print(f"| {name} | {statistics.median(one[n] for one in paints):.0f} | {max(one[n] for one in paints):.0f} |")
    print(
        "\n| moving about | frames/s | frame p95, ms | work median, ms | work p95, ms "
        "| script | style | layout | thread |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    print(f"| the page, once | | | | | {loaded} |")
    for kind, name in (("down", "scroll down"), ("zoom", "zoom"), ("across", "scroll across, near")):
        if kind == "across":
            page.evaluate("document.querySelector('day-chart').zoomBy(6)")
            page.evaluate(SETTLE)
        meter.begin()
        frames, work = page.evaluate(MOVE, [kind, args.seconds])
        spent = meter.spent(len(frames))
        print(
            f"| {name} | {1000 / statistics.mean(frames):.0f} | {np.percentile(frames, 95):.1f} "
            f"| {statistics.median(work):.1f} | {np.percentile(work, 95):.1f} | {spent} |"
        )
        if kind == "zoom":
            meter.begin()
            page.evaluate(SETTLE)
            print(f"| settles, once | | | | | {meter.spent(1)} |")
    (first,), took = page.evaluate(ASK, 1), page.evaluate(ASK, args.asks)
    print("\n| preview of a move, ms | first | median | p95 |\n| --- | --- | --- | --- |")
    print(f"| browser to browser | {first:.0f} | {statistics.median(took):.1f} | {np.percentile(took, 95):.1f} |")


class Meter:
    """Reads what the browser's main thread spends."""

    NAMES = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration")

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._read()

    def begin(self) -> None:
        """Count from here."""
        self._before = self._read()

    def spent(self, times: int) -> str:
        """Return the milliseconds since then, of each of so many times, as cells of a table."""
        now = self._read()
        return " | ".join(f"{1000 * (now[name] - self._before[name]) / times:.1f}" for name in self.NAMES)

    def of_page(self) -> str:
        """Return the milliseconds of the page that was loaded last: the browser counts each anew."""
        now = self._read()
        return " | ".join(f"{1000 * now[name]:.1f}" for name in self.NAMES)

    def _read(self) -> dict[str, float]:
        told = self._session.send("Performance.getMetrics")["metrics"]
        return {item["name"]: item["value"] for item in told}


def _open(browser: Browser, address: str, secret: str) -> Page:
    context: Any = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    context.add_cookies([{"name": "swingdesk_session", "value": secret, "url": address}])
    page: Page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(f"({WATCH})()")
    return page


def _load(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/today/chart")
    page.locator(".dc-task").first.wait_for()
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 300))")
    found: list[float] = page.evaluate(PAINTED)
    return found


def _next_day() -> date:
    """Return the next day on which the office is open, so that its plan is still to come."""
    calendar, day = demo_calendar(), datetime.now(tz=UTC).date() + timedelta(days=1)
    while not calendar.is_open_on(day):
        day += timedelta(days=1)
    return day


if __name__ == "__main__":
    sys.exit(main())
