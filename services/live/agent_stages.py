"""What an event does to an agent: presence and hand, without a database or a clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from models.errors import ConflictError
from models.repositories.live.records import Event, LiveAgent
from models.vocabulary_live import EventKind, Presence
from services.live.task_stages import effective_at

Changes = dict[str, Any]
LEAVES_HAND = frozenset(
    {
        EventKind.COMPLETED,
        EventKind.RETURNED,
        EventKind.SKIPPED,
        EventKind.EXPIRED,
        EventKind.RELEASED,
        EventKind.PENDED,
        EventKind.WRONG_TEAM,
        EventKind.INFORMATION_MISSING,
        EventKind.HELP_ASKED,
        EventKind.REASSIGNED,
        EventKind.CANCELLED,
        EventKind.CLOSED_ELSEWHERE,
    }
)
"""Events of a task that take it out of the hand of the agent whom they name."""

_PRESENT = frozenset(Presence) - {Presence.OUT}
PRESENCES: Mapping[EventKind, frozenset[Presence]] = MappingProxyType(
    {
        EventKind.SIGNED_IN: frozenset({Presence.OUT}),
        EventKind.SIGNED_OUT: _PRESENT,
        EventKind.OFF_TASK_BEGAN: _PRESENT,
        EventKind.OFF_TASK_ENDED: frozenset({Presence.OFF_TASK}),
        EventKind.LOOKING: frozenset({Presence.FREE, Presence.BUSY}),
        EventKind.CLAIMED: frozenset({Presence.FREE}),
        EventKind.STARTED: frozenset({Presence.BUSY}),
        EventKind.PAUSED: frozenset({Presence.BUSY}),
        EventKind.RESUMED: frozenset({Presence.FREE}),
    }
)
"""What can happen to an agent in which presence; everything else concerns only the task."""

CONCERNING = frozenset(PRESENCES) | LEAVES_HAND
"""Events that change the agent whom they name."""


def apply_agent(agent: LiveAgent | None, event: Event) -> LiveAgent:
    """Return where an agent stands after an event; one of whom nothing is known is out.

    Raises
    ------
    ConflictError
        If that cannot happen to an agent who is there for something else.
    """
    assert event.agent_id is not None and event.id is not None  # noqa: S101, PT018 - the caller wrote it
    agent = LiveAgent(agent_id=event.agent_id) if agent is None else agent
    if event.kind not in CONCERNING:
        return agent
    check_agent(agent, event.kind)
    at = effective_at(agent.since, event)
    changes = _leaving_hand(agent, event) if event.kind in LEAVES_HAND else _changes(agent, event, at)
    if changes.get("presence", agent.presence) is not agent.presence or event.kind is EventKind.OFF_TASK_BEGAN:
        changes["since"] = at
    return replace(agent, **changes, version=agent.version + 1, event_id=event.id)


def check_agent(agent: LiveAgent, kind: EventKind) -> None:
    """Refuse what cannot happen to an agent who is there for something else.

    Raises
    ------
    ConflictError
        With what the agent is doing.
    """
    allowed = PRESENCES.get(kind)
    if allowed is None or agent.presence in allowed:
        return
    raise ConflictError(f"agent {agent.agent_id!r} is {stands(agent)}: {_NEEDED[kind]}")


def stands(agent: LiveAgent) -> str:
    """Return in words what an agent is doing."""
    return {
        Presence.OUT: "not signed in",
        Presence.FREE: "free",
        Presence.BUSY: f"busy with task {agent.task_id!r}",
        Presence.OFF_TASK: f"off task ({agent.off_task_code})",
    }[agent.presence]


def _changes(agent: LiveAgent, event: Event, at: int) -> Changes:
    details = event.details
    match event.kind:
        case EventKind.SIGNED_IN:
            return {"presence": Presence.FREE, "looking_since": None}
        case EventKind.SIGNED_OUT:
            return {"presence": Presence.OUT, "off_task_code": None, "looking_since": None}
        case EventKind.OFF_TASK_BEGAN:
            return {"presence": Presence.OFF_TASK, "off_task_code": details["code"], "looking_since": None}
        case EventKind.OFF_TASK_ENDED:
            presence = Presence.FREE if agent.task_id is None else Presence.BUSY
            return {"presence": presence, "off_task_code": None}
        case EventKind.LOOKING:
            is_new = agent.presence is Presence.FREE and agent.looking_since is None
            return {"looking_since": at} if is_new else {}
        case EventKind.CLAIMED:
            return {**_taking_up(event), "num_in_hand": agent.num_in_hand + 1}
        case EventKind.RESUMED:
            return _taking_up(event)
        case EventKind.STARTED:
            return {
                "last_task_type_id": details.get("type"),
                "last_case_id": details.get("case"),
                "last_team_id": details.get("team"),
            }
        case _:  # paused
            return {"presence": Presence.FREE, "task_id": None}


def _taking_up(event: Event) -> Changes:
    return {"presence": Presence.BUSY, "task_id": event.task_id, "looking_since": None}


def _leaving_hand(agent: LiveAgent, event: Event) -> Changes:
    changes: Changes = {"num_in_hand": agent.num_in_hand - 1}
    if agent.task_id == event.task_id:
        changes["task_id"] = None
        if agent.presence is Presence.BUSY:
            changes["presence"] = Presence.FREE
    if event.kind is EventKind.SKIPPED:
        day = date.fromisoformat(event.details["day"])
        changes["skips_today"] = agent.skips_today + 1 if agent.skips_day == day else 1
        changes["skips_day"] = day
    return changes


_NEEDED = {
    EventKind.SIGNED_IN: "sign out first",
    EventKind.SIGNED_OUT: "there is nothing to sign out of",
    EventKind.OFF_TASK_BEGAN: "sign in first",
    EventKind.OFF_TASK_ENDED: "there is no off-task time to end",
    EventKind.LOOKING: "sign in, and be back on tasks, first",
    EventKind.CLAIMED: "only who is signed in and free takes a task",
    EventKind.STARTED: "only who is on tasks starts one",
    EventKind.PAUSED: "only who is on tasks pauses one",
    EventKind.RESUMED: "only who is signed in and free resumes a task",
}
