"""When the demo office's open tasks came in: by channel, hour and weekday, and by how long such tasks may wait."""

from collections.abc import Mapping
from datetime import time, timedelta

import numpy as np
from numpy.typing import NDArray

from models.calendar import OfficeCalendar
from models.time import SECONDS_PER_MINUTE, from_wall_clock

HOURLY: Mapping[str, tuple[float, ...]] = {
    "portal": (2, 1, 1, 0, 0, 1, 2, 4, 6, 8, 9, 8, 7, 6, 5, 6, 7, 8, 8, 8, 9, 9, 7, 4),
    "email": (1, 0, 0, 0, 0, 0, 1, 3, 7, 9, 10, 9, 8, 5, 5, 8, 9, 8, 6, 4, 3, 3, 2, 1),
    "phone": (0, 0, 0, 0, 0, 0, 0, 0, 5, 9, 10, 9, 7, 4, 3, 7, 9, 8, 0, 0, 0, 0, 0, 0),
    "letter": (0, 0, 0, 0, 0, 0, 0, 0, 4, 10, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "batch": (0, 0, 0, 0, 0, 6, 10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}
"""Relative number of arrivals in each hour of the day, by channel."""

CLOSED_DAY_SHARE: Mapping[str, float] = {"portal": 0.4, "email": 0.3, "phone": 0.0, "letter": 0.0, "batch": 0.0}
"""Arrivals on a day on which the office is closed, relative to those on an open day."""

LONGEST_AGE_DAYS = 16
OVERDUE_REACH = 1.6


def draw_arrivals(
    generator: np.random.Generator,
    calendar: OfficeCalendar,
    *,
    opening: int,
    channel: str,
    sla_minutes: float,
    overdue_share: float,
    count: int,
) -> NDArray[np.int64]:
    """Return the instants at which tasks that are open at `opening` came in, epoch seconds.

    Candidates follow the channel's hours over the last days; they are kept while they are younger than their
    deadline, and with a chance of `overdue_share` for some time after it.
    """
    if count == 0:
        return np.empty(0, np.int64)
    pool = max(60, 6 * count)
    today = calendar.local_day(opening)
    days = [today - timedelta(days=back) for back in range(LONGEST_AGE_DAYS + 1)]
    day_weights = np.array([1.0 if calendar.is_open_on(day) else CLOSED_DAY_SHARE[channel] for day in days])
    hour_weights = np.array(HOURLY[channel], float)
    midnights = np.array([from_wall_clock(day, time(0), calendar.zone) for day in days], np.int64)

    # Young candidates are as likely as old ones, so that short deadlines too find enough of them.
    reach = _days_within(calendar, opening, sla_minutes * OVERDUE_REACH)
    day_weights[reach + 1 :] = 0.0
    picked = generator.choice(len(days), size=pool, p=day_weights / day_weights.sum())
    hours = generator.choice(24, size=pool, p=hour_weights / hour_weights.sum())
    instants = midnights[picked] + hours * 3600 + generator.integers(0, 3600, pool)

    ages = _open_minutes_until(calendar, opening, instants)
    keep = np.where(ages <= sla_minutes, 1.0, np.where(ages <= OVERDUE_REACH * sla_minutes, overdue_share, 0.0))
    keep[instants >= opening] = 0.0
    kept = np.flatnonzero(generator.random(pool) < keep)
    if len(kept) < count:
        # A deadline shorter than the night before the opening: what is there is drawn more than once.
        candidates = np.flatnonzero(instants < opening) if len(kept) == 0 else kept
        kept = generator.choice(candidates, size=count)
    return np.sort(instants[kept[:count]])


def _days_within(calendar: OfficeCalendar, opening: int, minutes: float) -> int:
    """Return how many days back lies the instant from which so many open minutes have passed."""
    for back in range(1, LONGEST_AGE_DAYS + 1):
        start = from_wall_clock(calendar.local_day(opening) - timedelta(days=back), time(0), calendar.zone)
        if _sum_minutes(calendar.open_stretches(start, opening)) >= minutes:
            return back
    return LONGEST_AGE_DAYS


def _open_minutes_until(calendar: OfficeCalendar, opening: int, instants: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the minutes of open office between each instant and `opening`."""
    edges: list[int] = []
    open_so_far: list[float] = []
    total = 0.0
    for start, end in calendar.open_stretches(int(instants.min()), opening):
        edges += [start, end]
        open_so_far.append(total)
        total += (end - start) / SECONDS_PER_MINUTE
        open_so_far.append(total)
    if not edges:
        return np.zeros(len(instants))
    passed: NDArray[np.float64] = np.interp(instants.astype(float), np.array(edges, float), np.array(open_so_far))
    return total - passed


def _sum_minutes(stretches: list[tuple[int, int]]) -> float:
    return sum(end - start for start, end in stretches) / SECONDS_PER_MINUTE
