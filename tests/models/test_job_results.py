"""Results that are kept for a while, on both databases: the old go, and the oldest where all take too much room."""

from models.database import Database
from models.repositories.backups import describe_tables, stream_rows
from models.repositories.jobs.asking import add_job, get_job, get_result
from models.repositories.jobs.leasing import claim_job, finish_job
from models.repositories.jobs.records import JobResult
from models.repositories.jobs.results import find_old_results, free_results, list_kept
from models.repositories.principals import ensure_principal
from models.vocabulary import PrincipalKind
from models.vocabulary_jobs import JobKind

NOW = 1_772_434_800
TEN = b"0123456789"


def make(database: Database, *, ended_at: int, body: bytes | None = TEN, kind: JobKind = JobKind.WORKBOOK) -> int:
    with database.writing() as session:
        ensure_principal(session, "ada", kind=PrincipalKind.PERSON, name="ada", at=NOW)
        connection = session.connection()
        job_id = add_job(connection, kind=kind, principal_id="ada", question={}, created_at=NOW)
        claim_job(connection, owner="o", now=NOW, lease_s=60)
        result = None if body is None else JobResult(media_type="a/b", body=body)
        finish_job(connection, job_id, owner="o", now=ended_at, result=result)
    return job_id


def kept(database: Database, *, since: int = 0) -> list[int]:
    with database.reading() as session:
        return [job.id for job in list_kept(session.connection(), JobKind.WORKBOOK, since=since)]


def free(database: Database, *, ended_before: int = 0, most_bytes: int = 1_000) -> int:
    with database.writing() as session:
        return free_results(session.connection(), JobKind.WORKBOOK, ended_before=ended_before, most_bytes=most_bytes)


def test_the_newest_are_found_first_and_only_those_with_a_result(database: Database) -> None:
    first, second = make(database, ended_at=NOW), make(database, ended_at=NOW + 10)
    make(database, ended_at=NOW + 20, body=None)
    make(database, ended_at=NOW + 20, kind=JobKind.REPORT)
    assert kept(database) == [second, first]
    assert kept(database, since=NOW + 1) == [second]
    assert kept(database, since=NOW + 11) == []


def test_those_that_ended_long_ago_go_and_their_jobs_stay(database: Database) -> None:
    old, new = make(database, ended_at=NOW - 1), make(database, ended_at=NOW)
    report = make(database, ended_at=NOW - 50, kind=JobKind.REPORT)
    assert free(database, ended_before=NOW) == 1
    assert free(database, ended_before=NOW) == 0
    assert kept(database) == [new]
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
    assert kept(database) == [numbers[3], numbers[2]]
    assert free(database, most_bytes=1) == 1
    assert kept(database) == [numbers[3]]
