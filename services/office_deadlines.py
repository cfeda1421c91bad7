"""Deadlines by service level: so many minutes of open office after a task arrived."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.calendar import LONGEST_CLOSURE_DAYS, OfficeCalendar
from models.time import SECONDS_PER_DAY, SECONDS_PER_MINUTE

_FIRST_REACH_DAYS = 30


def due_after_open_minutes(
    calendar: OfficeCalendar, arrived: Sequence[int], minutes: Sequence[float]
) -> NDArray[np.int64]:
    """Return for each instant that by which the office has been open for so many minutes since.

    The same as `OfficeCalendar.after_open_minutes`, for many at once.

    Raises
    ------
    ValueError
        If the office is closed for longer than a year before that.
    """
    if not len(arrived):
        return np.empty(0, np.int64)
    starts = np.asarray(arrived, np.int64)
    wanted = np.rint(np.asarray(minutes, np.float64) * SECONDS_PER_MINUTE).astype(np.int64)
    first, reach = int(starts.min()), _FIRST_REACH_DAYS
    while True:
        last = int(starts.max()) + reach * SECONDS_PER_DAY
        stretches = np.array(calendar.open_stretches(first, last), np.int64).reshape(-1, 2)
        opens, closes = stretches[:, 0], stretches[:, 1]
        until = np.cumsum(closes - opens)  # open seconds from the first instant to the end of each stretch
        before = np.concatenate((np.zeros(1, np.int64), until))
        running = np.searchsorted(closes, starts, side="right")  # the stretch open at the instant, or the next
        inside = np.zeros(len(starts), np.int64)
        is_before_last = running < len(opens)
        inside[is_before_last] = np.maximum(0, starts[is_before_last] - opens[running[is_before_last]])
        target = before[running] + inside + wanted
        if len(until) and target.max() <= until[-1]:
            stretch = np.searchsorted(until, target, side="left")
            reached: NDArray[np.int64] = opens[stretch] + target - before[stretch]
            return reached
        closed_since = int(closes[-1]) if len(closes) else first
        if last - closed_since > LONGEST_CLOSURE_DAYS * SECONDS_PER_DAY:
            raise ValueError("the office does not open within a year")
        reach *= 2
