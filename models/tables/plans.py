"""What was decided: plans with the question they answer, who does what when, and what waits, and why."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary
from sqlmodel import Field

from models.tables.columns import Instant, Json, Row, in_order, not_empty, one_of
from models.vocabulary import PlanStatus, UnscheduledReason


class ProblemRow(Row, table=True):
    """A planning question in its public form, zlib-compressed, under the digest of that form.

    Plans of the same question share it; with it a plan can be checked, drawn and asked about years later, whatever
    became of the tasks and rosters.
    """

    __tablename__ = "problems"
    __table_args__ = not_empty("digest")

    digest: str = Field(primary_key=True)
    document: bytes = Field(sa_type=LargeBinary)


class PlanRow(Row, table=True):
    """One plan of a day: its question, how it was sought, what it is worth, and what first-in-first-out gave."""

    __tablename__ = "plans"
    __table_args__ = (
        one_of("status", PlanStatus),
        in_order("planned_from", "carry_over_at", may_equal=True),
        *not_empty("timezone"),
        CheckConstraint("lower_bound >= 0", name="lower_bound"),
    )

    id: int | None = Field(default=None, primary_key=True)
    made_at: int = Field(sa_type=Instant, index=True)
    principal_id: str | None = Field(default=None, foreign_key="principals.id", index=True)
    problem_digest: str = Field(foreign_key="problems.digest", index=True)
    planned_from: int = Field(sa_type=Instant, index=True)
    carry_over_at: int = Field(sa_type=Instant)
    timezone: str
    teams: list[str] | None = Field(default=None, sa_type=Json)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    total: float
    terms: dict[str, float] = Field(default_factory=dict, sa_type=Json)
    lower_bound: float | None = None
    status: str | None = None
    solve_seconds: float | None = None
    seed: int | None = Field(default=None, sa_type=BigInteger)
    sunk: float | None = None
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    comparisons: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class PlanAssignmentRow(Row, table=True):
    """Who does a task of a plan, and when; `position` is its place in the plan's list."""

    __tablename__ = "plan_assignments"
    __table_args__ = (
        CheckConstraint("starts_at <= ends_at", name="starts_at_ends_at"),
        Index(None, "plan_id", "agent_id", "starts_at"),
        Index(None, "task_id"),
        Index(None, "agent_id"),
    )

    plan_id: int = Field(primary_key=True, foreign_key="plans.id", ondelete="CASCADE")
    task_id: str = Field(primary_key=True, foreign_key="tasks.id")
    agent_id: str = Field(foreign_key="agents.id")
    starts_at: int = Field(sa_type=Instant)
    ends_at: int = Field(sa_type=Instant)
    position: int


class PlanUnscheduledRow(Row, table=True):
    """A task that a plan leaves for later, why, and in a sentence."""

    __tablename__ = "plan_unscheduled"
    __table_args__ = (one_of("reason", UnscheduledReason), Index(None, "task_id"))

    plan_id: int = Field(primary_key=True, foreign_key="plans.id", ondelete="CASCADE")
    task_id: str = Field(primary_key=True, foreign_key="tasks.id")
    reason: str
    detail: str = ""
    position: int
