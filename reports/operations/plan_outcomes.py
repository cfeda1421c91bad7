"""Plans against what happened: who did what was planned, when, in what order, and whether it was on time."""

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_MINUTE
from reports.operations.order import count_inversions
from reports.operations.record import Record, share

NEAR_MINUTES = 30.0
"""A start within so many minutes of the planned one is as planned."""


def follow_plans(record: Record, planned: pd.DataFrame) -> pd.DataFrame:
    """Return the planned tasks with what became of them.

    Parameters
    ----------
    planned
        One row a task of a published plan that was the newest at its planned start: `plan`, `task`, `agent`, `start`,
        `end`.

    Returns
    -------
    DataFrame
        `plan`, `task`, `planned_agent`, `planned_start`, `planned_end`, `agent`, `started`, `closed`,
        `is_done` (completed by the end of the period), `is_same_agent`, `start_late_minutes`, `planned_on_time`,
        `is_on_time`, `planned_minutes`, `handling_minutes`; missing where not known.
    """
    made = planned.rename(columns={"agent": "planned_agent", "start": "planned_start", "end": "planned_end"})
    facts = record.tasks[["task", "team", "agent", "started", "closed", "due", "outcome", "handling_minutes"]]
    made = made.merge(facts, on="task", how="left").sort_values(["plan", "planned_start", "task"], ignore_index=True)
    made["is_done"] = (made["outcome"] == "completed") & (made["closed"] < record.end)
    made["is_same_agent"] = made["is_done"] & (made["agent"] == made["planned_agent"])
    late = (made["started"] - made["planned_start"]) / SECONDS_PER_MINUTE
    made["start_late_minutes"] = late.where(made["is_done"])
    made["planned_on_time"] = ~(made["planned_end"] > made["due"])
    made["is_on_time"] = made["is_done"] & ~(made["closed"] > made["due"])
    made["planned_minutes"] = (made["planned_end"] - made["planned_start"]) / SECONDS_PER_MINUTE
    return made.drop(columns=["outcome"])


def measure_plans(followed: pd.DataFrame) -> pd.DataFrame:
    """Return by plan how far it was kept.

    Columns: `plan`, `num_planned`, `num_done`, `done_share`, `num_same_agent`, `same_agent_share` (of those done),
    `near_share` (started within half an hour of the plan, of those with a known start), `start_late_median_minutes`,
    `order_kept_share` (of pairs of one agent's planned tasks that were both begun, those in the planned order),
    `planned_on_time_share`, `on_time_share`.
    """
    rows = []
    for plan, group in followed.groupby("plan", sort=True):
        late = group["start_late_minutes"].dropna().to_numpy(dtype=np.float64)
        inverted, pairs = _count_order(group)
        rows.append(
            {
                "plan": plan,
                "num_planned": len(group),
                "num_done": int(group["is_done"].sum()),
                "done_share": share(group["is_done"].sum(), len(group)),
                "num_same_agent": int(group["is_same_agent"].sum()),
                "same_agent_share": share(group["is_same_agent"].sum(), group["is_done"].sum()),
                "near_share": share((np.abs(late) <= NEAR_MINUTES).sum(), len(late)),
                "start_late_median_minutes": float(np.median(late)) if len(late) else None,
                "order_kept_share": None if pairs == 0 else 1 - inverted / pairs,
                "planned_on_time_share": share(group["planned_on_time"].sum(), len(group)),
                "on_time_share": share(group["is_on_time"].sum(), len(group)),
            }
        )
    columns = ["plan", "num_planned", "num_done", "done_share", "num_same_agent", "same_agent_share", "near_share"]
    more = ["start_late_median_minutes", "order_kept_share", "planned_on_time_share", "on_time_share"]
    return pd.DataFrame(rows, columns=[*columns, *more])


def _count_order(group: pd.DataFrame) -> tuple[int, int]:
    inverted = pairs = 0
    begun = group[group["started"].notna() & (group["agent"] == group["planned_agent"])]
    for _, own in begun.groupby("planned_agent", sort=True):
        actual = own.sort_values(["planned_start", "task"])["started"].to_numpy(dtype=np.float64)
        inverted += count_inversions(actual)
        pairs += len(actual) * (len(actual) - 1) // 2
    return inverted, pairs
