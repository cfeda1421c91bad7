"""Why a task is offered, and why it ranks where it does, in words that an agent understands."""

from models.time import SECONDS_PER_MINUTE
from optimizer.next_task import Term
from optimizer.next_task.terms import LEADS_ORDER, OWN_PLAN
from optimizer.policy import NO_DUE
from services.live.queue import LiveQueue, Ranked
from services.names import lasting, show_clock

WORTH_TELLING = 0.02
"""A term is told where it is at least this part of the largest."""


def tell_reasons(queue: LiveQueue, ranked: Ranked, at: int) -> list[str]:
    """Return why the task at a place of a ranking stands there, what decides first."""
    task, terms = ranked.tasks[at], ranked.ranking.terms[at]
    tier, crew = int(ranked.ranking.tiers[at]), queue.crew
    zone, now = crew.calendar.zone, ranked.now
    said: list[str] = []
    if tier == LEADS_ORDER:
        said.append("a lead gave it to you" if task.pinned_by_lead else "only you may do it")
    planned = queue.planned(task.id)
    if tier == OWN_PLAN and planned is not None:
        said.append(f"it is yours by the published plan, at {show_clock(planned[1], now=now, zone=zone)}")
    due = float(ranked.due[at])
    if due < now:
        said.append(f"it is {lasting(now - due)} late")
    elif due < NO_DUE:
        said.append(f"it is due {show_clock(int(due), now=now, zone=zone)}, in {lasting(due - now)}")
    else:
        said.append(f"it has waited for {lasting(max(0.0, now - float(ranked.enabled[at])))}")
    if task.must_by is not None and terms[Term.MUST_BY] > 0:
        said.append(f"it must be done by {show_clock(task.must_by, now=now, zone=zone)}")
    if terms[Term.CONTINUITY] > 0:
        said.append("you know its case")
    if ranked.stint.task_type == task.type and terms[Term.SETUP] == 0:
        said.append("it is of the type that you are at")
    largest = float(abs(terms).max())
    against = [term for term in _AGAINST if terms[term] < 0 and -terms[term] >= WORTH_TELLING * largest]
    said += [_AGAINST[term] for term in sorted(against, key=lambda term: terms[term])]
    if terms[Term.REASSIGNED] < 0 and planned is not None:
        said.append(f"the plan gives it to {crew.name(planned[0])}")
    minutes = float(ranked.handling_s[at]) / SECONDS_PER_MINUTE
    said.append(f"it takes about {minutes:.0f} min" if minutes >= 1 else "it takes less than a minute")
    return said


_AGAINST = {
    Term.SETUP: "changing over to it takes time",
    Term.PRICE: "others need your skills more",
    Term.AWAY: "it is another team's",
    Term.MOVE: "it means a change of team",
    Term.PREFERRED: "it would rather go to others",
    Term.SHIFT_END: "it may not be done before your shift ends",
}
"""What speaks against a task."""
