"""Workbooks as jobs: how far they are, stopped halfway, beside long work, freed in time, and on a disk that is full."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from models import database as database_module
from models.errors import ConflictError, StorageFullError
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.jobs.records import Job
from models.repositories.offices import write_office
from models.vocabulary import Role
from models.vocabulary_jobs import JobKind, JobState
from services.access.caller import Caller
from services.daily_plan import Search, plan_day
from services.jobs.asking import request_job
from services.jobs.doing import do_job
from services.jobs.lease import Lease
from services.jobs.questions import WorkbookAsk
from services.large_workbooks import ask_for_workbook, find_under_way, find_workbook

MONDAY_8 = 1_772_434_800
ADDRESS = "/plans/1/plan.xlsx"
ADA = Caller(principal_id="ada", roles=frozenset({Role.PLANNER}))
LONG = 100_000


@pytest.fixture
def plan_id(jobs: Any, make_office: Callable[..., Any]) -> int:
    """A plan of the small office."""
    with jobs.database.writing() as session:
        write_office(session, make_office())
    search = Search(iterations=0, time_limit_s=None)
    made = plan_day(jobs.database, jobs.settings, at=MONDAY_8, made_at=MONDAY_8, search=search, asked_by="test")
    assert made.id is not None
    return made.id


def ask(jobs: Any, plan_id: int, who: str = "ada") -> Job:
    job: Job = jobs.ask(JobKind.WORKBOOK, {"of": "plan", "id": plan_id, "address": ADDRESS}, who=who)
    return job


def do(jobs: Any, job: Job, cancel: threading.Event | None = None) -> Job:
    """Do a job in this process and return it."""
    with jobs.database.writing() as session:
        connection = session.connection()
        claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
    do_job(jobs.settings, job.id, owner="test", cancel=cancel)
    done: Job = jobs.get(job)
    return done


def test_it_is_made_in_a_process_of_its_own(jobs: Any, plan_id: int) -> None:
    job = ask(jobs, plan_id)
    jobs.do_all()
    assert jobs.get(job).state is JobState.DONE
    made = find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id))
    assert made is not None
    assert made.body.startswith(b"PK")
    assert find_workbook(jobs.database, WorkbookAsk(of="report", id=plan_id)) is None
    assert find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id + 1)) is None


@pytest.mark.parametrize("nth", [0, 3])
def test_it_says_how_far_it_is_and_stops_within_a_table(
    jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    monkeypatch.setattr("services.spreadsheets.BLOCK_ROWS", 1)
    job, cancel = ask(jobs, plan_id), threading.Event()
    heard: list[tuple[str, float | None]] = []

    def listen(_lease: Lease, stage: str, *, done: float | None = None, of: float | None = None) -> None:
        assert (done is None) == (of is None)
        heard.append((stage, of))
        if len(heard) > nth:
            cancel.set()

    monkeypatch.setattr(Lease, "tell", listen)
    assert do(jobs, job, cancel).state is JobState.CANCELLED
    assert [stage for stage, _ in heard] == ["reading the plan", *["writing the rows"] * nth]
    assert find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id)) is None


def test_its_last_row_is_the_last_that_was_counted(jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, float | None, float | None]] = []

    def listen(_lease: Lease, stage: str, *, done: float | None = None, of: float | None = None) -> None:
        heard.append((stage, done, of))

    monkeypatch.setattr(Lease, "tell", listen)
    monkeypatch.setattr("services.spreadsheets.BLOCK_ROWS", 1)
    do(jobs, ask(jobs, plan_id))
    assert heard[0] == ("reading the plan", None, None)
    assert heard[-1] == ("putting the file together", None, None)
    counted = [done for _, done, _ in heard[1:-1]]
    assert counted == list(range(1, len(counted) + 1))
    assert {of for _, _, of in heard[1:-1]} == {len(counted) + 1}


def test_one_is_begun_beside_long_work_and_no_second(jobs: Any, scenario: dict[str, Any], plan_id: int) -> None:
    asked = {"scenario": {**scenario, "replications": LONG}, "threads": 1}
    long, waiting = jobs.ask(JobKind.SIMULATE, asked), jobs.ask(JobKind.SIMULATE, asked)
    executor = jobs.executor(num_children=1)
    try:
        assert executor.step()
        assert not executor.step()  # there is room for one
        first, second = ask(jobs, plan_id), ask(jobs, plan_id)
        assert executor.step()
        states = [jobs.get(one).state for one in (long, waiting, first, second)]
        assert states[1] is JobState.QUEUED
        assert (states[0], states[3]) == (JobState.RUNNING, JobState.QUEUED)
        assert executor.num_running == 2
        jobs.wait(first, lambda found: found.is_ended)
        jobs.wait(second, lambda found: executor.step() or found.is_ended)
    finally:
        executor.close()
    assert [jobs.get(one).state for one in (long, waiting, first)] == [
        JobState.QUEUED,
        JobState.QUEUED,
        JobState.DONE,
    ]


def test_whoever_begins_to_do_jobs_frees_what_is_kept_no_longer(
    jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(jobs, ask(jobs, plan_id))
    executor = jobs.executor()
    assert not executor.step()
    assert find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id)) is not None
    monkeypatch.setattr("services.large_workbooks.KEPT_S", -1)
    assert not executor.step()  # not again so soon
    with jobs.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM job_results").scalar_one() == 1
    again = jobs.executor()
    assert not again.step()
    with jobs.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM job_results").scalar_one() == 0
    for one in (executor, again):
        one.close()


def num_results(jobs: Any) -> int:
    with jobs.database.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM job_results").scalar_one())


def test_of_too_many_the_oldest_is_freed_as_soon_as_another_is_made(
    jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.large_workbooks.MOST_KEPT_BYTES", 1)
    made = [ask(jobs, plan_id, who) for who in ("ada", "bob")]
    jobs.do_all()
    assert [jobs.get(one).state for one in made] == [JobState.DONE] * 2
    assert num_results(jobs) == 1


def test_one_that_is_made_is_done_though_no_old_one_can_be_freed(
    jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConflictError("the database is busy")

    monkeypatch.setattr("services.large_workbooks.find_old_results", refuse)
    assert do(jobs, ask(jobs, plan_id)).state is JobState.DONE
    assert find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id)) is not None


def test_two_quick_presses_ask_for_one(jobs: Any, plan_id: int) -> None:
    """The second comes before the first is stored: it waits for it, and gets the same."""
    asked = WorkbookAsk(of="plan", id=plan_id, address=ADDRESS)
    jobs.ask(JobKind.WORKBOOK, {"of": "plan", "id": plan_id + 1, "address": ADDRESS})
    found: list[Job] = []
    second = threading.Thread(
        target=lambda: found.append(ask_for_workbook(jobs.database, ADA, asked, what="test")), daemon=True
    )

    def press_again(_session: object, _job_id: int) -> None:
        assert find_under_way(jobs.database, ADA, asked) is None  # as the second sees it when it looks at first
        second.start()
        second.join(0.5)
        assert second.is_alive()

    question = {"of": "plan", "id": plan_id, "address": ADDRESS}
    first = request_job(
        jobs.database,
        ADA,
        kind=JobKind.WORKBOOK,
        question=question,
        what="test",
        on_added=press_again,
        once_by=("of", "id"),
    )
    second.join(30)
    assert [job.id for job in found] == [first.id]
    assert ask_for_workbook(jobs.database, ADA, asked, what="test").id == first.id


def test_a_full_disk_is_said_and_not_tried_again(jobs: Any, plan_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is told to grow no further; PostgreSQL's disk cannot be filled here: it answers as if it were."""
    job = ask(jobs, plan_id)
    if jobs.database.is_sqlite:
        with jobs.database.reading() as session:
            pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        set_up = database_module._set_up_sqlite

        def set_up_full(connection: Any, record: object) -> None:
            set_up(connection, record)
            connection.execute(f"PRAGMA max_page_count={pages + 20}").close()

        monkeypatch.setattr(database_module, "_set_up_sqlite", set_up_full)
        monkeypatch.setattr("services.jobs.workbooks.plan_workbook", lambda *_, **__: bytes(range(256)) * 4096)
    else:

        def finish(*_: object, **__: object) -> None:
            said = psycopg.errors.DiskFull('could not extend file "base/1/2": No space left on device')
            raise OperationalError("INSERT", {}, said)

        monkeypatch.setattr(Lease, "finish", finish)
    done = do(jobs, job)
    assert (done.state, done.attempts) == (JobState.FAILED, 1)
    assert done.problem is not None
    assert done.problem["detail"].startswith("there is no room left on the disk of the database ")
    assert find_workbook(jobs.database, WorkbookAsk(of="plan", id=plan_id)) is None


def test_what_else_a_database_refuses_is_no_full_disk(jobs: Any) -> None:
    with pytest.raises(Exception, match="does not answer: it sleeps") as caught, jobs.database.writing():
        raise OperationalError("INSERT", {}, Exception("it sleeps"))
    assert not isinstance(caught.value, StorageFullError)


def test_a_report_of_somebody_else_is_not_written(jobs: Any) -> None:
    other = jobs.ask(JobKind.REPORT, {"report": "waiting", "form": "page"}, who="bob")
    with jobs.database.writing() as session:
        claim_job(session.connection(), owner="bob", now=read_clock(session.connection()), lease_s=60)
    job = jobs.ask(JobKind.WORKBOOK, {"of": "report", "id": other.id, "report": "waiting", "address": "/time/waiting"})
    done = do(jobs, job)
    assert done.state is JobState.FAILED
    assert done.problem is not None
    assert done.problem["detail"] == f"job {other.id} made no report of yours"
