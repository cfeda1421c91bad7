"""What the day chart shows, as the JSON object that `<day-chart>` takes; its words are those of `chart_words`.

Instants are whole seconds from `start`; a task's place in the columns is by agent and start.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pandas as pd

from models.formats.problem import Agent, Problem, Task, TaskType
from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, to_datetime
from reports.metrics import AT_RISK_MINUTES
from reports.plan_tables import PlanTables
from reports.plan_tasks import LATE, epoch_seconds
from reports.theme import team_colours

LATE_FLAG, RISK_FLAG, PINNED_FLAG, OPEN_FLAG, LENT_FLAG, OVERDUE_FLAG = 1, 2, 4, 8, 16, 32
NUM_SHADES = 3
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def chart_data(problem: Problem, tables: PlanTables) -> dict[str, Any]:
    """Return the chart's data: axis, teams, agents with their shifts and breaks, and a column a field of the tasks."""
    start, end = _axis(problem, tables)
    teams = {team.id: position for position, team in enumerate(problem.teams)}
    types = {kind.id: position for position, kind in enumerate(problem.task_types)}
    owners = {kind.team for kind in problem.task_types}
    colours = team_colours([team.id in owners for team in problem.teams])
    summaries = {row["agent"]: row for row in tables.agents.to_dict("records")}
    # By team, and in each first who works that day.
    agents = sorted(problem.agents, key=lambda agent: (teams[agent.team], summaries[agent.id]["duty_hours"] <= 0))
    rank = {agent.id: position for position, agent in enumerate(agents)}
    shades: dict[str, int] = {}
    type_rows = []
    for kind in problem.task_types:
        shade = shades.get(kind.team, 0)
        shades[kind.team] = shade + 1
        type_rows.append({"name": kind.name or kind.id, "team": teams[kind.team], "shade": shade % NUM_SHADES})
    notes = {row["team"]: _team_note(row) for row in tables.teams.to_dict("records")}
    return {
        "start": start,
        "length": end - start,
        "now": problem.now - start,
        "offsets": _offsets(tables.tasks, start, end, tables.zone),
        "teams": [
            {"name": team.name or team.id, "colour": colours[position], **notes[team.id]}
            for position, team in enumerate(problem.teams)
        ],
        "types": type_rows,
        "agents": [_agent(agent, teams, summaries[agent.id], start, end) for agent in agents],
        "tasks": _columns(tables.tasks, rank, types, start),
    }


def flag_task(task: Task, kind: TaskType, agent: Agent, end: int, *, now: int) -> int:
    """Return the flags of a task that an agent ends at an instant, of a plan made at `now`: those of `chart_data`."""
    was_overdue = task.due < now
    flags = {
        LATE_FLAG: end > task.due and not was_overdue,
        RISK_FLAG: 0 <= task.due - end < AT_RISK_MINUTES * SECONDS_PER_MINUTE and not was_overdue,
        PINNED_FLAG: task.pinned_agent is not None and not task.in_progress,
        OPEN_FLAG: task.in_progress,
        LENT_FLAG: kind.team != agent.team,
        OVERDUE_FLAG: was_overdue,
    }
    return sum(flag for flag, is_set in flags.items() if is_set)


def encode_for_script(data: object) -> str:
    """Return JSON that may stand inside a script element: nothing in it can end the element or open another."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)


def _axis(problem: Problem, tables: PlanTables) -> tuple[int, int]:
    """Return the whole hours around the plan: shifts that are open or still to come, and every task."""
    shifts = [shift for agent in problem.agents for shift in agent.shifts if shift.end > problem.now]
    ends = epoch_seconds(tables.tasks["end"])
    last = max(
        [problem.now + SECONDS_PER_HOUR, tables.until, *([int(np.nanmax(ends))] if np.isfinite(ends).any() else [])]
    )
    first = min([problem.now, *(shift.start for shift in shifts)])
    offset = _offset(first, tables.zone)
    first -= (first + offset) % SECONDS_PER_HOUR
    return first, last + (-(last + offset)) % SECONDS_PER_HOUR


def _offset(instant: int, zone: tzinfo) -> int:
    return int((to_datetime(instant, zone).utcoffset() or timedelta()).total_seconds())


def _offsets(tasks: pd.DataFrame, start: int, end: int, zone: tzinfo) -> list[tuple[int, int]]:
    """Return the zone's offsets from UTC in seconds, each with the epoch second since which it holds."""
    dues = epoch_seconds(tasks["due"])
    first = min([start, *([int(dues.min())] if len(dues) else [])])
    last = max([end, *([int(dues.max())] if len(dues) else [])])
    found = [(first, _offset(first, zone))]
    at = first
    while at < last:
        step = min(at + 86400, last)
        if _offset(step, zone) != found[-1][1]:
            found.append((_change(at, step, zone), _offset(step, zone)))
        at = step
    return found


def _change(before: int, after: int, zone: tzinfo) -> int:
    """Return the first second of the new offset; the two ends have different ones."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after


def _agent(agent: Agent, teams: dict[str, int], summary: Mapping[Any, Any], start: int, end: int) -> dict[str, Any]:
    shifts = [shift for shift in agent.shifts if shift.end > start and shift.start < end]
    return {
        "id": agent.id,
        "name": agent.name or agent.id,
        "team": teams[agent.team],
        **_agent_notes(summary),
        "shifts": [[shift.start - start, shift.end - start] for shift in shifts],
        "breaks": [
            [pause.start - start, pause.end - start, pause.kind]
            for shift in shifts
            for pause in sorted(shift.breaks, key=lambda item: item.start)
        ],
    }


def _agent_notes(summary: Mapping[Any, Any]) -> dict[str, Any]:
    """Return when somebody is on duty, empty for not at all, and what share of that is planned."""
    if summary["duty_hours"] <= 0:
        return {"hours": ""}
    hours = f"{_clock(summary['shift_start'])}–{_clock(summary['shift_end'])}"
    return {"hours": hours, "load": round(float(summary["utilization"]), 4)}


def _clock(instant: datetime) -> str:
    return instant.strftime("%H:%M")


def _team_note(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return how many people a team has, how many tasks fall due, and what share of them is on time."""
    note: dict[str, Any] = {"people": int(row["num_agents"]), "due": int(row["num_due"])}
    return note if row["num_due"] == 0 else {**note, "onTime": round(float(row["on_time_share"]), 4)}


def _columns(tasks: pd.DataFrame, rank: dict[str, int], types: dict[str, int], start: int) -> dict[str, list[Any]]:
    done = tasks[tasks["agent"].notna()].copy()
    done["rank"] = done["agent"].map(rank)
    done = done.sort_values(["rank", "start"], kind="stable")
    flags = (
        (done["outcome"] == LATE) * LATE_FLAG
        + done["is_at_risk"] * RISK_FLAG
        + done["is_pinned"] * PINNED_FLAG
        + done["is_in_progress"] * OPEN_FLAG
        + done["is_lent"] * LENT_FLAG
        + done["was_overdue"] * OVERDUE_FLAG
    )
    return {
        "id": done["task"].tolist(),
        "title": done["title"].tolist(),
        "case": done["case"].fillna("").tolist(),
        "client": done["client"].fillna("").tolist(),
        "type": done["type"].map(types).tolist(),
        "agent": done["rank"].tolist(),
        "start": _seconds(done["start"], start),
        "end": _seconds(done["end"], start),
        "due": _seconds(done["due"], start),
        "weight": done["weight"].tolist(),
        "flags": [int(value) for value in flags],
    }


def _seconds(instants: "pd.Series[Any]", start: int) -> list[int]:
    return [int(value) - start for value in epoch_seconds(instants)]
