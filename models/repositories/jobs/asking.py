"""Asking for jobs, looking at them, stopping them."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, literal, null, select, update
from sqlalchemy.sql.expression import ColumnElement

from models.errors import ConflictError, NotFoundError
from models.repositories.jobs.records import Job, JobResult, clear_parts, make_job, read_parts
from models.tables.schema import table_of
from models.vocabulary_jobs import ENDED, JobKind, JobState

_ENDED = tuple(state.value for state in ENDED)


def add_job(
    connection: Connection,
    *,
    kind: JobKind,
    principal_id: str,
    question: Mapping[str, Any],
    created_at: int,
    inputs: Mapping[str, bytes] | None = None,
) -> int:
    """Queue a job with the files that it comes with, and return its number."""
    jobs = table_of("jobs")
    row = {
        "kind": kind.value,
        "principal_id": principal_id,
        "question": dict(question),
        "state": JobState.QUEUED.value,
        "progress": {},
        "attempts": 0,
        "created_at": created_at,
        "version": 1,
    }
    job_id = int(connection.execute(insert(jobs).values(**row).returning(jobs.c.id)).scalar_one())
    for name, body in (inputs or {}).items():
        connection.execute(insert(table_of("job_inputs")).values(job_id=job_id, name=name, body=body))
    return job_id


def get_job(connection: Connection, job_id: int) -> Job:
    """Return a job.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    jobs = table_of("jobs")
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no job {job_id}")
    return make_job(row)


def list_jobs(
    connection: Connection,
    *,
    principal_id: str | None = None,
    or_of_kinds: Collection[JobKind] | None = None,
    kinds: Collection[JobKind] | None = None,
    states: Collection[JobState] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Job]:
    """Return jobs, the newest first.

    Parameters
    ----------
    principal_id, or_of_kinds
        Only those of one asker, or, whoever asked, of these kinds.
    kinds, states
        Only of these.
    before
        Only with a number below.
    """
    jobs = table_of("jobs")
    query = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    for condition in _conditions(None if or_of_kinds else principal_id, kinds, states):
        query = query.where(condition)
    if or_of_kinds and principal_id is not None:
        shared = jobs.c.kind.in_([kind.value for kind in or_of_kinds])
        query = query.where((jobs.c.principal_id == principal_id) | shared)
    if before is not None:
        query = query.where(jobs.c.id < before)
    return [make_job(row) for row in connection.execute(query)]


def count_jobs(
    connection: Connection,
    *,
    principal_id: str | None = None,
    kinds: Collection[JobKind] | None = None,
    states: Collection[JobState] | None = None,
) -> int:
    """Return how many jobs there are of one asker, of some kinds, in some states."""
    query = select(func.count()).select_from(table_of("jobs"))
    for condition in _conditions(principal_id, kinds, states):
        query = query.where(condition)
    return int(connection.execute(query).scalar_one())


def read_inputs(connection: Connection, job_id: int) -> dict[str, bytes]:
    """Return the files that came with a job, by their names."""
    return read_parts(connection, "job_inputs", job_id)


def request_stop(connection: Connection, job_id: int, *, now: int) -> Job:
    """Stop a job: at once where nobody does it, else soon. One that is stopped, or about to be, is left as it is.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    ConflictError
        If it is done or has failed.
    """
    jobs = table_of("jobs")
    is_queued = jobs.c.state == JobState.QUEUED.value
    row = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_((JobState.QUEUED.value, JobState.RUNNING.value)))
        .values(
            state=case((is_queued, JobState.CANCELLED.value), else_=JobState.CANCELLING.value),
            ended_at=case((is_queued, literal(now, jobs.c.ended_at.type)), else_=null()),
            version=jobs.c.version + 1,
        )
        .returning(*jobs.c)
    ).one_or_none()
    if row is None:
        job = get_job(connection, job_id)
        if job.state in {JobState.DONE, JobState.FAILED}:
            raise ConflictError(f"job {job_id} has ended, it is {job.state}; there is nothing to stop")
        return job
    job = make_job(row)
    if job.is_ended:
        clear_parts(connection, job_id)
    return job


def get_result(connection: Connection, job_id: int) -> JobResult:
    """Return what came of a job.

    Raises
    ------
    NotFoundError
        If it has no result of its own.
    """
    results = table_of("job_results")
    row = connection.execute(select(results).where(results.c.job_id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"job {job_id} has no result")
    return JobResult(media_type=row.media_type, body=bytes(row.body))


def delete_jobs(connection: Connection, *, ended_before: int) -> int:
    """Delete jobs that ended before an instant, with their results, and return how many.

    What was asked about a scenario stays for as long as it is not put away.
    """
    jobs, runs = table_of("jobs"), table_of("scenario_runs")
    kept = select(runs.c.job_id).where(runs.c.archived_at.is_(None))
    where = jobs.c.state.in_(_ENDED) & (jobs.c.ended_at < ended_before) & jobs.c.id.not_in(kept)
    found = connection.execute(delete(jobs).where(where))
    return int(found.rowcount)


def _conditions(
    principal_id: str | None, kinds: Collection[JobKind] | None, states: Collection[JobState] | None
) -> list[ColumnElement[bool]]:
    jobs = table_of("jobs")
    made: list[ColumnElement[bool]] = []
    if principal_id is not None:
        made.append(jobs.c.principal_id == principal_id)
    if kinds is not None:
        made.append(jobs.c.kind.in_([kind.value for kind in kinds]))
    if states is not None:
        made.append(jobs.c.state.in_([state.value for state in states]))
    return made
