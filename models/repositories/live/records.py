"""Events, and the states that follow from them, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from models.vocabulary_live import EventKind, Presence, TaskStage

SCHEMA_VERSION = 1
"""Version of what `details` hold by kind; `docs/live-desk.md` lists it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes
    ----------
    id
        Given by the database; None before it is written.
    position
        Its place in what readers follow; None until the sequencer has given it one.
    principal_id
        Who did it; None for the product itself.
    agent_id
        Whose hand the task is in, came into or left; the agent of an event without a task.
    occurred_at, recorded_at
        When it happened by the clock of whoever tells it, and when it was written by ours; epoch seconds.
    rule_version, policy_version
        What decided.
    dedup_key
        The source's own id of the event: what is told twice is recognised by it.
    details
        Codes, ids and numbers; never names or free text.
    """

    kind: EventKind
    occurred_at: int
    recorded_at: int
    id: int | None = None
    position: int | None = None
    principal_id: str | None = None
    agent_id: str | None = None
    task_id: str | None = None
    rule_version: str | None = None
    policy_version: str | None = None
    schema_version: int = SCHEMA_VERSION
    dedup_key: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def took_effect_at(self) -> int:
        """When it took effect: not before what happened last to its task, or agent, nor after it was recorded."""
        late = int(self.details.get("late_seconds", 0))
        return self.occurred_at + late if late else min(self.occurred_at, self.recorded_at)

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "Event":
        """Return the event of a row."""
        return cls(**{**row, "kind": EventKind(row["kind"])})


@dataclass(frozen=True, kw_only=True)
class LiveTask:
    """Where a task stands.

    Attributes
    ----------
    agent_id
        Who has it in hand; None where nobody has.
    since
        When it came to this stage.
    claimed_at, expires_at
        When it was claimed, and when that ends if it is not started.
    started_at
        When somebody first started it.
    worked_seconds
        Seconds of work before `since`: those of the stretch that runs while it is started come on top.
    due_at, stopped_seconds
        A task is due `stopped_seconds` after its own `due_at`, or after this one where it has none of its own; this one
        is set when its clock first stands still.
    is_clock_stopped
        Whether, while it is pended, its deadline moves on.
    reserved_agent_id, queue_team_id
        The agent, or the team, to whom a lead gave it.
    version
        Number of events that changed it.
    event_id
        The last of them.
    """

    task_id: str
    state: TaskStage
    since: int
    version: int
    event_id: int
    agent_id: str | None = None
    claimed_at: int | None = None
    expires_at: int | None = None
    started_at: int | None = None
    worked_seconds: int = 0
    due_at: int | None = None
    stopped_seconds: int = 0
    is_clock_stopped: bool = False
    pend_reason: str | None = None
    follow_up_at: int | None = None
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

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "LiveTask":
        """Return the state of a row."""
        return cls(**{**row, "state": TaskStage(row["state"])})

    def due(self, own_due_at: int | None) -> int | None:
        """Return when it is due, given its own deadline; None where neither it nor its clock has one."""
        base = self.due_at if own_due_at is None else own_due_at
        return None if base is None else base + self.stopped_seconds

    def worked_until(self, now: int) -> int:
        """Return the seconds worked on it up to an instant, the stretch that runs included."""
        return self.worked_seconds + (max(0, now - self.since) if self.state is TaskStage.STARTED else 0)


@dataclass(frozen=True, kw_only=True)
class LiveAgent:
    """Where an agent stands.

    Attributes
    ----------
    since
        When this presence began.
    task_id
        The task that is claimed or started; None where none is.
    num_in_hand
        Tasks in hand, paused ones too.
    looking_since
        When the agent, being free, opened the list or was shown the next task; None once a task is taken.
    skips_today, skips_day
        Tasks skipped on that day of the office.
    last_task_type_id, last_case_id, last_team_id
        Of the task started last.
    version
        Number of events that changed it.
    event_id
        The last of them.
    """

    agent_id: str
    presence: Presence = Presence.OUT
    since: int = 0
    version: int = 0
    event_id: int = 0
    off_task_code: str | None = None
    task_id: str | None = None
    num_in_hand: int = 0
    looking_since: int | None = None
    skips_today: int = 0
    skips_day: date | None = None
    last_task_type_id: str | None = None
    last_case_id: str | None = None
    last_team_id: str | None = None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "LiveAgent":
        """Return the state of a row."""
        return cls(**{**row, "presence": Presence(row["presence"])})


@dataclass(frozen=True, kw_only=True)
class ChoiceSet:
    """What an agent could have taken when they took a task.

    Attributes
    ----------
    num_eligible
        Tasks that the agent could have taken.
    taken_rank
        Exact rank of the one taken, from 1; None where the policy could not rank it.
    deviates, leave
        Whether it is not what the policy would have given, and by what leave.
    entries
        The first by exact rank, and the one taken, as columns: id, rank, index, terms and features of each.
    index_counts
        How many eligible tasks have which index, by bin.
    digest
        Order-free digest of the ids of all eligible tasks.
    shown
        What the agent was shown: the primary, and the alternates.
    """

    num_eligible: int
    taken_rank: int | None = None
    deviates: bool = False
    leave: str | None = None
    policy_version: str | None = None
    entries: dict[str, Any] = field(default_factory=dict)
    index_counts: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    shown: dict[str, Any] = field(default_factory=dict)


def column_values(record: Event | LiveTask | LiveAgent | ChoiceSet) -> dict[str, Any]:
    """Return the fields of a record as the columns of its table."""
    return {item.name: getattr(record, item.name) for item in fields(record)}
