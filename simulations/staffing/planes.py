"""What simulated plans tell of others: planes above every figure, as far as figures are concave in heads."""

from dataclasses import dataclass, field

import numpy as np

from simulations.engine.layout import Reals
from simulations.staffing.question import Plan
from simulations.staffing.trials import Trials, get_means


@dataclass(eq=False)
class Plane:
    """A plan, and what each further head of each group brings in each column there.

    Attributes
    ----------
    slopes : (C, G)
    lift : (C,) how much more than the plane says was seen of other plans; the planes are raised by it
    """

    base: Plan
    slopes: Reals
    lift: Reals
    _heard: set[Plan] = field(default_factory=set)

    def hear(self, trials: Trials) -> None:
        """Raise the plane where plans turned out better than it says, by what is more than chance."""
        base = trials.rows[self.base]
        position = np.array(self.base)
        for plan, other in trials.rows.items():
            if plan in self._heard or plan == self.base:
                continue
            self._heard.add(plan)
            num = min(len(base), len(other))
            gains = other[:num] - base[:num]
            error = gains.std(axis=0) / np.sqrt(num)
            more = gains.mean(axis=0) - error - self.slopes @ (np.array(plan) - position)
            self.lift = np.fmax(self.lift, more)  # fmax leaves out what was not observed

    def get_constants(self, trials: Trials) -> Reals:
        """Return what the plane says of no heads at all, in each column."""
        constants: Reals = trials.estimate(self.base) + self.lift - self.slopes @ np.array(self.base)
        return constants


def measure_slopes(trials: Trials, base: Plan, others: list[Plan]) -> Reals:
    """Return by how much each column changes with a head of each group, from one neighbour for each group.

    A group without a neighbour has slope 0.
    """
    own = trials.rows[base]
    slopes = np.zeros((own.shape[1], len(base)))
    for other in others:
        (group,) = np.flatnonzero(np.array(other) - np.array(base))
        num = min(len(own), len(trials.rows[other]))
        change = get_means(trials.rows[other][:num] - own[:num]) / (other[group] - base[group])
        slopes[:, group] = np.nan_to_num(change, nan=0.0)
    return slopes
