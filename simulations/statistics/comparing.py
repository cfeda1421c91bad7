"""Comparing two systems that were run with common random numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.statistics.intervals import CONFIDENCE, Estimate, estimate


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The difference of two systems in one figure.

    Attributes
    ----------
    estimate
        Of the second less the first, over pairs of replications.
    variance_ratio
        Measured variance of the difference of independent runs / that of the difference of pairs: how many times the
        replications common random numbers saved; below 1 where they cost. None where nothing varies.
    """

    estimate: Estimate
    variance_ratio: float | None


def compare_pairs(
    first: NDArray[np.float64], second: NDArray[np.float64], *, confidence: float = CONFIDENCE
) -> Difference:
    """Return the difference of two systems from figures by replication, the same random numbers in each pair.

    References
    ----------
    Law (2015), Simulation Modeling and Analysis, 5th edition, sections 10.2.1 and 11.2.
    """
    num = min(len(first), len(second))
    pairs = ~np.isnan(first[:num]) & ~np.isnan(second[:num])
    a, b = first[:num][pairs], second[:num][pairs]
    difference = b - a
    ratio = None
    if len(difference) > 1:
        paired = float(difference.var(ddof=1))
        independent = float(a.var(ddof=1) + b.var(ddof=1))
        ratio = independent / paired if paired > 0 else None
    return Difference(estimate=estimate(difference, confidence=confidence), variance_ratio=ratio)
