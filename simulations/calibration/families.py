"""The families of durations that a scenario knows, by mean and coefficient of variation: fitted, drawn, evaluated.

A fit keeps the mean of what was observed, whatever the family, because capacity hangs on it; the likelihood gives the
shape.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import special

Reals = NDArray[np.float64]

LEAST_CV, MOST_CV = 0.01, 20.0
"""Within it a shape can be told from few observations, and is drawn without loss."""

_NEWTON_STEPS = 60


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of distributions of mean 1, by coefficient of variation.

    Attributes
    ----------
    fit_cv
        Returns for each row of positive observations the coefficient of variation that fits best, given their mean.
    log_density, cdf
        Of rows of observations divided by their mean, and a coefficient of variation for each row.
    num_parameters
        That are fitted, the mean among them.
    """

    fit_cv: Callable[[Reals], Reals]
    log_density: Callable[[Reals, Reals], Reals]
    cdf: Callable[[Reals, Reals], Reals]
    draw: Callable[[np.random.Generator, float, tuple[int, int]], Reals]
    num_parameters: int


def _clip(cv: Reals) -> Reals:
    return np.clip(cv, LEAST_CV, MOST_CV)


def _fit_lognormal(rows: Reals) -> Reals:
    return _clip(np.sqrt(np.expm1(np.log(rows).var(axis=1))))


def _lognormal(cv: Reals) -> tuple[Reals, Reals]:
    variance = np.log1p(cv**2)[:, np.newaxis]
    return -variance / 2, np.sqrt(variance)


def _lognormal_log_density(rows: Reals, cv: Reals) -> Reals:
    location, scale = _lognormal(cv)
    logs = np.log(rows)
    return -logs - np.log(scale) - 0.5 * math.log(2 * math.pi) - 0.5 * ((logs - location) / scale) ** 2


def _lognormal_cdf(rows: Reals, cv: Reals) -> Reals:
    location, scale = _lognormal(cv)
    return np.asarray(special.ndtr((np.log(rows) - location) / scale))


def _draw_lognormal(generator: np.random.Generator, cv: float, size: tuple[int, int]) -> Reals:
    variance = math.log1p(cv**2)
    return generator.lognormal(-variance / 2, math.sqrt(variance), size)


def _fit_gamma(rows: Reals) -> Reals:
    """Solve log k - digamma(k) = log of the mean less the mean of the logs, by Newton's method on 1 / k.

    References
    ----------
    Minka (2002), Estimating a Gamma distribution.
    """
    gap = np.maximum(np.log(rows.mean(axis=1)) - np.log(rows).mean(axis=1), 1e-9)
    shape = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(_NEWTON_STEPS):
        step = (-gap + np.log(shape) - special.digamma(shape)) / (shape**2 * (1 / shape - special.polygamma(1, shape)))
        new = 1 / (1 / shape + step)
        done = np.abs(new - shape) <= 1e-10 * shape
        shape = new
        if done.all():
            break
    return _clip(1 / np.sqrt(shape))


def _gamma_log_density(rows: Reals, cv: Reals) -> Reals:
    shape = (1 / cv**2)[:, np.newaxis]
    return np.asarray(shape * np.log(shape) - special.gammaln(shape) + (shape - 1) * np.log(rows) - shape * rows)


def _gamma_cdf(rows: Reals, cv: Reals) -> Reals:
    shape = (1 / cv**2)[:, np.newaxis]
    return np.asarray(special.gammainc(shape, shape * rows))


def _draw_gamma(generator: np.random.Generator, cv: float, size: tuple[int, int]) -> Reals:
    shape = 1 / cv**2
    return generator.gamma(shape, 1 / shape, size)


_SHAPES = np.exp(np.linspace(math.log(0.12), math.log(150.0), 4001))
_CVS = np.sqrt(np.maximum(special.gamma(1 + 2 / _SHAPES) / special.gamma(1 + 1 / _SHAPES) ** 2 - 1, 1e-12))
"""The coefficient of variation of Weibull shapes, falling: between them it is interpolated."""


def _weibull_shape(cv: Reals) -> Reals:
    return np.asarray(np.exp(np.interp(-np.log(cv), -np.log(_CVS), np.log(_SHAPES))))


def _fit_weibull(rows: Reals) -> Reals:
    """Solve the likelihood equation of the shape by bisection: its left side grows with the shape.

    References
    ----------
    Johnson, Kotz, Balakrishnan (1994), Continuous Univariate Distributions 1, section 21.4.
    """
    scaled = rows / rows.max(axis=1, keepdims=True)
    logs = np.log(scaled)
    mean_log = logs.mean(axis=1)
    low, high = np.full(len(rows), math.log(_SHAPES[0])), np.full(len(rows), math.log(_SHAPES[-1]))
    for _ in range(_NEWTON_STEPS):
        middle = (low + high) / 2
        shape = np.exp(middle)[:, np.newaxis]
        powers = np.exp(shape * logs)
        value = (powers * logs).sum(axis=1) / powers.sum(axis=1) - 1 / shape[:, 0] - mean_log
        low, high = np.where(value < 0, middle, low), np.where(value < 0, high, middle)
    return _clip(np.exp(np.interp((low + high) / 2, np.log(_SHAPES), np.log(_CVS))))


def _weibull_log_density(rows: Reals, cv: Reals) -> Reals:
    shape = _weibull_shape(cv)[:, np.newaxis]
    scale = 1 / special.gamma(1 + 1 / shape)
    return np.asarray(np.log(shape) - shape * np.log(scale) + (shape - 1) * np.log(rows) - (rows / scale) ** shape)


def _weibull_cdf(rows: Reals, cv: Reals) -> Reals:
    shape = _weibull_shape(cv)[:, np.newaxis]
    return np.asarray(-np.expm1(-((rows * special.gamma(1 + 1 / shape)) ** shape)))


def _draw_weibull(generator: np.random.Generator, cv: float, size: tuple[int, int]) -> Reals:
    shape = float(_weibull_shape(np.array([cv]))[0])
    return np.asarray(generator.weibull(shape, size) / special.gamma(1 + 1 / shape))


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "exponential": Family(
            fit_cv=lambda rows: np.ones(len(rows)),
            log_density=lambda rows, _: -rows,
            cdf=lambda rows, _: -np.expm1(-rows),
            draw=lambda generator, _, size: generator.exponential(1.0, size),
            num_parameters=1,
        ),
        "lognormal": Family(
            fit_cv=_fit_lognormal,
            log_density=_lognormal_log_density,
            cdf=_lognormal_cdf,
            draw=_draw_lognormal,
            num_parameters=2,
        ),
        "gamma": Family(
            fit_cv=_fit_gamma, log_density=_gamma_log_density, cdf=_gamma_cdf, draw=_draw_gamma, num_parameters=2
        ),
        "weibull": Family(
            fit_cv=_fit_weibull,
            log_density=_weibull_log_density,
            cdf=_weibull_cdf,
            draw=_draw_weibull,
            num_parameters=2,
        ),
    }
)


def anderson_darling(probabilities: Reals) -> Reals:
    """Return the statistic of each row of sorted probabilities.

    References
    ----------
    Anderson and Darling (1954), A test of goodness of fit. JASA 49(268), 765-769.
    """
    num = probabilities.shape[1]
    inside = np.clip(probabilities, 1e-15, 1 - 1e-15)
    weights = 2 * np.arange(1, num + 1) - 1
    return np.asarray(-num - (weights * (np.log(inside) + np.log1p(-inside[:, ::-1]))).sum(axis=1) / num)


def kolmogorov_distance(probabilities: Reals) -> float:
    """Return the largest distance of sorted probabilities from those that a perfect fit has."""
    steps = np.arange(len(probabilities) + 1) / len(probabilities)
    return float(max((steps[1:] - probabilities).max(), (probabilities - steps[:-1]).max()))
