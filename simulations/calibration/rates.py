"""Rates of arrival by weekday and hour: as few different ones as the counts bear out, and how days differ besides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

HOURS_PER_DAY, DAYS_PER_WEEK = 24, 7
LEAST_P = 0.01
LEAST_LOT_SHARE = 0.5
"""Arrivals come in lots where at least so many of them share their second with another."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A rate that holds on some weekdays (Monday is 0) from one full hour to another."""

    weekdays: tuple[int, ...]
    first_hour: int
    last_hour: int
    per_hour: float


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How something arrives.

    Attributes
    ----------
    windows
        Where the rate, of lots, is above 0.
    day_cv
        How much days of one weekday differ beyond what chance makes of a rate; 0 where it is no more.
    lot
        How many come at a time.
    num
        Arrivals that were counted.
    dispersion_p
        p-value of the test that days differ by chance alone.
    """

    windows: tuple[Window, ...]
    day_cv: float
    lot: int
    num: int
    dispersion_p: float | None


def find_rates(
    weekday: NDArray[np.int64],
    hour: NDArray[np.int64],
    day: NDArray[np.int64],
    second: NDArray[np.int64],
    num_days: int,
    first_weekday: int,
) -> Rates:
    """Return the rates of arrivals over whole days.

    Weekdays are put together, and hours, as long as the likelihood does not lose more than the description gains by
    it (BIC): a type of which few came has few rates.

    Parameters
    ----------
    weekday, hour, day, second : (N,)
        Of each arrival by the clock of the office; `day` counts from the first, `second` is any count of seconds.
    num_days, first_weekday
        Days that were watched, and the weekday of the first.

    References
    ----------
    Schwarz (1978), Estimating the dimension of a model. Annals of Statistics 6(2), 461-464.
    Jackson et al. (2005), An algorithm for optimal partitioning of data on an interval. IEEE Signal Processing Letters
    12(2), 105-108.
    """
    lot = _find_lot(second)
    if lot > 1:
        _, first = np.unique(second, return_index=True)
        weekday, hour, day = weekday[first], hour[first], day[first]
        share = len(second) / (lot * len(first))  # lots are counted so that the arrivals in them stay as many
    else:
        share = 1.0
    counts = np.zeros((DAYS_PER_WEEK, HOURS_PER_DAY))
    np.add.at(counts, (weekday, hour), 1.0)
    days = np.bincount((first_weekday + np.arange(num_days)) % DAYS_PER_WEEK, minlength=DAYS_PER_WEEK)
    groups = _group_weekdays(counts, days)
    windows: list[Window] = []
    expected = np.zeros(DAYS_PER_WEEK)
    for group in groups:
        members = list(group)
        exposure = float(days[members].sum())
        if exposure == 0:
            continue
        total = counts[members].sum(axis=0)
        expected[members] = total.sum() / exposure
        _, edges = _partition(total, exposure, _penalty(counts))
        for low, high in edges:
            rate = share * total[low:high].sum() / (exposure * (high - low))
            if rate > 0:
                windows.append(Window(weekdays=group, first_hour=low, last_hour=high, per_hour=rate))
    num_groups = sum(days[list(group)].sum() > 0 for group in groups)
    seen = np.bincount(day, minlength=num_days)[:num_days].astype(np.float64)
    mean = expected[(first_weekday + np.arange(num_days)) % DAYS_PER_WEEK]
    cv, p_value = _find_day_cv(seen, mean, num_groups)
    return Rates(windows=tuple(windows), day_cv=cv, lot=lot, num=len(second), dispersion_p=p_value)


def _find_lot(second: NDArray[np.int64]) -> int:
    if len(second) == 0:
        return 1
    _, sizes = np.unique(second, return_counts=True)
    if sizes[sizes > 1].sum() < LEAST_LOT_SHARE * len(second):
        return 1
    return max(1, round(len(second) / len(sizes)))


def _penalty(counts: NDArray[np.float64]) -> float:
    """Return what one more rate costs: two numbers, the rate and where it begins."""
    return float(np.log(max(counts.sum(), 2.0)))


def _partition(counts: NDArray[np.float64], exposure: float, penalty: float) -> tuple[float, list[tuple[int, int]]]:
    """Return the cost of the best rates of a day, and the hours between which each holds."""
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    best = np.zeros(len(counts) + 1)
    came_from = np.zeros(len(counts) + 1, dtype=np.int64)
    for high in range(1, len(counts) + 1):
        lows = np.arange(high)
        num = sums[high] - sums[:high]
        mean = num / (exposure * (high - lows))
        loss = num - num * np.log(np.where(num > 0, mean, 1.0))
        cost = best[:high] + loss + penalty
        came_from[high] = int(cost.argmin())
        best[high] = cost.min()
    edges: list[tuple[int, int]] = []
    high = len(counts)
    while high > 0:
        edges.append((int(came_from[high]), high))
        high = int(came_from[high])
    return float(best[-1]), edges[::-1]


def _group_weekdays(counts: NDArray[np.float64], days: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """Return which weekdays have the same rates: pairs of groups are joined as long as that costs nothing."""
    penalty = _penalty(counts)

    def cost(group: Sequence[int]) -> float:
        members = list(group)
        return _partition(counts[members].sum(axis=0), max(float(days[members].sum()), 1e-9), penalty)[0]

    groups: list[tuple[int, ...]] = [(weekday,) for weekday in range(DAYS_PER_WEEK)]
    costs = [cost(group) for group in groups]
    while len(groups) > 1:
        joined = [
            (cost(groups[a] + groups[b]) - costs[a] - costs[b], a, b)
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
        ]
        gain, a, b = min(joined)
        if gain > 0:
            break
        together = tuple(sorted(groups[a] + groups[b]))
        kept = [n for n in range(len(groups)) if n not in (a, b)]
        groups, costs = [groups[n] for n in kept] + [together], [costs[n] for n in kept] + [cost(together)]
    return sorted(groups)


def _find_day_cv(seen: NDArray[np.float64], mean: NDArray[np.float64], num_groups: int) -> tuple[float, float | None]:
    """Return the spread of the days' own factors, by moments, where a test says that there is one."""
    open_days = mean > 0
    free = int(open_days.sum()) - num_groups
    if free < 1:
        return 0.0, None
    excess = (seen - mean)[open_days] ** 2
    p_value = float(chdtrc(free, (excess / mean[open_days]).sum()))
    if p_value >= LEAST_P:
        return 0.0, p_value
    variance = excess.sum() * open_days.sum() / free - mean[open_days].sum()
    return float(np.sqrt(max(variance / (mean[open_days] ** 2).sum(), 0.0))), p_value
