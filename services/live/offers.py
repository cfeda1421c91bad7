"""What an agent is offered: a task with why, how long, until when, and its score term by term."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.time import SECONDS_PER_MINUTE
from optimizer.next_task import Block, Term
from optimizer.policy import NO_DUE
from services.live.queue import LiveQueue, Ranked
from services.live.reasons import Reason, find_reasons, tell_reason

NUM_ALTERNATES = 2


@dataclass(frozen=True, kw_only=True)
class OfferedTask:
    """A task that an agent may take.

    Attributes
    ----------
    rank
        Its rank among all that the agent may take now, 1 being the first.
    handling_minutes
        How long it is expected to take this agent.
    is_planned
        Whether the published plan gives it to this agent.
    index, score, terms
        The policy's index, the score, and its terms by name, those that are not 0.
    why
        Why it stands there, what decides first.
    reasons
        The same in English.
    """

    task_id: str
    title: str
    task_type: str
    team: str
    client: str | None
    case: str | None
    due: int | None
    rank: int
    handling_minutes: float
    is_planned: bool
    index: float
    score: float
    terms: Mapping[str, float]
    why: tuple[Reason, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The next best task of an agent.

    Attributes
    ----------
    primary
        The task that is claimed for the agent now; None where there is none.
    alternates
        The next ones, which anybody may take meanwhile.
    version, expires_at
        Of the claim: the version of the task's state, and when the claim ends if the task is not started.
    num_eligible
        How many tasks the agent may take.
    blocked
        How many others wait, by what keeps the agent from them.
    policy_version, plan_id
        What decided.
    """

    agent_id: str
    at: int
    primary: OfferedTask | None
    alternates: tuple[OfferedTask, ...]
    version: int | None
    expires_at: int | None
    num_eligible: int
    blocked: Mapping[Block, int]
    policy_version: str
    plan_id: int | None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What an agent may take now, the best first; `num_eligible` counts those that are not shown, too."""

    agent_id: str
    at: int
    num_eligible: int
    tasks: tuple[OfferedTask, ...]


def describe_offered(queue: LiveQueue, ranked: Ranked, at: int) -> OfferedTask:
    """Return the task at a place of a ranking as it is offered."""
    task, ranking = ranked.tasks[at], ranked.ranking
    planned, due = queue.planned(task.id), float(ranked.due[at])
    demand, zone = queue.crew.demand_of(task), queue.crew.calendar.zone
    why = tuple(find_reasons(queue, ranked, at))
    return OfferedTask(
        task_id=task.id,
        title=task.title,
        task_type=task.type,
        team=demand.team,
        client=task.client,
        case=task.case,
        due=None if due >= NO_DUE else int(due),
        rank=int(ranking.ranks[at]),
        handling_minutes=round(float(ranked.handling_s[at]) / SECONDS_PER_MINUTE, 2),
        is_planned=planned is not None and planned[0] == ranked.agent_id,
        index=float(ranking.index[at]),
        score=float(ranking.terms[at].sum()),
        terms={term.name.lower(): float(ranking.terms[at, term]) for term in Term if ranking.terms[at, term]},
        why=why,
        reasons=tuple(tell_reason(reason, now=ranked.now, zone=zone) for reason in why),
    )


def list_candidates(ranked: Ranked) -> list[int]:
    """Return the places of a ranking that may be offered, the best first: what was skipped today is passed over."""
    return [at for at, task in enumerate(ranked.tasks) if task.id not in ranked.skipped]
