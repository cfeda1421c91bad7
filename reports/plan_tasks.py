"""A plan as one frame with a row a task: who does it when, how that stands to its due, and what is special about it."""

import math
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import numpy as np
import pandas as pd

from models.errors import Fault, InputError
from models.formats.plan import Assignment, Plan
from models.formats.problem import Agent, Problem, Shift, Task, TaskType
from reports.metrics import is_at_risk
from reports.plan_notes import names_in

INSTANTS = ("arrived", "due", "must_by", "start", "end")
ON_TIME, LATE, OVERDUE, LEFT = "on time", "late", "overdue", "left"
"""How a task comes out: by its due; after it; it was overdue before the plan began; nobody does it."""


def tabulate_tasks(problem: Problem, plan: Plan, *, zone: tzinfo, plannable_share: float) -> pd.DataFrame:
    """Return a row a task of the problem, in the problem's order.

    Columns: `task, title, type, type_name, team, team_name, client, case`; the instants of `INSTANTS` in `zone`, NaT
    where there is none; `weight, standard_minutes`; `agent, agent_name, home_team`, None where the task is left;
    `position` in the agent's day from 1, `handling_minutes` expected of that agent, `setup_minutes` before it;
    `completed` the end, or the carry-over where left; `slack_minutes, late_minutes`; `outcome`; the flags
    `was_overdue, is_at_risk, is_pinned, is_in_progress, is_lent, is_move, misses_must_by`, and `is_estimated` where the
    plan says that the minutes of the type are; `reason, detail` where left.

    Raises
    ------
    InputError
        If the plan speaks of a task or an agent that the problem does not have, or not of each task once.
    """
    _check_answers(problem, plan)
    kinds = {kind.id: kind for kind in problem.task_types}
    agents = {agent.id: agent for agent in problem.agents}
    teams = {team.id: team.name or team.id for team in problem.teams}
    given = {item.task: item for item in plan.assignments}
    left = {item.task: item for item in plan.unscheduled}
    estimated = frozenset(names_in(plan.extra.get("estimated_minutes")))
    rows: dict[str, dict[str, Any]] = {}
    for task in problem.tasks:
        kind = kinds[task.type]
        standard = kind.handling_minutes if task.handling_minutes is None else task.handling_minutes
        row = rows[task.id] = {
            "task": task.id,
            "title": task.name or str(task.attributes.get("title") or "") or task.id,
            "type": kind.id,
            "type_name": kind.name or kind.id,
            "team": kind.team,
            "team_name": teams[kind.team],
            "client": _text(task.attributes.get("client")),
            "case": _text(task.attributes.get("case")),
            "arrived": task.arrived,
            "due": task.due,
            "must_by": task.must_by,
            "weight": task.weight,
            "standard_minutes": standard * plannable_share,
            "is_pinned": task.pinned_agent is not None and not task.in_progress,
            "is_in_progress": task.in_progress,
            "is_estimated": kind.id in estimated,
            "carry_over": next(i for i in (task.carry_over, kind.carry_over, problem.carry_over) if i is not None),
            "agent": None,
            "agent_name": None,
            "home_team": None,
            "start": None,
            "end": None,
            "position": 0,
            "handling_minutes": 0.0,
            "setup_minutes": 0.0,
            "is_lent": False,
            "is_move": False,
            "reason": left[task.id].reason if task.id in left else None,
            "detail": left[task.id].detail if task.id in left else None,
        }
        if task.id in given:
            agent = agents[given[task.id].agent]
            row |= {
                "agent": agent.id,
                "agent_name": agent.name or agent.id,
                "home_team": agent.team,
                "start": given[task.id].start,
                "end": given[task.id].end,
                "is_lent": kind.team != agent.team,
                "handling_minutes": _handling_seconds(task, kind, agent) * plannable_share / 60,
            }
    _follow_agents(problem, plan, rows, kinds)
    return _finish(pd.DataFrame(list(rows.values()), columns=_COLUMNS), problem.now, zone)


_COLUMNS = [
    *("task", "title", "type", "type_name", "team", "team_name", "client", "case"),
    *("arrived", "due", "must_by", "weight", "standard_minutes", "is_pinned", "is_in_progress", "is_estimated"),
    "carry_over",
    *("agent", "agent_name", "home_team", "start", "end", "position", "handling_minutes", "setup_minutes"),
    *("is_lent", "is_move", "reason", "detail"),
]


def _check_answers(problem: Problem, plan: Plan) -> None:
    tasks, agents = {task.id for task in problem.tasks}, {agent.id for agent in problem.agents}
    faults = []
    named = [("assignments", item.task) for item in plan.assignments]
    named += [("unscheduled", item.task) for item in plan.unscheduled]
    seen: set[str] = set()
    for field, task in named:
        if task not in tasks:
            faults.append(Fault(file="plan", record=field, value=repr(task), expected="a task of the problem"))
        elif task in seen:
            faults.append(Fault(file="plan", record=field, value=repr(task), expected="each task once"))
        seen.add(task)
    faults += [
        Fault(file="plan", record=f"task {item.task!r}", value=repr(item.agent), expected="an agent of the problem")
        for item in plan.assignments
        if item.agent not in agents
    ]
    faults += [
        Fault(file="plan", record=f"task {task!r}", expected="is neither assigned nor unscheduled")
        for task in sorted(tasks - seen)
    ]
    if faults:
        raise InputError(faults)


def _handling_seconds(task: Task, kind: TaskType, agent: Agent) -> int:
    """Return the duration as `docs/formats/problem.md` defines it."""
    minutes = kind.handling_minutes if task.handling_minutes is None else task.handling_minutes
    skill = agent.skills.get(kind.skill)
    return max(1, math.floor(60 * minutes / (1.0 if skill is None else skill.speed) + 0.5))


def _follow_agents(
    problem: Problem, plan: Plan, rows: Mapping[str, dict[str, Any]], kinds: Mapping[str, TaskType]
) -> None:
    """Fill in what depends on the task before: position, setup and moves, within each shift."""
    by_agent: dict[str, list[Assignment]] = {}
    for item in plan.assignments:
        by_agent.setdefault(item.agent, []).append(item)
    for agent in problem.agents:
        shift: Shift | None = None
        before: TaskType | None = None
        state = agent.state
        for position, item in enumerate(sorted(by_agent.get(agent.id, []), key=lambda a: (a.start, a.end)), start=1):
            row = rows[item.task]
            kind = kinds[row["type"]]
            current = next((s for s in agent.shifts if s.start <= item.start < s.end), None)
            if current != shift or position == 1:
                is_open = current is not None and current.start <= problem.now
                before = kinds[state.type] if is_open and state is not None and state.type is not None else None
            shift = current
            row["position"] = position
            if before is not None:
                row["is_move"] = before.team != kind.team
                if row["is_move"]:
                    row["setup_minutes"] = problem.setup.other_team_minutes
                elif before.id != kind.id:
                    row["setup_minutes"] = problem.setup.same_team_minutes
            before = kind


def _finish(frame: pd.DataFrame, now: int, zone: tzinfo) -> pd.DataFrame:
    """Add what follows from due and completion, and turn seconds into instants of the zone."""
    due = frame["due"].to_numpy(float)
    end = frame["end"].to_numpy(float)
    carry_over = frame["carry_over"].to_numpy(float)
    completed = np.where(np.isnan(end), carry_over, end)
    frame["slack_minutes"] = (due - end) / 60
    frame["late_minutes"] = np.maximum(0.0, completed - due) / 60
    frame["was_overdue"] = due < now
    frame["is_at_risk"] = is_at_risk(due, end) & ~frame["was_overdue"].to_numpy()
    frame["misses_must_by"] = completed > frame["must_by"].to_numpy(float)
    frame["outcome"] = np.select(
        [np.isnan(end), frame["was_overdue"].to_numpy(), completed > due], [LEFT, OVERDUE, LATE], default=ON_TIME
    )
    frame["completed"] = completed
    for name in (*INSTANTS, "carry_over", "completed"):
        frame[name] = to_instants(frame[name], zone)
    for name in ("is_pinned", "is_in_progress", "is_estimated", "is_lent", "is_move"):
        frame[name] = frame[name].astype(bool)
    return frame


def to_instants(seconds: "pd.Series[Any]", zone: tzinfo) -> "pd.Series[Any]":
    """Return epoch seconds as instants of a zone, NaT where empty."""
    return pd.to_datetime(pd.to_numeric(seconds), unit="s", utc=True).dt.tz_convert(zone).dt.as_unit("s")


def epoch_seconds(instants: "pd.Series[Any]") -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return instants as epoch seconds, NaN where empty."""
    seconds = instants.dt.as_unit("s").astype("int64").to_numpy(float)
    return np.where(instants.isna().to_numpy(), np.nan, seconds)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
