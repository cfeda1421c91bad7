"""What an event does to a task: the whole life of a task as one table, without a database or a clock.

The desk and the rebuilding of states from the log use this same function, so that both come to the same state.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from models.errors import ConflictError
from models.repositories.live.records import Event, LiveTask
from models.vocabulary import ClosedReason
from models.vocabulary_live import IN_HAND, ClosedBy, EventKind, LeadReason, TaskStage

_OPEN = frozenset(TaskStage) - {TaskStage.CLOSED}
_UP_FOR_GRABS = frozenset({TaskStage.WAITING, TaskStage.PENDED, TaskStage.LEAD})
Changes = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What an event does.

    Attributes
    ----------
    stages
        Those in which it may happen.
    changes
        Returns the fields that it changes, given the task, the event and the instant of effect.
    moves
        Whether it begins a new stage.
    """

    stages: Collection[TaskStage]
    changes: Callable[[LiveTask, Event, int], Changes]
    moves: bool = True


def effective_at(since: int, event: Event) -> int:
    """Return when an event takes effect: not after it was recorded, nor before what happened last.

    So a clock that runs ahead, or was set back, gives no negative durations, and an event that is told late takes
    effect where it can still: when the stage that it ends began.
    """
    return max(since, min(event.occurred_at, event.recorded_at))


def apply(task: LiveTask | None, event: Event) -> LiveTask:
    """Return where a task stands after an event.

    Raises
    ------
    ConflictError
        If that cannot happen to it where it stands.
    """
    assert event.task_id is not None and event.id is not None  # noqa: S101, PT018 - the caller wrote it
    if event.kind in NEUTRAL and task is not None:
        return task
    if event.kind is EventKind.ARRIVED:
        if task is not None:
            raise ConflictError(f"task {event.task_id!r} has arrived already")
        since = min(event.occurred_at, event.recorded_at)
        return LiveTask(task_id=event.task_id, state=TaskStage.WAITING, since=since, version=1, event_id=event.id)
    if task is None:
        raise ConflictError(f"task {event.task_id!r} has not arrived: it cannot be {event.kind.value}")
    check(task, event.kind)
    step = STEPS[event.kind]
    at = effective_at(task.since, event)
    changes = step.changes(task, event, at)
    if step.moves:
        changes = {**_leaving(task, at), **changes, "since": at}
    return replace(task, **changes, version=task.version + 1, event_id=event.id)


def check(task: LiveTask, kind: EventKind) -> None:
    """Refuse what cannot happen to a task where it stands.

    Raises
    ------
    ConflictError
        With the stage, and what could happen.
    """
    if task.state not in STEPS[kind].stages:
        raise ConflictError(
            f"task {task.task_id!r} is {_STANDS[task.state]}; it cannot be {_DONE.get(kind, kind.value)}, "
            f"but it can be {', '.join(_DONE.get(other, other.value) for other in possible(task.state))}"
        )
    if kind is EventKind.DUE_CHANGED and task.is_clock_stopped:
        raise ConflictError(f"the clock of task {task.task_id!r} stands still; unpend it before its due is changed")


def possible(stage: TaskStage) -> list[EventKind]:
    """Return what can happen to a task in a stage."""
    return [kind for kind, step in STEPS.items() if stage in step.stages]


def _leaving(task: LiveTask, at: int) -> Changes:
    """Return what ends with a stage: the hand, the claim, the wait; time is added up."""
    changes: Changes = {
        "agent_id": None,
        "claimed_at": None,
        "expires_at": None,
        "pend_reason": None,
        "follow_up_at": None,
        "lead_reason": None,
        "is_clock_stopped": False,
    }
    if task.state is TaskStage.STARTED:
        changes["worked_seconds"] = task.worked_seconds + at - task.since
    if task.is_clock_stopped:
        changes["stopped_seconds"] = task.stopped_seconds + at - task.since
    return changes


def _held(task: LiveTask, stage: TaskStage, **others: Any) -> Changes:
    return {"state": stage, "agent_id": task.agent_id, "claimed_at": task.claimed_at, **others}


def _claimed(_task: LiveTask, event: Event, at: int) -> Changes:
    return {
        "state": TaskStage.CLAIMED,
        "agent_id": event.agent_id,
        "claimed_at": at,
        "expires_at": event.details["expires_at"],
    }


def _started(task: LiveTask, _event: Event, at: int) -> Changes:
    return _held(task, TaskStage.STARTED, started_at=at if task.started_at is None else task.started_at)


def _paused(task: LiveTask, _event: Event, _at: int) -> Changes:
    return _held(task, TaskStage.PAUSED)


def _resumed(task: LiveTask, _event: Event, _at: int) -> Changes:
    return _held(task, TaskStage.STARTED)


def _to_queue(_task: LiveTask, _event: Event, _at: int) -> Changes:
    return {"state": TaskStage.WAITING}


def _returned(task: LiveTask, _event: Event, _at: int) -> Changes:
    return {"state": TaskStage.WAITING, "num_returns": task.num_returns + 1, "reserved_agent_id": None}


def _skipped(task: LiveTask, event: Event, _at: int) -> Changes:
    changes: Changes = {"num_skips": task.num_skips + 1, "reserved_agent_id": None, "state": TaskStage.WAITING}
    if event.details.get("to_lead"):
        changes |= _lead(LeadReason.SKIPPED)
    return changes


def _released(_task: LiveTask, event: Event, _at: int) -> Changes:
    reason = event.details.get("lead_reason")
    return {"state": TaskStage.WAITING} if reason is None else _lead(LeadReason(reason))


def _pended(task: LiveTask, event: Event, _at: int) -> Changes:
    details = event.details
    return {
        "state": TaskStage.PENDED,
        "pend_reason": details["reason"],
        "follow_up_at": details["follow_up_at"],
        "is_clock_stopped": bool(details.get("stops_clock")),
        "due_at": details.get("due_at") if task.due_at is None else task.due_at,
    }


def _lead(reason: LeadReason) -> Changes:
    return {"state": TaskStage.LEAD, "lead_reason": reason.value, "reserved_agent_id": None}


def _asks(reason: LeadReason) -> Callable[[LiveTask, Event, int], Changes]:
    return lambda _task, _event, _at: _lead(reason)


def _completed(_task: LiveTask, event: Event, _at: int) -> Changes:
    return {**_closed(ClosedReason.COMPLETED, ClosedBy.DESK), "done_by_id": event.agent_id}


def _cancelled(_task: LiveTask, _event: Event, _at: int) -> Changes:
    return _closed(ClosedReason.CANCELLED, ClosedBy.DESK)


def _closed_elsewhere(_task: LiveTask, event: Event, _at: int) -> Changes:
    return _closed(ClosedReason(event.details["reason"]), ClosedBy.SOURCE)


def _closed(reason: ClosedReason, by: ClosedBy) -> Changes:
    return {
        "state": TaskStage.CLOSED,
        "closed_reason": reason.value,
        "closed_by": by.value,
        "reserved_agent_id": None,
    }


def _reassigned(_task: LiveTask, event: Event, _at: int) -> Changes:
    return {
        "state": TaskStage.WAITING,
        "reserved_agent_id": event.details.get("to_agent_id"),
        "queue_team_id": event.details.get("to_team_id"),
        "num_skips": 0,
    }


def _reopened(task: LiveTask, _event: Event, _at: int) -> Changes:
    return {
        "state": TaskStage.WAITING,
        "num_reopens": task.num_reopens + 1,
        "num_skips": 0,
        "done_by_id": None,
        "closed_reason": None,
        "closed_by": None,
    }


def _checked(_task: LiveTask, event: Event, _at: int) -> Changes:
    return {"check_result": event.details["result"], "check_severity": event.details.get("severity")}


def _due_changed(_task: LiveTask, _event: Event, _at: int) -> Changes:
    return {"due_at": None, "stopped_seconds": 0}


def _prioritised(_task: LiveTask, _event: Event, _at: int) -> Changes:
    return {}


_CLAIMED, _STARTED, _PAUSED = {TaskStage.CLAIMED}, {TaskStage.STARTED}, {TaskStage.PAUSED}
STEPS: Mapping[EventKind, Step] = MappingProxyType(
    {
        EventKind.CLAIMED: Step(stages={TaskStage.WAITING}, changes=_claimed),
        EventKind.STARTED: Step(stages=_CLAIMED, changes=_started),
        EventKind.PAUSED: Step(stages=_STARTED, changes=_paused),
        EventKind.RESUMED: Step(stages=_PAUSED, changes=_resumed),
        EventKind.COMPLETED: Step(stages=_STARTED | _PAUSED, changes=_completed),
        EventKind.RETURNED: Step(stages=IN_HAND, changes=_returned),
        EventKind.SKIPPED: Step(stages=_CLAIMED, changes=_skipped),
        EventKind.EXPIRED: Step(stages=_CLAIMED, changes=_to_queue),
        EventKind.RELEASED: Step(stages=IN_HAND, changes=_released),
        EventKind.PENDED: Step(stages=_OPEN, changes=_pended),
        EventKind.UNPENDED: Step(stages={TaskStage.PENDED}, changes=_to_queue),
        EventKind.WRONG_TEAM: Step(stages=IN_HAND, changes=_asks(LeadReason.WRONG_TEAM)),
        EventKind.INFORMATION_MISSING: Step(stages=IN_HAND, changes=_asks(LeadReason.INFORMATION_MISSING)),
        EventKind.HELP_ASKED: Step(stages=IN_HAND, changes=_asks(LeadReason.HELP)),
        EventKind.REASSIGNED: Step(stages=_OPEN, changes=_reassigned),
        EventKind.CANCELLED: Step(stages=_OPEN, changes=_cancelled),
        EventKind.CLOSED_ELSEWHERE: Step(stages=_OPEN, changes=_closed_elsewhere),
        EventKind.REOPENED: Step(stages={TaskStage.CLOSED}, changes=_reopened),
        EventKind.CHECKED: Step(stages={TaskStage.CLOSED}, changes=_checked, moves=False),
        EventKind.DUE_CHANGED: Step(stages=_OPEN, changes=_due_changed, moves=False),
        EventKind.PRIORITISED: Step(stages=_OPEN, changes=_prioritised, moves=False),
    }
)
"""What can happen to a task that has arrived."""

NEUTRAL = frozenset({EventKind.OFFERED, EventKind.DUPLICATE})
"""Events that name a task and leave it as it is."""

_STANDS = {
    TaskStage.WAITING: "waiting in the queue",
    TaskStage.CLAIMED: "claimed and not started",
    TaskStage.STARTED: "started",
    TaskStage.PAUSED: "paused",
    TaskStage.PENDED: "pended",
    TaskStage.LEAD: "waiting for a lead",
    TaskStage.CLOSED: "closed",
}
_DONE = {
    EventKind.WRONG_TEAM: "told to be of the wrong team",
    EventKind.INFORMATION_MISSING: "told to lack information",
    EventKind.HELP_ASKED: "asked help for",
    EventKind.DUE_CHANGED: "given another due",
    EventKind.CLOSED_ELSEWHERE: "closed elsewhere",
}
