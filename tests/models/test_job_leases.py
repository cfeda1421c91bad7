"""Leases of jobs, on both databases: one holder at a time, and one who is taken for dead changes nothing any more."""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.repositories.jobs.asking import (
    add_job,
    count_jobs,
    delete_jobs,
    get_job,
    get_result,
    list_jobs,
    read_inputs,
    request_stop,
)
from models.repositories.jobs.leasing import (
    claim_job,
    expire_leases,
    extend_lease,
    fail_job,
    finish_job,
    get_state,
    give_up_job,
    has_work,
    read_checkpoints,
    read_clock,
    release_job,
    save_checkpoint,
    set_progress,
    stop_job,
)
from models.repositories.jobs.records import Job, JobResult, LeaseLostError
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind
from models.vocabulary_jobs import JobKind, JobState

NOW = 1_772_434_800
LEASE_S = 30
RESULT = JobResult(media_type="application/json", body=b"{}")


def ask(database: Database, num: int = 1, *, who: str = "ada", kind: JobKind = JobKind.SIMULATE) -> list[int]:
    with database.writing() as session:
        ensure_principal(session, who, kind=PrincipalKind.PERSON, name=who, at=NOW)
        return [
            add_job(
                session.connection(),
                kind=kind,
                principal_id=who,
                question={"n": n},
                created_at=NOW,
                inputs={"upload": b"\x00bytes"},
            )
            for n in range(num)
        ]


def claim(database: Database, owner: str, *, now: int = NOW) -> Job | None:
    with database.writing() as session:
        return claim_job(session.connection(), owner=owner, now=now, lease_s=LEASE_S)


def find(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return get_job(session.connection(), job_id)


def test_jobs_are_taken_in_the_order_of_their_numbers_and_once(database: Database) -> None:
    numbers = ask(database, 3)
    taken = [claim(database, f"o{n}") for n in range(4)]
    assert [job and job.id for job in taken] == [*numbers, None]
    assert taken[0] is not None
    assert (taken[0].state, taken[0].lease_owner, taken[0].attempts) == (JobState.RUNNING, "o0", 1)
    assert taken[0].lease_until == NOW + LEASE_S
    assert taken[0].question == {"n": 0}


def test_many_who_ask_at_once_get_different_jobs(database: Database) -> None:
    numbers = ask(database, 8)
    taken: list[int] = []
    ready = threading.Barrier(8)

    def take(name: str) -> None:
        ready.wait()
        while (job := claim(database, name)) is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=take, args=(f"o{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == numbers


WRITES: dict[str, Callable[[Database, int, str], object]] = {}


def write(function: Callable[[Connection, int, str], object]) -> None:
    def run(database: Database, job_id: int, owner: str) -> object:
        with database.writing() as session:
            return function(session.connection(), job_id, owner)

    WRITES[function.__name__] = run


@write
def tells(connection: Connection, job_id: int, owner: str) -> object:
    return extend_lease(connection, job_id, owner=owner, until=NOW + 99)


@write
def progresses(connection: Connection, job_id: int, owner: str) -> object:
    set_progress(connection, job_id, owner=owner, progress={"stage": "x"})
    return None


@write
def saves(connection: Connection, job_id: int, owner: str) -> object:
    save_checkpoint(connection, job_id, owner=owner, name="part", body=b"1")
    return None


@write
def finishes(connection: Connection, job_id: int, owner: str) -> object:
    finish_job(connection, job_id, owner=owner, now=NOW, result=RESULT)
    return None


@write
def fails(connection: Connection, job_id: int, owner: str) -> object:
    fail_job(connection, job_id, owner=owner, now=NOW, problem={"title": "x"})
    return None


@write
def stops(connection: Connection, job_id: int, owner: str) -> object:
    stop_job(connection, job_id, owner=owner, now=NOW)
    return None


@write
def releases(connection: Connection, job_id: int, owner: str) -> object:
    return release_job(connection, job_id, owner=owner, now=NOW)


@write
def gives_up(connection: Connection, job_id: int, owner: str) -> object:
    return give_up_job(connection, job_id, owner=owner, now=NOW, most_attempts=3, why="x")


@pytest.mark.parametrize("name", WRITES)
def test_one_whose_lease_ran_out_changes_nothing(database: Database, name: str) -> None:
    (number,) = ask(database)
    claim(database, "first")
    with database.writing() as session:
        assert expire_leases(session.connection(), now=NOW + LEASE_S, most_attempts=3) == []
        assert expire_leases(session.connection(), now=NOW + LEASE_S + 1, most_attempts=3) == [number]
    second = claim(database, "second", now=NOW + 40)
    assert second is not None
    assert second.attempts == 2
    with pytest.raises(LeaseLostError, match=f"job {number} is no longer held"):
        WRITES[name](database, number, "first")
    assert find(database, number) == second
    WRITES[name](database, number, "second")
    assert find(database, number) != second or name == "saves"


def test_a_result_is_stored_once_and_what_was_kept_goes_with_the_end(database: Database) -> None:
    (number,) = ask(database)
    claim(database, "o")
    saves = WRITES["saves"]
    saves(database, number, "o")
    saves(database, number, "o")
    with database.reading() as session:
        assert read_checkpoints(session.connection(), number) == {"part": b"1"}
        assert read_inputs(session.connection(), number) == {"upload": b"\x00bytes"}
    WRITES["finishes"](database, number, "o")
    job = find(database, number)
    assert (job.state, job.ended_at, job.lease_owner) == (JobState.DONE, NOW, None)
    with pytest.raises(LeaseLostError):
        WRITES["finishes"](database, number, "o")
    with database.reading() as session:
        assert get_result(session.connection(), number) == RESULT
        assert read_checkpoints(session.connection(), number) == {}
        assert read_inputs(session.connection(), number) == {}


def test_a_job_that_is_begun_too_often_fails(database: Database) -> None:
    (number,) = ask(database)
    for attempt in (1, 2, 3):
        job = claim(database, f"o{attempt}")
        assert job is not None
        with database.writing() as session:
            state = give_up_job(
                session.connection(), number, owner=f"o{attempt}", now=NOW, most_attempts=3, why="killed"
            )
        assert state is (JobState.FAILED if attempt == 3 else JobState.QUEUED)
    job = find(database, number)
    assert job.problem is not None
    assert (job.problem["detail"], job.attempts) == ("killed", 3)


def test_giving_back_is_no_attempt(database: Database) -> None:
    (number,) = ask(database)
    claim(database, "o")
    assert WRITES["releases"](database, number, "o") is JobState.QUEUED
    assert find(database, number).attempts == 0


def test_what_waits_is_stopped_at_once_and_what_runs_by_its_holder(database: Database) -> None:
    first, second = ask(database, 2)
    claim(database, "o")
    with database.writing() as session:
        connection = session.connection()
        assert request_stop(connection, second, now=NOW).state is JobState.CANCELLED
        assert request_stop(connection, first, now=NOW).state is JobState.CANCELLING
        assert request_stop(connection, first, now=NOW).state is JobState.CANCELLING
        assert get_state(connection, first, owner="o") is JobState.CANCELLING
    with pytest.raises(LeaseLostError):  # too late for a result
        WRITES["finishes"](database, first, "o")
    with pytest.raises(NotFoundError, match="has no result"), database.reading() as session:
        get_result(session.connection(), first)
    WRITES["stops"](database, first, "o")
    assert find(database, first).state is JobState.CANCELLED


def test_stopping_what_nobody_does_any_more_ends_it_when_the_lease_runs_out(database: Database) -> None:
    (number,) = ask(database)
    claim(database, "o")
    with database.writing() as session:
        request_stop(session.connection(), number, now=NOW)
        expire_leases(session.connection(), now=NOW + 100, most_attempts=3)
    assert find(database, number).state is JobState.CANCELLED


def test_what_has_ended_cannot_be_stopped(database: Database) -> None:
    (number,) = ask(database)
    claim(database, "o")
    WRITES["fails"](database, number, "o")
    with pytest.raises(ConflictError, match="has ended, it is failed"), database.writing() as session:
        request_stop(session.connection(), number, now=NOW)
    with pytest.raises(NotFoundError, match="there is no job 4711"), database.writing() as session:
        request_stop(session.connection(), 4711, now=NOW)


def test_lists_are_of_somebody_or_of_kinds_and_go_on_below_a_number(database: Database) -> None:
    mine = ask(database, 2)
    plans = ask(database, 1, who="ben", kind=JobKind.PLAN)
    ask(database, 1, who="ben", kind=JobKind.IMPORT)
    with database.reading() as session:
        connection = session.connection()
        assert [job.id for job in list_jobs(connection, principal_id="ada")] == [mine[1], mine[0]]
        seen = list_jobs(connection, principal_id="ada", or_of_kinds=[JobKind.PLAN])
        assert [job.id for job in seen] == [*plans, mine[1], mine[0]]
        assert [job.id for job in list_jobs(connection, before=mine[1])] == [mine[0]]
        assert count_jobs(connection, principal_id="ben", states=[JobState.QUEUED]) == 2
        assert has_work(connection, now=NOW)


def test_old_jobs_go_with_their_results_and_others_stay(database: Database) -> None:
    done, waiting = ask(database, 2)
    claim(database, "o")
    WRITES["finishes"](database, done, "o")
    with database.writing() as session:
        assert delete_jobs(session.connection(), ended_before=NOW) == 0
        assert delete_jobs(session.connection(), ended_before=NOW + 1) == 1
    with database.reading() as session, pytest.raises(NotFoundError):
        get_result(session.connection(), done)
    assert find(database, waiting).state is JobState.QUEUED
    assert ask(database)[0] > waiting  # a number is not given twice


def test_the_databases_clock_is_that_of_the_day(database: Database) -> None:
    with database.reading() as session:
        assert abs(read_clock(session.connection()) - time.time()) < 5
