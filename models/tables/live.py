"""The live desk: what happened, and the state of tasks and agents that follows from it.

Events are the truth. The states beside them are what folding the events gives, kept in the same transaction, so they
refer to nothing: like the log they outlive the rows that they speak of.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlmodel import Field

from models.tables.columns import Instant, Json, PlainJson, Row, not_empty, one_of, partial_index
from models.vocabulary import ClosedReason
from models.vocabulary_live import (
    CheckResult,
    ClosedBy,
    EventKind,
    LeadReason,
    Leave,
    OffTaskCode,
    PendReason,
    Presence,
    Severity,
    TaskStage,
)

SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives; SQLite only counts up its own INTEGER."""


def _unique_where_set(table: str, column: str) -> Index:
    is_set = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, unique=True, sqlite_where=is_set, postgresql_where=is_set)


class EventRow(Row, table=True):
    """Something that happened, once and for all: who did what to which task, by ids, codes and numbers alone.

    `id` is given when the row is written, `position` by a single sequencer after it is committed: a reader that goes on
    from the last position it saw misses none, whatever the order in which transactions end.
    """

    __tablename__ = "events"
    __table_args__ = (
        one_of("kind", EventKind),
        Index(
            "ix_events_task_id_id",
            "task_id",
            "id",
            sqlite_where=text("task_id IS NOT NULL"),
            postgresql_where=text("task_id IS NOT NULL"),
        ),
        Index(
            "ix_events_agent_id_id",
            "agent_id",
            "id",
            sqlite_where=text("agent_id IS NOT NULL"),
            postgresql_where=text("agent_id IS NOT NULL"),
        ),
        Index(
            "ix_events_unpositioned",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
        _unique_where_set("events", "position"),
        _unique_where_set("events", "dedup_key"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    position: int | None = Field(default=None, sa_type=BigInteger)
    kind: str
    principal_id: str | None = None
    agent_id: str | None = None
    task_id: str | None = None
    occurred_at: int = Field(sa_type=Instant)
    recorded_at: int = Field(sa_type=Instant)
    rule_version: str | None = None
    policy_version: str | None = None
    schema_version: int
    dedup_key: str | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class TaskStateRow(Row, table=True):
    """Where a task stands, as its events left it. A task that was closed when it came in has none."""

    __tablename__ = "task_states"
    __table_args__ = (
        *not_empty("task_id"),
        one_of("state", TaskStage),
        one_of("pend_reason", PendReason),
        one_of("lead_reason", LeadReason),
        one_of("closed_reason", ClosedReason),
        one_of("closed_by", ClosedBy),
        one_of("check_result", CheckResult),
        one_of("check_severity", Severity),
        CheckConstraint(
            "(state IN ('claimed', 'started', 'paused')) = (agent_id IS NOT NULL)", name="agent_id_in_hand"
        ),
        CheckConstraint("(state = 'lead') = (lead_reason IS NOT NULL)", name="lead_reason_lead"),
        CheckConstraint("(state = 'pended') = (follow_up_at IS NOT NULL)", name="follow_up_at_pended"),
        CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_reason_closed"),
        CheckConstraint("worked_seconds >= 0", name="worked_seconds"),
        CheckConstraint("stopped_seconds >= 0", name="stopped_seconds"),
        partial_index("task_states", "agent_id"),
        partial_index("task_states", "follow_up_at"),
        partial_index("task_states", "lead_reason"),
    )

    task_id: str = Field(primary_key=True)
    state: str
    agent_id: str | None = None
    since: int = Field(sa_type=Instant)
    claimed_at: int | None = Field(default=None, sa_type=Instant)
    expires_at: int | None = Field(default=None, sa_type=Instant)
    started_at: int | None = Field(default=None, sa_type=Instant)
    worked_seconds: int = 0
    due_at: int | None = Field(default=None, sa_type=Instant)
    stopped_seconds: int = 0
    is_clock_stopped: bool = False
    pend_reason: str | None = None
    follow_up_at: int | None = Field(default=None, sa_type=Instant)
    num_skips: int = 0
    num_returns: int = 0
    num_reopens: int = 0
    lead_reason: str | None = None
    reserved_agent_id: str | None = None
    queue_team_id: str | None = None
    done_by_id: str | None = None
    closed_reason: str | None = None
    closed_by: str | None = None
    check_result: str | None = None
    check_severity: str | None = None
    version: int
    event_id: int = Field(sa_type=BigInteger)


class AgentStateRow(Row, table=True):
    """Where an agent stands, as the events left it. One who never signed in has none."""

    __tablename__ = "agent_states"
    __table_args__ = (
        *not_empty("agent_id"),
        one_of("presence", Presence),
        one_of("off_task_code", OffTaskCode),
        CheckConstraint("(presence = 'off-task') = (off_task_code IS NOT NULL)", name="off_task_code_off_task"),
        CheckConstraint("num_in_hand >= 0", name="num_in_hand"),
        CheckConstraint("presence <> 'busy' OR task_id IS NOT NULL", name="task_id_busy"),
        CheckConstraint("presence <> 'free' OR task_id IS NULL", name="task_id_free"),
    )

    agent_id: str = Field(primary_key=True)
    presence: str
    off_task_code: str | None = None
    since: int = Field(sa_type=Instant)
    task_id: str | None = None
    num_in_hand: int = 0
    looking_since: int | None = Field(default=None, sa_type=Instant)
    skips_today: int = 0
    skips_day: date | None = None
    last_task_type_id: str | None = None
    last_case_id: str | None = None
    last_team_id: str | None = None
    version: int
    event_id: int = Field(sa_type=BigInteger)


class ChoiceSetRow(Row, table=True):
    """What an agent could have taken when they took a task: the row of a claim's event."""

    __tablename__ = "choice_sets"
    __table_args__ = (
        one_of("leave", Leave),
        CheckConstraint("num_eligible >= 0", name="num_eligible"),
        CheckConstraint("taken_rank >= 1", name="taken_rank"),
    )

    event_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    agent_id: str
    task_id: str
    policy_version: str | None = None
    num_eligible: int
    taken_rank: int | None = None
    deviates: bool = False
    leave: str | None = None
    entries: dict[str, Any] = Field(default_factory=dict, sa_type=PlainJson)
    index_counts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    digest: str = ""
    shown: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class DutyLeaseRow(Row, table=True):
    """Who does the background duties until when: one process of many."""

    __tablename__ = "duty_leases"
    __table_args__ = not_empty("name", "owner")

    name: str = Field(primary_key=True)
    owner: str
    until: int = Field(sa_type=Instant)
