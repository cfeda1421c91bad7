"""Plans by a preset, told in the problem's own terms; and what each preset would give."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.vocabulary import PlanStatus
from optimizer.presets import MEANINGS, Preset, apply_preset
from optimizer.referee import check
from optimizer.routing import warm_up
from reports.metrics import due_cohort, num_late, oldest_hours
from services.planning import judge, solve_problem

OWN = "own"
"""The problem's own coefficients and weights, as a row beside the presets."""


@dataclass(frozen=True, kw_only=True)
class PresetRow:
    """What a preset would give.

    Attributes
    ----------
    due, on_time
        Tasks that fall due from `now` until the last shift ends, and those of them that end by their due.
    oldest_left_hours
        Age, when the last shift ends, of the oldest task that is left; None where none is.
    carried_over
        Tasks left for later.
    moves
        Changes of team.
    """

    preset: str
    meaning: str
    due: int
    on_time: int
    oldest_left_hours: float | None
    carried_over: int
    moves: int


def solve_preset(problem: Problem, preset: Preset, *, extra: Mapping[str, Any] | None = None, **options: Any) -> Plan:
    """Return a plan that aims at a preset, with its terms as the problem itself counts them.

    So it holds before the referee for the problem as it is; total and bound by the preset's own coefficients and
    weights stand under `extra.preset`.

    Parameters
    ----------
    options
        Those of `services.planning.solve_problem`.
    """
    aimed = solve_problem(apply_preset(problem, preset), extra=extra, **options)
    told = {"name": preset.value, "total": aimed.objective.total, "lower_bound": aimed.lower_bound}
    bare = replace(aimed, lower_bound=None, status=None)
    objective = check(problem, bare).objective
    status = PlanStatus.OPTIMAL if objective.total == 0 else PlanStatus.FEASIBLE
    plan = replace(bare, objective=objective, status=status, extra={**aimed.extra, "preset": told})
    return judge(problem, plan)


def compare_presets(problem: Problem, **options: Any) -> tuple[PresetRow, ...]:
    """Return what the problem's own aim and each preset would give, each by a solve with the same options."""
    # Else the first of them alone would pay, out of its own time, for the loading of compiled code.
    warm_up()
    own = _describe(problem, solve_problem(problem, **options), OWN, "as the problem has it")
    return (
        own,
        *(
            _describe(problem, solve_preset(problem, preset, **options), preset.value, MEANINGS[preset])
            for preset in Preset
        ),
    )


def _describe(problem: Problem, plan: Plan, name: str, meaning: str) -> PresetRow:
    ends = {item.task: float(item.end) for item in plan.assignments}
    due = np.array([task.due for task in problem.tasks], np.float64)
    completed = np.array([ends.get(task.id, np.nan) for task in problem.tasks], np.float64)
    until = max((shift.end for agent in problem.agents for shift in agent.shifts), default=problem.now)
    arrived = np.array([task.arrived for task in problem.tasks], np.float64)
    num_due = int(np.count_nonzero(due_cohort(due, start=problem.now, end=until)))
    return PresetRow(
        preset=name,
        meaning=meaning,
        due=num_due,
        on_time=num_due - num_late(due, completed, start=problem.now, end=until),
        oldest_left_hours=oldest_hours(arrived[np.isnan(completed)], now=until),
        carried_over=len(plan.unscheduled),
        moves=round(plan.objective.move or 0),
    )
