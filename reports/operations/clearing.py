"""What becomes of the backlog: how many days it takes to clear, and what of it will be late if nothing changes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR
from reports.operations.record import COMPLETED, Record
from reports.operations.workload import ALL

NEVER = float("inf")
DRAWS = 400
LEVEL = 0.9
MOST_DAYS_AHEAD = 60
DAYS_A_WEEK = 7
_MATTERS_HOURS = 1e-9


def count_days(actionable_hours: float, capacity_hours: float, inflow_hours: float) -> float:
    """Return the working days until a backlog is cleared; `NEVER` where inflow is as large as capacity.

    Parameters
    ----------
    capacity_hours, inflow_hours
        Of a working day.
    """
    if actionable_hours <= _MATTERS_HOURS:
        return 0.0
    spare = capacity_hours - inflow_hours
    return NEVER if spare <= _MATTERS_HOURS else actionable_hours / spare


def clear_days(record: Record) -> pd.DataFrame:
    """Return the days to clear of each set of people who alone can do some work, and of everybody.

    Two types belong together where the same people may do them. The work of a set is all that nobody outside it can
    do, so a set that is never done stays so whatever the others do. A working day is one on which somebody of the
    office had duty.

    Columns: `types` and `num_people` of the set, `actionable_hours`, `capacity_hours` and `inflow_hours` a working day,
    `days` (`inf` for never; NaN where no shifts are known).
    """
    people_of: dict[str, set[str]] = {name: set() for name in record.types["type"]}
    speeds: dict[str, list[float]] = {}
    for agent, kind, speed in zip(*(record.may_do[name] for name in ("agent", "type", "speed")), strict=True):
        people_of.setdefault(kind, set()).add(agent)
        speeds.setdefault(agent, []).append(speed)
    num_days, capacity = _daily_capacity(record)
    able = {agent: hours * float(np.mean(speeds.get(agent, [1.0]))) for agent, hours in capacity.items()}
    backlog, inflow = _hours_by_type(record)
    sets: dict[frozenset[str], None] = {}
    for members in people_of.values():
        sets[frozenset(members)] = None
    everybody = frozenset().union(*sets) if sets else frozenset()
    sets[everybody] = None
    rows = []
    for people in sets:
        types = sorted(kind for kind, members in people_of.items() if members <= people)
        open_hours, in_hours = (sum(hours.get(kind, 0.0) for kind in types) for hours in (backlog, inflow))
        can = sum(able.get(agent, 0.0) for agent in sorted(people))
        rows.append(
            {
                "types": tuple(types),
                "num_people": len(people),
                "actionable_hours": open_hours,
                "capacity_hours": can / num_days if num_days else np.nan,
                "inflow_hours": in_hours / num_days if num_days else np.nan,
                "days": count_days(open_hours, can / num_days, in_hours / num_days) if num_days else np.nan,
            }
        )
    columns = ["types", "num_people", "actionable_hours", "capacity_hours", "inflow_hours", "days"]
    made = pd.DataFrame(rows, columns=columns)
    made["_size"] = [-len(types) for types in made["types"]]
    return made.sort_values(["days", "_size", "types"], ascending=[False, True, True], ignore_index=True)[columns]


def _daily_capacity(record: Record) -> tuple[int, Mapping[str, float]]:
    """Return the working days of the period, and the hours on task of each agent in it."""
    on = _clip(record, record.duty)
    off = _clip(record, record.off_task)
    if on.empty:
        return 0, {}
    edges = np.array(record.day_edges)
    days = np.searchsorted(edges, on["start"].to_numpy(), side="right")
    hours = on.groupby("agent")["hours"].sum()
    less = off.groupby("agent")["hours"].sum() if len(off) else pd.Series(dtype=np.float64)
    left = hours.sub(less, fill_value=0.0).clip(lower=0.0)
    return len(np.unique(days)), {str(agent): float(value) for agent, value in left.items()}


def _clip(record: Record, spans: pd.DataFrame) -> pd.DataFrame:
    start = np.maximum(spans["start"].to_numpy(dtype=np.float64), record.start)
    end = np.minimum(spans["end"].to_numpy(dtype=np.float64), record.end)
    made = pd.DataFrame({"agent": spans["agent"], "start": start, "hours": (end - start) / SECONDS_PER_HOUR})
    return made[made["hours"] > 0]


def _hours_by_type(record: Record) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return the hours of actionable work, and of work that came in, by type."""
    hours = np.nan_to_num(record.real("standard_minutes")) / 60
    actionable = record.open_at(record.end) & ~record.tasks["is_pended"].to_numpy()
    names = record.tasks["type"]
    found = []
    for chosen in (actionable, record.arrived_within()):
        summed = pd.Series(hours[chosen]).groupby(names[chosen].to_numpy(dtype=object)).sum()
        found.append({str(name): float(value) for name, value in summed.items()})
    return found[0], found[1]


def forecast_breaches(record: Record, *, seed: int, draws: int = DRAWS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what of the open work will be late if each team goes on as in the period, and each task's chance of it.

    A coming day yields the hours of work that a day of the same weekday of the period yielded, drawn anew; the tasks of
    a team are done by due. What is still to come in is left out, so it says the least: work that comes in with an
    earlier due pushes others back. Pended tasks are left out.

    Returns
    -------
    teams
        `team`, `num_open`, `num_overdue` (late already), `num_breaches` (mean of those to come), `low`, `high` (90 %),
        `hours_a_day` (mean yield of a day with any).
    tasks
        `task`, `type`, `team`, `due`, `chance`: those not late yet that may be, the likeliest first.
    """
    edges = np.array(record.day_edges)
    done = (record.tasks["outcome"] == COMPLETED).to_numpy()
    hours = np.nan_to_num(record.real("standard_minutes")) / 60
    actionable = record.open_at(record.end) & ~record.tasks["is_pended"].to_numpy()
    teams = record.tasks["team"].to_numpy(dtype=object)
    rows, parts = [], []
    for position, team in enumerate(sorted({str(name) for name in teams[actionable]})):
        own = np.flatnonzero(actionable & (teams == team))
        due = record.real("due")[own]
        order = np.lexsort((record.tasks["task"].to_numpy(dtype=str)[own], np.where(np.isnan(due), np.inf, due)))
        own, due = own[order], due[order]
        is_late = due < record.end
        at = record.real("closed")[(teams == team) & done]
        yields = np.histogram(at, bins=edges, weights=hours[(teams == team) & done])[0]
        generator = np.random.Generator(np.random.PCG64([seed, position]))
        ends = _draw_ends(np.cumsum(hours[own]), yields, record, generator, draws)
        is_breach = (ends > due) & ~is_late & ~np.isnan(due)
        counts = is_breach.sum(axis=1)
        low, high = np.quantile(counts, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        rows.append(
            {
                "team": team,
                "num_open": len(own),
                "num_overdue": int(is_late.sum()),
                "num_breaches": float(counts.mean()),
                "low": float(low),
                "high": float(high),
                "hours_a_day": float(yields[yields > 0].mean()) if (yields > 0).any() else 0.0,
            }
        )
        part = record.tasks.iloc[own][["task", "type", "team", "due"]].assign(chance=is_breach.mean(axis=0))
        parts.append(part[part["chance"] > 0])
    columns = ["team", "num_open", "num_overdue", "num_breaches", "low", "high", "hours_a_day"]
    listed = pd.concat(parts) if parts else pd.DataFrame(columns=["task", "type", "team", "due", "chance"])
    listed = listed.sort_values(["chance", "due", "task"], ascending=[False, True, True], ignore_index=True)
    return pd.DataFrame(rows, columns=columns), listed


def _draw_ends(
    work: np.ndarray, yields: np.ndarray, record: Record, generator: np.random.Generator, draws: int
) -> np.ndarray:
    """Return when each task is done in each draw, `inf` beyond what is looked at; work : hours up to and with each."""
    num_days = len(yields)
    ahead = np.arange(MOST_DAYS_AHEAD)
    ends = np.empty((draws, len(work)))
    whole = record.day_edges[-1] - record.end < 1.0  # the period ends with a day; else its last day is not whole
    usable = num_days if whole or num_days == 1 else num_days - 1
    picks = np.empty((draws, MOST_DAYS_AHEAD), dtype=np.int64)
    for day in ahead:
        same = np.arange(usable)[(num_days + day - np.arange(usable)) % DAYS_A_WEEK == 0]
        pool = same if len(same) else np.arange(usable)
        picks[:, day] = pool[generator.integers(0, len(pool), draws)]
    instants = record.end + SECONDS_PER_DAY * np.arange(MOST_DAYS_AHEAD + 1)
    for draw in range(draws):
        total = np.concatenate([[0.0], np.cumsum(yields[picks[draw]])])
        ends[draw] = np.interp(work, total, instants, right=np.inf)
    return ends


def sum_everything(teams: pd.DataFrame) -> dict[str, float | str]:
    """Return the breaches of all teams together: counts and means add up, intervals do not."""
    return {
        "team": ALL,
        "num_open": int(teams["num_open"].sum()),
        "num_overdue": int(teams["num_overdue"].sum()),
        "num_breaches": float(teams["num_breaches"].sum()),
    }
