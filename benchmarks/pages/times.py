"""What each page takes the server: the demo office at 500 agents and 50,000 open tasks, in the middle of its day.

    python -m benchmarks.pages.times [--agents 500] [--tasks 50000] [--rounds 20] [--acts 5] [--only /today]

One real server is asked for every page of the access matrix that a browser can ask for, round by round, each as the
role that sees most of it; before each round some agents do something at the desk, so that nothing of it can be kept for
long. `first` is the first answer after the server has started, which fills what is kept; it is not judged. `p50` and
`p95` are from the request to the last byte, on this machine; `processor` is what the server's processes took of it;
`statements` are those that the page sends to the database. A page misses its goal where its p95 is above 100 ms: the
command ends with status 1 then. Files to take along are listed apart and not judged. The clock stands at ten o'clock of
the demo's day.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.faults.servers import ROOT, Postgres, Server
from benchmarks.pages.asking import Asker, PageRoute, Timed, list_pages
from benchmarks.pages.jobs import ask_for_jobs
from benchmarks.pages.moving import Movers
from benchmarks.pages.office import NOW, Stored, draw_office, set_up
from benchmarks.pages.statements import count_statements
from models.formats.offices.office import Office

GOAL_MS = 100.0
CLOCK, CLOCK_FOLDER = "TEST_CLOCK", ROOT / "tests" / "api" / "day" / "clock"
JUDGED = frozenset({"text/html", "application/json"})
OK = 400
FILE_ROUNDS = 3
"""Rounds in which files are asked for too: a workbook of 50,000 tasks takes longer than all pages together."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--agents", type=int, default=500)
    cli.add_argument("--tasks", type=int, default=50_000, help="that are open in the morning")
    cli.add_argument("--rounds", type=int, default=20)
    cli.add_argument("--acts", type=int, default=5, help="at the desk before each round")
    cli.add_argument("--only", default="", help="pages whose address begins so")
    cli.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two alone")
    args = cli.parse_args(arguments)
    if CLOCK not in os.environ:
        return _run_at(NOW, sys.argv[1:] if arguments is None else arguments)
    office = draw_office(args.agents, args.tasks)
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.database != "postgresql":
            missed += measure(f"sqlite:///{folder}/office.sqlite3", "SQLite", office, folder, args)
        if args.database != "sqlite":
            postgres = Postgres(folder / "postgres")
            try:
                missed += measure(postgres.url, "PostgreSQL", office, folder, args)
            finally:
                postgres.close()
    return 1 if missed else 0


def measure(url: str, name: str, office: Office, folder: Path, args: argparse.Namespace) -> int:
    """Measure on one database, print its table, and return how many pages miss the goal."""
    stored = set_up(url, office)
    server = Server(url, num_processes=1, log=folder / f"{name}.log")
    server.start()
    try:
        server.wait_until_ready()
        ask_for_jobs(server.port, stored)
        found = time_pages(server, stored, rounds=args.rounds, acts=args.acts, only=args.only)
    finally:
        server.stop()
    statements = count_statements(url, stored, [timed.page for timed in found])
    return print_table(f"{name}, {args.agents:,} agents, {args.tasks:,} open tasks", found, statements)


def time_pages(server: Server, stored: Stored, *, rounds: int, acts: int, only: str = "") -> list[Timed]:
    """Ask for every page, round by round."""
    movers, asker = Movers(server.port, stored), Asker(server.port, stored.sessions, server.processes())
    pages = [page for page in list_pages() if page.path.startswith(only)]
    found = [Timed(page=page, first=asker.ask(page, stored.values)) for page in pages]
    for nth in range(rounds):
        movers.act(acts)
        for timed in found:
            if nth < FILE_ROUNDS or not _is_file(timed):
                timed.answers.append(asker.ask(timed.page, stored.values))
    return found


def print_table(title: str, found: Sequence[Timed], statements: Mapping[PageRoute, int]) -> int:
    """Print the pages, the slowest first, then the files; return how many pages miss the goal or are none."""
    missed = 0
    print(f"\n{title}\n")
    for heading, is_file in (("page", False), ("file", True)):
        print(f"| {heading} | as | p50, ms | p95, ms | processor, ms | first, ms | kB sent | statements |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        rows = [timed for timed in found if _is_file(timed) is is_file]
        for timed in sorted(rows, key=lambda one: -_percentile(one, 95)):
            p95, first = _percentile(timed, 95), timed.first
            is_missed = not is_file and (p95 > GOAL_MS or first.status >= OK)
            missed += is_missed
            sign = " **missed**" if is_missed else ""
            shown = f"`{timed.page.path}`" + ("" if first.status < OK else f" {first.status}")
            processor = 1000 * float(np.mean([one.processor_s for one in timed.answers]))
            print(
                f"| {shown} | {timed.page.role or 'anybody'} | {_percentile(timed, 50):.1f} | {p95:.1f}{sign} "
                f"| {processor:.1f} | {1000 * first.seconds:.0f} | {timed.answers[-1].size / 1024:.1f} "
                f"| {statements[timed.page]} |",
                flush=True,
            )
        print()
    return missed


def _is_file(timed: Timed) -> bool:
    return timed.first.kind not in JUDGED


def _percentile(timed: Timed, share: float) -> float:
    return float(np.percentile([1000 * one.seconds for one in timed.answers], share))


def _run_at(now: int, arguments: Sequence[str]) -> int:
    """Run the same in a process whose clock stands at an instant, and those that it starts."""
    with tempfile.NamedTemporaryFile() as clock:
        clock.write(struct.pack("d", now - time.time()))
        clock.flush()
        path = os.pathsep.join((str(CLOCK_FOLDER), str(ROOT), os.environ.get("PYTHONPATH", "")))
        return subprocess.run(
            [sys.executable, "-m", "benchmarks.pages.times", *arguments],
            env={**os.environ, CLOCK: clock.name, "PYTHONPATH": path},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
