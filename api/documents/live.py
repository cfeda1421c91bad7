"""Tasks and agents of the live desk as documents: where they stand, and what came of a change."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from models.repositories.live.records import LiveAgent, LiveTask
from models.time import format_instant
from models.vocabulary_live import Presence, TaskStage
from services.live.acts import Outcome

DATE_TIME: JsonDict = {"format": "date-time"}
_AT = "2026-03-02T09:15:00+00:00"
_TASK: dict[str, Any] = {
    "task_id": "T17",
    "state": "claimed",
    "agent_id": "ana",
    "since": _AT,
    "expires_at": "2026-03-02T09:30:00+00:00",
    "started_at": None,
    "worked_minutes": 0.0,
    "follow_up_at": None,
    "pend_reason": None,
    "lead_reason": None,
    "reserved_agent_id": None,
    "queue_team_id": None,
    "closed_reason": None,
    "num_skips": 0,
    "num_returns": 0,
    "num_reopens": 0,
    "version": 2,
}
_AGENT: dict[str, Any] = {
    "agent_id": "ana",
    "presence": "busy",
    "off_task_code": None,
    "since": _AT,
    "task_id": "T17",
    "num_in_hand": 1,
    "looking_since": None,
    "skips_today": 0,
    "version": 9,
}


class LiveTaskDocument(BaseModel):
    """Where a task stands."""

    model_config = ConfigDict(title="LiveTask", json_schema_extra={"example": _TASK})

    task_id: str
    state: TaskStage
    agent_id: str | None = Field(description="Who has it in hand.")
    since: str = Field(description="When it came to this state.", json_schema_extra=DATE_TIME)
    expires_at: str | None = Field(description="When the claim ends if it is not started.", json_schema_extra=DATE_TIME)
    started_at: str | None = Field(description="When it was first started.", json_schema_extra=DATE_TIME)
    worked_minutes: float = Field(ge=0, description="Worked on it up to `since`.")
    follow_up_at: str | None = Field(description="When a pended task returns.", json_schema_extra=DATE_TIME)
    pend_reason: str | None
    lead_reason: str | None = Field(description="Why it waits for a lead.")
    reserved_agent_id: str | None = Field(description="To whom a lead gave it.")
    queue_team_id: str | None = Field(description="To whose queue a lead moved it.")
    closed_reason: str | None
    num_skips: int
    num_returns: int
    num_reopens: int
    version: int = Field(description="Changes so far; its ETag.")


class LiveAgentDocument(BaseModel):
    """Where an agent stands."""

    model_config = ConfigDict(title="LiveAgent", json_schema_extra={"example": _AGENT})

    agent_id: str
    presence: Presence
    off_task_code: str | None
    since: str | None = Field(
        description="When this began; null for one who never signed in.", json_schema_extra=DATE_TIME
    )
    task_id: str | None = Field(description="The task that is claimed or started.")
    num_in_hand: int = Field(description="Tasks in hand, paused ones too.")
    looking_since: str | None = Field(description="Since when a free agent has asked.", json_schema_extra=DATE_TIME)
    skips_today: int
    version: int = Field(description="Changes so far; its ETag.")


class OutcomeDocument(BaseModel):
    """What came of a change."""

    model_config = ConfigDict(
        title="Outcome",
        json_schema_extra={
            "example": {
                "event": "started",
                "event_id": 1042,
                "task": {**_TASK, "state": "started"},
                "agent": _AGENT,
                "is_duplicate": False,
                "late_seconds": 0,
            }
        },
    )

    event: str = Field(description="What happened.")
    event_id: int
    task: LiveTaskDocument | None
    agent: LiveAgentDocument | None
    is_duplicate: bool = Field(description="Whether it had been told before, under the same `dedup_key`.")
    late_seconds: int = Field(ge=0, description="By how much it was told after what happened next.")


def task_document(task: LiveTask) -> LiveTaskDocument:
    """Return where a task stands as a document."""
    return LiveTaskDocument(
        task_id=task.task_id,
        state=task.state,
        agent_id=task.agent_id,
        since=format_instant(task.since),
        expires_at=show_instant(task.expires_at),
        started_at=show_instant(task.started_at),
        worked_minutes=round(task.worked_seconds / 60, 2),
        follow_up_at=show_instant(task.follow_up_at),
        pend_reason=task.pend_reason,
        lead_reason=task.lead_reason,
        reserved_agent_id=task.reserved_agent_id,
        queue_team_id=task.queue_team_id,
        closed_reason=task.closed_reason,
        num_skips=task.num_skips,
        num_returns=task.num_returns,
        num_reopens=task.num_reopens,
        version=task.version,
    )


def agent_document(agent: LiveAgent) -> LiveAgentDocument:
    """Return where an agent stands as a document."""
    return LiveAgentDocument(
        agent_id=agent.agent_id,
        presence=agent.presence,
        off_task_code=agent.off_task_code,
        since=show_instant(agent.since) if agent.version else None,
        task_id=agent.task_id,
        num_in_hand=agent.num_in_hand,
        looking_since=show_instant(agent.looking_since),
        skips_today=agent.skips_today,
        version=agent.version,
    )


def outcome_document(outcome: Outcome) -> OutcomeDocument:
    """Return what came of a change as a document."""
    return OutcomeDocument(
        event=outcome.event.kind.value,
        event_id=outcome.event.id or 0,
        task=None if outcome.task is None else task_document(outcome.task),
        agent=None if outcome.agent is None else agent_document(outcome.agent),
        is_duplicate=outcome.is_duplicate,
        late_seconds=outcome.late_seconds,
    )


def show_instant(epoch_s: int | None) -> str | None:
    """Return an instant as documents show it."""
    return None if epoch_s is None else format_instant(epoch_s)
