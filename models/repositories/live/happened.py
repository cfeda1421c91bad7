"""What happened at the desk in a period, for reports: choices, outcomes of tasks, time off task."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from models.repositories.live.records import Event
from models.tables.schema import table_of
from models.vocabulary_live import EventKind

BUFFER = 2_000
_EVENTS, _CHOICES, _STATES = table_of("events"), table_of("choice_sets"), table_of("task_states")
_UNFINISHED = (EventKind.REASSIGNED, EventKind.RELEASED, EventKind.WRONG_TEAM)
_PRESENCE = (
    EventKind.SIGNED_IN,
    EventKind.SIGNED_OUT,
    EventKind.OFF_TASK_BEGAN,
    EventKind.OFF_TASK_ENDED,
    EventKind.LOOKING,
    EventKind.CLAIMED,
)


@dataclass(frozen=True, kw_only=True)
class StoredChoice:
    """A choice set with when it was, and whose; `entries` as the desk keeps them."""

    event_id: int
    at: int
    agent_id: str
    task_id: str
    num_eligible: int
    taken_rank: int | None
    deviates: bool
    leave: str | None
    entries: Mapping[str, Any]


class TaskOutcome(NamedTuple):
    """What the desk knows of how a task went."""

    task_id: str
    state: str
    worked_seconds: int
    started_at: int | None
    num_returns: int
    num_reopens: int
    closed_reason: str | None
    check_result: str | None
    due_at: int | None
    stopped_seconds: int


class PresenceEvent(NamedTuple):
    """What an agent did besides tasks, and when they took one."""

    id: int
    kind: EventKind
    agent_id: str
    at: int
    code: str | None


def iterate_choices(connection: Connection, *, start: int, end: int) -> Iterator[StoredChoice]:
    """Return the choice sets of the claims of a period, in order.

    A choice set is what we saw when we wrote it, so it is of that moment, whenever its claim is said to have been.
    """
    query = (
        select(
            _CHOICES.c.event_id,
            _EVENTS.c.recorded_at,
            _CHOICES.c.agent_id,
            _CHOICES.c.task_id,
            _CHOICES.c.num_eligible,
            _CHOICES.c.taken_rank,
            _CHOICES.c.deviates,
            _CHOICES.c.leave,
            _CHOICES.c.entries,
        )
        .join(_EVENTS, _EVENTS.c.id == _CHOICES.c.event_id)
        .where(_EVENTS.c.recorded_at >= start, _EVENTS.c.recorded_at < end)
        .order_by(_CHOICES.c.event_id)
    )
    for row in connection.execution_options(yield_per=BUFFER).execute(query):
        yield StoredChoice(
            event_id=row.event_id,
            at=row.recorded_at,
            agent_id=row.agent_id,
            task_id=row.task_id,
            num_eligible=row.num_eligible,
            taken_rank=row.taken_rank,
            deviates=bool(row.deviates),
            leave=row.leave,
            entries=row.entries,
        )


def read_outcomes(connection: Connection) -> list[TaskOutcome]:
    """Return what the desk knows of each task that it has had."""
    columns = [_STATES.c[name] for name in TaskOutcome._fields]
    return [TaskOutcome(*row) for row in connection.execute(select(*columns).order_by(_STATES.c.task_id))]


def count_taken_away(connection: Connection, *, end: int) -> dict[str, int]:
    """Return how often each task was taken out of somebody's hand unfinished before an instant."""
    query = (
        select(_EVENTS.c.task_id, func.count())
        .where(
            and_(
                _EVENTS.c.kind.in_([kind.value for kind in _UNFINISHED]),
                _EVENTS.c.task_id.is_not(None),
                _EVENTS.c.agent_id.is_not(None),
                _EVENTS.c.occurred_at < end,
            )
        )
        .group_by(_EVENTS.c.task_id)
    )
    return {task: int(count) for task, count in connection.execute(query)}


def read_presence(connection: Connection, *, start: int, end: int) -> list[PresenceEvent]:
    """Return when agents came, went, were off task, looked for work and took it, in order: as it took effect."""
    query = (
        select(_EVENTS)
        .where(
            _EVENTS.c.kind.in_([kind.value for kind in _PRESENCE]),
            _EVENTS.c.agent_id.is_not(None),
            # Nothing takes effect after it was recorded, nor before both that and when it is said to have happened.
            _EVENTS.c.recorded_at >= start,
            or_(_EVENTS.c.recorded_at < end, _EVENTS.c.occurred_at < end),
        )
        .order_by(_EVENTS.c.id)
    )
    events = (Event.of(row) for row in connection.execute(query).mappings())
    return [
        PresenceEvent(event.id or 0, event.kind, event.agent_id or "", event.took_effect_at, event.details.get("code"))
        for event in events
        if start <= event.took_effect_at < end
    ]
