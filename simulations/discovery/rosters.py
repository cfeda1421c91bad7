"""Rosters read off what people did: a shift for each day on which somebody was seen, and for the days ahead."""

from enum import StrEnum

import numpy as np
import pandas as pd

from simulations.discovery.hours import (
    LEAST_DAYS,
    LEAST_QUARTERS,
    MINUTES_PER_DAY,
    WorkingDays,
    round_outward,
    weekday_of,
)

USUAL_SHARE = 0.5
"""Share of a weekday's dates on which an agent must have worked for it to be a usual day of theirs."""
LEAST_DATES = 2
ACTIVE_DAYS = 28
"""Who was not seen in the last so many days of the log is on no roster after it."""


class Roster(StrEnum):
    """Which days of the log people are on duty: those on which they were seen, or those on which they usually are."""

    SEEN = "seen"
    USUAL = "usual"


def make_shifts(days: WorkingDays, hours: pd.DataFrame, *, roster: Roster, days_ahead: int) -> pd.DataFrame:
    """Return shifts: `agent_idx`, `day` (since 1970), `start`, `end` (minutes from its midnight), `is_seen`.

    Parameters
    ----------
    days
        Who was seen when.
    hours
        Working hours of every agent and weekday (`find_hours`).
    roster
        Which days of the log are worked. After it only usual days can be known.
    days_ahead
        How many days after the log get shifts.
    """
    seen = _shift_seen_days(days, hours)
    last_day = int(days.frame["day"].max())
    usual = _find_usual(seen)
    ahead = _repeat_usual(usual, seen, first_day=last_day + 1, last_day=last_day + days_ahead)
    if roster is Roster.SEEN:
        made = pd.concat([seen.assign(is_seen=True), ahead.assign(is_seen=False)])
    else:
        before = _repeat_usual(usual, seen, first_day=int(days.frame["day"].min()), last_day=last_day)
        made = pd.concat([before, ahead]).assign(is_seen=False)
    made["end"] = np.minimum(made["end"], days.cut_minute + MINUTES_PER_DAY)
    made["start"] = np.maximum(made["start"], days.cut_minute)
    columns = ["agent_idx", "day", "start", "end", "is_seen"]
    return made[columns].sort_values(["agent_idx", "day"], kind="stable").reset_index(drop=True)


def _shift_seen_days(days: WorkingDays, hours: pd.DataFrame) -> pd.DataFrame:
    """Return a shift for each day on which an agent was seen.

    With signs in `LEAST_QUARTERS` quarter hours or more the shift runs from the first to the last, and one mean gap
    beyond on either side, but for that not beyond the agent's working hours. With fewer, it is the agent's working
    hours, if the signs lie in them or touch them; else, and for guests (seen on fewer than `LEAST_DAYS` days in all),
    it is the stretch of the signs and nothing more: nobody's capacity is made up.
    """
    made = days.frame.merge(hours[["agent_idx", "weekday", "opens", "closes"]], on=["agent_idx", "weekday"])
    first, last = made["first"], made["last"]
    gap = (last - first) / made["num_quarters"].sub(1).clip(lower=1)
    touches_hours = (first <= made["closes"]) & (last >= made["opens"])
    is_guest = made.groupby("agent_idx")["day"].transform("size") < LEAST_DAYS
    reach = gap.where(made["num_quarters"] >= LEAST_QUARTERS, np.where(touches_hours & ~is_guest, MINUTES_PER_DAY, 0.0))
    start = made["opens"].clip(lower=first - reach).clip(upper=first)
    end = made["closes"].clip(upper=last + reach).clip(lower=last)
    made["start"], made["end"] = round_outward(start, end)
    return made[["agent_idx", "day", "weekday", "start", "end"]]


def _find_usual(seen: pd.DataFrame) -> pd.DataFrame:
    """Return the usual shift of agents on the weekdays that they usually work: medians of what they worked."""
    span = seen.groupby("agent_idx")["day"].agg(["min", "max"])
    grouped = seen.groupby(["agent_idx", "weekday"])
    usual = pd.DataFrame({"start": grouped["start"].median(), "end": grouped["end"].median(), "n": grouped.size()})
    usual = usual.reset_index().join(span, on="agent_idx")
    num_dates = _count_weekdays(usual["max"], usual["weekday"]) - _count_weekdays(usual["min"] - 1, usual["weekday"])
    usual = usual[(usual["n"] >= LEAST_DATES) & (usual["n"] >= USUAL_SHARE * num_dates)]
    start, end = round_outward(usual["start"], usual["end"])
    return usual.assign(start=start, end=end)


def _count_weekdays(day: pd.Series, weekday: pd.Series) -> pd.Series:
    """Return how many dates of a weekday there were up to a day, from some fixed day on."""
    return (day - (weekday - 3)) // 7


def _repeat_usual(usual: pd.DataFrame, seen: pd.DataFrame, *, first_day: int, last_day: int) -> pd.DataFrame:
    span = np.arange(first_day, last_day + 1, dtype=np.int64)
    dates = pd.DataFrame({"day": span, "weekday": weekday_of(span)})
    made = dates.merge(usual[["agent_idx", "weekday", "start", "end"]], on="weekday")
    known = seen.groupby("agent_idx")["day"].agg(["min", "max"])
    made = made.join(known, on="agent_idx")
    is_there = (made["day"] >= made["min"]) & (made["day"] <= made["max"] + ACTIVE_DAYS)
    # Nobody is on duty ahead who was gone before the log ended.
    is_there &= (made["day"] <= int(seen["day"].max())) | (made["max"] >= int(seen["day"].max()) - ACTIVE_DAYS)
    return made[is_there][["agent_idx", "day", "start", "end"]]
