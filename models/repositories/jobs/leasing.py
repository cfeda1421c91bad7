"""Doing jobs: leased, told of, ended. Every change names the holder, so that one taken for dead changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, cast, delete, func, insert, literal, select, update
from sqlalchemy.sql.expression import ColumnElement

from models.repositories.jobs.records import (
    IS_UNDERWAY,
    Job,
    JobResult,
    LeaseLostError,
    clear_parts,
    ending,
    is_held,
    make_job,
    read_parts,
)
from models.tables.schema import table_of
from models.vocabulary_jobs import ENDED, JobKind, JobState


def read_clock(connection: Connection) -> int:
    """Return the database's clock as an epoch second: leases are held by one clock, wherever their holders run."""
    if connection.dialect.name == "postgresql":
        asked: ColumnElement[Any] = func.floor(func.extract("epoch", func.clock_timestamp()))
    else:
        asked = cast(func.strftime("%s", "now"), Integer)
    return int(connection.execute(select(asked)).scalar_one())


def has_work(connection: Connection, *, now: int, kinds: Collection[JobKind] | None = None) -> bool:
    """Return whether a job waits, or has been left by whoever did it; only of some kinds where they are given."""
    jobs = table_of("jobs")
    waits = (jobs.c.state == JobState.QUEUED.value) | (jobs.c.lease_until < now)
    query = select(jobs.c.id).where(waits, *_is_of(kinds)).limit(1)
    return connection.execute(query).first() is not None


def expire_leases(connection: Connection, *, now: int, most_attempts: int) -> list[int]:
    """Take back the jobs whose holder has not told for too long that they live; return their numbers.

    They are queued again; those that somebody wanted to stop are stopped, and those that were begun too often fail.
    """
    jobs = table_of("jobs")
    where = jobs.c.state.in_(IS_UNDERWAY) & (jobs.c.lease_until < now)
    query = select(jobs.c.id, jobs.c.state, jobs.c.attempts).where(where).with_for_update(skip_locked=True)
    found = connection.execute(query).all()
    for row in found:
        why = f"it was begun {row.attempts} times, and each time whoever did it went silent"
        _take_back(connection, row, now=now, most_attempts=most_attempts, why=why)
    return [row.id for row in found]


def claim_job(
    connection: Connection, *, owner: str, now: int, lease_s: int, kinds: Collection[JobKind] | None = None
) -> Job | None:
    """Give the job that has waited longest to an owner, who must tell within `lease_s` that they live.

    Only one of some kinds, where they are given.
    Two who ask at the same time get different jobs: on PostgreSQL each locks the row that it takes and passes over
    locked ones; on SQLite the caller's transaction holds the write lock from its beginning.
    """
    jobs = table_of("jobs")
    first = (
        select(jobs.c.id)
        .where(jobs.c.state == JobState.QUEUED.value, *_is_of(kinds))
        .order_by(jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job_id = connection.execute(first).scalar_one_or_none()
    if job_id is None:
        return None
    row = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(
            state=JobState.RUNNING.value,
            lease_owner=owner,
            lease_until=now + lease_s,
            attempts=jobs.c.attempts + 1,
            started_at=func.coalesce(jobs.c.started_at, literal(now, jobs.c.started_at.type)),
            version=jobs.c.version + 1,
        )
        .returning(*jobs.c)
    ).one()
    return make_job(row)


def extend_lease(connection: Connection, job_id: int, *, owner: str, until: int) -> JobState:
    """Tell that the owner of a job lives, and return its state.

    Raises
    ------
    LeaseLostError
        If it is no longer theirs.
    """
    jobs = table_of("jobs")
    return JobState(_change(connection, job_id, owner, {"lease_until": until}, jobs.c.state, counts=False))


def get_state(connection: Connection, job_id: int, *, owner: str) -> JobState:
    """Return the state of a job that an owner holds.

    Raises
    ------
    LeaseLostError
        If it is no longer theirs.
    """
    state = connection.execute(select(table_of("jobs").c.state).where(is_held(job_id, owner))).scalar_one_or_none()
    if state is None:
        raise LeaseLostError(job_id)
    return JobState(state)


def set_progress(connection: Connection, job_id: int, *, owner: str, progress: Mapping[str, Any]) -> None:
    """Say how far a job is.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's.
    """
    _change(connection, job_id, owner, {"progress": dict(progress)}, table_of("jobs").c.id)


def save_checkpoint(connection: Connection, job_id: int, *, owner: str, name: str, body: bytes) -> None:
    """Keep a part of what was worked out so far; one of the same name is replaced.

    Raises
    ------
    LeaseLostError
        If the job is no longer the owner's.
    """
    _change(connection, job_id, owner, {}, table_of("jobs").c.id, counts=False)
    parts = table_of("job_checkpoints")
    connection.execute(delete(parts).where(parts.c.job_id == job_id, parts.c.name == name))
    connection.execute(insert(parts).values(job_id=job_id, name=name, body=body))


def read_checkpoints(connection: Connection, job_id: int) -> dict[str, bytes]:
    """Return what was worked out so far, part by part."""
    return read_parts(connection, "job_checkpoints", job_id)


def finish_job(
    connection: Connection,
    job_id: int,
    *,
    owner: str,
    now: int,
    result: JobResult | None,
    result_ref: Mapping[str, Any] | None = None,
) -> None:
    """End a job with its result, which is stored in the same transaction, and so once.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's, or somebody wants it stopped; the caller's transaction must not be committed.
    """
    values = {"state": JobState.DONE.value, "result_ref": None if result_ref is None else dict(result_ref)}
    jobs = table_of("jobs")
    _change(connection, job_id, owner, {**values, **ending(now)}, jobs.c.id, states=(JobState.RUNNING.value,))
    if result is not None:
        made = {"job_id": job_id, "media_type": result.media_type, "body": result.body}
        connection.execute(insert(table_of("job_results")).values(**made))
    clear_parts(connection, job_id)


def fail_job(connection: Connection, job_id: int, *, owner: str, now: int, problem: Mapping[str, Any]) -> None:
    """End a job with why it failed.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's.
    """
    values = {"state": JobState.FAILED.value, "problem": dict(problem)}
    _change(connection, job_id, owner, {**values, **ending(now)}, table_of("jobs").c.id)
    clear_parts(connection, job_id)


def stop_job(connection: Connection, job_id: int, *, owner: str, now: int) -> None:
    """End a job that somebody wanted to stop.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's.
    """
    values = {"state": JobState.CANCELLED.value, **ending(now)}
    _change(connection, job_id, owner, values, table_of("jobs").c.id)
    clear_parts(connection, job_id)


def release_job(connection: Connection, job_id: int, *, owner: str, now: int) -> JobState:
    """Give a job back as its holder shuts down, and return what it is then.

    It is queued again, and this attempt does not count; one that somebody wanted to stop is stopped.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's.
    """
    jobs = table_of("jobs")
    if get_state(connection, job_id, owner=owner) is JobState.CANCELLING:
        stop_job(connection, job_id, owner=owner, now=now)
        return JobState.CANCELLED
    queued = {"state": JobState.QUEUED.value, "lease_owner": None, "lease_until": None}
    _change(connection, job_id, owner, {**queued, "attempts": jobs.c.attempts - 1}, jobs.c.id)
    return JobState.QUEUED


def give_up_job(connection: Connection, job_id: int, *, owner: str, now: int, most_attempts: int, why: str) -> JobState:
    """Take a job from a process that ended in the middle of it, and return what it is then: queued, as a rule.

    Raises
    ------
    LeaseLostError
        If it is no longer the owner's.
    """
    jobs = table_of("jobs")
    query = select(jobs.c.id, jobs.c.state, jobs.c.attempts).where(is_held(job_id, owner)).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise LeaseLostError(job_id)
    return _take_back(connection, row, now=now, most_attempts=most_attempts, why=why)


def _is_of(kinds: Collection[JobKind] | None) -> list[ColumnElement[bool]]:
    return [] if kinds is None else [table_of("jobs").c.kind.in_([kind.value for kind in kinds])]


def _change(
    connection: Connection,
    job_id: int,
    owner: str,
    values: Mapping[str, Any],
    wanted: ColumnElement[Any],
    *,
    states: Sequence[str] = IS_UNDERWAY,
    counts: bool = True,
) -> Any:
    """Change a job that an owner holds and return a column of it."""
    jobs = table_of("jobs")
    version = jobs.c.version + 1 if counts else jobs.c.version
    query = update(jobs).where(is_held(job_id, owner, states)).values(**values, version=version).returning(wanted)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise LeaseLostError(job_id)
    return found[0]


def _take_back(connection: Connection, row: Any, *, now: int, most_attempts: int, why: str) -> JobState:
    """Take a job from its holder, whoever that is; the caller has it locked."""
    jobs = table_of("jobs")
    values: dict[str, Any] = {"lease_owner": None, "lease_until": None}
    if row.state == JobState.CANCELLING.value:
        state, values = JobState.CANCELLED, ending(now)
    elif row.attempts >= most_attempts:
        state = JobState.FAILED
        problem = {"type": "about:blank", "title": "The job was given up", "detail": why}
        values = {**ending(now), "problem": problem}
    else:
        state = JobState.QUEUED
    connection.execute(
        update(jobs).where(jobs.c.id == row.id).values(state=state.value, version=jobs.c.version + 1, **values)
    )
    if state in ENDED:
        clear_parts(connection, row.id)
    return state
