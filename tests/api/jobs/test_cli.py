"""`swingdesk jobs` and `swingdesk publish` of a stored plan, on a database of a small office."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.database import Database
from models.errors import NotFoundError
from models.repositories.jobs.asking import get_job, request_stop
from models.repositories.jobs.leasing import claim_job, fail_job
from models.repositories.offices import write_office
from models.repositories.principals import ensure_principal
from models.repositories.published import read_published
from models.vocabulary import PrincipalKind, Role
from models.vocabulary_jobs import JobKind, JobState
from services.access.caller import Caller
from services.jobs.asking import request_job

NOW = 1_772_434_800


@pytest.fixture
def office(database_url: str, make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The small office, which commands find."""
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    with Database(database_url) as database:
        with database.writing() as session:
            write_office(session, make_office())
            ensure_principal(session, "ada", kind=PrincipalKind.PERSON, name="Ada", at=NOW)
        yield database


def ask(database: Database, kind: JobKind, **question: Any) -> int:
    caller = Caller(principal_id="ada", roles=frozenset({Role.ADMIN}))
    return request_job(database, caller, kind=kind, question=question, what="test").id


def test_jobs_are_listed_shown_and_stopped(office: Database, swingdesk: Any) -> None:
    assert "there are no such jobs" in swingdesk("jobs", "list").out
    first, second = ask(office, JobKind.SIMULATE), ask(office, JobKind.PLAN)
    with office.writing() as session:
        connection = session.connection()
        claim_job(connection, owner="o", now=NOW, lease_s=60)
        fail_job(
            connection, first, owner="o", now=NOW, problem={"type": "x", "title": "Bad luck", "detail": "so it is"}
        )
    listed = swingdesk("jobs", "list")
    assert [line.split()[:3] for line in listed.out.splitlines()] == [
        [str(second), "plan", "queued"],
        [str(first), "simulate", "failed"],
    ]
    only = json.loads(swingdesk("jobs", "list", "--state", "failed", "--json").out)
    assert [job["id"] for job in only["jobs"]] == [first]
    assert "Bad luck: so it is" in swingdesk("jobs", "show", first).out
    assert json.loads(swingdesk("jobs", "cancel", second, "--json").out)["state"] == "cancelled"
    assert json.loads(swingdesk("jobs", "show", second, "--json").out)["links"]["self"] == f"/api/jobs/{second}"
    again = swingdesk("jobs", "cancel", first)
    assert (again.code, "has ended, it is failed" in again.err) == (2, True)
    assert swingdesk("jobs", "show", 99).code == 2


def test_work_does_what_there_is_forgets_what_is_old_and_ends(office: Database, swingdesk: Any) -> None:
    old = ask(office, JobKind.SIMULATE)
    with office.writing() as session:
        request_stop(session.connection(), old, now=NOW)
    number = ask(office, JobKind.PLAN, asked_for=NOW, at="2026-03-02 08:00", iterations=100, threads=1)
    ran = swingdesk("jobs", "work", "--until-idle")
    assert ran.code == 0, ran
    with office.reading() as session:
        job = get_job(session.connection(), number)
        with pytest.raises(NotFoundError):
            get_job(session.connection(), old)
    assert (job.state, job.result_ref, job.problem) == (JobState.DONE, {"plan": 1}, None)
    shown = swingdesk("publish", "--plan", 1)
    assert (shown.code, shown.out.startswith("plan 1 is published: 3 tasks are shown")) == (0, True), shown
    assert json.loads(swingdesk("publish", "--hours", "0", "--json").out) == {"plan": 1, "shown": 0, "changed": 0}
    with office.reading() as session:
        found = read_published(session.connection(), NOW + 60)
    assert found is not None
    assert sum(map(len, found.by_agent.values())) == 3  # what was shown before stays shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-o", "x.json"), "-o is for the problem of two files"),
        (("problem.json",), "give a problem, its plan and -o"),
        (("problem.json", "plan.json", "-o", "x.json", "--plan", "1"), "--plan names a stored plan"),
        (("--plan", "7"), "there is no plan 7"),
        ((), "no plan is stored yet"),
    ],
)
@pytest.mark.usefixtures("office")
def test_publishing_is_of_files_or_of_a_stored_plan(swingdesk: Any, arguments: tuple[str, ...], sentence: str) -> None:
    ran = swingdesk("publish", *arguments)
    assert (ran.code, sentence in ran.err) == (2, True), ran
