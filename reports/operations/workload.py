"""Workload: what came in, what was completed, what is open and how old, and what of it was on time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.time import SECONDS_PER_HOUR
from reports import metrics
from reports.operations.record import CANCELLED, COMPLETED, Record, iterate, share

AGE_BANDS: tuple[tuple[str, float, float], ...] = (
    ("under_half", -np.inf, 0.5),
    ("half_to_80", 0.5, 0.8),
    ("from_80", 0.8, 1.0),
    ("past_due", 1.0, np.inf),
)
"""Age as a share of the time from arrival to due: name, from, below."""

ALL = ""
"""What stands for everything together where figures are by team or type."""

COLUMNS = (
    "backlog_start",
    "arrived",
    "completed",
    "closed_otherwise",
    "backlog_end",
    "backlog_hours",
    "num_pended",
    "oldest_hours",
    "num_overdue",
    "num_due",
    "num_late",
    "on_time_share",
    "completed_on_time_share",
    "wait_hours",
    "flow_hours",
    "tardiness_hours",
)


def measure_workload(record: Record, by: str = "team") -> pd.DataFrame:
    """Return the workload of everything (`ALL`), and of each team, type or agent: `by` and `COLUMNS`.

    `backlog_start + arrived - completed - closed_otherwise = backlog_end`, in every row.
    """
    names = record.tasks[by].fillna(ALL).to_numpy(dtype=object)
    rows = [{by: ALL, **_measure(record, np.ones(len(names), dtype=bool))}]
    codes, found = pd.factorize(names, sort=True)
    rows += [{by: name, **_measure(record, codes == n)} for n, name in enumerate(found) if name != ALL]
    return pd.DataFrame(rows, columns=[by, *COLUMNS])


def _measure(record: Record, chosen: np.ndarray) -> dict[str, float | int | None]:
    closed = record.closed_within() & chosen
    completed = record.completed_within() & chosen
    open_end = record.open_at(record.end) & chosen
    pended = record.tasks["is_pended"].to_numpy() & open_end
    actionable = open_end & ~pended
    due, closed_at, arrived = (record.real(name) for name in ("due", "closed", "arrived"))
    started, enabled = record.real("started"), record.real("enabled")
    is_done = (record.tasks["outcome"] != CANCELLED).to_numpy()
    cohort = chosen & (is_done | ~(closed_at < due))  # what was cancelled before its due is owed to nobody
    done_at = np.where(is_done & ~np.isnan(closed_at), closed_at, np.nan)
    period = {"start": record.start, "end": np.nextafter(record.end, -np.inf)}
    begun = chosen & (started >= record.start) & (started < record.end)
    standard = np.nan_to_num(record.real("standard_minutes"))
    return {
        "backlog_start": int((record.open_at(record.start) & chosen).sum()),
        "arrived": int((record.arrived_within() & chosen).sum()),
        "completed": int(completed.sum()),
        "closed_otherwise": int((closed & ~completed).sum()),
        "backlog_end": int(open_end.sum()),
        "backlog_hours": metrics.backlog_hours(standard[actionable]),
        "num_pended": int(pended.sum()),
        "oldest_hours": metrics.oldest_hours(arrived[open_end], now=record.end),
        "num_overdue": metrics.num_overdue(due[actionable], start=record.end),
        "num_due": int(metrics.due_cohort(due[cohort], **period).sum()),
        "num_late": metrics.num_late(due[cohort], done_at[cohort], **period),
        "on_time_share": metrics.on_time_share(due[cohort], done_at[cohort], **period),
        "completed_on_time_share": metrics.completed_on_time_share(
            due[completed & ~np.isnan(due)], closed_at[completed & ~np.isnan(due)], **period
        ),
        "wait_hours": metrics.mean_hours(enabled[begun], started[begun]),
        "flow_hours": metrics.mean_hours(arrived[completed], closed_at[completed]),
        "tardiness_hours": metrics.tardiness_hours(due[completed], closed_at[completed]),
    }


def follow_days(record: Record, by: str = "team", names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return by day what arrived, was completed, was closed otherwise and is open at the day's end.

    Columns: `day`, `by`, `backlog_start`, `arrived`, `completed`, `closed_otherwise`, `backlog_end`, `backlog_hours`;
    `by` is `ALL` for everything together. The first and the last day are whole days, also where the period begins or
    ends within them.
    """
    edges = np.array(record.day_edges)
    held = record.tasks[by].fillna(ALL).to_numpy(dtype=object)
    chosen = sorted({str(name) for name in held} - {ALL}) if names is None else list(names)
    frames = [_by_day(record, edges, np.ones(len(held), dtype=bool)).assign(**{by: ALL})]
    frames += [_by_day(record, edges, held == name).assign(**{by: name}) for name in chosen]
    made = pd.concat(frames, ignore_index=True)
    return made[["day", by, *(name for name in made if name not in ("day", by))]]


def _by_day(record: Record, edges: np.ndarray, chosen: np.ndarray) -> pd.DataFrame:
    arrived, closed = record.real("arrived")[chosen], record.real("closed")[chosen]
    standard = np.nan_to_num(record.real("standard_minutes")[chosen])
    is_done = (record.tasks["outcome"] == COMPLETED).to_numpy()[chosen]
    came, hours_in = _count_before(arrived, standard, edges)
    went, hours_out = _count_before(closed, standard, edges)
    done, _ = _count_before(np.where(is_done, closed, np.nan), standard, edges)
    backlog = came - went
    return pd.DataFrame(
        {
            "day": list(record.day_names),
            "backlog_start": backlog[:-1],
            "arrived": np.diff(came),
            "completed": np.diff(done),
            "closed_otherwise": np.diff(went) - np.diff(done),
            "backlog_end": backlog[1:],
            "backlog_hours": np.maximum(hours_in - hours_out, 0.0)[1:] / 60,
        }
    )


def _count_before(instants: np.ndarray, minutes: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many instants lie before each edge, and the minutes of those."""
    is_known = ~np.isnan(instants)
    order = np.argsort(instants[is_known], kind="stable")
    num = np.searchsorted(instants[is_known][order], edges, side="left")
    total = np.concatenate([[0.0], np.cumsum(minutes[is_known][order])])
    return num, total[num]


def age_backlog(record: Record, by: str = "team") -> pd.DataFrame:
    """Return the open tasks at the end by how much of the time to their due has passed.

    Columns: `by`, the names of `AGE_BANDS`, `no_due`, `num_open`, `hours_past_due`. Pended tasks are in it; what they
    wait for takes of their time too.
    """
    tasks = record.tasks[record.open_at(record.end)]
    arrived, due = (tasks[name].to_numpy(dtype=np.float64) for name in ("arrived", "due"))
    used = np.where(due > arrived, (record.end - arrived) / np.maximum(due - arrived, 1.0), np.inf)
    used[np.isnan(due)] = np.nan
    made = pd.DataFrame({by: tasks[by].fillna(ALL).to_numpy(dtype=object)})
    for name, low, high in AGE_BANDS:
        made[name] = (used >= low) & (used < high) if np.isfinite(high) else used >= low
    made["no_due"] = np.isnan(used)
    made["num_open"] = True
    late = np.where(used >= 1.0, np.nan_to_num(tasks["standard_minutes"].to_numpy(dtype=np.float64)) / 60, 0.0)
    made["hours_past_due"] = late
    grouped = made.groupby(by, sort=True).sum().reset_index()
    total = pd.DataFrame([{by: ALL, **made.drop(columns=by).sum()}])
    return pd.concat([total, grouped[grouped[by] != ALL]], ignore_index=True)


def measure_output(record: Record, by: str = "team") -> pd.DataFrame:
    """Return productivity, utilization and occupancy by team or agent: `by` and hours.

    Columns: `num_completed`, `standard_hours`, `handling_hours`, `duty_hours`, `off_task_hours`, `on_task_hours`,
    `utilization`, `occupancy`, `productivity`. Hours on duty and the shares of them are None where the source knows no
    shifts. Work is counted to who did it: a team's are those of its home members, wherever they worked.
    """
    home = dict(zip(record.agents["agent"], record.agents["team"], strict=True))
    done = record.tasks[record.completed_within() & record.tasks["agent"].notna().to_numpy()]
    key = done["agent"] if by == "agent" else done["agent"].map(home)
    work = (
        pd.DataFrame(
            {
                by: key.to_numpy(dtype=object),
                "num_completed": 1,
                "standard_hours": np.nan_to_num(done["standard_minutes"].to_numpy(dtype=np.float64)) / 60,
                "handling_hours": np.nan_to_num(done["handling_minutes"].to_numpy(dtype=np.float64)) / 60,
            }
        )
        .dropna()
        .groupby(by)
        .sum()
    )
    duty = _hours(record, record.duty, home, by)
    off = _hours(record, record.off_task, home, by)
    index = sorted({*work.index, *duty.index, *off.index})
    made = work.reindex(index).fillna(0.0)
    made["num_completed"] = made["num_completed"].astype(np.int64)
    made["duty_hours"] = duty.reindex(index)
    made["off_task_hours"] = off.reindex(index).fillna(0.0)
    made["on_task_hours"] = (made["duty_hours"] - made["off_task_hours"]).clip(lower=0.0)
    rows = list(iterate(made))
    made["utilization"] = [
        None
        if np.isnan(row.duty_hours)
        else metrics.utilization(handling_s=row.handling_hours, setup_s=0.0, duty_s=row.duty_hours)
        for row in rows
    ]
    made["occupancy"] = [
        None
        if np.isnan(row.on_task_hours)
        else metrics.occupancy(handling_s=row.handling_hours, setup_s=0.0, duty_s=row.on_task_hours)
        for row in rows
    ]
    made["productivity"] = [
        None if np.isnan(row.on_task_hours) else share(row.standard_hours, row.on_task_hours) for row in rows
    ]
    return made.reset_index(names=by)


def _hours(record: Record, spans: pd.DataFrame, home: dict[str, str], by: str) -> "pd.Series[float]":
    start = np.maximum(spans["start"].to_numpy(dtype=np.float64), record.start)
    end = np.minimum(spans["end"].to_numpy(dtype=np.float64), record.end)
    hours = np.maximum(end - start, 0.0) / SECONDS_PER_HOUR
    keys = spans["agent"] if by == "agent" else spans["agent"].map(home)
    return pd.Series(hours, index=keys.to_numpy(dtype=object)).groupby(level=0).sum()
