"""Is a mean at least so much? One-sided bounds that heed skewness, and a test that looks again as it goes on."""

import math
from collections.abc import Iterator
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


class Verdict(StrEnum):
    """What is known of a mean against a bound."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


def bound_mean(values: NDArray[np.float64], error: float) -> tuple[float, float]:
    """Return a lower and an upper bound of a mean, each wrong with probability `error`.

    The t statistic is freed of its skewness by a transformation that keeps its order, so that bounds hold in the longer
    tail too.

    References
    ----------
    Hall (1992), On the removal of skewness by transformation. Journal of the Royal Statistical Society B 54(1),
    221-228.
    """
    num = len(values)
    if num < 2:
        return -math.inf, math.inf
    mean, spread = float(values.mean()), float(values.std())
    if spread <= 1e-12 * max(1.0, abs(mean)):
        return mean, mean
    standard = (values - mean) / spread
    skewness = float((standard**3).mean())
    quantile = float(stdtrit(num - 1, 1 - error)) * math.sqrt(num / (num - 1))
    unit = spread / math.sqrt(num)
    return mean - unit * _undo(quantile, skewness, num), mean - unit * _undo(-quantile, skewness, num)


def _undo(quantile: float, skewness: float, num: int) -> float:
    """Return the t statistic whose transform, without skewness, is a quantile."""
    root = math.sqrt(num)
    if abs(skewness) < 1e-6:
        return quantile
    inside = 1 + skewness / root * (quantile - skewness / (6 * root))
    return 3 * root / skewness * (math.cbrt(inside) - 1)


def list_looks(first: int, most: int) -> list[int]:
    """Return after how many observations a test looks: ever twice as many, and at the end."""
    looks = []
    while first < most:
        looks.append(first)
        first *= 2
    return [*looks, most]


def judge_mean(values: NDArray[np.float64], error: float, num_looks: int) -> Verdict:
    """Return whether a mean is at least 0, at one of several looks that share an error for each of the two answers."""
    low, high = bound_mean(values, error / num_looks)
    if low >= 0:
        return Verdict.MET
    return Verdict.MISSED if high < 0 else Verdict.OPEN


def share_error(error: float) -> Iterator[float]:
    """Yield the errors of ever further tests of which all together err no more than so."""
    test = 1
    while True:
        yield error / (test * (test + 1))
        test += 1
