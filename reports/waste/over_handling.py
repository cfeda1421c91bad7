"""Over-handling: what work took beyond its standard, and beyond what chance and wrong standards explain.

Per task, chance alone looks like waste: with a coefficient of variation of 0.8, the time by which lognormal tasks
exceed their mean is 28 % of all. So an agent's tasks of one type are judged together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from reports.waste.layout import HANDLING, Layout
from reports.waste.spans import Wholes
from reports.waste.sweep import Swept

Reals = NDArray[np.float64]

LEAST_TASKS = 10
"""Fewer tasks of one type say nothing of their agent; each of them is judged alone then."""
LEAST_OTHERS = 10
"""Tasks of others that tell whether a standard is wrong for everybody."""
LEAST_FOR_P95 = 40
P95 = 0.95
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class OverHandling:
    """Over-handling, and what it was judged by.

    Attributes
    ----------
    seconds : (R,)
        Of each row of the sweep, the seconds that are over-handling.
    groups
        One row an agent and type: `agent`, `type`, `num`, `handling_s`, `standard_s` (expected at the agent's speed),
        `drift` (what others take for a second of standard; at least 1), `chance_s` (what chance explains at most),
        `over_s`.
    types
        One row a type: `type`, `num`, `handling_s`, `standard_s`, `ratio`, `low`, `high` (its interval), `is_drifting`,
        `p95` (as a share of the standard; NaN where too few tasks tell).
    tasks
        One row a task of an agent that was judged: `agent`, `type`, `task`, `seconds`, `expected_s`, `is_above_p95`,
        `over_s`.
    """

    seconds: Wholes
    groups: pd.DataFrame
    types: pd.DataFrame
    tasks: pd.DataFrame


def find_over_handling(layout: Layout, swept: Swept) -> OverHandling:
    """Return over-handling.

    Of an agent's tasks of one type, with handling H and expected handling S (standard / speed): over-handling is
    H - d S - z e, where that is positive. d is what others take for a second of expected handling, at least 1; e is the
    standard error of H - d S by the spread of the type's tasks and by that of d; z is 1.96. With fewer than
    `LEAST_TASKS`, it is what single tasks take beyond the 95 % quantile of their type. Where nobody else does a type,
    nobody can tell a slow person from a wrong standard, and there is none.

    References
    ----------
    Cochran (1977), Sampling Techniques, chapter 6 (ratio estimates and their standard errors).
    """
    tasks, row_task = _measure_tasks(layout, swept)
    types = _judge_types(tasks, len(layout.type_ids))
    groups = _judge_groups(tasks, types)
    tasks["over_s"] = _spread(tasks, groups)
    groups["over_s"] = tasks.groupby(["agent", "type"], sort=True)["over_s"].sum().to_numpy()
    return OverHandling(seconds=_place(tasks, row_task, swept), groups=groups, types=types, tasks=tasks)


def _measure_tasks(layout: Layout, swept: Swept) -> tuple[pd.DataFrame, Wholes]:
    """Return handling by agent and task that can be judged, and which of these each row of the sweep is, or -1."""
    task = layout.task[swept.stretch]
    agent = layout.agent[swept.stretch]
    is_handling = (layout.kind[swept.stretch] == HANDLING) & (task >= 0)
    kind = np.where(task >= 0, layout.task_type[task] if len(layout.task_type) else -1, -1)
    is_judged = is_handling & (kind >= 0)
    if len(layout.task_type):
        is_judged &= layout.task_judged[task] & (layout.task_finisher[task] == agent)
        is_judged &= ~np.isnan(layout.task_standard_s[task]) & (layout.task_standard_s[task] > 0)
    at = np.flatnonzero(is_judged)
    pairs, position = np.unique(agent[at] * max(len(layout.task_ids), 1) + task[at], return_inverse=True)
    who, what = np.divmod(pairs, max(len(layout.task_ids), 1))
    seconds = np.bincount(position, weights=swept.seconds[at], minlength=len(pairs))
    paid = np.bincount(position, weights=swept.seconds[at] * swept.is_paid[at], minlength=len(pairs))
    of_type = layout.task_type[what] if len(what) else what
    speed = layout.speed[who, of_type] if len(what) else np.ones(0)
    standard = layout.task_standard_s[what] if len(what) else np.zeros(0)
    row_task = np.full(len(task), -1, dtype=np.int64)
    row_task[at] = position
    frame = pd.DataFrame(
        {
            "agent": who,
            "type": of_type,
            "task": what,
            "seconds": seconds.astype(np.int64),
            "paid_s": paid.astype(np.int64),
            "expected_s": standard / speed,
        }
    )
    return frame, row_task


def _judge_types(tasks: pd.DataFrame, num_types: int) -> pd.DataFrame:
    """Return of each type what its tasks took for a second of expected handling, and how that spreads."""
    kind = tasks["type"].to_numpy()
    handling, expected = _real(tasks, "seconds"), _real(tasks, "expected_s")
    num = np.bincount(kind, minlength=num_types)
    total, due = _sums(kind, handling, num_types), _sums(kind, expected, num_types)
    ratio = np.divide(total, due, out=np.full(num_types, np.nan), where=due > 0)
    sd = _spread_of(kind, handling, expected, ratio, num)
    error = sd * np.sqrt(_sums(kind, expected**2, num_types)) / np.where(due > 0, due, 1.0)
    z = float(ndtri(0.5 + CONFIDENCE / 2))
    p95 = np.full(num_types, np.nan)
    for n in np.flatnonzero(num >= LEAST_FOR_P95):
        own = kind == n
        p95[n] = np.quantile(handling[own] / expected[own], P95)
    low, high = ratio - z * error, ratio + z * error
    frame = pd.DataFrame(
        {
            "type": np.arange(num_types),
            "num": num,
            "handling_s": total,
            "standard_s": due,
            "ratio": ratio,
            "low": low,
            "high": high,
            "is_drifting": (num >= LEAST_TASKS) & ((low > 1) | (high < 1)),
            "p95": p95,
            "sd": sd,
        }
    )
    return frame[frame["num"] > 0].reset_index(drop=True)


def _spread_of(kind: Wholes, handling: Reals, expected: Reals, ratio: Reals, num: Wholes) -> Reals:
    """Return by type the standard deviation of handling around what is usual, for a second of expected handling."""
    residual = handling / expected - ratio[kind]
    squares = _sums(kind, residual**2, len(ratio))
    return np.sqrt(np.divide(squares, num - 1, out=np.zeros(len(ratio)), where=num > 1))


def _judge_groups(tasks: pd.DataFrame, types: pd.DataFrame) -> pd.DataFrame:
    """Return of each agent and type what is beyond its interval."""
    summed = tasks.assign(squares=tasks["expected_s"] ** 2).groupby(["agent", "type"], sort=True)
    groups = summed.agg(
        num=("task", "size"),
        handling_s=("seconds", "sum"),
        standard_s=("expected_s", "sum"),
        squares=("squares", "sum"),
    ).reset_index()
    facts = types.set_index("type").loc[groups["type"]]
    others = facts["standard_s"].to_numpy() - groups["standard_s"].to_numpy()
    num_others = facts["num"].to_numpy() - groups["num"].to_numpy()
    known = num_others >= LEAST_OTHERS
    others_handling = facts["handling_s"].to_numpy() - groups["handling_s"].to_numpy()
    ratio = np.divide(others_handling, others, out=np.full(len(groups), np.nan), where=known & (others > 0))
    drift = np.maximum(ratio, 1.0)
    sd = facts["sd"].to_numpy()
    squares, due = groups["squares"].to_numpy(), groups["standard_s"].to_numpy()
    all_squares = _sums(groups["type"].to_numpy(), squares, int(types["type"].max()) + 1 if len(types) else 0)
    rest = np.maximum(all_squares[groups["type"].to_numpy()] - squares, 0.0) if len(groups) else squares
    drift_error = np.where(ratio > 1, sd * np.sqrt(rest) / np.where(others > 0, others, 1.0), 0.0)
    z = float(ndtri(0.5 + CONFIDENCE / 2))
    chance = z * np.hypot(sd * np.sqrt(squares), due * drift_error)
    net = groups["handling_s"].to_numpy() - drift * due
    is_judged = known & (groups["num"].to_numpy() >= LEAST_TASKS)
    groups["drift"], groups["chance_s"] = drift, np.where(is_judged, chance, np.nan)
    groups["is_judged"] = is_judged
    groups["over_s"] = np.where(is_judged, np.floor(np.maximum(net - chance, 0.0)), 0.0).astype(np.int64)
    return groups.drop(columns="squares")


def _spread(tasks: pd.DataFrame, groups: pd.DataFrame) -> Wholes:
    """Return the over-handling of each task: its group's in proportion to what each took beyond expectation.

    Marks tasks above the 95 % quantile; in groups too small to be judged, these have what they take beyond it.
    """
    merged = tasks.merge(groups, on=["agent", "type"], how="left", suffixes=("", "_group"))
    if not len(tasks):
        tasks["is_above_p95"] = np.zeros(0, dtype=bool)
        return np.zeros(0, dtype=np.int64)
    seconds, expected = _real(tasks, "seconds"), _real(tasks, "expected_s")
    limit = _p95_seconds(tasks)
    tasks["is_above_p95"] = seconds > limit
    excess = np.maximum(seconds - merged["drift"].fillna(1.0).to_numpy() * expected, 0.0)
    group = pd.factorize(merged["agent"] * (int(merged["type"].max()) + 1) + merged["type"], sort=True)[0]
    total = np.bincount(group, weights=excess)[group]
    wanted = np.divide(merged["over_s"].to_numpy() * excess, total, out=np.zeros(len(tasks)), where=total > 0)
    is_alone = (seconds > limit) & (merged["num"].to_numpy() < LEAST_TASKS)
    single = np.where(is_alone, np.floor(seconds - np.where(is_alone, limit, 0.0)), 0.0)
    over = np.where(merged["is_judged"].to_numpy(dtype=bool), np.floor(wanted + 1e-6), single)
    return np.asarray(np.minimum(over.astype(np.int64), tasks["paid_s"].to_numpy()), dtype=np.int64)


def _p95_seconds(tasks: pd.DataFrame) -> Reals:
    """Return of each task how long one of its type takes at the 95 % quantile; infinite where too few tell."""
    share = tasks["seconds"] / tasks["expected_s"]
    by_type = share.groupby(tasks["type"])
    quantile = by_type.transform(lambda values: np.quantile(values, P95) if len(values) >= LEAST_FOR_P95 else np.inf)
    return np.asarray(quantile.to_numpy(dtype=np.float64) * _real(tasks, "expected_s"))


def _place(tasks: pd.DataFrame, row_task: Wholes, swept: Swept) -> Wholes:
    """Return the seconds of each row that are over-handling: the last paid ones of each task."""
    seconds = np.zeros(len(row_task), dtype=np.int64)
    at = np.flatnonzero((row_task >= 0) & swept.is_paid)
    if not len(at):
        return seconds
    at = at[np.lexsort((at, -swept.start[at], row_task[at]))]
    task, own = row_task[at], swept.seconds[at]
    before = np.cumsum(own) - own
    first = np.searchsorted(task, task, side="left")
    seconds[at] = np.clip(tasks["over_s"].to_numpy()[task] - (before - before[first]), 0, own)
    return seconds


def _sums(kind: Wholes, values: Reals, num: int) -> Reals:
    return np.bincount(kind, weights=values, minlength=num).astype(np.float64)


def _real(frame: pd.DataFrame, name: str) -> Reals:
    return frame[name].to_numpy(dtype=np.float64)
