"""A small day made by hand, and its plan: two teams, three people, one of them lent."""

from dataclasses import dataclass

import pytest

from models.formats.plan import Assignment, Objective, Plan, Unscheduled
from models.formats.problem import Agent, AgentState, Break, Problem, Setup, Shift, Skill, Task, TaskType, Team
from models.time import load_zone, parse_instant
from models.vocabulary import PlanStatus, UnscheduledReason
from reports.plan_tables import PlanTables, tabulate_plan

ZONE = load_zone("Europe/Madrid")
MINUTE = 60


def at(clock: str) -> int:
    """Return an instant of 2 March 2026 in Madrid."""
    return parse_instant(f"2026-03-02T{clock}:00+01:00")


@dataclass(frozen=True)
class Day:
    problem: Problem
    plan: Plan
    tables: PlanTables


def make_problem() -> Problem:
    day = (
        Shift(start=at("08:00"), end=at("16:00"), breaks=(Break(start=at("12:00"), end=at("12:30"), kind="lunch"),)),
    )
    return Problem(
        now=at("08:00"),
        carry_over=at("16:00") + 20 * 3600,
        teams=(Team(id="bill", name="Billing"), Team(id="data", name="Data entry")),
        task_types=(
            TaskType(id="dispute", name="Dispute", team="bill", skill="b", handling_minutes=20),
            TaskType(id="refund", team="bill", skill="b", handling_minutes=10),
            TaskType(id="form", name="Form", team="data", skill="d", handling_minutes=10),
        ),
        agents=(
            Agent(id="ana", name="Ana", team="bill", skills={"b": Skill(level=3)}, shifts=day),
            Agent(
                id="ben",
                name="Ben",
                team="data",
                swing_teams=("bill",),
                skills={"b": Skill(level=2, speed=0.5), "d": Skill(level=3)},
                shifts=day,
                state=AgentState(type="form"),
            ),
            Agent(id="eva", name="Eva", team="data", skills={"d": Skill(level=3)}, shifts=()),
        ),
        tasks=(
            Task(id="T1", name="Disputed", type="dispute", arrived=at("07:00"), due=at("09:00"), weight=4,
                 attributes={"client": "iberluz", "case": "C1"}),
            Task(id="T2", type="refund", arrived=at("07:00"), due=at("08:25"), weight=2),
            Task(id="T3", type="refund", arrived=at("07:00"), due=at("08:40"), pinned_agent="ana"),
            Task(id="T4", type="dispute", arrived=at("06:00"), due=at("07:30"), weight=3),
            Task(id="T5", type="form", arrived=at("07:50"), due=at("13:00"), attributes={"title": "Paper"}),
            Task(id="T6", type="form", arrived=at("02:00"), due=at("15:00"), must_by=at("15:30"), weight=9),
            Task(id="T7", type="form", arrived=at("09:00"), due=at("16:00") + 17 * 3600),
        ),
        setup=Setup(same_team_minutes=1, other_team_minutes=5),
    )  # fmt: skip


def make_plan() -> Plan:
    return Plan(
        assignments=(
            Assignment(task="T1", agent="ana", start=at("08:00"), end=at("08:20")),
            Assignment(task="T2", agent="ana", start=at("08:21"), end=at("08:31")),
            Assignment(task="T3", agent="ana", start=at("08:31"), end=at("08:41")),
            Assignment(task="T4", agent="ben", start=at("08:05"), end=at("08:45")),
            Assignment(task="T5", agent="ben", start=at("11:55"), end=at("12:35")),
        ),
        unscheduled=(
            Unscheduled(task="T6", reason=UnscheduledReason.NO_CAPACITY, detail="Ben is full from 15:00 on."),
            Unscheduled(task="T7", reason=UnscheduledReason.NOT_WORTH_IT),
        ),
        objective=Objective(total=200.0, move=2, away=40),
        lower_bound=150.0,
        status=PlanStatus.FEASIBLE,
        extra={"plannable_share": 0.5},
    )


@pytest.fixture(scope="session")
def day() -> Day:
    problem, plan = make_problem(), make_plan()
    return Day(problem, plan, tabulate_plan(problem, plan, zone=ZONE))
