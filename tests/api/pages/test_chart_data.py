import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents.chart_data import (
    LATE_FLAG,
    LENT_FLAG,
    OPEN_FLAG,
    OVERDUE_FLAG,
    PINNED_FLAG,
    RISK_FLAG,
    chart_data,
    encode_for_script,
    flag_task,
)
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import load_zone, parse_instant, to_datetime
from reports.plan_tables import PlanTables, tabulate_plan


class PlannedDay(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables


def test_every_assignment_is_on_the_chart_once_by_agent_and_start(small_day: PlannedDay) -> None:
    data = chart_data(small_day.problem, small_day.tables)
    tasks = data["tasks"]
    shown = {
        (task, data["agents"][agent]["name"], start + data["start"], end + data["start"])
        for task, agent, start, end in zip(tasks["id"], tasks["agent"], tasks["start"], tasks["end"], strict=True)
    }
    names = {agent.id: agent.name for agent in small_day.problem.agents}
    assert shown == {(a.task, names[a.agent], a.start, a.end) for a in small_day.plan.assignments}
    order = list(zip(tasks["agent"], tasks["start"], strict=True))
    assert order == sorted(order)
    assert len({len(column) for column in tasks.values()}) == 1


def test_flags_are_those_of_the_tables(small_day: PlannedDay) -> None:
    data = chart_data(small_day.problem, small_day.tables)
    table = small_day.tables.tasks.set_index("task")
    bits = {
        LATE_FLAG: table["outcome"] == "late",
        RISK_FLAG: table["is_at_risk"],
        PINNED_FLAG: table["is_pinned"],
        OPEN_FLAG: table["is_in_progress"],
        LENT_FLAG: table["is_lent"],
        OVERDUE_FLAG: table["was_overdue"],
    }
    flags = dict(zip(data["tasks"]["id"], data["tasks"]["flags"], strict=True))
    for bit, column in bits.items():
        assert {task for task, value in flags.items() if value & bit} == {task for task in flags if column[task]}, bit
        assert any(value & bit for value in flags.values()), f"the small day shows no task with flag {bit}"


def test_flags_of_one_task_are_those_of_all(small_day: PlannedDay) -> None:
    data, problem = chart_data(small_day.problem, small_day.tables), small_day.problem
    tasks, agents = {task.id: task for task in problem.tasks}, {agent.id: agent for agent in problem.agents}
    kinds = {kind.id: kind for kind in problem.task_types}
    flags = {
        item.task: flag_task(
            tasks[item.task], kinds[tasks[item.task].type], agents[item.agent], item.end, now=problem.now
        )
        for item in small_day.plan.assignments
    }
    assert flags == dict(zip(data["tasks"]["id"], data["tasks"]["flags"], strict=True))


def test_the_axis_holds_whole_hours_around_every_shift_and_task(small_day: PlannedDay) -> None:
    data = chart_data(small_day.problem, small_day.tables)
    assert data["start"] % 3600 == 0
    assert data["length"] % 3600 == 0
    assert data["start"] <= small_day.problem.now
    assert max(data["tasks"]["end"]) <= data["length"]
    assert all(end <= data["length"] for agent in data["agents"] for _, end in agent["shifts"])


def test_offsets_tell_the_wall_clock_through_a_clock_change(small_day: PlannedDay) -> None:
    """Move the day to the night on which Madrid's clocks go forward, and to that on which they go back."""
    zone = load_zone("Europe/Madrid")
    for moment in ("2026-03-28T22:00:00+01:00", "2026-10-24T22:00:00+02:00"):
        problem, plan = moved(small_day, parse_instant(moment))
        data = chart_data(problem, tabulate_plan(problem, plan, zone=zone))
        assert len(data["offsets"]) == 2
        for second in range(0, data["length"], 900):
            instant = data["start"] + second
            offset = [value for since, value in data["offsets"] if since <= instant][-1]
            wall = datetime(1970, 1, 1) + timedelta(seconds=instant + offset)  # noqa: DTZ001 - a wall clock
            assert wall == to_datetime(instant, zone).replace(tzinfo=None)


def moved(day: PlannedDay, now: int) -> tuple[Problem, Plan]:
    by = now - day.problem.now
    problem = replace(
        day.problem,
        now=now,
        carry_over=day.problem.carry_over + by,
        office_hours=(),
        tasks=tuple(
            replace(task, arrived=task.arrived + by, due=task.due + by, must_by=None, earliest_start=None)
            for task in day.problem.tasks
        ),
        agents=tuple(
            replace(
                agent, shifts=tuple(replace(s, start=s.start + by, end=s.end + by, breaks=()) for s in agent.shifts)
            )
            for agent in day.problem.agents
        ),
    )
    assignments = tuple(replace(a, start=a.start + by, end=a.end + by) for a in day.plan.assignments)
    return problem, replace(day.plan, assignments=assignments)


@given(st.lists(st.text(st.sampled_from('<>&/!-script \u2028\u2029"\\é'), max_size=20), max_size=3))
def test_data_in_a_script_can_neither_end_it_nor_open_another(value: object) -> None:
    text = encode_for_script({"value": value})
    assert json.loads(text) == {"value": value}
    assert not set("<>&\u2028\u2029") & set(text)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_for_script({"value": float("nan")})
