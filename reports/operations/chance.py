"""What may be chance: permutation within choice sets, and many people or types tested at once.

References
----------
Phipson, Smyth (2010), Permutation p-values should never be zero. Stat. Appl. Genet. Mol. Biol. 9(1).
Benjamini, Hochberg (1995), Controlling the false discovery rate. J. R. Stat. Soc. B 57(1), 289-300.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

MANY = 200
"""The sum over so many choices is as good as normal."""
FURTHER, FEW_ABOVE = 20, 5
"""Where as few draws came up to what was observed, so many times as many are drawn."""
_CHUNK = 2_000_000  # draws that are held at once


def adjust_p_values(p_values: Reals) -> Reals:
    """Return p-values adjusted so that of those up to q at most a part of q is false; NaN where there is none."""
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    if len(known) == 0:
        return adjusted
    order = known[np.argsort(p_values[known], kind="stable")]
    scaled = p_values[order] * len(known) / np.arange(1, len(known) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


@dataclass(frozen=True, kw_only=True)
class _Lots:
    """Choices drawn anew within their sets, against what was observed of each group."""

    scores: Reals
    upto: Reals
    first: Wholes
    total: Reals
    group: Wholes
    observed: Reals

    def count_at_least(self, chosen: NDArray[np.bool_], draws: int, generator: np.random.Generator) -> Reals:
        """Return in how many draws the sum over each chosen group is at least what was observed."""
        found = np.zeros(len(chosen))
        own = np.flatnonzero(chosen[self.group])
        if not len(own):
            return found
        order = own[np.argsort(self.group[own], kind="stable")]
        whose, bounds = np.unique(self.group[order], return_index=True)
        wanted = self.observed[whose] - 1e-9 * np.maximum(np.abs(self.observed[whose]), 1.0)
        base = np.concatenate([[0.0], self.upto])[self.first[:-1][order]]
        last, total = self.first[1:][order] - 1, self.total[order]
        step = max(1, _CHUNK // len(order))
        for begin in range(0, draws, step):
            rows = min(step, draws - begin)
            lots = base + generator.random((rows, len(order))) * total
            member = np.minimum(np.searchsorted(self.upto, lots, side="right"), last)
            found[whose] += (np.add.reduceat(self.scores[member], bounds, axis=1) >= wanted).sum(axis=0)
        return found


def permute_within(
    scores: Reals,
    first: Wholes,
    taken: Wholes,
    group: Wholes,
    *,
    count: Reals,
    num_groups: int,
    draws: int,
    seed: int,
) -> tuple[Reals, Reals, Reals]:
    """Return for each group the mean score of what was taken, what lot would give, and the p-value of as much or more.

    Under the null each choice takes any task of its set alike. Choices are drawn anew within their sets; the sum over a
    group of `MANY` choices or more is normal by then, and its mean and variance under lot are known exactly.

    Parameters
    ----------
    scores
        Of all members of all choice sets, set by set.
    first : (C + 1,)
        Where each set begins among the scores; the last is their number.
    taken : (C,)
        Which member of its set was taken.
    group : (C,)
        Whose choice it was.
    count
        How many tasks each member stands for.

    Returns
    -------
    mean, expected, p : (G,), NaN for a group without choices
    """
    begins = first[:-1]
    num = np.bincount(group, minlength=num_groups).astype(np.float64)
    observed = np.bincount(group, weights=scores[begins + taken], minlength=num_groups).astype(np.float64)
    total = np.add.reduceat(count, begins) if len(begins) else np.zeros(0)
    mean = np.add.reduceat(count * scores, begins) / total if len(begins) else np.zeros(0)
    square = np.add.reduceat(count * scores * scores, begins) / total if len(begins) else np.zeros(0)
    expected = np.bincount(group, weights=mean, minlength=num_groups)
    variance = np.bincount(group, weights=np.maximum(square - mean * mean, 0.0), minlength=num_groups)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = np.full(num_groups, np.nan)
    lots = _Lots(scores=scores, upto=np.cumsum(count), first=first, total=total, group=group, observed=observed)
    few = num < MANY
    for times in (1, FURTHER):
        # Where hardly any draw came up to what was observed, more draws say how rare it is.
        again = few & (num > 0) & (np.isnan(drawn) | ((drawn * (draws + 1) <= FEW_ABOVE) & (times > 1)))
        at_least = lots.count_at_least(again, draws * times, generator)
        drawn[again] = (at_least[again] + 1) / (draws * times + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(variance > 0, (observed - expected) / np.sqrt(variance), 0.0)
        p = np.where(num == 0, np.nan, np.where(num < MANY, drawn, ndtr(-z)))
        return observed / num, expected / num, p
