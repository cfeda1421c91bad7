"""The figures of a plan on the terminal, and as one JSON document for programs."""

from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from models.formats.plan import Objective, Plan
from models.formats.problem import Coefficients, Problem
from reports.metrics import due_cohort, gap, num_late
from reports.shares import say_share

TERMS = {
    "tardiness": "weighted minutes late",
    "late": "weight of late tasks",
    "carried_over": "weight left for later",
    "missed": "must-by instants missed",
    "away": "minutes lent",
    "move": "moves between teams",
    "preferred": "not to a preferred agent",
    "reassigned": "not to the published agent",
}


def count_tasks(problem: Problem, plan: Plan) -> dict[str, int]:
    """Return how many tasks there are, are planned and left, fall due until the last shift ends, and are on time."""
    ends = {item.task: float(item.end) for item in plan.assignments}
    due = np.array([task.due for task in problem.tasks], np.float64)
    completed = np.array([ends.get(task.id, np.nan) for task in problem.tasks], np.float64)
    until = max((shift.end for agent in problem.agents for shift in agent.shifts), default=problem.now)
    num_due = int(np.count_nonzero(due_cohort(due, start=problem.now, end=until)))
    return {
        "tasks": len(problem.tasks),
        "scheduled": len(plan.assignments),
        "left": len(plan.unscheduled),
        "due": num_due,
        "on_time": num_due - num_late(due, completed, start=problem.now, end=until),
    }


def summarise(problem: Problem, plan: Plan) -> dict[str, Any]:
    """Return the figures of a plan as a JSON object."""
    bound = 0.0 if plan.lower_bound is None else plan.lower_bound
    return {
        **count_tasks(problem, plan),
        "objective": objective_document(plan.objective),
        "lower_bound": bound,
        "gap": gap(total=plan.objective.total, lower_bound=bound),
        "status": plan.status,
        "solve_seconds": plan.solve_seconds,
        "seed": plan.seed,
    }


def objective_document(objective: Objective) -> dict[str, float]:
    """Return the terms of an objective and their total as a JSON object."""
    return {name: getattr(objective, name) for name in (*TERMS, "total") if getattr(objective, name) is not None}


def print_plan(problem: Problem, plan: Plan) -> None:
    """Print the figures of a plan."""
    counts = count_tasks(problem, plan)
    share = f" ({say_share(counts['on_time'] / counts['due'], 1)})" if counts["due"] else ""
    print(f"planned   {counts['scheduled']:,} of {counts['tasks']:,} tasks; {counts['left']:,} left for later")
    print(f"on time   {counts['on_time']:,} of {counts['due']:,} that fall due until the last shift ends{share}")
    print_objective(plan.objective, problem.objective, plan.lower_bound)


def print_objective(objective: Objective, coefficients: Coefficients, lower_bound: float | None) -> None:
    """Print each term with its coefficient and cost, the total, and what is proven about it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("term", "meaning"):
        table.add_column(heading)
    for heading in ("value", "coefficient", "cost"):
        table.add_column(heading, justify="right")
    for name, meaning in TERMS.items():
        value, coefficient = getattr(objective, name) or 0.0, getattr(coefficients, name)
        table.add_row(name, meaning, _number(value), f"{coefficient:,g}", _number(value * coefficient))
    table.add_section()
    table.add_row("total", "", "", "", _number(objective.total))
    if lower_bound is not None:
        share = gap(total=objective.total, lower_bound=lower_bound)
        table.add_row("bound", f"proven; gap {say_share(share, 2)}", "", "", _number(lower_bound))
    Console(highlight=False, soft_wrap=True).print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
