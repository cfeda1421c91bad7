"""What tests of jobs share: asking for one, and doing it in this process or in another one."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.repositories.jobs.asking import get_job
from models.repositories.jobs.records import Job
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind, Role
from models.vocabulary_jobs import JobKind
from services.access.caller import Caller
from services.jobs.asking import request_job
from services.jobs.executing import JobExecutor, Terms
from services.jobs.nursery import Nursery
from services.settings import Settings

ROOT = Path(__file__).parents[3]
COMMAND = (str(ROOT / "tests" / "warm" / "swingdesk"), "jobs", "work", "--lease", "2")
QUICK = Terms(lease_s=2, poll_s=0.05, grace_s=5.0)
LONGEST_S = 120.0
SCENARIO: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "name": "desk",
    "start": "2026-03-02T08:00:00+00:00",
    "days": 10,
    "warm_up_days": 0,
    "replications": 12,
    "seed": 3,
    "teams": [{"id": "team"}],
    "task_types": [
        {
            "id": "type",
            "team": "team",
            "skill": "skill",
            "sla": {"minutes": 60},
            "handling": {"distribution": "exponential", "mean_minutes": 5},
        }
    ],
    "arrivals": [{"task_type": "type", "per_hour": 60}],
    "agents": [{"id": "group", "team": "team", "count": 7, "skills": {"skill": {"level": 1}}, "week": "always"}],
}
"""A scenario that is quickly replicated, often enough to be caught in the middle of it."""


class Jobs:
    """The jobs of a database, as tests ask for them and do them."""

    def __init__(self, url: str, nursery: Nursery, warm: Mapping[str, str]) -> None:
        self.nursery = nursery
        self._warm = warm
        self.settings = Settings(database_url=url)
        self.database = Database(url)
        self.started: list[subprocess.Popen[str]] = []

    def ask(self, kind: JobKind, question: Mapping[str, Any], *, who: str = "ada", **inputs: bytes) -> Job:
        with self.database.writing() as session:
            ensure_principal(session, who, kind=PrincipalKind.PERSON, name=who, at=0)
        caller = Caller(principal_id=who, roles=frozenset({Role.ADMIN}))
        return request_job(self.database, caller, kind=kind, question=question, what="test", inputs=inputs)

    def get(self, job: Job | int) -> Job:
        with self.database.reading() as session:
            return get_job(session.connection(), job if isinstance(job, int) else job.id)

    def wait(self, job: Job, until: Callable[[Job], Any]) -> Job:
        """Return a job as it is once a condition holds."""
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            found = self.get(job)
            if until(found):
                return found
            time.sleep(0.1)  # each look takes the processor 5 ms
        raise AssertionError(f"it did not come to that: {self.get(job)}")

    def executor(self, *, num_children: int = 1, terms: Terms = QUICK) -> JobExecutor:
        return JobExecutor(self.settings, self.database, num_children=num_children, terms=terms, nursery=self.nursery)

    def do_all(self) -> None:
        """Do all jobs, one after the other."""
        self.executor().run(threading.Event(), until_idle=True)

    def start(self) -> tuple[subprocess.Popen[str], int]:
        """Start a process that does jobs, and return what stands for it and its number."""
        told, tell = os.pipe()
        environment = {**os.environ, **self._warm, "WARM_TELL": str(tell)}
        process = subprocess.Popen(
            COMMAND,
            env={**environment, "SWINGDESK_DATABASE_URL": self.settings.database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            pass_fds=[tell],
        )
        os.close(tell)
        self.started.append(process)
        with os.fdopen(told) as line:
            return process, int(line.readline())

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.database.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What forks the processes of jobs: what they need is loaded once for all tests."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def jobs(database_url: str, nursery: Nursery, warm: dict[str, str]) -> Iterator[Jobs]:
    """Jobs on each backend."""
    made = Jobs(database_url, nursery, warm)
    yield made
    made.close()


@pytest.fixture
def scenario() -> dict[str, Any]:
    """A small scenario."""
    return {**SCENARIO}
