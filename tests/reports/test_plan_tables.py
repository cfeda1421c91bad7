import json
from dataclasses import replace
from typing import Any, Protocol

import pandas as pd
import pytest

from models.errors import InputError
from models.formats.plan import Assignment, Plan, Unscheduled
from models.formats.problem import Problem
from models.time import format_instant, load_zone, parse_instant
from models.vocabulary import UnscheduledReason
from reports.plan_summary import compare_teams, figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan

ZONE = load_zone("Europe/Madrid")


class Day(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables


def row(frame: pd.DataFrame, **where: str) -> "pd.Series[Any]":
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_each_task_has_its_row_and_its_outcome(day: Day) -> None:
    outcomes = dict(zip(day.tables.tasks["task"], day.tables.tasks["outcome"], strict=True))
    assert outcomes == {
        "T1": "on time",
        "T2": "late",
        "T3": "late",
        "T4": "overdue",
        "T5": "on time",
        "T6": "left",
        "T7": "left",
    }


def test_titles_come_from_the_name_then_the_attributes_then_the_id(day: Day) -> None:
    titles = dict(zip(day.tables.tasks["task"], day.tables.tasks["title"], strict=True))
    assert (titles["T1"], titles["T5"], titles["T2"]) == ("Disputed", "Paper", "T2")


def test_instants_are_those_of_the_office(day: Day) -> None:
    first = row(day.tables.tasks, task="T1")
    assert str(first["start"]) == "2026-03-02 08:00:00+01:00"
    assert first["slack_minutes"] == 40


def test_handling_is_expected_handling_without_the_reserve(day: Day) -> None:
    tasks = day.tables.tasks
    assert row(tasks, task="T1")["standard_minutes"] == 10  # 20 booked, half of it reserve
    assert row(tasks, task="T4")["handling_minutes"] == 20  # 40 booked at speed 0.5
    assert row(tasks, task="T6")["handling_minutes"] == 0


def test_setup_and_moves_follow_from_the_task_before_and_the_state_at_the_start(day: Day) -> None:
    tasks = day.tables.tasks.set_index("task")
    assert tasks["setup_minutes"].to_dict() == {"T1": 0, "T2": 1, "T3": 0, "T4": 5, "T5": 5, "T6": 0, "T7": 0}
    assert tasks["is_move"].to_dict() == {
        "T1": False, "T2": False, "T3": False, "T4": True, "T5": True, "T6": False, "T7": False,
    }  # fmt: skip
    assert tasks["position"].to_dict() == {"T1": 1, "T2": 2, "T3": 3, "T4": 1, "T5": 2, "T6": 0, "T7": 0}


def test_a_new_shift_begins_without_setup_or_move(day: Day) -> None:
    later = 24 * 3600
    agents = tuple(
        replace(
            agent,
            shifts=(
                *agent.shifts,
                *(replace(s, start=s.start + later, end=s.end + later, breaks=()) for s in agent.shifts),
            ),
        )
        for agent in day.problem.agents
    )
    problem = replace(day.problem, agents=agents)
    moved = tuple(
        replace(item, start=item.start + later, end=item.end + later) if item.task in {"T3", "T5"} else item
        for item in day.plan.assignments
    )
    tasks = tabulate_plan(problem, replace(day.plan, assignments=moved), zone=ZONE).tasks.set_index("task")
    assert tasks.loc["T3", "setup_minutes"] == 0
    assert not tasks.loc["T5", "is_move"]


def test_flags(day: Day) -> None:
    tasks = day.tables.tasks.set_index("task")
    assert tasks.index[tasks["is_lent"]].tolist() == ["T4"]
    assert tasks.index[tasks["is_pinned"]].tolist() == ["T3"]
    assert tasks.index[tasks["misses_must_by"]].tolist() == ["T6"]
    assert tasks.index[tasks["is_at_risk"]].tolist() == ["T5"]  # ends 12:35, due 13:00


def test_agents(day: Day) -> None:
    ben = row(day.tables.agents, agent="ben")
    assert (ben["num_tasks"], ben["num_moves"], ben["num_late"]) == (2, 2, 0)
    assert ben["lent_hours"] == pytest.approx(20 / 60)
    assert ben["duty_hours"] == 7.5
    assert ben["utilization"] == pytest.approx((20 + 5 + 10) / 60 / 7.5)
    eva = row(day.tables.agents, agent="eva")
    assert (eva["num_tasks"], eva["duty_hours"]) == (0, 0)
    assert pd.isna(eva["utilization"])
    assert pd.isna(eva["shift_start"])


def test_assignments_stand_by_team_agent_and_start(day: Day) -> None:
    assert day.tables.assignments["task"].tolist() == ["T1", "T2", "T3", "T4", "T5"]


def test_teams(day: Day) -> None:
    billing = row(day.tables.teams, team="bill")
    assert (billing["num_due"], billing["num_on_time"], billing["num_late"], billing["num_overdue"]) == (3, 1, 2, 1)
    assert billing["on_time_share"] == pytest.approx(1 / 3)
    assert billing["backlog_start_hours"] == pytest.approx((10 + 5 + 5 + 10) / 60)
    assert billing["backlog_end_hours"] == 0
    assert billing["borrowed_hours"] == pytest.approx(20 / 60)
    data = row(day.tables.teams, team="data")
    # T7 arrives later, and is due after the last shift: it neither waits at the start nor falls due in the period.
    assert data["backlog_start_hours"] == pytest.approx(10 / 60)
    assert (data["num_agents"], data["num_due"], data["num_late"], data["num_left"]) == (1, 2, 1, 2)
    assert data["lent_hours"] == pytest.approx(20 / 60)


def test_swing_lists_stretches_away_from_home(day: Day) -> None:
    assert len(day.tables.swing) == 1
    stretch = day.tables.swing.iloc[0]
    assert (stretch["name"], stretch["home_name"], stretch["team_name"], stretch["num_tasks"]) == (
        "Ben",
        "Data entry",
        "Billing",
        1,
    )
    assert f"{stretch['start']:%H:%M}-{stretch['end']:%H:%M}" == "08:05-08:45"


def test_late_lists_the_costliest_first_and_the_overdue_last(day: Day) -> None:
    assert day.tables.late["task"].tolist() == ["T6", "T2", "T3", "T4"]


def test_left_lists_the_weightiest_first(day: Day) -> None:
    assert day.tables.left["task"].tolist() == ["T6", "T7"]


def test_summary(day: Day) -> None:
    summary = summarise_plan(day.plan, day.tables)
    assert (summary.num_tasks, summary.num_agents) == (7, 2)
    assert (summary.num_due, summary.num_on_time, summary.num_late) == (5, 2, 3)
    assert summary.on_time_share == pytest.approx(0.4)
    assert (summary.num_overdue, summary.num_overdue_done) == (1, 1)
    assert (summary.num_left, summary.num_missed, summary.num_at_risk) == (2, 1, 1)
    assert summary.backlog_start_hours == pytest.approx((30 + 10) / 60)
    assert summary.backlog_end_hours == pytest.approx(10 / 60)
    assert summary.oldest_start_hours == 6
    assert summary.num_moves == day.plan.objective.move
    assert summary.lent_hours == pytest.approx((day.plan.objective.away or 0) * 0.5 / 60)
    assert summary.gap == 0.25
    # T2 is 6 minutes late, T3 one; T6 is left, and counts from its due to the carry-over.
    assert summary.tardiness_hours == pytest.approx((6 / 60 + 1 / 60 + 21) / 3)


def test_another_plan_stands_beside_team_by_team(day: Day) -> None:
    nothing = replace(
        day.plan,
        assignments=(),
        unscheduled=tuple(
            Unscheduled(task=task.id, reason=UnscheduledReason.NO_CAPACITY) for task in day.problem.tasks
        ),
    )
    other = tabulate_plan(day.problem, nothing, zone=ZONE)
    figures = figures_document(summarise_plan(nothing, other), other)
    compared = compare_teams(day.tables, {"fifo": figures})
    assert compared["on_time_share_fifo"].tolist() == [0, 0]
    assert compared["on_time_share"].tolist() == day.tables.teams["on_time_share"].tolist()


def test_figures_are_plain_json(day: Day) -> None:
    figures = figures_document(summarise_plan(day.plan, day.tables), day.tables)
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert [team["num_due"] for team in figures["teams"]] == [3, 2]


def test_a_day_without_tasks_or_agents_has_empty_tables(day: Day) -> None:
    problem = replace(day.problem, tasks=(), agents=())
    plan = replace(day.plan, assignments=(), unscheduled=())
    tables = tabulate_plan(problem, plan, zone=ZONE)
    summary = summarise_plan(plan, tables)
    assert (summary.num_tasks, summary.num_agents, summary.num_late) == (0, 0, 0)
    assert summary.on_time_share is None
    assert summary.utilization is None
    assert tables.assignments.empty
    assert tables.swing.empty


def test_a_plan_of_another_day_is_refused_with_each_fault(day: Day) -> None:
    wrong = replace(
        day.plan,
        assignments=(
            Assignment(task="T1", agent="nobody", start=day.problem.now, end=day.problem.now + 60),
            Assignment(task="T9", agent="ana", start=day.problem.now, end=day.problem.now + 60),
        ),
        unscheduled=(Unscheduled(task="T1", reason=UnscheduledReason.NO_CAPACITY),),
    )
    with pytest.raises(InputError) as refused:
        tabulate_plan(day.problem, wrong, zone=ZONE)
    text = str(refused.value)
    assert "'nobody'; expected an agent of the problem" in text
    assert "'T9'; expected a task of the problem" in text
    assert "'T1'; expected each task once" in text
    assert "task 'T7': is neither assigned nor unscheduled" in text


def test_a_night_with_a_clock_change_keeps_its_local_hours(day: Day) -> None:
    night = parse_instant("2026-03-29T01:30:00+01:00")
    shift = day.problem.now - night
    problem = replace(
        day.problem,
        now=night,
        carry_over=day.problem.carry_over - shift,
        tasks=tuple(
            replace(task, arrived=task.arrived - shift, due=task.due - shift, must_by=None)
            for task in day.problem.tasks
        ),
        agents=tuple(
            replace(
                agent,
                shifts=tuple(replace(s, start=s.start - shift, end=s.end - shift, breaks=()) for s in agent.shifts),
            )
            for agent in day.problem.agents
        ),
    )
    plan = replace(
        day.plan,
        assignments=tuple(replace(a, start=a.start - shift, end=a.end - shift) for a in day.plan.assignments),
    )
    tasks = tabulate_plan(problem, plan, zone=ZONE).tasks.set_index("task")
    end = row(tasks.reset_index(), task="T3")["end"]
    assert f"{end:%H:%M}" == "03:11"  # 41 minutes after 01:30, and the hour from two to three is not
    assert format_instant(int(end.timestamp())) == "2026-03-29T01:11:00+00:00"
