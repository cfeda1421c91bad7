"""What a backup of a large database takes while a server works on it, and what those feel who work there.

A server runs on the database and is asked, one request after the other, to give a task back to its queue: each is a
transaction that writes an event and a state. It is asked for a while alone, and then beside `swingdesk backup`.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import httpx
import numpy as np

from benchmarks.backups import EVENTS_PER_TASK, NOW, write_rows
from benchmarks.faults.servers import ROOT, Postgres, Server
from models.database import Database
from models.vocabulary import Role
from services.access.keys import create_key
from services.access.principals import create_principal
from services.access.tracing import Act
from services.audit.sealing import seal_pending

ALONE_S = 10.0
BREATH_S = 0.02
COMMAND = (sys.executable, "-c", "from api.cli.main import run; run()", "backup")


def main(arguments: list[str] | None = None) -> int:
    """Print what the backup took, and how long requests took before it and beside it."""
    parser = argparse.ArgumentParser(prog="benchmarks.backups_serving", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="rows, eight of ten events")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own, not on SQLite")
    options = parser.parse_args(arguments)
    num_tasks = options.rows // (EVENTS_PER_TASK + 2)
    with tempfile.TemporaryDirectory() as name, _database(Path(name), is_postgres=options.postgres) as url:
        num_rows = write_rows(url, num_tasks)
        with Database(url) as database:
            seal_pending(database, now=NOW)
            act = Act(at=int(time.time()), by=None, what="benchmark")
            create_principal(database, "measurer", roles=[Role.ADMIN], act=act)
            key = create_key(database, "measurer", act=act).text
        print(f"{num_rows:,} rows on {'PostgreSQL' if options.postgres else 'SQLite'}", flush=True)
        server = Server(url, num_processes=1, log=Path(name) / "server.log")
        server.start()
        try:
            server.wait_until_ready()
            with _client(server.port, key) as client:
                _measure(client, url, Path(name) / "made.backup", num_tasks=num_tasks)
        finally:
            server.stop()
    return 0


def _measure(client: httpx.Client, url: str, path: Path, *, num_tasks: int) -> None:
    numbers = count()

    def ask() -> float:
        began = time.perf_counter()
        client.post(f"/api/tasks/T{next(numbers) % num_tasks}/reassign", json={}).raise_for_status()
        return time.perf_counter() - began

    for _ in range(20):
        ask()
    until = time.monotonic() + ALONE_S
    _tell("alone", _ask_while(ask, lambda: time.monotonic() < until))
    path_of_code = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    environment = {**os.environ, "PYTHONPATH": path_of_code, "SWINGDESK_DATABASE_URL": url}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen([*COMMAND, str(path), "--quiet"], env=environment) as backup:
        took = _ask_while(ask, lambda: backup.poll() is None)
    clock_s, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert backup.returncode == 0, "the backup failed"
    _tell("beside", took)
    processor_s = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    size, peak = path.stat().st_size / 1e6, used.ru_maxrss / 1024
    print(f"backup of {size:,.0f} MB: {clock_s:.1f} s, {processor_s:.1f} s of a processor, peak {peak:,.0f} MB")
    subprocess.run([*COMMAND[:-1], "restore", "--check", str(path)], env=environment, check=True)


def _ask_while(ask: Callable[[], float], goes_on: Callable[[], bool]) -> list[float]:
    took = []
    while goes_on():
        took.append(ask())
        time.sleep(BREATH_S)
    return took


def _tell(when: str, took: list[float]) -> None:
    p50, p99 = np.quantile(took, [0.5, 0.99]) * 1000
    print(f"{when:<8}{len(took):>7,} requests  p50 {p50:.0f} ms  p99 {p99:.0f} ms  longest {max(took) * 1000:.0f} ms")


def _client(port: int, key: str) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}, timeout=60)


@contextmanager
def _database(folder: Path, *, is_postgres: bool) -> Iterator[str]:
    if not is_postgres:
        yield f"sqlite:///{folder / 'office.sqlite3'}"
        return
    with closing(Postgres(folder / "postgres")) as server:
        yield server.url


if __name__ == "__main__":
    sys.exit(main())
