"""The objective in whole numbers: exact wherever coefficients and weights are decimal fractions that people write."""

import math
from dataclasses import dataclass
from fractions import Fraction

from optimizer.instance import Instance

MOST_PARTS = 10**9
"""Largest common denominator that is taken as it is."""

LARGEST = 2**56
"""No sum of whole costs may be larger: the solver computes in 64 bits."""

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class WholeCosts:
    """What tasks cost, in whole parts of the objective's unit, rounded down where they are no whole parts.

    Attributes
    ----------
    parts : parts in one unit
    error : what rounding may have taken off any total, in units
    rate : (T,) parts per second of tardiness
    late, missed, left : (T,) charges; `left` is without tardiness
    away : parts per second done away from home, as a fraction
    move, preferred, reassigned : charges
    """

    parts: int
    error: Fraction
    rate: list[int]
    late: list[int]
    missed: int
    left: list[int]
    away: Fraction
    move: int
    preferred: int
    reassigned: int

    def away_cost(self, seconds: int) -> int:
        """Return what so many seconds away from home cost, in parts."""
        return math.floor(self.away * seconds)


def count_costs(instance: Instance, horizon: int) -> WholeCosts:
    """Return the costs of an instance in whole parts; no task is tardy by more than `horizon` seconds."""
    objective = instance.objective
    weights = [_fraction(w) for w in instance.task_weight.tolist()]
    tardiness, away = _fraction(objective.tardiness), _fraction(objective.away)
    rates = [tardiness * w / MINUTE for w in weights]
    lates = [
        _fraction(objective.late) * w if due >= 0 else Fraction(0)
        for w, due in zip(weights, instance.task_due.tolist(), strict=True)
    ]
    lefts = [_fraction(objective.carried_over) * w for w in weights]
    rest = [_fraction(x) for x in (objective.missed, objective.move, objective.preferred, objective.reassigned)]
    single = [*rates, *lates, *lefts, *rest, away / MINUTE]
    most = sum(rates) * horizon + sum(lates) + sum(lefts) + len(weights) * (sum(rest) + away * horizon / MINUTE) + 1
    parts = math.lcm(*(f.denominator for f in single))
    error = Fraction(0)
    if parts > MOST_PARTS or parts * most > LARGEST:
        parts = max(1, min(MOST_PARTS, math.floor(LARGEST / most)))
        error = Fraction(len(weights) * (horizon + 8), parts)
    missed, move, preferred, reassigned = (math.floor(f * parts) for f in rest)
    return WholeCosts(
        parts=parts,
        error=error,
        rate=[math.floor(f * parts) for f in rates],
        late=[math.floor(f * parts) for f in lates],
        missed=missed,
        left=[math.floor(f * parts) for f in lefts],
        away=away / MINUTE * parts,
        move=move,
        preferred=preferred,
        reassigned=reassigned,
    )


def _fraction(value: float) -> Fraction:
    """Return the decimal fraction that a number was written as."""
    return Fraction(repr(float(value)))
