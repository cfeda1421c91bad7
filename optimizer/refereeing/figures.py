"""What a plan is worth, and whether what it says of itself is true."""

import math
from collections.abc import Iterator

from models.formats.plan import Objective, Plan
from optimizer.refereeing.court import Court
from optimizer.refereeing.stretches import Stretches

TOLERANCE = 1e-6
"""Relative; the figures of a plan may differ from the truth by so much."""

TERMS = ("tardiness", "late", "carried_over", "missed", "away", "move", "preferred", "reassigned")


def score(court: Court, away_seconds: int, num_moves: int) -> Objective:
    """Return the terms of the objective and their total."""
    problem = court.problem
    office = Stretches(problem.office_hours)
    tardiness: list[float] = []
    late: list[float] = []
    carried_over: list[float] = []
    missed = preferred = reassigned = 0
    for task in problem.tasks:
        item = court.placed.get(task.id)
        if item is not None:
            completed = item.end
            preferred += bool(task.preferred_agents) and item.agent not in task.preferred_agents
            reassigned += task.published_agent not in (None, item.agent)
        else:
            own = court.kinds[task.type].carry_over if task.carry_over is None else task.carry_over
            completed = problem.carry_over if own is None else own
            carried_over.append(task.weight)
        overdue_from = max(task.due, problem.now)
        if completed > overdue_from:
            counted = office.between(overdue_from, completed) if problem.office_hours else completed - overdue_from
            tardiness.append(task.weight * counted)
        if task.due >= problem.now and completed > task.due:
            late.append(task.weight)
        missed += task.must_by is not None and completed > task.must_by
    terms: dict[str, float] = {
        "tardiness": math.fsum(tardiness) / 60,
        "late": math.fsum(late),
        "carried_over": math.fsum(carried_over),
        "missed": missed,
        "away": away_seconds / 60,
        "move": num_moves,
        "preferred": preferred,
        "reassigned": reassigned,
    }
    total = math.fsum(getattr(problem.objective, name) * terms[name] for name in TERMS)
    return Objective(**terms, total=total)


def check_claims(plan: Plan, objective: Objective, sunk: float) -> Iterator[str]:
    """What a plan says of itself is true."""
    told = [(name, getattr(plan.objective, name), getattr(objective, name)) for name in (*TERMS, "total")]
    for name, claimed, true in (*told, ("sunk", plan.sunk, sunk)):
        if claimed is not None and not abs(claimed - true) <= TOLERANCE * max(1, abs(true)):
            yield f"the plan reports {claimed:.12g} for {name}; it is {true:.12g}"
    total = objective.total
    bound = 0.0 if plan.lower_bound is None else plan.lower_bound
    # Proven bounds are compared far more strictly than figures: only rounding is forgiven.
    if not bound <= total * (1 + 1e-9) + TOLERANCE:
        yield f"the plan reports a lower bound of {bound:.12g}, above its own total of {total:.12g}"
    status = "optimal" if abs(total - bound) <= TOLERANCE * abs(total) else "feasible"
    if plan.status not in (None, status):
        yield f"the plan reports the status {plan.status}; by its total and its bound it is {status}"
