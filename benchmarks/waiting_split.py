"""What splitting the waiting of a log costs: `python -m benchmarks.waiting_split [--instances N | --log FILE]`.

The reference implementation of the paper's split takes 36 to 60 ms of processor time for each task instance (two cores
of the machine that these figures were made on); 4 ms are promised, and 0.1 ms aimed at. Both definitions are measured,
from the clean log to the ledger, and reading the log and the office off it apart. Median of three rounds, by turns;
what is compiled once is not counted.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from services.reporting.question import LogFile, ReportQuestion
from services.reporting.sources import Source, open_source
from services.reporting.waiting import DEFINITIONS, make_ledger
from services.settings import Settings

INSTANCES = 16_338
"""As many as the half of a bank's log that the paper's kind of analysis is often run on."""
PROMISED_MS, AIMED_MS = 4.0, 0.1
ROUNDS = 3
NOW = 1_800_000_000
STEPS = ("register", "check", "ask", "assess", "decide", "send")
NUM_AGENTS = 57
FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)


def draw_log(count: int, seed: int) -> str:
    """Return a log of so many instances as CSV: cases of up to six steps, 57 people who know three steps each.

    Work is done in the order in which it comes, but for one time in four, on weekdays from 08:00 to 17:00.
    """
    generator = np.random.default_rng(seed)
    free_at = np.zeros(NUM_AGENTS)
    lines = ["case_id,activity,resource,start_time,end_time"]
    arrived, case = 0.0, 0
    while len(lines) <= count:
        arrived += generator.exponential(9.0)
        at = arrived
        for step in range(int(generator.integers(2, len(STEPS) + 1))):
            able = np.arange(NUM_AGENTS)[(np.arange(NUM_AGENTS) + step) % 2 == 0]
            who = int(generator.choice(able)) if generator.random() < 0.25 else int(able[free_at[able].argmin()])
            start = max(at, float(free_at[who])) + generator.exponential(5.0)
            end = start + float(generator.lognormal(3.0, 0.8))
            free_at[who] = at = end
            lines.append(f"{case},{STEPS[step]},person {who},{_clock(start)},{_clock(end)}")
        case += 1
    return "\n".join(lines[: count + 1])


def main(arguments: list[str] | None = None) -> int:
    """Print what it took; 1 where that is more than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--instances", type=int, default=INSTANCES)
    parser.add_argument("--log", type=Path, help="a log of your own instead; columns by their usual names")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = asked.log
        if path is None:
            path = Path(folder) / "drawn.csv"
            path.write_text(draw_log(asked.instances, seed=11), encoding="utf-8")
        return _measure(path)


def _measure(path: Path) -> int:
    questions = {name: _ask(path, name) for name in DEFINITIONS}
    for question in questions.values():  # compiles
        make_ledger(open_source(question), question)
    read: list[float] = []
    split: dict[str, list[float]] = {name: [] for name in DEFINITIONS}
    sizes: set[int] = set()
    for _ in range(ROUNDS):
        for name, question in questions.items():
            began = time.process_time()
            source: Source = open_source(question)
            assert source.office is not None
            opened = time.process_time()
            ledger = make_ledger(source, question)
            split[name].append(time.process_time() - opened)
            read.append(opened - began)
            sizes.add(len(ledger.history))
    (size,) = sizes
    print("| definitions | instances | CPU s | ms an instance | of the promised 4 ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    worst = 0.0
    for name, seconds in split.items():
        each = 1000 * statistics.median(seconds) / size
        worst = max(worst, each)
        print(f"| {name} | {size:,} | {statistics.median(seconds):.2f} | {each:.4f} | {each / PROMISED_MS:.2%} |")
    each = 1000 * statistics.median(read) / size
    print(f"\nReading the log, and an office off it: {statistics.median(read):.2f} CPU s, {each:.3f} ms an instance.")
    return 0 if worst < PROMISED_MS else 1


def _ask(path: Path, definitions: str) -> ReportQuestion:
    return ReportQuestion(settings=Settings(), now=NOW, log=LogFile(path=path), options={"definitions": definitions})


def _clock(minutes: float) -> str:
    """Return an instant by minutes of open office: nine hours a weekday."""
    day, minute = divmod(minutes, 540.0)
    week, weekday = divmod(int(day), 5)
    return (FIRST + timedelta(days=7 * week + weekday, minutes=minute)).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
