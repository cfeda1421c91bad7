"""Offers, queues and why a task waits, or an agent is free, as documents."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.documents.live import DATE_TIME, show_instant
from models.repositories.live.waiting import OpenTask
from models.time import format_instant
from models.vocabulary_live import TaskStage
from optimizer.next_task import Block
from services.live.idling import IdlePair
from services.live.offers import Choices, Offer, OfferedTask
from services.live.queue import LiveQueue
from services.live.why_waiting import Candidate, Standing, WaitingReason

_AT = "2026-03-02T09:15:00+00:00"
_OFFERED: dict[str, Any] = {
    "task_id": "T17",
    "title": "Double charge",
    "type": "dispute",
    "team": "billing",
    "client": None,
    "case": "C-204",
    "due": "2026-03-02T12:00:00+00:00",
    "rank": 1,
    "handling_minutes": 16.36,
    "is_planned": False,
    "index": 0.0009,
    "score": 2.41,
    "terms": {"urgency": 1.1, "on_time": 1.31},
    "reasons": ["it is due 12:00, in 2 h 45 min", "it takes about 16 min"],
}


class OfferedTaskDocument(BaseModel):
    """A task that an agent may take."""

    model_config = ConfigDict(title="OfferedTask", json_schema_extra={"example": _OFFERED})

    task_id: str
    title: str
    type: str
    team: str
    client: str | None
    case: str | None
    due: str | None = Field(json_schema_extra=DATE_TIME)
    rank: int = Field(ge=1, description="Rank among all that the agent may take now.")
    handling_minutes: float = Field(description="How long it is expected to take this agent.")
    is_planned: bool = Field(description="Whether the published plan gives it to this agent.")
    index: float = Field(description="The policy's index.")
    score: float = Field(description="The sum of the terms.")
    terms: dict[str, float] = Field(description="The score, term by term; what is 0 is left out.")
    reasons: list[str] = Field(description="Why it stands there, what decides first.")


class OfferDocument(BaseModel):
    """The next best task: the primary is claimed, the alternates are free to be taken by anybody."""

    model_config = ConfigDict(
        title="Offer",
        json_schema_extra={
            "example": {
                "agent_id": "ana",
                "at": _AT,
                "primary": _OFFERED,
                "alternates": [{**_OFFERED, "task_id": "T21", "rank": 2}],
                "version": 2,
                "expires_at": "2026-03-02T09:30:00+00:00",
                "num_eligible": 14,
                "blocked": {"skill": 3, "dwell": 2},
                "policy_version": "5c1f2a90be77",
                "plan_id": 7,
            }
        },
    )

    agent_id: str
    at: str = Field(json_schema_extra=DATE_TIME)
    primary: OfferedTaskDocument | None = Field(description="Null where there is nothing that the agent may do.")
    alternates: list[OfferedTaskDocument]
    version: int | None = Field(description="Version of the primary's state.")
    expires_at: str | None = Field(
        description="When the claim ends if the primary is not started.", json_schema_extra=DATE_TIME
    )
    num_eligible: int = Field(description="How many tasks the agent may take.")
    blocked: dict[str, int] = Field(description="How many others wait, by what keeps the agent from them.")
    policy_version: str
    plan_id: int | None = Field(description="The published plan that is followed.")


class ChoicesDocument(BaseModel):
    """What an agent may take now, the best first."""

    model_config = ConfigDict(
        title="Choices",
        json_schema_extra={"example": {"agent_id": "ana", "at": _AT, "num_eligible": 14, "items": [_OFFERED]}},
    )

    agent_id: str
    at: str = Field(json_schema_extra=DATE_TIME)
    num_eligible: int = Field(description="How many tasks the agent may take.")
    items: list[OfferedTaskDocument]


class CandidateDocument(BaseModel):
    """An agent, seen from a task."""

    model_config = ConfigDict(title="Candidate")

    agent_id: str
    name: str
    standing: Standing
    block: str | None = Field(description="What keeps the agent from it; null where nothing does.")
    detail: str


class WaitingDocument(BaseModel):
    """Why a task is still waiting."""

    model_config = ConfigDict(
        title="WaitingReason",
        json_schema_extra={
            "example": {
                "task_id": "T17",
                "state": "waiting",
                "due": "2026-03-02T12:00:00+00:00",
                "sentence": "Those who could do it are at other things: Ana.",
                "able": [{"agent_id": "ana", "name": "Ana", "standing": "busy", "block": None, "detail": ""}],
                "blocked": [
                    {
                        "agent_id": "ben",
                        "name": "Ben",
                        "standing": "free",
                        "block": "excluded",
                        "detail": "is excluded from it",
                    }
                ],
                "num_without": {"team": 3, "skill": 1},
                "before": [],
                "planned_agent_id": None,
                "planned_at": None,
            }
        },
    )

    task_id: str
    state: TaskStage
    due: str | None = Field(json_schema_extra=DATE_TIME)
    sentence: str
    able: list[CandidateDocument] = Field(description="Who may take it, those who are free first.")
    blocked: list[CandidateDocument] = Field(description="Who has the skills and is kept from it all the same.")
    num_without: dict[str, int] = Field(description="Agents without its team, a skill or a clearance.")
    before: list[str] = Field(description="Open tasks that must be done first.")
    planned_agent_id: str | None
    planned_at: str | None = Field(json_schema_extra=DATE_TIME)


class QueuedTaskDocument(BaseModel):
    """A task of the live queue."""

    model_config = ConfigDict(
        title="QueuedTask",
        json_schema_extra={
            "example": {
                "task_id": "T17",
                "title": "Double charge",
                "type": "dispute",
                "team": "billing",
                "client": None,
                "case": "C-204",
                "state": "waiting",
                "agent_id": None,
                "arrived": "2026-03-01T15:12:00+00:00",
                "due": "2026-03-02T12:00:00+00:00",
                "pinned_agent_id": None,
            }
        },
    )

    task_id: str
    title: str
    type: str
    team: str
    client: str | None
    case: str | None
    state: TaskStage
    agent_id: str | None
    arrived: str = Field(json_schema_extra=DATE_TIME)
    due: str | None = Field(json_schema_extra=DATE_TIME)
    pinned_agent_id: str | None


class QueueDocument(BaseModel):
    """The live queue of a team: how many tasks wait, and those that are due first."""

    model_config = ConfigDict(title="LiveQueue")

    team_id: str
    num_waiting: int
    items: list[QueuedTaskDocument]


class IdleDocument(BaseModel):
    """An agent who is free although work waits."""

    model_config = ConfigDict(
        title="IdleAgent",
        json_schema_extra={
            "example": {
                "agent_id": "ben",
                "since": _AT,
                "task_id": "T21",
                "num_doable": 3,
                "num_skipped": 0,
                "blocked": {"dwell": 4},
                "is_asking": False,
                "why": "free for 4 min: 3 tasks could be done, and the agent has not asked for one",
            }
        },
    )

    agent_id: str
    since: str = Field(json_schema_extra=DATE_TIME)
    task_id: str | None = Field(description="The first task that the agent could do.")
    num_doable: int
    num_skipped: int
    blocked: dict[str, int] = Field(description="How many tasks of the agent's teams are kept from them, by reason.")
    is_asking: bool
    why: str


class IdleListDocument(BaseModel):
    """The agents who are free although work waits, those who have been free longest first."""

    model_config = ConfigDict(title="IdleAgents")

    at: str = Field(json_schema_extra=DATE_TIME)
    items: list[IdleDocument]


def offer_document(offer: Offer) -> OfferDocument:
    """Return an offer as a document."""
    return OfferDocument(
        agent_id=offer.agent_id,
        at=format_instant(offer.at),
        primary=None if offer.primary is None else _offered(offer.primary),
        alternates=[_offered(task) for task in offer.alternates],
        version=offer.version,
        expires_at=show_instant(offer.expires_at),
        num_eligible=offer.num_eligible,
        blocked=_by_word(offer.blocked),
        policy_version=offer.policy_version,
        plan_id=offer.plan_id,
    )


def choices_document(choices: Choices) -> ChoicesDocument:
    """Return what an agent may take as a document."""
    return ChoicesDocument(
        agent_id=choices.agent_id,
        at=format_instant(choices.at),
        num_eligible=choices.num_eligible,
        items=[_offered(task) for task in choices.tasks],
    )


def waiting_document(reason: WaitingReason) -> WaitingDocument:
    """Return why a task waits as a document."""
    planned = reason.planned
    return WaitingDocument(
        task_id=reason.task.id,
        state=reason.task.stage,
        due=show_instant(reason.due),
        sentence=reason.sentence,
        able=[_candidate(one) for one in reason.able],
        blocked=[_candidate(one) for one in reason.blocked],
        num_without=_by_word(reason.num_without),
        before=list(reason.before),
        planned_agent_id=None if planned is None else planned[0],
        planned_at=None if planned is None else format_instant(planned[1]),
    )


def queued_document(queue: LiveQueue, task: OpenTask) -> QueuedTaskDocument:
    """Return a task of the queue as a document."""
    return QueuedTaskDocument(
        task_id=task.id,
        title=task.title,
        type=task.type,
        team=queue.crew.demand_of(task).team,
        client=task.client,
        case=task.case,
        state=task.stage,
        agent_id=task.agent,
        arrived=format_instant(task.arrived),
        due=show_instant(queue.due_of(task.id)),
        pinned_agent_id=task.pinned,
    )


def idle_document(pair: IdlePair) -> IdleDocument:
    """Return an agent who is free although work waits as a document."""
    return IdleDocument(
        agent_id=pair.agent_id,
        since=format_instant(pair.since),
        task_id=pair.task_id,
        num_doable=pair.num_doable,
        num_skipped=pair.num_skipped,
        blocked=_by_word(pair.blocked),
        is_asking=pair.is_asking,
        why=pair.why,
    )


def _offered(task: OfferedTask) -> OfferedTaskDocument:
    return OfferedTaskDocument(
        task_id=task.task_id,
        title=task.title,
        type=task.task_type,
        team=task.team,
        client=task.client,
        case=task.case,
        due=show_instant(task.due),
        rank=task.rank,
        handling_minutes=task.handling_minutes,
        is_planned=task.is_planned,
        index=task.index,
        score=task.score,
        terms=dict(task.terms),
        reasons=list(task.reasons),
    )


def _candidate(one: Candidate) -> CandidateDocument:
    return CandidateDocument(
        agent_id=one.agent_id,
        name=one.name,
        standing=one.standing,
        block=one.block.word,
        detail=one.detail,
    )


def _by_word(counts: Mapping[Block, int]) -> dict[str, int]:
    return {block.word: count for block, count in counts.items() if block.word is not None}
