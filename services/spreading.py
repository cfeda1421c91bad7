"""How a plan fares when handling is not as expected: a range for what it promises."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import SECONDS_PER_MINUTE
from optimizer.instance import Instance
from optimizer.timeline import compute_duration, get_speed
from services.assemble import assemble_instance, assemble_solution
from simulations.replay import draw_factors, replay_plan

KEY = "spread"
DEFAULT_CV = 0.5
"""Of handling times where nobody knows better: single tasks of one type differ by about half of their mean."""

DEFAULT_DAYS = 100
MOST_TASKS = 10_000
"""Beyond so many tasks a day is replayed only when somebody asks: it would take longer than a second."""

LOW, HIGH = 5.0, 95.0


@dataclass(frozen=True, kw_only=True)
class Range:
    """The mean of a figure over simulated days, and between which values it lies on nine of ten."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What a plan gives on simulated days.

    Attributes
    ----------
    on_time_share
        Of the tasks that fall due from now until the last shift ends; None where none does.
    tardy_minutes
        Weighted, of all tasks; what is left counts as completed at its carry-over.
    not_begun
        Planned tasks that are not begun by the end of their shift.
    """

    days: int
    cv: float
    on_time_share: Range | None
    tardy_minutes: Range
    overtime_minutes: Range
    not_begun: Range


def simulate_spread(
    problem: Problem,
    plan: Plan,
    *,
    days: int = DEFAULT_DAYS,
    cv: float = DEFAULT_CV,
    cv_by_type: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Spread:
    """Return what a plan gives when handling is drawn around what it expects; the same seed, the same days.

    Parameters
    ----------
    cv, cv_by_type
        Coefficient of variation of handling, and that of single task types where it is known.
    """
    instance = assemble_instance(problem)
    solution = assemble_solution(problem, instance, plan)
    known = cv_by_type or {}
    spreads = np.array([known.get(task.type, cv) for task in problem.tasks], dtype=np.float64)
    duration = np.zeros(instance.num_tasks, dtype=np.int64)
    for task in np.flatnonzero(solution.task_agent >= 0).tolist():
        speed = get_speed(
            instance.task_class[task],
            solution.task_agent[task],
            instance.class_ptr,
            instance.class_agent,
            instance.class_speed,
        )
        duration[task] = compute_duration(instance.task_handling[task], speed)
    factors = draw_factors(instance.num_tasks, days, cv=spreads, seed=seed)
    replayed = replay_plan(instance, solution.task_agent, solution.task_start, duration, factors)
    end = np.where(np.isnan(replayed.end), instance.task_carry_over[:, None], replayed.end)
    until = max((int(shift) for shift in instance.shift_end), default=0)
    is_due = (instance.task_due >= 0) & (instance.task_due <= until)
    since = np.maximum(0, instance.task_due)[:, None].astype(np.float64)
    late = _count_open(instance, np.maximum(end, since)) - _count_open(instance, since)
    is_planned = solution.task_agent >= 0
    on_time = None
    if is_due.any():
        is_on_time = ~np.isnan(replayed.end) & (replayed.end <= instance.task_due[:, None])
        on_time = _range(is_on_time[is_due].mean(axis=0))
    return Spread(
        days=days,
        cv=cv,
        on_time_share=on_time,
        tardy_minutes=_range((instance.task_weight[:, None] * late).sum(axis=0) / SECONDS_PER_MINUTE),
        overtime_minutes=_range(replayed.overtime_s / SECONDS_PER_MINUTE),
        not_begun=_range(np.isnan(replayed.end[is_planned]).sum(axis=0).astype(np.float64)),
    )


def with_spread(problem: Problem, plan: Plan, **options: Any) -> Plan:
    """Return the plan with its spread under `extra`, where `simulate_spread` with these options puts it."""
    return replace(plan, extra={**plan.extra, KEY: asdict(simulate_spread(problem, plan, **options))})


def _count_open(instance: Instance, instants: np.ndarray) -> np.ndarray:
    """Return the seconds from now to instants in which tardiness counts."""
    if len(instance.office_start) == 0:
        return instants
    edges = np.column_stack([instance.office_start, instance.office_end]).ravel().astype(np.float64)
    lengths = np.column_stack([np.zeros(len(instance.office_start)), instance.office_end - instance.office_start])
    counted: np.ndarray = np.interp(instants, edges, np.cumsum(lengths.ravel()))
    return counted


def _range(values: np.ndarray) -> Range:
    low, high = np.percentile(values, [LOW, HIGH])
    return Range(mean=float(values.mean()), low=float(low), high=float(high))
