"""Cost against on-time share: the plans that no other beats in both."""

from dataclasses import dataclass

import numpy as np

from simulations.staffing.answer import Answer
from simulations.staffing.question import Plan, StaffingQuestion
from simulations.staffing.trials import Trials

REPLICATIONS = 32
"""Of each plan of the frontier at least."""

MOST_PLANS = 12
_STEPS = (-0.1, -0.05, 0.05, 0.1)
"""Of the cost of the plan found: plans that are tried beside those of the search."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A plan with the means of its on-time share (of its least margin where nothing is due) and its cost."""

    plan: Plan
    figure: float
    cost: float


def trace_frontier(answer: Answer, question: StaffingQuestion) -> list[Point]:
    """Return the plans that were tried and that no cheaper one equals, after trying some around the one found."""
    trials = answer.trials
    for step in _STEPS:
        trials.look(_scale(answer.plan, question, step), REPLICATIONS)
    points = _keep_best(trials, question, list(trials))
    if len(points) > MOST_PLANS:
        chosen = {round(n * (len(points) - 1) / (MOST_PLANS - 1)) for n in range(MOST_PLANS)}
        points = [point for n, point in enumerate(points) if n in chosen or point.plan == answer.plan]
    plans = [point.plan for point in points]
    if answer.plan not in plans:
        plans.append(answer.plan)
    for plan in plans:
        trials.look(plan, REPLICATIONS)
    return _keep_best(trials, question, plans)


def _scale(plan: Plan, question: StaffingQuestion, step: float) -> Plan:
    """Return the plan that lies so far on the way to all heads, or to the fewest, by cost."""
    end = question.highs if step > 0 else question.lows
    way = question.count_cost(end) - question.count_cost(plan)
    share = min(1.0, abs(step) * question.count_cost(plan) / abs(way)) if way else 1.0
    made = [round(here + share * (there - here)) for here, there in zip(plan, end, strict=True)]
    return tuple(made)


def _keep_best(trials: Trials, question: StaffingQuestion, plans: list[Plan]) -> list[Point]:
    points = []
    for plan in plans:
        means = trials.estimate(plan)
        figure = means[-2] if not np.isnan(means[-2]) else np.nanmin(means[: question.num_targets], initial=np.inf)
        points.append(Point(plan=plan, figure=float(figure), cost=float(trials.get_means(plan)[-1])))
    points.sort(key=lambda point: (point.cost, -point.figure))
    kept: list[Point] = []
    for point in points:
        if not kept or point.figure > kept[-1].figure:
            kept.append(point)
    return kept
