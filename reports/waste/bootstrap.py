"""Intervals of sums over a period, by resampling its days."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

Reals = NDArray[np.float64]

RESAMPLES = 1000
CONFIDENCE = 0.95
LEAST_DAYS = 5
"""With fewer days the days of single agents are drawn instead."""


def find_intervals(amounts: Reals, *, seed: int, confidence: float = CONFIDENCE) -> tuple[Reals, Reals]:
    """Return the ends of intervals of sums, by bootstrap.

    Percentiles are taken a little further out than the confidence says, as far as Student's t is from the normal: with
    few units, percentile intervals are too narrow.

    Parameters
    ----------
    amounts : (K, U)
        Of each sum, what each unit (a day) adds to it.
    seed
        Of the draws.

    Returns
    -------
    low, high : (K,)
        NaN where there are fewer than two units.

    References
    ----------
    Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; Hesterberg (2015), What teachers should know
    about the bootstrap, The American Statistician 69(4), section 4.
    """
    num_sums, num = amounts.shape
    if num < 2:
        return np.full(num_sums, np.nan), np.full(num_sums, np.nan)
    sums = _draw(num, seed) @ amounts.T
    tail = (1 - confidence) / 2
    outer = float(ndtr(np.sqrt(num / (num - 1)) * stdtrit(num - 1, tail)))
    low, high = np.quantile(sums, [outer, 1 - outer], axis=0)
    return low, high


@lru_cache(maxsize=4)
def _draw(num: int, seed: int) -> Reals:
    """Return how often each unit stands in each resample : (RESAMPLES, num)."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(num, np.full(num, 1 / num), size=RESAMPLES).astype(np.float64)
    drawn.flags.writeable = False
    return drawn
