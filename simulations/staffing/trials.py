"""What was simulated so far: plans on the same random numbers, so that they can be compared with few replications."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from simulations.engine.layout import Reals
from simulations.staffing.question import Oracle, Plan, StaffingQuestion

FRESH = 1_000_000_000
"""The first replication of those that no search sees, kept to confirm what it found."""

_NOTHING_STARTED = 10.0
"""A figure that is not there because nobody works misses its target by so many times as much as any plan seen."""


@dataclass
class Trials:
    """Rows of replications by plan, each from replication 0 on."""

    question: StaffingQuestion
    oracle: Oracle
    rows: dict[Plan, Reals] = field(default_factory=dict)
    num_replications: int = 0
    num_confirming: int = 0
    anchor: Plan | None = None
    """The plan that was replicated most."""

    _next_fresh: int = FRESH
    _means: dict[tuple[Plan, int], Reals] = field(default_factory=dict)

    def look(self, plan: Plan, num: int) -> Reals:
        """Return so many replications of a plan, or all that there are where these are more."""
        known = self.rows.get(plan)
        have = 0 if known is None else len(known)
        if have < num:
            made = self._complete(plan, self.oracle(plan, have, num), have, num)
            self.rows[plan] = made if known is None else np.concatenate([known, made])
            self.num_replications += num - have
            if self.anchor is None or num > len(self.rows[self.anchor]):
                self.anchor = plan
        return self.rows[plan]

    def get_means(self, plan: Plan, num: int | None = None) -> Reals:
        """Return the mean of each column over the first replications of a plan, or over all that there are."""
        rows = self.rows[plan]
        key = plan, len(rows) if num is None else num
        if key not in self._means:
            self._means[key] = get_means(rows[: key[1]])
        return self._means[key]

    def estimate(self, plan: Plan) -> Reals:
        """Return the means of a plan; of few replications, corrected by how the same ones of the anchor fell out."""
        means = self.get_means(plan)
        num, anchor = len(self.rows[plan]), self.anchor
        if anchor is not None and len(self.rows[anchor]) > num:
            means = means + self.get_means(anchor) - self.get_means(anchor, num)
        return means

    def draw_fresh(self, plan: Plan, num: int) -> Reals:
        """Return so many replications that nobody has seen before."""
        first = self._next_fresh
        self._next_fresh += num
        self.num_confirming += num
        return self.oracle(plan, first, first + num)

    def __iter__(self) -> Iterator[Plan]:
        """Yield the plans in the order in which they were tried."""
        return iter(self.rows)

    def _complete(self, plan: Plan, made: Reals, low: int, high: int) -> Reals:
        """Tell what cannot be observed (no such task came) from what was not (nobody did it, which misses a target)."""
        num_targets = self.question.num_targets
        if plan == self.question.highs or not np.isnan(made[:, :num_targets]).any():
            return made
        most = self.look(self.question.highs, high)[low:high, :num_targets]
        seen = np.concatenate([rows[:, :num_targets] for rows in self.rows.values()])
        worst = -_NOTHING_STARTED * np.maximum(1e-9, np.nanmax(np.abs(seen), axis=0, initial=0.0))
        is_missed = np.isnan(made[:, :num_targets]) & ~np.isnan(most)
        made[:, :num_targets] = np.where(is_missed, worst, made[:, :num_targets])
        return made


def get_means(rows: Reals) -> Reals:
    """Return the mean of each column over the rows in which it was observed; `nan` where in none."""
    seen = ~np.isnan(rows)
    sums = np.where(seen, rows, 0.0).sum(axis=0)
    counts = seen.sum(axis=0)
    means: Reals = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return means
