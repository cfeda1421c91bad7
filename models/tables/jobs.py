"""Long work, leased to whoever does it, with how far it is and what came of it; and the plans that were published."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from models.tables.columns import Instant, Json, Row, not_empty, one_of, partial_index
from models.vocabulary_jobs import ENDED, UNDERWAY, JobState

_UNDERWAY = ", ".join(f"'{state}'" for state in UNDERWAY)
_ENDED = ", ".join(f"'{state}'" for state in ENDED)
_IS_QUEUED = text("state = 'queued'")


class JobRow(Row, table=True):
    """One piece of long work.

    Whoever does it holds its lease: `lease_owner` until `lease_until`, made longer as long as they live. Each change
    that they make names them, so that one who was taken for dead changes nothing any more. `version` counts changes.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        *not_empty("kind"),
        one_of("state", JobState),
        CheckConstraint(f"(state IN ({_UNDERWAY})) = (lease_owner IS NOT NULL)", name="lease_owner"),
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_until"),
        CheckConstraint(f"(state IN ({_ENDED})) = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="problem"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_jobs_queued", "id", sqlite_where=_IS_QUEUED, postgresql_where=_IS_QUEUED),
        partial_index("jobs", "lease_until"),
        Index(None, "ended_at"),
        {"sqlite_autoincrement": True},  # a number is not given twice, also after deletions
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    principal_id: str = Field(foreign_key="principals.id", index=True)
    question: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = JobState.QUEUED
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    lease_owner: str | None = None
    lease_until: int | None = Field(default=None, sa_type=Instant)
    attempts: int = 0
    created_at: int = Field(sa_type=Instant)
    started_at: int | None = Field(default=None, sa_type=Instant)
    ended_at: int | None = Field(default=None, sa_type=Instant)
    result_ref: dict[str, Any] | None = Field(default=None, sa_type=Json)
    problem: dict[str, Any] | None = Field(default=None, sa_type=Json)
    version: int = 1


class JobInputRow(Row, table=True):
    """A file that came with a job; its name is for people, never a path. Unless it is kept, it goes with the job."""

    __tablename__ = "job_inputs"
    __table_args__ = not_empty("name")

    job_id: int = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    body: bytes = Field(sa_type=LargeBinary)


class JobCheckpointRow(Row, table=True):
    """A part of what a job has worked out so far, for whoever goes on with it; it goes when the job ends."""

    __tablename__ = "job_checkpoints"
    __table_args__ = not_empty("name")

    job_id: int = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    body: bytes = Field(sa_type=LargeBinary)


class JobResultRow(Row, table=True):
    """What came of a job, stored once, in the transaction that ended it."""

    __tablename__ = "job_results"
    __table_args__ = not_empty("media_type")

    job_id: int = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    media_type: str
    body: bytes = Field(sa_type=LargeBinary)


class PublishedPlanRow(Row, table=True):
    """A plan that was shown to its agents: the tasks that start before `until`, all where it is null.

    The newest row is what the desk follows.
    """

    __tablename__ = "published_plans"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True, ondelete="CASCADE")
    published_at: int = Field(sa_type=Instant)
    until: int | None = Field(default=None, sa_type=Instant)
    principal_id: str | None = Field(default=None, foreign_key="principals.id", index=True)
