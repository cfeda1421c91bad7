"""What a job is, and what its asker and its holder share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.sql.expression import ColumnElement

from models.errors import ConflictError
from models.tables.schema import table_of
from models.vocabulary_jobs import ENDED, UNDERWAY, JobKind, JobState

IS_UNDERWAY = tuple(state.value for state in UNDERWAY)
_PARTS = ("job_inputs", "job_checkpoints")
KEPT = "kept-"
"""Files of a job whose names begin so outlast it, until they are dropped or the job is forgotten."""


class LeaseLostError(ConflictError):
    """Somebody else holds a job by now, or it has ended: whoever held it changes nothing of it any more."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        super().__init__(f"job {job_id} is no longer held by this process")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of long work; instants are epoch seconds.

    Attributes
    ----------
    question
        What is asked, as its kind reads it.
    progress
        How far it is: `stage`, and `done` of `of` where that is known.
    lease_owner, lease_until
        Who does it, and when it is up for others unless they tell that they live.
    attempts
        How often it was begun.
    result_ref
        Where its result is besides its own: `{"plan": 7}`.
    problem
        Why it failed.
    version
        Changes so far.
    """

    id: int
    kind: JobKind
    principal_id: str
    question: Mapping[str, Any] = field(default_factory=dict)
    state: JobState = JobState.QUEUED
    progress: Mapping[str, Any] = field(default_factory=dict)
    lease_owner: str | None = None
    lease_until: int | None = None
    attempts: int = 0
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None
    result_ref: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None
    version: int = 1

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True)
class JobResult:
    """What came of a job, as it is handed out."""

    media_type: str
    body: bytes


def make_job(row: Any) -> Job:
    """Return the job of a row; one that was read without its question has none."""
    values = {"question": {}, **row._mapping}
    kept = {item.name: values[item.name] for item in fields(Job)}
    return Job(**kept | {"kind": JobKind(values["kind"]), "state": JobState(values["state"])})


def is_held(job_id: int, owner: str, states: Sequence[str] = IS_UNDERWAY) -> ColumnElement[bool]:
    """Return the condition that an owner holds a job."""
    jobs = table_of("jobs")
    return (jobs.c.id == job_id) & (jobs.c.lease_owner == owner) & jobs.c.state.in_(states)


def ending(now: int) -> dict[str, Any]:
    """Return what ending a job sets, whatever it ends as."""
    return {"ended_at": now, "lease_owner": None, "lease_until": None}


def clear_parts(connection: Connection, job_id: int) -> None:
    """Delete the files and the checkpoints of a job: it has ended, and nobody goes on with it; kept files stay."""
    for name in _PARTS:
        parts = table_of(name)
        connection.execute(delete(parts).where(parts.c.job_id == job_id, ~parts.c.name.startswith(KEPT)))


def drop_kept(connection: Connection, job_id: int) -> bool:
    """Delete the files of a job that outlast it, and return whether there were any."""
    inputs = table_of("job_inputs")
    dropped = connection.execute(delete(inputs).where(inputs.c.job_id == job_id, inputs.c.name.startswith(KEPT)))
    return dropped.rowcount > 0


def read_parts(connection: Connection, name: str, job_id: int) -> dict[str, bytes]:
    """Return the rows of a job in one of the tables of its parts, by their names."""
    parts = table_of(name)
    found = connection.execute(
        select(parts.c.name, parts.c.body).where(parts.c.job_id == job_id).order_by(parts.c.name)
    )
    return {row.name: bytes(row.body) for row in found}
