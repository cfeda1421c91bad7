"""The plan to try next, among those that no cut forbids: the cheapest that should do, or the best below a cost.

References
----------
Atlason, Epelman and Henderson (2004), Call center staffing with simulation and cutting plane methods. Annals of
Operations Research 127, 333-358.
Cezik and L'Ecuyer (2008), Staffing multiskill call centers via linear programming and simulation. Management Science
54(2), 310-323.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from simulations.engine.layout import Reals
from simulations.staffing.question import Plan, StaffingQuestion

_COST_UNITS = 1e9
_FIGURE_UNITS = 1e6
LEAST_SAVING = 1e-6
"""Of the cost of all heads that there may be: less is rounding."""

_MOST_WORK = 0.2
"""In the solver's own seconds, which are the same on every machine; a better plan may be overlooked."""

_PROMISE_GAP = 0.05
"""By how much a better plan may be overlooked, in the units of figures."""


Near = tuple[Plan, int]
"""A plan, and how many heads may be added or taken away in all."""


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """What a plane says that a figure is at most: constant + slopes * heads, in units in which figures compare."""

    constant: float
    slopes: Reals


class Master:
    """Chooses plans.

    Parameters
    ----------
    extra_costs
        What a head of each group changes in the cost of overtime.
    """

    def __init__(self, question: StaffingQuestion, extra_costs: Reals | None = None) -> None:
        self._question = question
        costs = np.array(question.head_costs) + (0.0 if extra_costs is None else extra_costs)
        whole = float(np.abs(costs) @ np.maximum(1, question.highs))
        self._scale = _COST_UNITS / whole if whole > 0 else 1.0
        self._costs = [round(float(cost) * self._scale) for cost in costs]

    def find_cheapest(
        self,
        ceilings: Sequence[Ceiling],
        *,
        below: Plan | None,
        cuts: Sequence[Plan],
        tried: Sequence[Plan],
        near: Near | None = None,
    ) -> Plan | None:
        """Return the cheapest plan whose figures may all be 0 at least; None where there is none.

        Parameters
        ----------
        below
            It must be cheaper than this one.
        cuts
            Plans that miss a target; so do all that have no more heads in any group.
        tried
            Plans that are not wanted themselves.
        near
            It must be near this plan.
        """
        program, heads = self._begin(below, cuts, tried, near)
        for ceiling in ceilings:
            program.add(_sum(ceiling, heads) >= 0)
        program.minimize(cp_model.LinearExpr.weighted_sum(heads, self._costs))
        return _solve(program, heads)[0]

    def find_most_promising(
        self,
        ceilings: Sequence[Ceiling],
        *,
        below: Plan | None,
        cuts: Sequence[Plan] = (),
        tried: Sequence[Plan] = (),
        near: Near | None = None,
    ) -> tuple[Plan | None, float]:
        """Return the plan whose least figure may be highest, and how high any may be: -inf where there is no plan.

        Parameters
        ----------
        below, cuts, tried, near
            As above.
        """
        program, heads = self._begin(below, cuts, tried, near)
        least = program.new_int_var(-(10**12), 10**12, "least")
        for ceiling in ceilings:
            program.add(_sum(ceiling, heads) >= least)
        program.maximize(least)
        plan, bound = _solve(program, heads, gap=_PROMISE_GAP * _FIGURE_UNITS)
        if plan is None:
            return None, bound
        figures = [ceiling.constant + float(ceiling.slopes @ np.array(plan)) for ceiling in ceilings]
        return plan, max(min(figures, default=0.0), bound / _FIGURE_UNITS)

    def _begin(
        self, below: Plan | None, cuts: Sequence[Plan], tried: Sequence[Plan], near: Near | None
    ) -> tuple[cp_model.CpModel, list[Any]]:
        lows, highs = self._question.lows, self._question.highs
        if near is not None:
            lows = tuple(max(low, number - near[1]) for low, number in zip(lows, near[0], strict=True))
            highs = tuple(min(high, number + near[1]) for high, number in zip(highs, near[0], strict=True))
        program = cp_model.CpModel()
        heads = [program.new_int_var(low, high, "") for low, high in zip(lows, highs, strict=True)]
        if below is not None:
            limit = int(np.dot(self._costs, below)) - round(LEAST_SAVING * _COST_UNITS)
            program.add(cp_model.LinearExpr.weighted_sum(heads, self._costs) <= limit)
        if near is not None:
            steps = [program.new_int_var(0, near[1], "") for _ in heads]
            for step, head, number in zip(steps, heads, near[0], strict=True):
                program.add(step >= head - number)
                program.add(step >= number - head)
            program.add(cp_model.LinearExpr.sum(steps) <= near[1])
        more: dict[tuple[int, int], Any] = {}

        def has_more(group: int, number: int) -> Any:
            """Return a literal: more heads than this number."""
            if (group, number) not in more:
                literal = program.new_bool_var("")
                program.add(heads[group] >= number + 1).only_enforce_if(literal)
                program.add(heads[group] <= number).only_enforce_if(~literal)
                more[group, number] = literal
            return more[group, number]

        for plan in cuts:
            if all(number >= low for number, low in zip(plan, lows, strict=True)):  # else it forbids nothing here
                program.add_bool_or(has_more(n, number) for n, number in enumerate(plan) if number < highs[n])
        for plan in tried:
            if all(low <= number <= high for number, low, high in zip(plan, lows, highs, strict=True)):
                others = [has_more(n, number) for n, number in enumerate(plan) if number < highs[n]]
                others += [~has_more(n, number - 1) for n, number in enumerate(plan) if number > lows[n]]
                program.add_bool_or(others)
        return program, heads


def _sum(ceiling: Ceiling, heads: list[Any]) -> Any:
    slopes = [round(float(slope) * _FIGURE_UNITS) for slope in ceiling.slopes]
    return cp_model.LinearExpr.weighted_sum(heads, slopes) + round(ceiling.constant * _FIGURE_UNITS)


def _solve(program: cp_model.CpModel, heads: list[Any], gap: float = 0.0) -> tuple[Plan | None, float]:
    """Return a plan that is best but for the gap, and the bound of the objective: -inf where there is no plan."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = _MOST_WORK
    solver.parameters.absolute_gap_limit = gap
    status = solver.solve(program)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return tuple(int(solver.value(head)) for head in heads), float(solver.best_objective_bound)
    return None, -math.inf if status == cp_model.INFEASIBLE else math.inf
