"""What came of jobs and is kept for a while only: files that could be made again. Found by what was asked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.sql.expression import ColumnElement, Select

from models.repositories.jobs.records import Job, make_job
from models.tables.schema import table_of
from models.vocabulary_jobs import JobKind, JobState

_ASKING_LOCK = 0x5D0006
_WANTED = (JobState.QUEUED.value, JobState.RUNNING.value)


def hold_asker(connection: Connection, principal_id: str) -> None:
    """Let nobody else who comes here ask for somebody until this transaction ends.

    Whoever looks whether a job is there and adds it where it is not holds the asker first: two at the same time would
    both find none. SQLite's writing transactions queue by themselves.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ASKING_LOCK, func.hashtext(principal_id))))


def find_wanted(
    connection: Connection, kind: JobKind, *, principal_id: str, asked: Mapping[str, str | int]
) -> Job | None:
    """Return somebody's newest job of a kind that waits or runs and whose question says this; None where none does."""
    jobs = table_of("jobs")
    query = (
        select(jobs)
        .where(jobs.c.kind == kind.value, jobs.c.principal_id == principal_id, jobs.c.state.in_(_WANTED))
        .where(*_says(asked))
        .order_by(jobs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else make_job(row)


def find_kept(connection: Connection, kind: JobKind, *, since: int, asked: Mapping[str, str | int]) -> int | None:
    """Return the number of the newest job of a kind whose question says this, and whose result `is_kept`."""
    jobs = table_of("jobs")
    query = _kept(since).where(jobs.c.kind == kind.value, *_says(asked)).order_by(jobs.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def is_kept(connection: Connection, job_id: int, *, since: int) -> bool:
    """Return whether a job is done since an instant and its result is kept."""
    return connection.execute(_kept(since).where(table_of("jobs").c.id == job_id)).first() is not None


def free_results(connection: Connection, kind: JobKind, *, ended_before: int, most_bytes: int) -> int:
    """Delete results of a kind of jobs, and return how many; what was asked, and by whom, stays.

    Those go whose jobs ended before an instant; of the others as many of the oldest as it takes for no more bytes to be
    left than said. The newest stays, however large it is.
    """
    old = find_old_results(connection, kind, ended_before=ended_before, most_bytes=most_bytes)
    if old:
        results = table_of("job_results")
        connection.execute(delete(results).where(results.c.job_id.in_(old)))
    return len(old)


def find_old_results(connection: Connection, kind: JobKind, *, ended_before: int, most_bytes: int) -> list[int]:
    """Return the numbers of the jobs whose results `free_results` would delete."""
    jobs, results = table_of("jobs"), table_of("job_results")
    query = (
        select(jobs.c.id, jobs.c.ended_at, func.length(results.c.body).label("size"))
        .join(results, results.c.job_id == jobs.c.id)
        .where(jobs.c.kind == kind.value)
        .order_by(jobs.c.ended_at.desc(), jobs.c.id.desc())
    )
    old, num_bytes = [], 0
    for place, row in enumerate(connection.execute(query)):
        num_bytes += row.size
        if row.ended_at < ended_before or (place and num_bytes > most_bytes):
            old.append(int(row.id))
    return old


def _kept(since: int) -> Select[int]:
    """Return the query of the numbers of jobs that are done since an instant and whose result is kept."""
    jobs, results = table_of("jobs"), table_of("job_results")
    return (
        select(jobs.c.id)
        .join(results, results.c.job_id == jobs.c.id)
        .where(jobs.c.state == JobState.DONE.value, jobs.c.ended_at >= since)
    )


def _says(asked: Mapping[str, str | int]) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a job's question says this, field by field.

    As texts: jobs of other kinds may hold anything under the same name, and PostgreSQL may look at those first.
    """
    question = table_of("jobs").c.question
    return [question[name].as_string() == str(value) for name, value in asked.items()]
