"""What an import means for the desk, for a hundred thousand tasks in a few statements.

It does, all at once, what the life of a task (`services/live/task_stages.py`) says of each event that it writes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)

from models.repositories.live.records import SCHEMA_VERSION
from models.tables.columns import Instant, Json
from models.tables.schema import table_of
from models.vocabulary import ClosedReason, TaskState
from models.vocabulary_live import ClosedBy, EventKind, ReopenReason, TaskStage

_TASKS, _STATES, _EVENTS = table_of("tasks"), table_of("task_states"), table_of("events")
_BOTH = _TASKS.join(_STATES, _STATES.c.task_id == _TASKS.c.id)
_IS_OPEN = _TASKS.c.state == TaskState.OPEN.value
_IS_CLOSED_ELSEWHERE = and_(_TASKS.c.state == TaskState.CLOSED.value, _STATES.c.state != TaskStage.CLOSED.value)
# Leaving a hand is for the agent to be told, time on a clock that stood still is to be added up: both one by one.
_IS_PLAIN = and_(_STATES.c.agent_id.is_(None), ~_STATES.c.is_clock_stopped)


Ids = Sequence[str] | None
"""The tasks that an import may have changed; None for any."""


class ClosedInHand(NamedTuple):
    """A task that its source closed while somebody had it in hand, or while its clock stood still."""

    task_id: str
    reason: str
    closed_at: int


def take_in_arrivals(connection: Connection, *, now: int, principal_id: str | None = None, ids: Ids = None) -> int:
    """Let all open tasks arrive that have no state yet, in the order in which they came in; return how many."""
    has_state = exists().where(_STATES.c.task_id == _TASKS.c.id)
    before = _last_id(connection)
    num_arrived = _append(
        connection,
        EventKind.ARRIVED,
        select(_TASKS.c.id, _TASKS.c.arrived_at).where(_IS_OPEN, ~has_state, _among(ids)),
        now=now,
        principal_id=principal_id,
        details={},
    )
    if num_arrived:
        values: dict[str, Any] = {
            "task_id": _EVENTS.c.task_id,
            "state": literal(TaskStage.WAITING.value),
            "since": _earlier(_EVENTS.c.occurred_at, now),
            "worked_seconds": literal(0),
            "stopped_seconds": literal(0),
            "is_clock_stopped": literal(False),
            "num_skips": literal(0),
            "num_returns": literal(0),
            "num_reopens": literal(0),
            "version": literal(1),
            "event_id": _EVENTS.c.id,
        }
        has_arrived = and_(_EVENTS.c.id > before, _EVENTS.c.kind == EventKind.ARRIVED.value)
        lacks_state = ~exists().where(_STATES.c.task_id == _EVENTS.c.task_id)
        new = select(*values.values()).where(has_arrived, lacks_state).order_by(_EVENTS.c.id)
        connection.execute(insert(_STATES).from_select(list(values), new))
    return num_arrived


def find_closed_in_hand(connection: Connection, *, ids: Ids = None) -> list[ClosedInHand]:
    """Return the tasks that `close_elsewhere` leaves alone."""
    query = select(_TASKS.c.id, _TASKS.c.closed_reason, _TASKS.c.closed_at).select_from(_BOTH)
    found = connection.execute(query.where(_IS_CLOSED_ELSEWHERE, ~_IS_PLAIN, _among(ids)).order_by(_TASKS.c.id))
    return [ClosedInHand(*row) for row in found]


def close_elsewhere(connection: Connection, *, now: int, principal_id: str | None = None, ids: Ids = None) -> int:
    """Close at the desk what the office has as closed; return how many tasks."""
    before = _last_id(connection)
    num_closed = 0
    for reason in ClosedReason:
        num_closed += _append(
            connection,
            EventKind.CLOSED_ELSEWHERE,
            select(_TASKS.c.id, _TASKS.c.closed_at)
            .select_from(_BOTH)
            .where(_IS_CLOSED_ELSEWHERE, _IS_PLAIN, _TASKS.c.closed_reason == reason.value, _among(ids)),
            now=now,
            principal_id=principal_id,
            details={"reason": reason.value},
        )
    if num_closed:
        at = _earlier(_EVENTS.c.occurred_at, now)
        values: dict[str, Any] = {
            "state": TaskStage.CLOSED.value,
            "since": case((_STATES.c.since > at, _STATES.c.since), else_=at),
            "closed_reason": _TASKS.c.closed_reason,
            "closed_by": ClosedBy.SOURCE.value,
            **dict.fromkeys(("pend_reason", "follow_up_at", "lead_reason", "reserved_agent_id"), null()),
        }
        _update(connection, EventKind.CLOSED_ELSEWHERE, values, before=before)
    return num_closed


def reopen_from_source(connection: Connection, *, now: int, principal_id: str | None = None, ids: Ids = None) -> int:
    """Open at the desk what a source had closed and lists as open again; return how many tasks."""
    is_again = and_(_IS_OPEN, _STATES.c.state == TaskStage.CLOSED.value, _STATES.c.closed_by == ClosedBy.SOURCE.value)
    before = _last_id(connection)
    num_reopened = _append(
        connection,
        EventKind.REOPENED,
        select(_TASKS.c.id, literal(now, Instant)).select_from(_BOTH).where(is_again, _among(ids)),
        now=now,
        principal_id=principal_id,
        details={"reason": ReopenReason.SOURCE.value},
    )
    if num_reopened:
        at = literal(now, Instant)
        values: dict[str, Any] = {
            "state": TaskStage.WAITING.value,
            "since": case((_STATES.c.since > at, _STATES.c.since), else_=at),
            "num_reopens": _STATES.c.num_reopens + 1,
            "num_skips": 0,
            **dict.fromkeys(("done_by_id", "closed_reason", "closed_by"), null()),
        }
        _update(connection, EventKind.REOPENED, values, before=before)
    return num_reopened


def keep_closed(connection: Connection, *, ids: Ids = None) -> int:
    """Leave closed what the desk closed, though a list that is older than that has it as open; return how many."""
    is_done = and_(
        _IS_OPEN,
        _STATES.c.task_id == _TASKS.c.id,
        _STATES.c.state == TaskStage.CLOSED.value,
        _STATES.c.closed_by == ClosedBy.DESK.value,
    )
    result = connection.execute(
        update(_TASKS)
        .values(
            state=TaskState.CLOSED.value,
            closed_at=_STATES.c.since,
            closed_reason=_STATES.c.closed_reason,
            done_by_id=_STATES.c.done_by_id,
            started_at=_STATES.c.started_at,
            in_progress=False,
        )
        .where(is_done, _among(ids))
    )
    return int(result.rowcount)


def _among(ids: Ids) -> ColumnElement[bool]:
    return true() if ids is None else _TASKS.c.id.in_(ids)


def _last_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(_EVENTS.c.id), 0))).scalar_one())


def _earlier(instant: ColumnElement[int], now: int) -> ColumnElement[int]:
    present = literal(now, Instant)
    return case((instant < present, instant), else_=present)


def _append(
    connection: Connection,
    kind: EventKind,
    happened: Select[Any],
    *,
    now: int,
    principal_id: str | None,
    details: dict[str, str],
) -> int:
    """Append an event of a kind for each task of a selection of ids and instants; return how many."""
    rows = happened.subquery()
    task_id, occurred_at = rows.c
    values: dict[str, Any] = {
        "kind": literal(kind.value),
        "principal_id": literal(principal_id, _EVENTS.c.principal_id.type),
        "task_id": task_id,
        "occurred_at": occurred_at,
        "recorded_at": literal(now, Instant),
        "schema_version": literal(SCHEMA_VERSION),
        "details": literal(details, Json),
    }
    listed = select(*values.values()).select_from(rows).order_by(occurred_at, task_id)
    appended = insert(_EVENTS).from_select(list(values), listed)
    return int(connection.execute(appended, execution_options={"preserve_rowcount": True}).rowcount)


def _update(connection: Connection, kind: EventKind, values: dict[str, Any], *, before: int) -> None:
    """Change the states of the tasks of the events of a kind that were appended after another."""
    is_of_event = and_(
        _EVENTS.c.id > before,
        _EVENTS.c.kind == kind.value,
        _STATES.c.task_id == _EVENTS.c.task_id,
        _TASKS.c.id == _STATES.c.task_id,
        _STATES.c.event_id < _EVENTS.c.id,
    )
    counted = {"version": _STATES.c.version + 1, "event_id": _EVENTS.c.id}
    connection.execute(update(_STATES).values({**values, **counted}).where(is_of_event))
