"""Results that are kept for a while, on both databases: found by what was asked, freed when old or where too many."""

from collections.abc import Mapping
from typing import Any

from models.database import Database
from models.repositories.backups import describe_tables, stream_rows
from models.repositories.jobs.asking import add_job, get_job, get_result, request_stop
from models.repositories.jobs.leasing import claim_job, finish_job
from models.repositories.jobs.records import JobResult
from models.repositories.jobs.results import find_kept, find_old_results, find_wanted, free_results, is_kept
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind
from models.vocabulary_jobs import JobKind

NOW = 1_772_434_800
TEN = b"0123456789"
ASKED: Mapping[str, str | int] = {"of": "plan", "id": 7}


def ask(database: Database, question: Mapping[str, Any], *, kind: JobKind = JobKind.WORKBOOK, who: str = "ada") -> int:
    with database.writing() as session:
        ensure_principal(session, who, kind=PrincipalKind.PERSON, name=who, at=NOW)
        return add_job(session.connection(), kind=kind, principal_id=who, question=question, created_at=NOW)


def make(
    database: Database,
    *,
    ended_at: int,
    body: bytes | None = TEN,
    kind: JobKind = JobKind.WORKBOOK,
    question: Mapping[str, Any] = ASKED,
) -> int:
    job_id = ask(database, question, kind=kind)
    with database.writing() as session:
        connection = session.connection()
        claim_job(connection, owner="o", now=NOW, lease_s=60)
        result = None if body is None else JobResult(media_type="a/b", body=body)
        finish_job(connection, job_id, owner="o", now=ended_at, result=result)
    return job_id


def kept(database: Database, *numbers: int, since: int = 0) -> list[int]:
    with database.reading() as session:
        return [number for number in numbers if is_kept(session.connection(), number, since=since)]


def find(database: Database, *, since: int = 0, **asked: str | int) -> int | None:
    with database.reading() as session:
        return find_kept(session.connection(), JobKind.WORKBOOK, since=since, asked={**ASKED, **asked})


def find_asked(database: Database, who: str = "ada") -> int | None:
    with database.reading() as session:
        found = find_wanted(session.connection(), JobKind.WORKBOOK, principal_id=who, asked=ASKED)
    return None if found is None else found.id


def free(database: Database, *, ended_before: int = 0, most_bytes: int = 1_000) -> int:
    with database.writing() as session:
        return free_results(session.connection(), JobKind.WORKBOOK, ended_before=ended_before, most_bytes=most_bytes)


def test_the_newest_is_found_and_only_one_with_a_result(database: Database) -> None:
    first, second = make(database, ended_at=NOW), make(database, ended_at=NOW + 10)
    bare = make(database, ended_at=NOW + 20, body=None)
    make(database, ended_at=NOW + 20, kind=JobKind.REPORT)
    assert kept(database, first, second, bare) == [first, second]
    assert kept(database, first, second, since=NOW + 1) == [second]
    assert [find(database, since=NOW + late) for late in (0, 10, 11)] == [second, second, None]


def test_one_is_found_by_what_was_asked_however_many_came_after_it(database: Database) -> None:
    first = make(database, ended_at=NOW, question={**ASKED, "address": "/plans/7/plan.xlsx"})
    other = make(database, ended_at=NOW, question={"of": "report", "id": 7, "report": "waiting"})
    with database.writing() as session:
        connection = session.connection()
        for number in range(201):
            after = add_job(
                connection,
                kind=JobKind.WORKBOOK,
                principal_id="ada",
                question={**ASKED, "id": 100 + number},
                created_at=NOW,
            )
            claim_job(connection, owner="o", now=NOW, lease_s=60)
            made = JobResult(media_type="a/b", body=TEN)
            finish_job(connection, after, owner="o", now=NOW + 1, result=made)
    assert find(database) == first
    assert find(database, of="report") == other
    assert find(database, id=8) is None
    assert find(database, id=300) == after
    assert kept(database, first, after) == [first, after]


def test_one_that_is_wanted_is_found_for_its_asker_until_it_is_stopped(database: Database) -> None:
    ask(database, {"id": "of another kind", "of": ["plan"]}, kind=JobKind.REPORT)
    ask(database, {**ASKED, "id": 8})
    first = ask(database, {**ASKED, "report": None})
    ask(database, ASKED, who="bob")
    assert find_asked(database) == first
    assert find_asked(database, "eve") is None
    with database.writing() as session:
        request_stop(session.connection(), first, now=NOW)
    assert find_asked(database) is None


def test_those_that_ended_long_ago_go_and_their_jobs_stay(database: Database) -> None:
    old, new = make(database, ended_at=NOW - 1), make(database, ended_at=NOW)
    report = make(database, ended_at=NOW - 50, kind=JobKind.REPORT)
    assert free(database, ended_before=NOW) == 1
    assert free(database, ended_before=NOW) == 0
    assert kept(database, old, new) == [new]
    with database.reading() as session:
        connection = session.connection()
        assert get_job(connection, old).is_ended
        assert get_result(connection, report).body == TEN  # of another kind


def test_backups_leave_out_what_can_be_made_again(database: Database) -> None:
    make(database, ended_at=NOW)
    report = make(database, ended_at=NOW, kind=JobKind.REPORT)
    (shape,) = [shape for shape in describe_tables() if shape.name == "job_results"]
    with database.reading() as session:
        rows = list(stream_rows(session.connection(), shape))
    assert [row[list(shape.columns).index("job_id")] for row in rows] == [report]


def test_of_too_many_the_oldest_go_but_never_the_newest(database: Database) -> None:
    numbers = [make(database, ended_at=NOW + n) for n in range(4)]
    with database.reading() as session:
        connection = session.connection()
        old = find_old_results(connection, JobKind.WORKBOOK, ended_before=0, most_bytes=25)
    assert old == [numbers[1], numbers[0]]
    assert free(database, most_bytes=40) == 0
    assert free(database, most_bytes=25) == 2
    assert kept(database, *numbers) == numbers[2:]
    assert free(database, most_bytes=1) == 1
    assert kept(database, *numbers) == numbers[3:]
