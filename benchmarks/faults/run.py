"""One fault run: agents at work, servers or the database dying under them, and at the end what holds."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.faults.agents import Connection, Told, work
from benchmarks.faults.checks import Counts, check_all
from benchmarks.faults.office import set_up_office
from benchmarks.faults.servers import Postgres, Server
from models.database import Database
from models.migrations.runner import upgrade


class Victim(StrEnum):
    """What dies."""

    PROCESS = "process"
    """One process of the server; each fifth time all of them at once, and the server is started again."""
    DATABASE = "database"
    """The database, which recovers from its log."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is run.

    Attributes
    ----------
    url
        The database of the run, with or without its tables.
    postgres
        The database server of the run, where it is what dies.
    num_processes
        Processes of the server that answer requests.
    kill_every_s
        Seconds from when the server is ready again to the next death.
    most_deaths
        After so many nothing dies any more; None for no end.
    limit_s
        When the run is given up.
    """

    url: str
    num_agents: int = 64
    num_tasks: int = 20_000
    num_processes: int = 3
    victim: Victim = Victim.PROCESS
    postgres: Postgres | None = None
    kill_every_s: float = 4.0
    most_deaths: int | None = None
    limit_s: float = 1800.0
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of a run.

    Attributes
    ----------
    faults
        What does not hold, as sentences; empty where all does.
    deaths
        How often what died.
    answers
        What agents were answered, by status; `broken` where no answer came.
    """

    faults: list[str]
    counts: Counts
    deaths: Counter[str]
    answers: Counter[str]
    seconds: float


def run(plan: Plan, folder: Path) -> Ran:
    """Run it; the server's log goes to a folder."""
    now = int(time.time())
    with ExitStack() as opened:
        database = opened.enter_context(Database(plan.url))
        upgrade(database)
        keys = set_up_office(database, num_agents=plan.num_agents, num_tasks=plan.num_tasks, now=now)
        server = Server(plan.url, num_processes=plan.num_processes, log=folder / "server.log")
        opened.callback(server.stop)
        server.start()
        server.wait_until_ready()
        told = Told()
        began = time.monotonic()
        killer = _Killer(plan, server)
        opened.callback(killer.stop)
        killer.start()
        # In a thread of its own: whoever calls may have an event loop at work in theirs, as tests with a browser have.
        with ThreadPoolExecutor(1) as executor:
            is_whole = executor.submit(lambda: asyncio.run(_work_all(plan, server, keys, told))).result()
        killer.stop()
        seconds = time.monotonic() - began
        server.stop()
        counts, faults = check_all(database, told, num_tasks=plan.num_tasks, now=int(time.time()))
        if not is_whole:
            faults.insert(0, f"not all was done after {plan.limit_s:g} s")
        return Ran(
            faults=[*faults, *told.oddities, *killer.failures],
            counts=counts,
            deaths=killer.deaths,
            answers=told.answers,
            seconds=seconds,
        )


async def _work_all(plan: Plan, server: Server, keys: dict[str, str], told: Told) -> bool:
    """Let all agents work until all is done, and return whether it is."""
    give_up_at = time.monotonic() + plan.limit_s

    def is_over() -> bool:
        return len(told.completions) >= plan.num_tasks or time.monotonic() > give_up_at

    async def one(number: int, agent: str, key: str) -> None:
        chooser = random.Random(f"{plan.seed} {agent}")  # noqa: S311 - whom to ask, not a secret
        connection = Connection(lambda: [server.port], key, told, chooser)
        try:
            await work(agent, connection, told, is_over=is_over, sends_repeat_keys=number % 8 == 0, chooser=chooser)
        finally:
            await connection.close()

    workers = [asyncio.create_task(one(number, *pair)) for number, pair in enumerate(keys.items())]
    done, pending = await asyncio.wait(workers, timeout=plan.limit_s + 60, return_when=asyncio.FIRST_EXCEPTION)
    for worker in pending:
        worker.cancel()
    for worker in done:
        worker.result()  # raises what it raised
    return len(told.completions) >= plan.num_tasks


class _Killer:
    """Kills what is to die, now and then, in a thread of its own."""

    def __init__(self, plan: Plan, server: Server) -> None:
        self.deaths: Counter[str] = Counter()
        self.failures: list[str] = []
        self._plan, self._server = plan, server
        self._chooser = random.Random(plan.seed)  # noqa: S311 - whom to kill, not a secret
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="killer")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        kill: Callable[[], None] = self._kill_process if self._plan.victim is Victim.PROCESS else self._kill_database
        try:
            while not self._stop.wait(self._plan.kill_every_s) and self.deaths.total() != self._plan.most_deaths:
                kill()
        except Exception as error:  # noqa: BLE001 - told in the end: the run is worth nothing then
            self.failures.append(f"killing failed: {error!r}")

    def _kill_process(self) -> None:
        if self.deaths.total() % 5 == 4:
            self._server.kill_all()
            self.deaths["server"] += 1
            self._server.start()
        elif self._server.kill_one(self._chooser):
            self.deaths["process"] += 1
        self._server.wait_until_ready()

    def _kill_database(self) -> None:
        assert self._plan.postgres is not None
        self._plan.postgres.crash()
        self.deaths["database"] += 1
        self._server.wait_until_ready()
