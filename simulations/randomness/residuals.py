"""How much of a duration is still to be expected when some of it has passed."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from simulations.randomness.distributions import DETERMINISTIC, EXPONENTIAL, GAMMA, LOGNORMAL, WEIBULL

LEAST_SURVIVAL = 1e-12
"""A duration that lasts this improbably long is taken to end at the rate that its tail has there."""


def expect_rest(kind: int, a: float, b: float, values: NDArray[np.float64], passed: float) -> float:
    """Return the mean of what is left of a duration of which `passed` is over and that has not ended.

    Parameters
    ----------
    kind, a, b, values
        As `simulations.randomness.distributions.sample` takes them.

    References
    ----------
    Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions, volume 1, 2nd edition (partial
    expectations of the lognormal, gamma and Weibull distributions; what is left is E[X; X > t] / P(X > t) - t).
    """
    if kind == EXPONENTIAL:
        return a
    if kind == DETERMINISTIC:
        return max(0.0, a - passed)
    if kind not in (LOGNORMAL, GAMMA, WEIBULL):
        members = values[int(a) : int(a) + int(b)]
        longer = members[members > passed]
        return float(longer.mean()) - passed if len(longer) else 0.0
    if kind == LOGNORMAL:
        return _rest_of_lognormal(a, b, passed)
    if kind == GAMMA:
        survival, partial = float(gammaincc(b, passed / a)), a * b * float(gammaincc(b + 1.0, passed / a))
        return partial / survival - passed if survival > LEAST_SURVIVAL else a
    power = (passed / a) ** (1.0 / b)
    survival = math.exp(-power)
    if survival > LEAST_SURVIVAL:
        return a * math.gamma(1.0 + b) * float(gammaincc(1.0 + b, power)) / survival - passed
    return a * b * (passed / a) / power


def _rest_of_lognormal(a: float, b: float, passed: float) -> float:
    if passed <= 0.0:
        return math.exp(a + b * b / 2)
    if b == 0.0:
        return max(0.0, math.exp(a) - passed)
    distance = (math.log(passed) - a) / b
    survival = 0.5 * math.erfc(distance / math.sqrt(2.0))
    if survival > LEAST_SURVIVAL:
        partial = math.exp(a + b * b / 2) * 0.5 * math.erfc((distance - b) / math.sqrt(2.0))
        return partial / survival - passed
    return passed * b / distance
