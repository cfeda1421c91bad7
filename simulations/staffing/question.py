"""What is asked of a search for staffing, in positions and numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine.layout import Reals

Plan = tuple[int, ...]
"""Heads by group."""

Oracle = Callable[[Plan, int, int], Reals]
"""Gets a plan and the numbers of replications from and to; returns a row for each replication: the margin of each
target (at least 0 where it is met, `nan` where nothing was observed), the on-time share, and the cost."""


@dataclass(frozen=True, kw_only=True)
class StaffingQuestion:
    """The least heads of each group, the most, what one costs, and how sure one must be of each target.

    G groups, T targets.

    Attributes
    ----------
    lows, highs : (G,)
    head_costs : (G,) of a head's shifts; overtime comes on top, and is simulated
    errors : (T,) probability with which a target that is missed may be called met
    """

    lows: Plan
    highs: Plan
    head_costs: tuple[float, ...]
    errors: tuple[float, ...]

    @property
    def num_groups(self) -> int:
        """How many groups there are."""
        return len(self.lows)

    @property
    def num_targets(self) -> int:
        """How many targets there are."""
        return len(self.errors)

    @property
    def num_plans(self) -> int:
        """How many plans lie within the limits."""
        return int(np.prod([high - low + 1 for low, high in zip(self.lows, self.highs, strict=True)], dtype=object))

    def count_cost(self, plan: Plan) -> float:
        """Return what the shifts of a plan cost."""
        return float(np.dot(self.head_costs, plan))
