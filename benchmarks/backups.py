"""What a backup of a large database takes, and restoring and checking it: seconds, and memory that does not grow.

Each step runs in a process of its own, so that its peak of memory is its own.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from models.database import Database
from models.migrations.runner import upgrade
from models.repositories.backups import set_counters
from models.repositories.live.records import Event, LiveTask, column_values
from models.repositories.staging import fill
from models.tables.schema import table_of
from models.vocabulary_live import EventKind
from services.audit.backup import make_backup
from services.audit.restore import restore_backup
from services.audit.sealing import seal_pending
from services.audit.trail import verify
from services.live.replay import verify_database
from services.live.task_stages import apply

NOW = 1772434800
EVENTS_PER_TASK = 8
BATCH = 5_000
STEPS = ("seal", "verify", "replay", "backup", "restore")


def main(arguments: list[str] | None = None) -> int:
    """Print a line a step."""
    parser = argparse.ArgumentParser(prog="benchmarks.backups", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="rows, eight of ten events")
    parser.add_argument("--target", metavar="URL", help="an empty database to restore to; SQLite by default")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step is not None:
        _do(options.step, options.folder, options.target)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        num_rows = write_rows(f"sqlite:///{folder / 'from.sqlite3'}", options.rows // (EVENTS_PER_TASK + 2))
        print(f"{num_rows:,} rows, SQLite file of {(folder / 'from.sqlite3').stat().st_size / 1e6:,.0f} MB")
        target = options.target or f"sqlite:///{folder / 'to.sqlite3'}"
        print(f"{'step':<10}{'processor s':>12}{'clock s':>10}{'peak MB':>10}{'grown by MB':>13}")
        for step in STEPS:
            command = [sys.executable, "-m", "benchmarks.backups", "--step", step, "--folder", name]
            subprocess.run([*command, "--target", target], check=True)
        print(f"backup of {(folder / 'made.backup').stat().st_size / 1e6:,.0f} MB")
    return 0


def _do(step: str, folder: Path, target: str) -> None:
    with Database(f"sqlite:///{folder / 'from.sqlite3'}") as database, Database(target) as other:
        steps: dict[str, Callable[[], object]] = {
            "seal": lambda: seal_pending(database, now=NOW),
            "verify": lambda: _check(verify(database).holds),
            "replay": lambda: _check(verify_database(database).holds),
            "backup": lambda: make_backup(database, folder / "made.backup", now=NOW),
            "restore": lambda: restore_backup(other, folder / "made.backup", now=NOW),
        }
        idle = _peak_mb()
        began, processor = time.perf_counter(), time.process_time()
        steps[step]()
        clock, used, peak = time.perf_counter() - began, time.process_time() - processor, _peak_mb()
    print(f"{step:<10}{used:>12.1f}{clock:>10.1f}{peak:>10.0f}{peak - idle:>13.0f}", flush=True)


def _check(holds: bool) -> None:
    assert holds, "what was written does not hold"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_rows(url: str, num_tasks: int) -> int:
    """Write tasks, their events and the states that follow to an empty database, and return how many rows that were."""
    num_rows = 0
    with Database(url) as database:
        upgrade(database)
        with database.writing() as session:
            fill(session.connection(), table_of("task_types"), {"id": ["dispute"], "name": ["Dispute"]})
        for first in range(0, num_tasks, BATCH):
            numbers = range(first, min(first + BATCH, num_tasks))
            tasks = [_task(number) for number in numbers]
            events = [event for number in numbers for event in _events(number)]
            states = [_state(f"T{number}", list(_events(number))) for number in numbers]
            with database.writing() as session:
                for name, rows in (
                    ("tasks", tasks),
                    ("events", [column_values(event) for event in events]),
                    ("task_states", [column_values(state) for state in states]),
                ):
                    columns = {column: [row[column] for row in rows] for column in rows[0]}
                    num_rows += fill(session.connection(), table_of(name), columns)
        with database.writing() as session:
            set_counters(session.connection())
    return num_rows


def _task(number: int) -> dict[str, Any]:
    return {
        "id": f"T{number}",
        "task_type_id": "dispute",
        "title": f"Invoice {number * 7919 % 1_000_003} is disputed",
        "quantity": 1.0,
        "arrived_at": NOW,
        "due_at": NOW + number % 100_000,
        "in_progress": False,
        "attributes": {"amount": number % 977 / 10, "country": "ES"},
        "state": "open",
        "step": "",
        "source": "crm",
        "external_id": str(number),
        "link": "",
    }


def _events(number: int) -> Iterator[Event]:
    for n in range(EVENTS_PER_TASK):
        place = number * EVENTS_PER_TASK + n + 1
        yield Event(
            id=place,
            position=place,
            kind=EventKind.PRIORITISED if n else EventKind.ARRIVED,
            principal_id="lead-3" if n else None,
            task_id=f"T{number}",
            occurred_at=NOW + n,
            recorded_at=NOW + n,
            details={"weight": n / 3} if n else {},
        )


def _state(task_id: str, events: Sequence[Event]) -> LiveTask:
    state: LiveTask | None = None
    for event in events:
        state = apply(state, event)
    assert state is not None, task_id
    return state


if __name__ == "__main__":
    sys.exit(main())
