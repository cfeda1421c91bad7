"""A small office with a plan, whose workbook counts as large; who asks for it, as a person and as a program."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.jobs.records import Job
from models.repositories.offices import write_office
from models.vocabulary import Role
from models.vocabulary_jobs import JobKind
from services.access.caller import Caller
from services.access.principals import create_principal
from services.access.sessions import start_session
from services.access.tracing import Act
from services.daily_plan import Search, plan_day
from services.jobs.asking import find_jobs
from services.jobs.doing import do_job
from services.settings import Settings

MONDAY_8 = 1_772_434_800
OURS = {"Sec-Fetch-Site": "same-origin"}
ADMIN = Caller(principal_id="root", roles=frozenset({Role.ADMIN}))


@dataclass(frozen=True)
class Person:
    """Somebody at a browser."""

    api: Any
    name: str
    cookie: str

    def get(self, path: str, **headers: str) -> Any:
        """Ask for a page as a press on one of ours does."""
        return self.api.get(path, headers={**OURS, "Cookie": self.cookie, **headers})

    def post(self, path: str) -> Any:
        """Send a form of ours."""
        return self.api.post(path, headers={**OURS, "Cookie": self.cookie})


class LargeOffice:
    """An application on an office with a plan."""

    def __init__(self, api: Any, database: Database) -> None:
        self.api, self.url, self.database = api, api.url, database
        self.settings = Settings(database_url=self.url)
        made = plan_day(
            self.database,
            self.settings,
            at=MONDAY_8,
            made_at=MONDAY_8,
            search=Search(iterations=0, time_limit_s=None),
            asked_by="test",
        )
        assert made.id is not None
        self.plan_id = made.id
        self.xlsx = f"/plans/{made.id}/plan.xlsx"

    def person(self, name: str, *roles: Role, **given: Any) -> Person:
        """Return somebody who is signed in."""
        now = int(time.time())
        create_principal(self.database, name, roles=roles, act=Act(at=now, by=None, what="test"), **given)
        with self.database.writing() as session:
            secret = start_session(session, name, now=now)
        return Person(self.api, name, f"swingdesk_session={secret}")

    def jobs(self) -> list[Job]:
        """Return the jobs that make workbooks, the newest first."""
        return find_jobs(self.database, ADMIN, kinds=(JobKind.WORKBOOK,))

    def do_jobs(self) -> int:
        """Do the jobs that wait, in this process, and return how many that were."""
        num_done = 0
        while True:
            with self.database.writing() as session:
                connection = session.connection()
                job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
            if job is None:
                return num_done
            do_job(self.settings, job.id, owner="test")
            num_done += 1


@pytest.fixture
def large(api: Any, make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[LargeOffice]:
    """The small office on each database; more than two rows are many."""
    yield from open_office(api, make_office(), monkeypatch)


@pytest.fixture
def large_here(
    make_database_url: Callable[..., str],
    make_api: Callable[..., Any],
    make_office: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LargeOffice]:
    """The same on SQLite alone, for what no database decides."""
    yield from open_office(make_api(make_database_url("sqlite")), make_office(), monkeypatch)


def open_office(api: Any, office: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[LargeOffice]:
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", 2)
    with Database(api.url) as database:
        with database.writing() as session:
            write_office(session, office)
        yield LargeOffice(api, database)
