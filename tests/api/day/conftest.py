"""A day at the demo office as its people live it: over HTTP, on a server whose clock the test moves."""

import io
import struct
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import numpy as np
import pytest

from models.formats.offices.office import Office
from models.formats.offices.table_writing import write_csv_tables
from models.time import SECONDS_PER_MINUTE, from_wall_clock
from simulations.demo_office import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

NUM_AGENTS = 40
NUM_TASKS = 100
WAIT_S = 90.0
CLOCK = Path(__file__).parent / "clock"
ROOT = Path(__file__).parents[3]


class MovedClock:
    """The clock of the servers that are started with its environment: the machine's, moved."""

    def __init__(self, path: Path, at: int) -> None:
        self.path = path
        self._moved_by = at - time.time()
        self._write()

    @property
    def now(self) -> int:
        """The servers' present; epoch second."""
        return int(time.time() + self._moved_by)

    @property
    def environment(self) -> dict[str, str]:
        """What a server is to be started with."""
        return {"TEST_CLOCK": str(self.path), "PYTHONPATH": f"{CLOCK}:{ROOT}"}

    def forward(self, minutes: float) -> None:
        """Move it on."""
        self._moved_by += minutes * SECONDS_PER_MINUTE
        self._write()

    def forward_to(self, instant: int) -> None:
        """Move it on to an instant."""
        assert instant > self.now
        self.forward((instant - self.now) / SECONDS_PER_MINUTE)

    def _write(self) -> None:
        with self.path.open("wb" if not self.path.exists() else "r+b") as stream:
            stream.write(struct.pack("d", self._moved_by))


class Somebody:
    """Who asks the server for something, with a key."""

    def __init__(self, network: httpx.Client, key: str) -> None:
        self._network, self._key = network, key

    def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Ask, expect a status, and return the answer's document."""
        headers = {"Authorization": f"Bearer {self._key}"}
        answer = self._network.request(method, path, headers=headers, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, status: int = 200, **document: Any) -> Any:
        return self.ask("POST", path, status, json=document)

    def do_job(self, path: str, **options: Any) -> Any:
        """Ask for a job, wait until it is done, and return what there is to say of it."""
        job = self.ask("POST", path, 202, **options)
        give_up_at = time.monotonic() + WAIT_S
        while job["state"] in {"queued", "running"} and time.monotonic() < give_up_at:
            time.sleep(0.5)  # jobs load the product first: asking more often only takes from them
            job = self.get(job["links"]["self"])
        assert job["state"] == "done", job
        return job


class Day:
    """The office on its day.

    Attributes
    ----------
    tally
        What its people were told has happened, by the word of its event.
    done_by
        Who was told that a task is complete.
    """

    def __init__(self, server: Any, clock: MovedClock, office: Office) -> None:
        self.server, self.clock, self.office = server, clock, office
        self.tally: Counter[str] = Counter()
        self.done_by: dict[str, str] = {}
        self.in_hand: dict[str, tuple[str, int]] = {}
        self.wait_for(lambda: any(line.strip().startswith("sd_") for line in server.said))
        key = next(line.strip() for line in server.said if line.strip().startswith("sd_"))
        self.admin = Somebody(server.network, key)
        self.agents: dict[str, Somebody] = {}
        self.crowd = ThreadPoolExecutor(8)
        self._lock = Lock()

    def take_in_office(self, folder: Path) -> None:
        """Import the office's tables as one archive."""
        write_csv_tables(folder, self.office, zone=demo_calendar().zone)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(folder.glob("*.csv")):
                archive.write(path, path.name)
        self.admin.do_job("/api/imports/tables", files={"file": ("office.zip", packed.getvalue())})

    def let_in(self, name: str, roles: list[str], **more: Any) -> Somebody:
        """Make somebody known, and give them a key."""
        self.admin.post("/api/principals", 201, id=name, roles=roles, **more)
        made = self.admin.post("/api/keys", 201, principal=name)
        return Somebody(self.server.network, made["key"])

    def act(self, agent: str, path: str, event: str, **document: Any) -> Any:
        """Let an agent do something, and note it."""
        told = self.agents[agent].post(path, **document)
        assert told["event"] == event
        self.note(event)
        return told

    def note(self, event: str) -> None:
        """Count something that has happened."""
        with self._lock:
            self.tally[event] += 1

    def take_next(self, agent: str) -> Any:
        """Let an agent ask for the next task; return the offer, None where there is nothing to do."""
        offer = self.agents[agent].post(f"/api/agents/{agent}/next")
        if offer["primary"] is None:
            return None
        self.note("claimed")
        return offer

    def begin(self, agent: str, offered: Any) -> None:
        """Let an agent start a task that they claimed."""
        self.act(agent, f"/api/tasks/{offered['task_id']}/start", "started")
        until = self.clock.now + round(offered["handling_minutes"] * SECONDS_PER_MINUTE)
        self.in_hand[agent] = (offered["task_id"], until)

    def complete(self, agent: str) -> str:
        """Let an agent complete what they have in hand."""
        task, _ = self.in_hand.pop(agent)
        self.act(agent, f"/api/tasks/{task}/complete", "completed")
        self.done_by[task] = agent
        return task

    def work_until_done(self, agents: list[str], *, minutes: int, steps: int) -> None:
        """Let agents work side by side, one task after the other, until there is nothing that they may do."""
        for _ in range(steps):
            if not any(list(self.crowd.map(self._go_on, agents))):
                return
            self.clock.forward(minutes)
        raise AssertionError("the day did not end")

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so that the server does by itself."""
        give_up_at = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < give_up_at, "the server did not do it"
            time.sleep(0.1)

    def _go_on(self, agent: str) -> bool:
        if agent in self.in_hand:
            if self.in_hand[agent][1] > self.clock.now:
                return True
            self.complete(agent)
        offer = self.take_next(agent)
        if offer is None:
            return False
        self.begin(agent, offer["primary"])
        return True


@pytest.fixture
def day(database_url: str, start_server: Callable[..., Any], warm: dict[str, str], tmp_path: Path) -> Iterator[Day]:
    """The demo office in the morning, half an hour before it opens, on each database: a server, and nobody in yet."""
    opening = from_wall_clock(DEMO_DAY, DEMO_OPENING, demo_calendar().zone)
    clock = MovedClock(tmp_path / "clock", opening - 30 * SECONDS_PER_MINUTE)
    office = generate_office(np.random.default_rng(2), num_agents=NUM_AGENTS, num_tasks=NUM_TASKS, num_days=1)
    unlimited = {"SWINGDESK_RATE_PER_KEY": "", "SWINGDESK_RATE_PER_ADDRESS": ""}
    server = start_server(database_url, **warm, **clock.environment, **unlimited)
    made = Day(server, clock, office)
    (tmp_path / "tables").mkdir()
    made.take_in_office(tmp_path / "tables")
    yield made
    made.crowd.shutdown()
