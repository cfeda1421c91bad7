"""From observed durations to the distribution that stands for them in a scenario, and how well it does."""

from dataclasses import dataclass

import numpy as np

from simulations.calibration.families import FAMILIES, Family, Reals, anderson_darling, kolmogorov_distance

SHORTEST_MINUTES = 1 / 60
LEAST_MEASURED = 5
"""With fewer, nothing is fitted."""
MOST_TESTED = 500
"""The test looks at no more: beyond, it refuses every family for differences that change no figure."""
NUM_BOOTSTRAP = 199
LEAST_P = 0.05
SMALL_DISTANCE = 0.02
"""A fit this near is taken whatever a test of many observations says."""
MOST_INSTANTS_SHARE = 0.02
"""With more that take no time, no family fits: what was observed is drawn from."""
MOST_VALUES = 200


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A distribution that stands for observed durations.

    Attributes
    ----------
    distribution
        A family, or `empirical`.
    values
        Of an empirical one.
    num, num_instants
        Observations, and those among them that took no time.
    best
        The family that fits best, also where it does not fit well enough; None where none was fitted.
    statistic, p_value, distance
        Anderson-Darling's statistic of that family, its p-value by parametric bootstrap, and the Kolmogorov distance.
    """

    distribution: str
    mean: float
    cv: float
    num: int
    num_instants: int = 0
    values: tuple[float, ...] = ()
    best: str | None = None
    statistic: float | None = None
    p_value: float | None = None
    distance: float | None = None


def fit_durations(minutes: Reals) -> Fit | None:
    """Return the distribution of some durations; None where they are too few.

    Among the families the one of the least BIC is taken where a test of goodness of fit does not refuse it, else the
    observations stand for themselves. The p-value is that of a parametric bootstrap: samples of the fitted family are
    fitted alike, and it is the share of them that fit no better. The random numbers are the same each time.

    Parameters
    ----------
    minutes : (N,) at least 0

    References
    ----------
    Stephens (1974), EDF statistics for goodness of fit and some comparisons. JASA 69(347), 730-737.
    Stute, Gonzales Manteiga, Presedo Quindimil (1993), Bootstrap based goodness-of-fit-tests. Metrika 40, 243-256.
    """
    if len(minutes) < LEAST_MEASURED:
        return None
    is_instant = minutes < SHORTEST_MINUTES
    mean = float(minutes.mean())
    if is_instant.all() or mean <= 0:
        return Fit(distribution="deterministic", mean=0.0, cv=0.0, num=len(minutes), num_instants=len(minutes))
    cv = float(minutes.std() / mean)
    num_instants = int(is_instant.sum())
    if cv < 1e-6:
        return Fit(distribution="deterministic", mean=mean, cv=0.0, num=len(minutes))
    if num_instants > MOST_INSTANTS_SHARE * len(minutes):
        return _as_observed(minutes, cv, num_instants)
    positive = np.maximum(minutes, SHORTEST_MINUTES)[np.newaxis] / mean
    best, best_cv = _choose(positive)
    family = FAMILIES[best]
    distance = kolmogorov_distance(np.sort(family.cdf(positive, np.array([best_cv]))[0]))
    statistic, p_value = _test(family, positive[0])
    fit = Fit(
        distribution=best,
        mean=mean,
        cv=best_cv,
        num=len(minutes),
        num_instants=num_instants,
        best=best,
        statistic=statistic,
        p_value=p_value,
        distance=distance,
    )
    if p_value >= LEAST_P or distance <= SMALL_DISTANCE:
        return fit
    return _as_observed(minutes, cv, num_instants, refused=fit)


def _as_observed(minutes: Reals, cv: float, num_instants: int, refused: Fit | None = None) -> Fit:
    values = np.sort(minutes)
    if len(values) > MOST_VALUES:
        # The mean of each of so many parts of equal weight: what hangs on the mean is kept.
        values = np.array([part.mean() for part in np.array_split(values, MOST_VALUES)])
    return Fit(
        distribution="empirical",
        mean=float(values.mean()),
        cv=cv,
        num=len(minutes),
        num_instants=num_instants,
        values=tuple(values.tolist()),
        best=None if refused is None else refused.best,
        statistic=None if refused is None else refused.statistic,
        p_value=None if refused is None else refused.p_value,
        distance=None if refused is None else refused.distance,
    )


def _choose(row: Reals) -> tuple[str, float]:
    """Return the family of the least BIC and its coefficient of variation, of one row of mean 1."""
    num = row.shape[1]
    found: list[tuple[float, str, float]] = []
    for name, family in FAMILIES.items():
        cv = family.fit_cv(row)
        likelihood = float(family.log_density(row, cv).sum())
        found.append((family.num_parameters * np.log(num) - 2 * likelihood, name, float(cv[0])))
    _, name, best_cv = min(found)
    return name, best_cv


def _test(family: Family, row: Reals) -> tuple[float, float]:
    """Return the statistic of a family fitted to observations and its p-value."""
    generator = np.random.Generator(np.random.Philox(key=len(row)))
    seen = row if len(row) <= MOST_TESTED else generator.choice(row, MOST_TESTED, replace=False)
    seen = seen[np.newaxis] / seen.mean()
    statistic = float(_statistics(family, seen)[0])
    drawn = family.draw(generator, float(family.fit_cv(seen)[0]), (NUM_BOOTSTRAP, seen.shape[1]))
    drawn = np.maximum(drawn, 1e-12)
    others = _statistics(family, drawn / drawn.mean(axis=1, keepdims=True))
    return statistic, float((1 + (others >= statistic).sum()) / (NUM_BOOTSTRAP + 1))


def _statistics(family: Family, rows: Reals) -> Reals:
    return anderson_darling(np.sort(family.cdf(rows, family.fit_cv(rows)), axis=1))
