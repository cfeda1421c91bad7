"""The headline figures of a plan, by the definitions of `reports.metrics`."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.formats.plan import Plan
from reports import metrics
from reports.plan_tables import PlanTables
from reports.plan_tasks import LEFT, OVERDUE, epoch_seconds


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """What one plan brings, in figures; a share without a denominator is None.

    `num_due` and what follows it speak of tasks that fall due in the period of the plan; `num_overdue` of those that
    fell due before it, and `num_overdue_done` of those among them that the plan has somebody do.
    """

    num_tasks: int
    num_agents: int
    num_due: int
    num_on_time: int
    on_time_share: float | None
    num_late: int
    num_at_risk: int
    num_overdue: int
    num_overdue_done: int
    num_left: int
    num_missed: int
    backlog_start_hours: float
    backlog_end_hours: float
    oldest_start_hours: float | None
    oldest_end_hours: float | None
    wait_hours: float | None
    tardiness_hours: float | None
    duty_hours: float
    handling_hours: float
    utilization: float | None
    num_moves: int
    num_lent_agents: int
    lent_hours: float
    total: float
    lower_bound: float | None
    gap: float | None


def summarise_plan(plan: Plan, tables: PlanTables) -> PlanSummary:
    """Return the headline figures of a plan from its tables."""
    tasks, agents = tables.tasks, tables.agents
    due, end = epoch_seconds(tasks["due"]), epoch_seconds(tasks["end"])
    arrived, completed = epoch_seconds(tasks["arrived"]), epoch_seconds(tasks["completed"])
    cohort = metrics.due_cohort(due, start=tables.now, end=tables.until)
    late = metrics.num_late(due, end, start=tables.now, end=tables.until)
    left = (tasks["outcome"] == LEFT).to_numpy()
    waiting = arrived <= tables.now
    standard = tasks["standard_minutes"].to_numpy(float)
    duty, handling = float(agents["duty_hours"].sum()), float(agents["handling_hours"].sum())
    return PlanSummary(
        num_tasks=len(tasks),
        num_agents=int((agents["duty_hours"] > 0).sum()),
        num_due=int(np.count_nonzero(cohort)),
        num_on_time=int(np.count_nonzero(cohort)) - late,
        on_time_share=metrics.on_time_share(due, end, start=tables.now, end=tables.until),
        num_late=late,
        num_at_risk=int(np.count_nonzero(metrics.is_at_risk(due, end) & cohort)),
        num_overdue=metrics.num_overdue(due, start=tables.now),
        num_overdue_done=int((tasks["outcome"] == OVERDUE).sum()),
        num_left=int(left.sum()),
        num_missed=int(tasks["misses_must_by"].sum()),
        backlog_start_hours=metrics.backlog_hours(standard[waiting]),
        backlog_end_hours=metrics.backlog_hours(standard[left]),
        oldest_start_hours=metrics.oldest_hours(arrived[waiting], now=tables.now),
        oldest_end_hours=metrics.oldest_hours(arrived[left], now=tables.until),
        wait_hours=metrics.mean_hours(arrived, epoch_seconds(tasks["start"])),
        tardiness_hours=metrics.tardiness_hours(due[cohort], completed[cohort]),
        duty_hours=duty,
        handling_hours=handling,
        utilization=metrics.utilization(
            handling_s=handling * 3600, setup_s=float(agents["setup_hours"].sum()) * 3600, duty_s=duty * 3600
        ),
        num_moves=int(agents["num_moves"].sum()),
        num_lent_agents=int((agents["lent_hours"] > 0).sum()),
        lent_hours=float(agents["lent_hours"].sum()),
        total=plan.objective.total,
        lower_bound=plan.lower_bound,
        gap=None if plan.lower_bound is None else metrics.gap(total=plan.objective.total, lower_bound=plan.lower_bound),
    )


def compare_teams(tables: PlanTables, others: "dict[str, PlanTables]") -> pd.DataFrame:
    """Return the table of teams with the on-time share of other plans of the same day beside, one column each."""
    teams = tables.teams.copy()
    for name, other in others.items():
        shares = other.teams.set_index("team")["on_time_share"]
        teams[f"on_time_share_{name}"] = teams["team"].map(shares)
    return teams
