"""What there is to do: task types with their standards, cases and tasks."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.tables.columns import EARLIEST, Instant, Json, Row, not_empty, one_of, partial_index
from models.vocabulary import AttributeKind, ClosedReason, TaskAgentRelation, TaskLink, TaskState


class TaskTypeRow(Row, table=True):
    """A kind of task. What it takes is its standard's."""

    __tablename__ = "task_types"
    __table_args__ = not_empty("id")

    id: str = Field(primary_key=True)
    name: str = ""


class TaskTypeStandardRow(Row, table=True):
    """What a task type takes from a day on, until the day before the next standard."""

    __tablename__ = "task_type_standards"
    __table_args__ = (
        CheckConstraint("min_level BETWEEN 1 AND 5", name="min_level"),
        CheckConstraint("handling_minutes > 0", name="handling_minutes"),
        CheckConstraint("sla_minutes > 0", name="sla_minutes"),
        CheckConstraint("weight >= 0", name="weight"),
    )

    task_type_id: str = Field(primary_key=True, foreign_key="task_types.id", ondelete="CASCADE")
    valid_from: date = Field(default=EARLIEST, primary_key=True)
    team_id: str = Field(foreign_key="teams.id", index=True)
    skill_id: str = Field(foreign_key="skills.id", index=True)
    min_level: int = 1
    handling_minutes: float
    also_requires: dict[str, int] | None = Field(default=None, sa_type=Json)
    sla_minutes: float | None = None
    weight: float = 1.0
    is_estimated: bool = False
    is_sla_estimated: bool = False
    pending_stops_clock: bool = False


class TaskTypeAttributeRow(Row, table=True):
    """An attribute that tasks of a type carry, and the kind of its values."""

    __tablename__ = "task_type_attributes"
    __table_args__ = (*not_empty("name"), one_of("kind", AttributeKind))

    task_type_id: str = Field(primary_key=True, foreign_key="task_types.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    kind: str


class CaseRow(Row, table=True):
    """One customer matter; its tasks are the steps of a process."""

    __tablename__ = "cases"
    __table_args__ = not_empty("id")

    id: str = Field(primary_key=True)
    client_id: str | None = Field(default=None, foreign_key="clients.id", index=True)


class TaskRow(Row, table=True):
    """One work item. It was open at an instant where it had arrived and was not closed by then."""

    __tablename__ = "tasks"
    __table_args__ = (
        *not_empty("id"),
        one_of("state", TaskState),
        one_of("closed_reason", ClosedReason),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (state = 'closed') = (closed_reason IS NOT NULL)",
            name="closed",
        ),
        CheckConstraint("NOT in_progress OR pinned_agent_id IS NOT NULL", name="in_progress"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("weight >= 0", name="weight"),
        CheckConstraint("handling_minutes > 0", name="handling_minutes"),
        CheckConstraint("min_level BETWEEN 1 AND 5", name="min_level"),
        # What is open now, by type and deadline; and what was open at an instant of the past.
        Index(
            "ix_tasks_open",
            "task_type_id",
            "due_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        partial_index("tasks", "closed_at"),
        partial_index("tasks", "pinned_agent_id"),
        partial_index("tasks", "done_by_id"),
        Index(None, "source", "external_id"),
    )

    id: str = Field(primary_key=True)
    task_type_id: str = Field(foreign_key="task_types.id")
    title: str = ""
    client_id: str | None = Field(default=None, foreign_key="clients.id")
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    step: str = ""
    source: str = ""
    external_id: str = ""
    link: str = ""
    quantity: float = 1.0
    arrived_at: int = Field(sa_type=Instant)
    due_at: int | None = Field(default=None, sa_type=Instant)
    must_by: int | None = Field(default=None, sa_type=Instant)
    earliest_start: int | None = Field(default=None, sa_type=Instant)
    weight: float | None = None
    handling_minutes: float | None = None
    min_level: int | None = None
    also_requires: dict[str, int] | None = Field(default=None, sa_type=Json)
    pinned_agent_id: str | None = Field(default=None, foreign_key="agents.id")
    in_progress: bool = False
    pended_until: int | None = Field(default=None, sa_type=Instant)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = TaskState.OPEN
    started_at: int | None = Field(default=None, sa_type=Instant)
    closed_at: int | None = Field(default=None, sa_type=Instant)
    closed_reason: str | None = None
    done_by_id: str | None = Field(default=None, foreign_key="agents.id")
    import_batch_id: int | None = Field(default=None, foreign_key="import_batches.id")


class TaskLinkRow(Row, table=True):
    """What ties a task to another: it comes after it, or another agent must do it."""

    __tablename__ = "task_links"
    __table_args__ = (one_of("kind", TaskLink), Index(None, "other_id"), {"sqlite_with_rowid": False})

    task_id: str = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    other_id: str = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")


class TaskAgentRow(Row, table=True):
    """What ties a task to an agent: better done by that one, or not to be done by that one."""

    __tablename__ = "task_agents"
    __table_args__ = (one_of("kind", TaskAgentRelation), Index(None, "agent_id"), {"sqlite_with_rowid": False})

    task_id: str = Field(primary_key=True, foreign_key="tasks.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
