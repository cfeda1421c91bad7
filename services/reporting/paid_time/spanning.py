"""What all sources need of stretches of time: days, overtime, breaks that pause what spans them, repeated steps."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from models.time import from_wall_clock, to_datetime
from reports.waste.history import WORK, Beginning
from reports.waste.spans import Wholes, positions_in, split, unite

OVERTIME_REACH_S = 4 * 3600
"""Work recorded so near to a shift is overtime of it; further away it is in no shift."""

_WORK = [kind.value for kind in WORK]


def list_days(first: int, last: int, zone: ZoneInfo) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the midnights and the names of the days in which `[first, last]` lies."""
    day, final = to_datetime(first, zone).date(), to_datetime(max(first, last), zone).date()
    days = [day + timedelta(days=ahead) for ahead in range((final - day).days + 1)]
    edges = [midnight(each, zone) for each in [*days, final + timedelta(days=1)]]
    return tuple(edges), tuple(each.isoformat() for each in days)


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the instant at which a day begins."""
    return from_wall_clock(day, time(0), zone)


def find_overtime(stretches: pd.DataFrame, shifts: pd.DataFrame, *, reach: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return recorded overtime as `agent`, `start`, `end`: work outside shifts that lies wholly within reach of them.

    Parameters
    ----------
    shifts
        `agent`, `start`, `end`, breaks included.
    reach
        Stretches of time in which work counts as overtime; within `OVERTIME_REACH_S` of a shift where None.
    """
    work = stretches[stretches["kind"].isin(_WORK) & stretches["end"].notna()]
    agents = _index_agents(work, shifts, shifts if reach is None else reach)
    inside = _spans(agents, shifts)
    if reach is None:
        owner, start, end = inside
        near = unite(owner, np.maximum(start - OVERTIME_REACH_S, 0), end + OVERTIME_REACH_S)
    else:
        near = _spans(agents, reach)
    who, begins, ends = _columns(agents, work)
    row, low, high, span = split(who, begins, ends, near)
    is_whole = (span >= 0) & (low == begins[row]) & (high == ends[row])
    row, low, high = row[is_whole], low[is_whole], high[is_whole]
    of, over_low, over_high, span = split(who[row], low, high, inside)
    outside = span < 0
    names = agents.to_numpy(dtype=object)
    return pd.DataFrame({"agent": names[who[row[of[outside]]]], "start": over_low[outside], "end": over_high[outside]})


def pause_outside(stretches: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    """Return stretches without the breaks and nights that they span; what lies wholly outside stays as it is."""
    is_open = stretches["end"].isna() | (stretches["end"] <= stretches["start"])
    closed = stretches[~is_open].reset_index(drop=True)
    if closed.empty or paid.empty:
        return stretches
    agents = _index_agents(closed, paid)
    who, start, end = _columns(agents, closed)
    row, low, high, span = split(who, start, end, _spans(agents, paid))
    inside = span >= 0
    row, low, high = row[inside], low[inside], high[inside]
    pieces = closed.iloc[row].copy()
    pieces["start"], pieces["end"] = low, high.astype(np.float64)
    is_later = np.zeros(len(row), dtype=bool)
    is_later[1:] = row[1:] == row[:-1]
    pieces.loc[is_later, "begun"] = Beginning.CONTINUED.value
    untouched = closed[~np.isin(np.arange(len(closed)), row)]
    return pd.concat([pieces, untouched, stretches[is_open]], ignore_index=True)


def without(spans: pd.DataFrame, holes: pd.DataFrame) -> pd.DataFrame:
    """Return spans (`agent`, `start`, `end`) less holes of the same form."""
    agents = _index_agents(spans, holes)
    who, start, end = _columns(agents, spans)
    row, low, high, span = split(who, start, end, _spans(agents, holes))
    kept = span < 0
    return pd.DataFrame({"agent": agents.to_numpy(dtype=object)[who[row[kept]]], "start": low[kept], "end": high[kept]})


def find_repeated(
    cases: pd.Series, types: pd.Series, start: pd.Series, end: pd.Series, is_done: pd.Series
) -> pd.Series:
    """Return which work repeats a step: one of its case and type had been completed before it began.

    Parameters
    ----------
    cases
        Missing where a task belongs to none.
    """
    known = is_done & end.notna() & cases.notna()
    keys = pd.DataFrame({"case": cases, "type": types})
    first = pd.DataFrame({**keys[known], "end": end[known]}).groupby(["case", "type"])["end"].min().rename("first")
    earliest = keys.merge(first.reset_index(), on=["case", "type"], how="left")["first"].to_numpy()
    begins = start.to_numpy()
    is_own = end.to_numpy() <= begins  # what has no length ends as it begins
    return pd.Series((begins >= earliest) & ~is_own, index=cases.index)


def _index_agents(*frames: pd.DataFrame) -> pd.Index:
    return pd.Index(sorted({str(agent) for frame in frames for agent in frame["agent"].unique()}))


def _columns(agents: pd.Index, spans: pd.DataFrame) -> tuple[Wholes, Wholes, Wholes]:
    return (
        positions_in(agents, spans["agent"]),
        spans["start"].to_numpy(dtype=np.int64),
        spans["end"].to_numpy(dtype=np.int64),
    )


def _spans(agents: pd.Index, spans: pd.DataFrame) -> tuple[Wholes, Wholes, Wholes]:
    return unite(*_columns(agents, spans))
