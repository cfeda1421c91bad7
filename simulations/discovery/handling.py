"""How long each instance really took: within working hours, less pauses, shared where one person had several open."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.formats.event_logs.log import SHORTEST_WORK_US
from simulations.discovery.clocks import WorkClock, office_stretches
from simulations.discovery.history import NAT, NOBODY, US_PER_MINUTE, History, to_microseconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Handling:
    """Handling of instances.

    Attributes
    ----------
    minutes : (I,)
        Worked minutes; NaN where not known (no start or no end, or dropped).
    is_instant : (I,) bool
        Whether it took less than a second.
    is_overlapping : (I,) bool
        Whether its agent had other work open at the same time.
    """

    minutes: NDArray[np.float64]
    is_instant: NDArray[np.bool_]
    is_overlapping: NDArray[np.bool_]


def measure_worked(history: History, shifts: pd.DataFrame, office_hours: pd.DataFrame, *, cut_minute: int) -> Handling:
    """Return the worked minutes of each instance, not shared yet.

    An instance within one working day (they change at `cut_minute`) lasted from its start to its end, less pauses.
    One that spans more counts only what lies in its agent's shifts, in office hours where nobody is known.
    """
    start, end = history.column("start_us"), history.column("end_us")
    is_known = (start != NAT) & (end != NAT) & history.rows["is_done"].to_numpy()
    minutes = np.full(len(start), np.nan)
    minutes[is_known] = (end - start)[is_known] / US_PER_MINUTE
    is_instant = is_known & (end - start < SHORTEST_WORK_US)
    office = len(history.agent_names)
    seen = shifts[shifts["is_seen"]] if shifts["is_seen"].any() else shifts
    opens = office_stretches(office_hours, *history.day_span()).assign(agent_idx=office)
    clock = WorkClock(pd.concat([seen, opens]), history.zone)
    who = np.where(history.column("agent_idx") == NOBODY, office, history.column("agent_idx"))
    is_long = is_known.copy()
    is_long[is_known] = history.day(start[is_known], cut_minute) != history.day(end[is_known], cut_minute)
    minutes[is_long] = clock.minutes_between(who[is_long], start[is_long], end[is_long])
    minutes -= _paused_minutes(history, clock, who, is_long)
    return Handling(
        minutes=np.maximum(minutes, 0.0), is_instant=is_instant, is_overlapping=np.zeros(len(start), dtype=bool)
    )


def share_overlaps(history: History, handling: Handling, is_left_out: NDArray[np.bool_]) -> Handling:
    """Return handling in which time that one agent had several instances open counts once, in equal parts.

    Parameters
    ----------
    history
        What happened.
    handling
        Worked minutes, not shared.
    is_left_out : (I,) bool
        Instances that take no part of others' time: those that were forgotten open.
    """
    agent_idx, start, end = history.column("agent_idx"), history.column("start_us"), history.column("end_us")
    takes_part = ~np.isnan(handling.minutes) & ~handling.is_instant & ~is_left_out & (agent_idx != NOBODY)
    at = np.flatnonzero(takes_part)
    part = share_of_time(agent_idx[at], start[at], end[at])
    minutes = handling.minutes.copy()
    minutes[at] *= part
    is_overlapping = np.zeros(len(minutes), dtype=bool)
    is_overlapping[at] = part < 1.0 - 1e-9
    return Handling(minutes=minutes, is_instant=handling.is_instant, is_overlapping=is_overlapping)


def share_of_time(
    agent_idx: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return which part of each interval is its own, where intervals of one agent share every moment equally.

    The parts times the lengths of an agent's intervals sum to the length of their union.
    """
    count = len(start)
    if count == 0:
        return np.zeros(0)
    agents = np.concatenate([agent_idx, agent_idx])
    moments = np.concatenate([start, end])
    steps = np.concatenate([np.ones(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)])
    order = np.lexsort((steps, moments, agents))
    num_open = np.cumsum(steps[order])  # back at zero where an agent's moments end
    lengths = np.diff(moments[order], append=moments[order][-1]).astype(np.float64)
    lengths[num_open == 0] = 0.0
    own = np.concatenate([[0.0], np.cumsum(lengths / np.maximum(num_open, 1))[:-1]])
    place = np.empty(2 * count, dtype=np.int64)
    place[order] = np.arange(2 * count)
    taken = own[place[count:]] - own[place[:count]]
    return np.asarray(np.minimum(taken / np.maximum(end - start, 1), 1.0))


def _paused_minutes(
    history: History, clock: WorkClock, who: NDArray[np.int64], is_long: NDArray[np.bool_]
) -> NDArray[np.float64]:
    paused = np.zeros(len(history.rows))
    pauses = history.log.pauses
    if pauses.empty:
        return paused
    at = pd.Index(history.rows["id"]).get_indexer(pd.Index(pauses["id"]))
    start, end = to_microseconds(pauses["start"]), to_microseconds(pauses["end"])
    is_used = (at >= 0) & (end != NAT)
    at, start, end = at[is_used], start[is_used], end[is_used]
    lasted = np.where(is_long[at], clock.minutes_between(who[at], start, end), (end - start) / US_PER_MINUTE)
    np.add.at(paused, at, lasted)
    return paused
