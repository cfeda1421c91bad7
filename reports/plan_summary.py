"""The headline figures of a plan, by the definitions of `reports.metrics`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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


def figures_document(summary: PlanSummary, tables: PlanTables) -> dict[str, Any]:
    """Return the headline figures as JSON, in all and by team."""
    names = ["team", "num_due", "num_on_time", "on_time_share", "num_left"]
    rows = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in tables.teams[names].astype(object).to_dict("records")
    ]
    return {**asdict(summary), "teams": rows}


def compare_teams(tables: PlanTables, others: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return the table of teams with the on-time shares of other plans of the same day beside.

    Parameters
    ----------
    others
        Figures of the other plans, as `figures_document` gives them, by name; the column of one is
        `on_time_share_NAME`, empty where it does not know the team.
    """
    teams = tables.teams.copy()
    for name, figures in others.items():
        shares = {row["team"]: row["on_time_share"] for row in figures["teams"]}
        teams[f"on_time_share_{name}"] = [shares.get(team) for team in teams["team"]]
    return teams
