"""The referee: judges a plan by its problem's records, and by nothing that the solver says or shares.

Rules and terms are those of `docs/formats/problem.md`; the numbers in the sections below are its rule numbers. Written
to be read beside that page, apart from the solver on purpose: two programs that agree are the evidence.
"""

import math
from dataclasses import dataclass

from models.formats.plan import Objective, Plan
from models.formats.problem import Problem
from optimizer.refereeing.assignments import check_assignments, check_lists, check_reasons
from optimizer.refereeing.court import Court
from optimizer.refereeing.figures import check_claims, score
from optimizer.refereeing.sequences import check_sequence


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a plan is worth, and everything that is wrong with it.

    Attributes
    ----------
    violations
        A sentence for each broken rule and each untrue figure; none where the plan holds.
    objective
        Every term and the total, as they are.
    sunk
        Weighted minutes by which tasks were late before `now`; no part of the objective.
    lower_bound
        The bound that the plan gives, 0 where it gives none.
    """

    violations: tuple[str, ...]
    objective: Objective
    sunk: float
    lower_bound: float

    @property
    def feasible(self) -> bool:
        """Whether the plan keeps every rule, and what it says of itself is true."""
        return not self.violations

    @property
    def gap(self) -> float:
        """Share of the total that lies above the bound."""
        total = self.objective.total
        return (total - self.lower_bound) / total if total > 0 else 0.0


def check(problem: Problem, plan: Plan) -> Verdict:
    """Return what the plan is worth and every rule that it breaks."""
    court = Court(problem, plan)
    violations = [*check_lists(court), *check_reasons(court)]
    stints, broken = check_assignments(court)
    violations += broken
    num_moves = 0
    for sequence in stints.values():
        moves, broken = check_sequence(court, sequence)
        num_moves += moves
        violations += broken
    away_seconds = sum(stint.away_seconds for sequence in stints.values() for stint in sequence)
    objective = score(court, away_seconds, num_moves)
    sunk = math.fsum(task.weight * max(0, problem.now - task.due) for task in problem.tasks) / 60
    violations += check_claims(plan, objective, sunk)
    return Verdict(
        violations=tuple(violations),
        objective=objective,
        sunk=sunk,
        lower_bound=0.0 if plan.lower_bound is None else plan.lower_bound,
    )
