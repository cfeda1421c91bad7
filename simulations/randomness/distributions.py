"""Draws of durations, by inversion where the inverse is at hand: the same uniform number then gives a longer time to a
longer distribution, which is what common random numbers live on.
"""

import math

import numpy as np
from numpy.typing import NDArray

from optimizer.kernels import compiled
from simulations.randomness.logarithms import take_log
from simulations.randomness.philox import draw

DETERMINISTIC, EXPONENTIAL, LOGNORMAL, GAMMA, WEIBULL, EMPIRICAL = range(6)
"""What compiled code knows the distributions by."""

MOST_TRIALS = 64
"""Trials for one gamma number; each succeeds with a probability above 0.95."""


@compiled(nogil=True)
def invert_normal(probability: float) -> float:
    """Return the standard normal quantile, to about 16 digits.

    References
    ----------
    Wichura (1988), Algorithm AS 241: the percentage points of the normal distribution. Applied Statistics 37, 477-484.
    """
    q = probability - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727 * r + 33430.575583588128105
        top = (top * r + 67265.770927008700853) * r + 45921.953931549871457
        top = (top * r + 13731.693765509461125) * r + 1971.5909503065514427
        top = (top * r + 133.14166789178437745) * r + 3.387132872796366608
        low = 5226.495278852545925 * r + 28729.085735721942674
        low = (low * r + 39307.89580009271061) * r + 21213.794301586595867
        low = (low * r + 5394.1960214247511077) * r + 687.1870074920579083
        low = (low * r + 42.313330701600911252) * r + 1.0
        return q * top / low
    r = math.sqrt(-take_log(min(probability, 1.0 - probability)))
    if r <= 5.0:
        r -= 1.6
        top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
        top = (top * r + 0.24178072517745061177) * r + 1.27045825245236838258
        top = (top * r + 3.64784832476320460504) * r + 5.7694972214606914055
        top = (top * r + 4.6303378461565452959) * r + 1.42343711074968357734
        low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
        low = (low * r + 0.0151986665636164571966) * r + 0.14810397642748007459
        low = (low * r + 0.68976733498510000455) * r + 1.6763848301838038494
        low = (low * r + 2.05319162663775882187) * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        top = (top * r + 0.0012426609473880784386) * r + 0.026532189526576123093
        top = (top * r + 0.29656057182850489123) * r + 1.7848265399172913358
        top = (top * r + 5.4637849111641143699) * r + 6.6579046435011037772
        low = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
        low = (low * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4
        low = (low * r + 0.0148753612908506148525) * r + 0.13692988092273580531
        low = (low * r + 0.59983220655588793769) * r + 1.0
    return math.copysign(top / low, q)


@compiled(nogil=True)
def draw_gamma(shape: float, seed: int, replication: int, stream: int, index: int, use: int) -> float:
    """Return a gamma number of scale 1; it takes the uses from `use` on, two for each trial.

    References
    ----------
    Marsaglia and Tsang (2000), A simple method for generating gamma variables. ACM Transactions on Mathematical
    Software 26(3), 363-372; section 6 for shapes below 1.
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    value = d
    for trial in range(MOST_TRIALS):
        first, second = draw(seed, replication, stream, index, use + trial)
        normal = invert_normal(first)
        v = (1.0 + c * normal) ** 3
        if v > 0.0 and take_log(second) < 0.5 * normal * normal + d - d * v + d * take_log(v):
            value = d * v
            break
    if shape < 1.0:
        boost, _ = draw(seed, replication, stream, index, use + MOST_TRIALS)
        value *= boost ** (1.0 / shape)
    return value


@compiled(nogil=True)
def sample(
    kind: int,
    a: float,
    b: float,
    values: NDArray[np.float64],
    unit: float,
    seed: int,
    replication: int,
    stream: int,
    index: int,
    use: int,
) -> float:
    """Return a duration: from the uniform number `unit`; of gamma from draws of its own.

    Parameters
    ----------
    kind
        Code of the distribution.
    a, b
        Its parameters, see `get_parameters`; of empirical the first and the number of its `values`.
    """
    if kind == EXPONENTIAL:
        return -a * take_log(unit)
    if kind == LOGNORMAL:
        return math.exp(a + b * invert_normal(unit))
    if kind == DETERMINISTIC:
        return a
    if kind == WEIBULL:
        return a * (-take_log(unit)) ** b
    if kind == GAMMA:
        return a * draw_gamma(b, seed, replication, stream, index, use)
    return float(values[int(a) + int(unit * b)])


def get_parameters(kind: int, mean: float, cv: float) -> tuple[float, float]:
    """Return the parameters `a` and `b` of a distribution of that mean and coefficient of variation."""
    if kind == LOGNORMAL:
        variance = math.log1p(cv * cv)
        return math.log(mean) - variance / 2, math.sqrt(variance)
    if kind == GAMMA:
        return mean * cv * cv, 1 / (cv * cv)
    if kind == WEIBULL:
        power = _find_weibull_power(cv)
        return mean / math.gamma(1 + power), power
    return mean, 0.0


def _find_weibull_power(cv: float) -> float:
    """Return 1 / shape of the Weibull distribution with a coefficient of variation, by bisection."""

    def excess(power: float) -> float:
        return math.lgamma(1 + 2 * power) - 2 * math.lgamma(1 + power) - math.log1p(cv * cv)

    low, high = 0.0, 1.0
    while excess(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2
