"""What picking cost: days as they were against the same days replayed in the policy's order."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_HOUR
from reports.operations.workload import ALL

REPLAYS = ("day", "team", "num_tasks", "actual_weighted_hours", "replayed_weighted_hours")
DRAWS = 2000
LEVEL = 0.95

Reals = np.ndarray


def weigh_tardiness(due: Reals, weight: Reals, completed: Reals, *, until: float) -> float:
    """Return the weighted tardiness in hours; what is not completed counts as completed at `until`."""
    ends = np.where(np.isnan(completed), until, np.minimum(completed, until))
    late = np.where(np.isnan(due), 0.0, np.maximum(ends - due, 0.0))
    return float((weight * late).sum()) / SECONDS_PER_HOUR


def compare_replays(actual: pd.DataFrame, replayed: pd.DataFrame, *, day: str, until: float) -> pd.DataFrame:
    """Return the weighted tardiness of a day's tasks by team, as it was and as it would have been: `REPLAYS`.

    Parameters
    ----------
    actual
        `task`, `team`, `due`, `weight`, `completed` (NaN where not by `until`); epoch seconds.
    replayed
        `task`, `completed`, of the replay.
    until
        When both are looked at.
    """
    ends: Mapping[str, float] = dict(zip(replayed["task"], replayed["completed"], strict=True))
    made = actual.assign(replayed=actual["task"].map(ends).astype(np.float64))
    rows = []
    for team, group in made.groupby("team", sort=True):
        due, weight = (group[name].to_numpy(dtype=np.float64) for name in ("due", "weight"))
        rows.append(
            {
                "day": day,
                "team": team,
                "num_tasks": len(group),
                "actual_weighted_hours": weigh_tardiness(due, weight, group["completed"].to_numpy(), until=until),
                "replayed_weighted_hours": weigh_tardiness(due, weight, group["replayed"].to_numpy(), until=until),
            }
        )
    return pd.DataFrame(rows, columns=list(REPLAYS))


def sum_cost(replays: pd.DataFrame, *, seed: int = 1, draws: int = DRAWS) -> pd.DataFrame:
    """Return what picking added over the days replayed, of everything (`ALL`) and by team, with intervals.

    Columns: `team`, `num_days`, `num_tasks`, `actual_weighted_hours`, `replayed_weighted_hours`,
    `added_weighted_hours`, `low`, `high` (95 %, by bootstrap over days; NaN with fewer than two).
    """
    if replays.empty:
        return pd.DataFrame(
            columns=["team", "num_days", *REPLAYS[2:], "added_weighted_hours", "low", "high"],
        )
    names = ["num_tasks", "actual_weighted_hours", "replayed_weighted_hours"]
    days = sorted(replays["day"].unique())
    generator = np.random.Generator(np.random.PCG64(seed))
    picks = generator.integers(0, len(days), (draws, len(days)))
    whole = replays.groupby("day", sort=True)[names].sum().reset_index().assign(team=ALL)
    rows = []
    for team, group in [(ALL, whole), *replays.groupby("team", sort=True)]:
        added = (group["actual_weighted_hours"] - group["replayed_weighted_hours"]).to_numpy(dtype=np.float64)
        by_day = pd.Series(added, index=group["day"]).groupby(level=0).sum().reindex(days).fillna(0.0).to_numpy()
        sums = by_day[picks].sum(axis=1)
        low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(days) > 1 else (np.nan, np.nan)
        rows.append(
            {
                "team": team,
                "num_days": len(days),
                **{name: group[name].sum() for name in names},
                "added_weighted_hours": float(added.sum()),
                "low": float(low),
                "high": float(high),
            }
        )
    return pd.DataFrame(rows)
