"""Working time between instants, for many people and instants at once."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.history import US_PER_S, to_local

_SECONDS_PER_DAY = 86_400


class WorkClock:
    """Working time of agents by the office's clock.

    Parameters
    ----------
    stretches
        `agent_idx`, `day` (since 1970), `start`, `end` (minutes from its midnight); of one agent disjoint.
    zone
        Zone of the office's clock.
    """

    def __init__(self, stretches: pd.DataFrame, zone: ZoneInfo) -> None:
        ordered = stretches.sort_values(["agent_idx", "day", "start"], kind="stable")
        midnight = ordered["day"].to_numpy(dtype=np.int64) * _SECONDS_PER_DAY
        self._zone = zone
        self._start = midnight + ordered["start"].to_numpy(dtype=np.int64) * 60
        self._end = midnight + ordered["end"].to_numpy(dtype=np.int64) * 60
        self._base = int(self._start.min()) - 1
        self._width = int(self._end.max()) - self._base + 2
        self._key = ordered["agent_idx"].to_numpy(dtype=np.int64) * self._width + (self._start - self._base)
        self._before = np.concatenate([[0], np.cumsum(self._end - self._start)])

    def minutes_between(
        self, agent_idx: NDArray[np.int64], start_us: NDArray[np.int64], end_us: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return how many minutes of `[start_us, end_us)` lie in each agent's stretches."""
        return (self._until(agent_idx, end_us) - self._until(agent_idx, start_us)) / 60.0

    def _until(self, agent_idx: NDArray[np.int64], instants_us: NDArray[np.int64]) -> NDArray[np.float64]:
        local_s = to_local(instants_us, self._zone) / US_PER_S
        key = agent_idx * self._width + np.clip(local_s - self._base, 0, self._width - 1)
        at = np.searchsorted(self._key, key, side="right") - 1
        is_own = (at >= 0) & (self._key[at] // self._width == agent_idx)
        inside = np.clip(local_s, self._start[at], self._end[at]) - self._start[at]
        # Before an agent's first stretch the sum is what the agents before worked: it cancels in differences.
        first = np.searchsorted(self._key, agent_idx * self._width, side="left")
        return np.where(is_own, self._before[at] + inside, self._before[first])


def office_stretches(
    office_hours: pd.DataFrame, first_day: int, last_day: int, *, closed: Collection[int] = ()
) -> pd.DataFrame:
    """Return when the office is open, as stretches of an agent 0, from the day before the first to that after the last.

    Parameters
    ----------
    office_hours
        `weekday`, `opens`, `closes` (minutes).
    first_day, last_day
        Days since 1970.
    closed
        Days on which it is closed.
    """
    span = np.setdiff1d(np.arange(first_day - 1, last_day + 2), np.array(sorted(closed), dtype=np.int64))
    made = pd.DataFrame({"day": span, "weekday": (span + 3) % 7}).merge(office_hours, on="weekday")
    made = made.rename(columns={"opens": "start", "closes": "end"}).assign(agent_idx=0)
    return made[["agent_idx", "day", "start", "end"]]
