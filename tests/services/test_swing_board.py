"""The swing board: who is lent, why, what it costs at home, until when, and what another hour would save."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from models.errors import PlanRejectedError
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.time import parse_instant
from services.planning import solve_problem
from services.swing_board import SwingBoard, board_document, draw_board


def at(clock: str, day: int = 2) -> str:
    return f"2026-03-{day:02d}T{clock}:00+00:00"


def agent(who: str, team: str, *, skills: tuple[str, ...], **keys: Any) -> dict[str, Any]:
    return {
        "id": who,
        "team": team,
        "skills": {skill: {"level": 1} for skill in skills},
        "shifts": [{"start": at("08:00"), "end": at("10:00")}],
        **keys,
    }


def task(name: str, kind: str, due: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "arrived": at("07:00"), "due": at(due), **keys}


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Claims drowns: Ben has two hours for three of them. Ana of billing has one bill to write, by ten."""
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": at("08:00"),
            "carry_over": at("12:00", 3),
            "teams": [{"id": "billing", "name": "Billing"}, {"id": "claims", "name": "Claims"}],
            "task_types": [
                {"id": "bill", "team": "billing", "skill": "bill", "handling_minutes": 30},
                {"id": "claim", "team": "claims", "skill": "claim", "handling_minutes": 60},
            ],
            "agents": [
                agent("ana", "billing", skills=("bill", "claim"), name="Ana", swing_teams=["claims"]),
                agent("ben", "claims", skills=("claim",), name="Ben"),
            ],
            "tasks": [
                task("C1", "claim", "09:00"),
                task("C2", "claim", "09:00", pinned_agent="ben"),
                task("C3", "claim", "10:00", pinned_agent="ben"),
                task("B1", "bill", "10:00", weight=0.5),
            ],
            "setup": {"same_team_minutes": 0, "other_team_minutes": 5},
        }
    )


@pytest.fixture(scope="module")
def board(problem: Problem) -> SwingBoard:
    return draw_board(problem, solve_problem(problem, iterations=2000, time_limit_s=None))


def test_a_block_says_who_helps_whom_and_when(problem: Problem, board: SwingBoard) -> None:
    (block,) = board.blocks
    assert (block.agent, block.home_team, block.team, block.tasks) == ("ana", "billing", "claims", ("C1",))
    assert (block.start, block.end, block.minutes) == (problem.now, problem.now + 3600, 60)


def test_without_the_block_its_task_is_left(board: SwingBoard) -> None:
    (block,) = board.blocks
    # C1 would be left: 27 hours late, once 60 for being late and 30 for being left; an hour away costs 3. Ben does two.
    assert block.left_without == ("C1",)
    assert block.saving == pytest.approx(27 * 60 + 90 - 3 - 5)


def test_the_home_team_pays_nothing_where_its_work_is_in_time(board: SwingBoard) -> None:
    (block,) = board.blocks
    assert (block.home_cost, block.home_late) == (0, ())
    assert block.gives_back == parse_instant(at("09:05"))
    assert block.sentence == (
        "Ana of Billing works for Claims from 08:00 to 09:00: 1 task, 1 h. Without it C1 would be left, and the plan "
        "would cost up to 1,702 more. At home that costs nothing. Given back at 09:05."
    )


def test_the_home_team_pays_where_its_work_is_late(problem: Problem) -> None:
    """The bill is due at half past eight now, and Ana is with claims then."""
    earlier = replace(problem, tasks=(*problem.tasks[:3], replace(problem.tasks[3], due=problem.now + 1800)))
    (block,) = draw_board(earlier, solve_problem(earlier, iterations=2000, time_limit_s=None)).blocks
    if block.start == problem.now:
        assert block.home_late == ("B1",)
        assert block.home_cost == pytest.approx(0.5 * (65 + 60))
        assert "At home that costs 62, with B1 late or left." in block.sentence


def test_the_curve_falls_and_ends_where_nothing_is_left_to_save(board: SwingBoard) -> None:
    teams = {team.team: team for team in board.teams}
    assert teams["billing"].next_hours == ()
    assert teams["billing"].sentence == "Billing: nothing."
    assert teams["claims"].borrowed_minutes == 60
    assert (teams["billing"].lent_minutes, teams["billing"].lending_cost) == (60, 0)
    for team in board.teams:
        assert all(one >= other for one, other in pairwise(team.next_hours))


def test_a_day_that_is_too_full_for_everybody_wants_another_hour(problem: Problem) -> None:
    more = tuple(replace(problem.tasks[2], id=f"D{n}", pinned_agent=None, excluded_agents=("ana",)) for n in range(3))
    full = replace(problem, tasks=(*problem.tasks, *more))
    board = draw_board(full, solve_problem(full, iterations=3000, time_limit_s=None))
    claims = board.teams[0]
    assert claims.team == "claims"
    assert len(claims.next_hours) >= 1
    assert claims.start is not None
    assert claims.end is not None
    assert claims.end - claims.start == 3600 * len(claims.next_hours)
    assert claims.sentence.startswith("Claims: ")


def test_a_plan_that_does_not_hold_has_no_board(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=500, time_limit_s=None)
    with pytest.raises(PlanRejectedError):
        draw_board(problem, replace(plan, assignments=plan.assignments[1:]))


def test_the_board_as_json_has_its_instants_in_the_zone(board: SwingBoard) -> None:
    document = board_document(board, zone_name="Europe/Madrid")
    assert document["blocks"][0]["start"] == "2026-03-02T09:00:00+01:00"
    assert document["blocks"][0]["tasks"] == ["C1"]
    assert document["teams"][-1]["start"] is None


def test_every_plan_says_who_is_lent(problem: Problem) -> None:
    plan = solve_problem(problem, iterations=2000, time_limit_s=None)
    (block,) = plan.extra["swing"]["blocks"]
    assert block == {
        "agent": "ana",
        "home_team": "billing",
        "team": "claims",
        "start": at("08:00"),
        "end": at("09:00"),
        "tasks": ["C1"],
        "minutes": 60.0,
        "gives_back": at("09:05"),
    }
