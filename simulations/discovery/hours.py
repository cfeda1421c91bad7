"""When people worked: by day, usually by weekday, and when the office is open.

A working day runs from one quietest hour of the office to the next, so that a late shift is one day. Minutes count
from midnight of the day on which it began: 1,500 is 01:00 on the next.

References
----------
Lopez-Pintado, Dumas, Berx (2024), Discovery, simulation, and optimization of business processes with differentiated
resources, section 3 (calendars need a support threshold and a fallback).
Goodman (1952), Serial number analysis, section 2: the ends of a range from m points spread over it lie one mean gap
beyond the outermost.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.history import US_PER_DAY, US_PER_MINUTE

QUARTER = 15
MINUTES_PER_DAY = 1440
LEAST_QUARTERS = 4
"""Quarter hours of a day in which a person must have been seen for that day to tell when the person came and went."""
LEAST_DAYS = 5
"""Such days of a weekday that a person must have for hours of one's own on that weekday, and so for a team."""
BAND = (0.10, 0.90)
"""Of one's own days' first and last moments: working hours run from the one to the other."""
TYPICAL = (0.50, 0.50)
"""Of the days of colleagues: their hours taken together are longer than anybody's."""
OPEN_SHARE = 0.5
"""Share of the dates of a weekday on which somebody must have worked for the office to be open on it."""
NIGHT_HOURS = 8
QUIET_SHARE = 0.02
"""A night is quiet, and a working day ends in it, where six hours of it hold at most this share of all signs."""
BUSY_SHARE = 0.1
"""Share of the busiest weekday's people that an open weekday has at least."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingDays:
    """Who was seen when.

    Attributes
    ----------
    cut_minute
        Minute of the day at which a working day ends and the next begins.
    frame
        One row an agent and working day: `agent_idx`, `day` (days since 1970), `weekday` (Monday is 0), `first` and
        `last` (minutes), `num_quarters` in which the agent was seen.
    """

    cut_minute: int
    frame: pd.DataFrame


def find_working_days(presence: pd.DataFrame) -> WorkingDays:
    """Return who worked on which days, from moments at which people were seen."""
    local = presence["local_us"].to_numpy(dtype=np.int64)
    cut = _quietest_minute(local)
    day = (local - cut * US_PER_MINUTE) // US_PER_DAY
    minute = (local - day * US_PER_DAY) / US_PER_MINUTE
    seen = pd.DataFrame(
        {"agent_idx": presence["agent_idx"].to_numpy(), "day": day, "minute": minute, "quarter": minute // QUARTER}
    )
    grouped = seen.groupby(["agent_idx", "day"], sort=True)
    frame = pd.DataFrame(
        {
            "first": grouped["minute"].min(),
            "last": grouped["minute"].max(),
            "num_quarters": grouped["quarter"].nunique(),
        }
    ).reset_index()
    frame["weekday"] = weekday_of(frame["day"].to_numpy(dtype=np.int64))
    return WorkingDays(cut_minute=cut, frame=frame)


def weekday_of(day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return weekdays (Monday is 0) of days since 1970."""
    return np.asarray((day + 3) % 7)  # 1 January 1970 was a Thursday


def find_hours(days: WorkingDays, team_idx: NDArray[np.int64]) -> pd.DataFrame:
    """Return the working hours of every agent on every weekday.

    Hours run from the 10 % quantile of the first to the 90 % quantile of the last moments at which the agent was
    seen, of days with at least `LEAST_QUARTERS` quarter hours of signs; of the weekday where there are `LEAST_DAYS`
    such days, else of all the agent's days. With fewer, they are a colleague's typical day, from the median of the
    first to the median of the last moments: of the team on that weekday, of the team, of the office.

    Parameters
    ----------
    days
        Who was seen when.
    team_idx : (A,)
        Home team of each agent.

    Returns
    -------
    pd.DataFrame
        `agent_idx`, `weekday`, `opens`, `closes` (minutes, on quarter hours), `basis` (`person-weekday`, `person`,
        `team-weekday`, `team`, `office`), `num_days` behind it.
    """
    full = days.frame[days.frame["num_quarters"] >= LEAST_QUARTERS]
    if full.empty:  # a handful of rows: what there is
        full = days.frame
    full = full.assign(team_idx=team_idx[full["agent_idx"].to_numpy()], office=0)
    made = pd.DataFrame(
        {"agent_idx": np.repeat(np.arange(len(team_idx)), 7), "weekday": np.tile(np.arange(7), len(team_idx))}
    )
    made["team_idx"], made["office"] = team_idx[made["agent_idx"].to_numpy()], 0
    made["opens"], made["closes"], made["basis"], made["num_days"] = np.nan, np.nan, "", 0
    for basis, keys in (
        ("person-weekday", ["agent_idx", "weekday"]),
        ("person", ["agent_idx"]),
        ("team-weekday", ["team_idx", "weekday"]),
        ("team", ["team_idx"]),
        ("office", ["office"]),
    ):
        grouped = full.groupby(keys)
        low, high = BAND if basis.startswith("person") else TYPICAL
        band = pd.DataFrame(
            {"o": grouped["first"].quantile(low), "c": grouped["last"].quantile(high), "n": grouped.size()}
        )
        if basis != "office":
            band = band[band["n"] >= LEAST_DAYS]
        found = made[keys].join(band, on=keys)
        take = made["opens"].isna() & found["o"].notna()
        made.loc[take, "opens"], made.loc[take, "closes"] = found.loc[take, "o"], found.loc[take, "c"]
        made.loc[take, "basis"], made.loc[take, "num_days"] = basis, found.loc[take, "n"].astype(np.int64)
    made["opens"], made["closes"] = round_outward(made["opens"], made["closes"])
    return made.drop(columns=["team_idx", "office"])


def find_office_hours(days: WorkingDays) -> pd.DataFrame:
    """Return when the office is open: `weekday`, `opens`, `closes` (minutes, on quarter hours).

    A weekday is open where somebody worked on at least half of its dates, and at least a tenth as many people as on
    the busiest weekday; from the 5 % quantile of first to the 95 % quantile of last moments.
    """
    frame = days.frame
    span = np.arange(frame["day"].min(), frame["day"].max() + 1)
    num_dates = np.bincount(weekday_of(span), minlength=7)
    num_worked = frame.groupby("weekday")["day"].nunique().reindex(range(7), fill_value=0).to_numpy()
    num_people = np.bincount(frame["weekday"], minlength=7)
    is_open = (num_worked >= OPEN_SHARE * num_dates) & (num_people >= BUSY_SHARE * num_people.max()) & (num_worked > 0)
    full = frame[(frame["num_quarters"] >= LEAST_QUARTERS) & is_open[frame["weekday"].to_numpy()]]
    full = full if not full.empty else frame
    grouped = full.groupby("weekday")
    made = pd.DataFrame({"opens": grouped["first"].quantile(0.05), "closes": grouped["last"].quantile(0.95)})
    made["opens"], made["closes"] = round_outward(made["opens"], made["closes"])
    return made.reset_index()


def find_closed_days(days: WorkingDays, office_hours: pd.DataFrame, *, least_people: int = 5) -> list[int]:
    """Return the days (since 1970) inside the log on which nobody worked though the weekday is open and usually busy.

    Usually busy: at least `least_people` people on the median date of that weekday.
    """
    frame = days.frame
    people = frame.groupby("day").size()
    span = np.arange(people.index.min(), people.index.max() + 1)
    by_day = people.reindex(span, fill_value=0)
    usual = by_day.groupby(weekday_of(span)).median()
    opens = set(office_hours["weekday"])
    return [
        int(day)
        for day, weekday in zip(span, weekday_of(span), strict=True)
        if by_day[day] == 0 and weekday in opens and usual[weekday] >= least_people
    ]


def round_outward(opens: pd.Series, closes: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return minutes on quarter hours that contain the given ones, a quarter hour long at least."""
    start = np.floor(opens / QUARTER) * QUARTER
    end = np.maximum(np.ceil(closes / QUARTER) * QUARTER, start + QUARTER)
    return start.astype(np.int64), end.astype(np.int64)


def _quietest_minute(local_us: NDArray[np.int64]) -> int:
    """Return the middle of the quietest six hours of the day: at night where it is quiet then, nearest to 03:00."""
    hours = (local_us % US_PER_DAY) // (60 * US_PER_MINUTE)
    counts = np.bincount(hours, minlength=24)
    around = [int(np.take(counts, np.arange(hour - 3, hour + 3), mode="wrap").sum()) for hour in range(24)]
    at_night = min(range(NIGHT_HOURS), key=lambda hour: (around[hour], abs(hour - 3)))
    if around[at_night] <= QUIET_SHARE * len(local_us):
        return at_night * 60
    return min(range(24), key=lambda hour: (around[hour], hour)) * 60
