"""A cleaned log as columns of positions and microseconds: what discovery computes on."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import InputError
from models.formats.event_logs.log import SHORTEST_WORK_US, EventLog, Outcome

NAT = int(np.iinfo(np.int64).min)
US_PER_S = 1_000_000
US_PER_MINUTE = 60 * US_PER_S
US_PER_DAY = 86_400 * US_PER_S
NOBODY = -1
ROUND_THE_CLOCK_SHARE = 0.01
"""Whoever does at least this share of one's work in each of the 24 hours of the day is no person."""
LEAST_SYSTEM_INSTANCES = 10
"""With fewer, that none of them lasted a second says nothing: people too click something through now and then."""


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """What a log says of task types that people work on, and of the people.

    Attributes
    ----------
    log
        The log.
    zone
        Zone of the office's clock.
    type_names, agent_names
        Task types and agents, sorted; positions below refer to them.
    milestones
        Types that take nobody's time: in a log with starts, those that never lasted; else those done by nobody known.
    systems
        Names in the column of people that nobody can plan with: in a log with starts those whose work, of ten
        instances or more, never lasted; and those seen around the clock. What they did was done by nobody known.
    rows
        One row a task instance of these types, in the log's order. Columns: `id`, `case`, `type_idx`, `agent_idx`
        (-1 where nobody is known), `enabled_us`, `start_us`, `end_us`, `closed_us` (NAT where unknown), `is_done`,
        `is_enabled_known`, `team` (str or missing), `due_us`.
    presence
        One row a moment at which an agent was seen at work: `agent_idx`, `local_us` (the office's clock).
    """

    log: EventLog
    zone: ZoneInfo
    type_names: tuple[str, ...]
    agent_names: tuple[str, ...]
    milestones: tuple[str, ...]
    systems: tuple[str, ...]
    rows: pd.DataFrame
    presence: pd.DataFrame

    def column(self, name: str) -> NDArray[np.int64]:
        """Return an integer column of `rows`."""
        return self.rows[name].to_numpy(dtype=np.int64)

    def day(self, instants_us: NDArray[np.int64], cut_minute: int) -> NDArray[np.int64]:
        """Return the working day (since 1970) of instants, where days change at a minute of the office's clock."""
        return (to_local(instants_us, self.zone) - cut_minute * US_PER_MINUTE) // US_PER_DAY

    def day_span(self) -> tuple[int, int]:
        """Return the first and the last day (since 1970) of the log."""
        known = np.concatenate([self.column(f"{name}_us") for name in ("enabled", "start", "end")])
        local = to_local(known[known != NAT], self.zone) // US_PER_DAY
        return int(local.min()), int(local.max())


def read_history(log: EventLog, *, zone: ZoneInfo, longest_evidence_hours: float = 8.0) -> History:
    """Return the history that a log tells.

    Parameters
    ----------
    log
        A cleaned log.
    zone
        Zone of the office's clock.
    longest_evidence_hours
        The end of anything that lasted longer says nothing of where its agent was: it was forgotten, or closed by a
        system at night.

    Raises
    ------
    InputError
        If there is no task type, or nobody known did anything.
    """
    frame = log.frame
    us = {name: to_microseconds(frame[name]) for name in ("enabled", "start", "end", "closed", "due")}
    is_task = _is_task(frame, us["start"], us["end"], has_starts=log.has_starts)
    task_types = tuple(sorted(frame["type"][is_task].unique()))
    milestones = tuple(sorted(set(frame["type"].unique()) - set(task_types)))
    people = pd.Index(sorted(frame["agent"][is_task & frame["agent"].notna()].unique()))
    is_system = _find_systems(frame, people, us["start"], us["end"], zone, has_starts=log.has_starts)
    systems, agent_names = tuple(people[is_system]), tuple(people[~is_system])
    if not task_types:
        raise InputError.of(log.source, "no task type takes any time: every instance starts and ends at once")
    if not agent_names:
        raise InputError.of(log.source, "nobody is known who did any of it; name the column of people with --resource")
    agent_idx = _positions(frame["agent"], agent_names)
    rows = pd.DataFrame(
        {
            "id": frame["id"],
            "case": frame["case"],
            "type_idx": _positions(frame["type"], task_types),
            "agent_idx": agent_idx,
            **{f"{name}_us": values for name, values in us.items()},
            "is_done": (frame["outcome"] == Outcome.DONE.value).to_numpy(),
            "is_enabled_known": (frame["enabled_by"] != "nothing").to_numpy(),
            "team": frame["team"],
        }
    )[is_task].reset_index(drop=True)
    return History(
        log=log,
        zone=zone,
        type_names=task_types,
        agent_names=agent_names,
        milestones=milestones,
        systems=systems,
        rows=rows,
        presence=_find_presence(agent_idx, us["start"], us["end"], zone, longest_evidence_hours),
    )


def to_microseconds(instants: pd.Series) -> NDArray[np.int64]:
    """Return instants as microseconds since 1970, NaT as `NAT`."""
    return np.asarray(instants.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64))


def to_local(instants_us: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return what the clocks of a zone show at instants, as microseconds since 1970 of that clock."""
    index = pd.DatetimeIndex(instants_us.astype("datetime64[us]"), tz="UTC")
    return np.asarray(index.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64))


def _is_task(
    frame: pd.DataFrame, start: NDArray[np.int64], end: NDArray[np.int64], *, has_starts: bool
) -> NDArray[np.bool_]:
    if has_starts:
        is_sign = (start != NAT) & (end != NAT) & (end - start >= SHORTEST_WORK_US)
    else:
        is_sign = frame["agent"].notna().to_numpy()
    return np.asarray(pd.Series(is_sign).groupby(frame["type"].to_numpy()).transform("any").to_numpy(dtype=bool))


def _find_systems(
    frame: pd.DataFrame,
    people: pd.Index,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    zone: ZoneInfo,
    *,
    has_starts: bool,
) -> NDArray[np.bool_]:
    who = people.get_indexer(pd.Index(frame["agent"]))
    is_seen = (who >= 0) & (end != NAT)
    by_hour = np.zeros((len(people), 24))
    hour = to_local(end[is_seen], zone) % US_PER_DAY // (60 * US_PER_MINUTE)
    np.add.at(by_hour, (who[is_seen], hour), 1.0)
    share = by_hour / np.maximum(by_hour.sum(axis=1, keepdims=True), 1.0)
    is_system = (share >= ROUND_THE_CLOCK_SHARE).all(axis=1)
    if has_starts:
        has_lasted = is_seen & (start != NAT) & (end - start >= SHORTEST_WORK_US)
        num_seen = np.bincount(who[is_seen], minlength=len(people))
        never_lasted = np.bincount(who[has_lasted], minlength=len(people)) == 0
        is_system |= never_lasted & (num_seen >= LEAST_SYSTEM_INSTANCES)
    return np.asarray(is_system)


def _positions(names: pd.Series, known: tuple[str, ...]) -> NDArray[np.int64]:
    return np.asarray(pd.Index(known).get_indexer(pd.Index(names)), dtype=np.int64)


def _find_presence(
    agent_idx: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    zone: ZoneInfo,
    longest_evidence_hours: float,
) -> pd.DataFrame:
    has_begun = (agent_idx != NOBODY) & (start != NAT)
    is_long = (start != NAT) & (end - start > longest_evidence_hours * 3600 * US_PER_S)
    has_ended = (agent_idx != NOBODY) & (end != NAT) & ~is_long
    moments = np.concatenate([start[has_begun], end[has_ended]])
    return pd.DataFrame(
        {
            "agent_idx": np.concatenate([agent_idx[has_begun], agent_idx[has_ended]]),
            "local_us": to_local(moments, zone),
        }
    )
