"""Why a task is offered, and why it ranks where it does: codes with their values, and the English words for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from models.time import SECONDS_PER_MINUTE
from optimizer.next_task import Term
from optimizer.next_task.terms import LEADS_ORDER, OWN_PLAN
from optimizer.policy import NO_DUE
from services.live.queue import LiveQueue, Ranked
from services.names import lasting, show_clock

WORTH_TELLING = 0.02
"""A term is told where it is at least this part of the largest."""


class ReasonCode(StrEnum):
    """What speaks for a task, or against it."""

    LEAD = "lead"
    """A lead gave it to the agent."""
    ONLY_YOU = "only-you"
    OWN_PLAN = "own-plan"
    """The published plan gives it to the agent, `at` an instant."""
    LATE = "late"
    """It is due since `seconds`."""
    DUE = "due"
    """It is due `at` an instant, in `seconds`."""
    WAITED = "waited"
    """It has no due, and has waited for `seconds`."""
    MUST_BY = "must-by"
    CONTINUITY = "continuity"
    SAME_TYPE = "same-type"
    SETUP = "setup"
    PRICE = "price"
    AWAY = "away"
    MOVE = "move"
    PREFERRED = "preferred"
    SHIFT_END = "shift-end"
    PLANNED_ELSEWHERE = "planned-elsewhere"
    """The published plan gives it to another, `name`."""
    TAKES = "takes"
    """It is expected to take the agent `seconds`."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason: what it is, and the values that belong to its code.

    Attributes
    ----------
    at
        Epoch second.
    """

    code: ReasonCode
    at: int | None = None
    seconds: float = 0.0
    name: str = ""


def find_reasons(queue: LiveQueue, ranked: Ranked, at: int) -> list[Reason]:
    """Return why the task at a place of a ranking stands there, what decides first."""
    task, terms = ranked.tasks[at], ranked.ranking.terms[at]
    tier, now = int(ranked.ranking.tiers[at]), ranked.now
    found: list[Reason] = []
    if tier == LEADS_ORDER:
        found.append(Reason(code=ReasonCode.LEAD if task.pinned_by_lead else ReasonCode.ONLY_YOU))
    planned = queue.planned(task.id)
    if tier == OWN_PLAN and planned is not None:
        found.append(Reason(code=ReasonCode.OWN_PLAN, at=planned[1]))
    due = float(ranked.due[at])
    if due < now:
        found.append(Reason(code=ReasonCode.LATE, seconds=now - due))
    elif due < NO_DUE:
        found.append(Reason(code=ReasonCode.DUE, at=int(due), seconds=due - now))
    else:
        found.append(Reason(code=ReasonCode.WAITED, seconds=max(0.0, now - float(ranked.enabled[at]))))
    if task.must_by is not None and terms[Term.MUST_BY] > 0:
        found.append(Reason(code=ReasonCode.MUST_BY, at=task.must_by))
    if terms[Term.CONTINUITY] > 0:
        found.append(Reason(code=ReasonCode.CONTINUITY))
    if ranked.stint.task_type == task.type and terms[Term.SETUP] == 0:
        found.append(Reason(code=ReasonCode.SAME_TYPE))
    largest = float(abs(terms).max())
    against = [term for term in _AGAINST if terms[term] < 0 and -terms[term] >= WORTH_TELLING * largest]
    found += [Reason(code=_AGAINST[term]) for term in sorted(against, key=lambda term: terms[term])]
    if terms[Term.REASSIGNED] < 0 and planned is not None:
        found.append(Reason(code=ReasonCode.PLANNED_ELSEWHERE, name=queue.crew.name(planned[0])))
    found.append(Reason(code=ReasonCode.TAKES, seconds=float(ranked.handling_s[at])))
    return found


def tell_reason(reason: Reason, *, now: int, zone: tzinfo) -> str:
    """Return a reason in English, by the clock of a zone."""
    at = "" if reason.at is None else show_clock(reason.at, now=now, zone=zone)
    match reason.code:
        case ReasonCode.OWN_PLAN:
            return f"it is yours by the published plan, at {at}"
        case ReasonCode.LATE:
            return f"it is {lasting(reason.seconds)} late"
        case ReasonCode.DUE:
            return f"it is due {at}, in {lasting(reason.seconds)}"
        case ReasonCode.WAITED:
            return f"it has waited for {lasting(reason.seconds)}"
        case ReasonCode.MUST_BY:
            return f"it must be done by {at}"
        case ReasonCode.PLANNED_ELSEWHERE:
            return f"the plan gives it to {reason.name}"
        case ReasonCode.TAKES:
            minutes = reason.seconds / SECONDS_PER_MINUTE
            return f"it takes about {minutes:.0f} min" if minutes >= 1 else "it takes less than a minute"
        case _:
            return _PLAIN[reason.code]


_AGAINST: Mapping[Term, ReasonCode] = {
    Term.SETUP: ReasonCode.SETUP,
    Term.PRICE: ReasonCode.PRICE,
    Term.AWAY: ReasonCode.AWAY,
    Term.MOVE: ReasonCode.MOVE,
    Term.PREFERRED: ReasonCode.PREFERRED,
    Term.SHIFT_END: ReasonCode.SHIFT_END,
}
"""What speaks against a task."""

_PLAIN: Mapping[ReasonCode, str] = {
    ReasonCode.LEAD: "a lead gave it to you",
    ReasonCode.ONLY_YOU: "only you may do it",
    ReasonCode.CONTINUITY: "you know its case",
    ReasonCode.SAME_TYPE: "it is of the type that you are at",
    ReasonCode.SETUP: "changing over to it takes time",
    ReasonCode.PRICE: "others need your skills more",
    ReasonCode.AWAY: "it is another team's",
    ReasonCode.MOVE: "it means a change of team",
    ReasonCode.PREFERRED: "it would rather go to others",
    ReasonCode.SHIFT_END: "it may not be done before your shift ends",
}
