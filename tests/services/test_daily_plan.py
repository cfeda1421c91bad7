"""A day planned from the database, on both kinds of database."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.database import Database
from models.errors import PlanRejectedError, UsageError
from models.formats.offices.office import Office
from models.repositories.offices import write_office
from models.repositories.plans import count_plans
from models.vocabulary import Rule
from optimizer.presets import Preset
from optimizer.referee import check
from services.daily_plan import Search, ask_for_day, plan_day, stored_plan
from services.office import question_from_office
from services.planning import solve_problem
from services.settings import Settings
from services.swing_board import board_document, draw_board

MONDAY_8 = 1772434800
HOUR = 3600
QUICK = Search(time_limit_s=None, iterations=200, seed=1, threads=1)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, plannable_share=0.9)


@pytest.fixture
def stored(database: Database, make_office: Callable[..., Office]) -> Office:
    office = make_office()
    with database.writing() as session:
        write_office(session, office)
    return office


def test_the_question_is_that_of_the_office(database: Database, settings: Settings, stored: Office) -> None:
    """Through the database and straight from the tables it is the same."""
    question = ask_for_day(database, settings, at=MONDAY_8)
    assert question.problem == question_from_office(stored, at=MONDAY_8).problem


@pytest.mark.usefixtures("stored")
def test_a_day_may_aim_at_a_preset(database: Database, settings: Settings) -> None:
    made = plan_day(
        database, settings, at=MONDAY_8, made_at=MONDAY_8, preset=Preset.OLDEST_FIRST, search=QUICK, asked_by="lea"
    )
    assert check(made.question.problem, made.plan).feasible
    assert stored_plan(database, made.id).plan.extra["preset"]["name"] == "oldest-first"
    assert stored_plan(database, made.id).record.settings["preset"] == "oldest-first"


def test_a_planned_day_is_stored_with_its_question(database: Database, settings: Settings, stored: Office) -> None:
    made = plan_day(
        database,
        settings,
        at=MONDAY_8,
        made_at=MONDAY_8 + 9,
        compare=[Rule.EDF, Rule.FIFO],
        search=QUICK,
        asked_by="lea",
    )
    problem = made.question.problem
    assert check(problem, made.plan).feasible
    assert {one.task for one in made.plan.assignments} == {"T1", "T2", "T3"}
    assert made.plan.extra["plannable_share"] == 0.9
    assert made.plan.extra["timezone"] == "Europe/Madrid"
    board = stored_plan(database).plan.extra["swing"]
    assert board == board_document(draw_board(problem, made.plan, zone_name="Europe/Madrid"), zone_name="Europe/Madrid")
    assert {team["team"] for team in board["teams"]} == {"billing", "claims"}
    found = stored_plan(database)
    assert (found.record.id, found.plan, found.problem) == (made.id, made.plan, problem)
    assert found.record.figures == made.figures
    assert set(found.record.comparisons) == {"fifo", "edf"}
    assert found.record.comparisons["fifo"]["total"] >= made.plan.objective.total
    assert (found.record.made_at, found.record.principal_id) == (MONDAY_8 + 9, "lea")
    assert found.record.settings["iterations"] == 200
    assert made.figures["num_tasks"] == 3
    assert stored_plan(database, made.id).plan == made.plan
    assert len(stored.rows("tasks")) == 3


@pytest.mark.usefixtures("stored")
def test_the_same_seed_gives_the_same_plan(database: Database, settings: Settings) -> None:
    plans = [plan_day(database, settings, at=MONDAY_8, made_at=0, search=QUICK).plan for _ in range(2)]
    assert plans[0].assignments == plans[1].assignments
    assert plans[0].objective == plans[1].objective


@pytest.mark.usefixtures("stored")
def test_no_transaction_is_open_while_it_is_decided(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer gets in at once; on SQLite one that was open would keep it waiting, on PostgreSQL it shows."""
    seen: list[int] = []

    def solve_and_look(*arguments: Any, **options: Any) -> Any:
        seen.append(database._engine.pool.checkedout())  # type: ignore[attr-defined]
        return solve_problem(*arguments, **options)

    monkeypatch.setattr("services.daily_plan.solve_problem", solve_and_look)
    plan_day(database, settings, at=MONDAY_8, made_at=0, search=QUICK)
    assert seen == [0]


@pytest.mark.usefixtures("stored")
def test_a_rejected_plan_is_not_stored(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def solve_wrongly(*_: Any, **__: Any) -> Any:
        raise PlanRejectedError(["T1 starts at night"])

    monkeypatch.setattr("services.daily_plan.solve_problem", solve_wrongly)
    with pytest.raises(PlanRejectedError):
        plan_day(database, settings, at=MONDAY_8, made_at=0, search=QUICK)
    with database.reading() as session:
        assert count_plans(session) == 0


@pytest.mark.usefixtures("stored")
def test_cancelling_keeps_the_best_plan_so_far(database: Database, settings: Settings) -> None:
    cancel = threading.Event()
    cancel.set()
    made = plan_day(database, settings, at=MONDAY_8, made_at=0, search=replace(QUICK, iterations=10**9), cancel=cancel)
    assert check(made.question.problem, made.plan).feasible


@pytest.mark.usefixtures("stored")
def test_one_team_of_several(database: Database, settings: Settings) -> None:
    made = plan_day(database, settings, at=MONDAY_8, made_at=0, teams=["claims"], search=QUICK)
    assert {one.task for one in made.plan.assignments} == {"T2", "T3"}
    assert stored_plan(database).record.teams == ["claims"]
    assert made.plan.extra["left_out"] == {"other-team": 1}


def test_nothing_stored_yet(database: Database, settings: Settings) -> None:
    with pytest.raises(UsageError, match="holds no office yet; take it in with `swingdesk import tables FOLDER`"):
        ask_for_day(database, settings, at=MONDAY_8)
    with pytest.raises(UsageError, match="no plan is stored yet; `swingdesk plan` makes one"):
        stored_plan(database)


def test_nothing_to_do(database: Database, settings: Settings, make_office: Callable[..., Office]) -> None:
    with database.writing() as session:
        write_office(session, make_office(tasks=[]))
    with pytest.raises(UsageError, match=r"no task is open at 2026-03-02T08:00:00\+01:00; take in tasks with `swing"):
        plan_day(database, settings, at=MONDAY_8, made_at=0, search=QUICK)
    with pytest.raises(UsageError, match="the next shift starts at 2026-03-02T08:00:00"):
        plan_day(database, settings, at=MONDAY_8 - 24 * HOUR, made_at=0, search=QUICK)


@pytest.mark.usefixtures("stored")
def test_a_question_for_the_night_may_wait_for_the_next_shift(database: Database, settings: Settings) -> None:
    question = ask_for_day(database, settings, at=MONDAY_8 - 24 * HOUR, or_next_shift=True)
    assert question.problem.now == MONDAY_8
    assert [one.id for one in question.problem.tasks] == ["T1", "T2", "T3"]
    with pytest.raises(UsageError, match="take in shifts first"):
        ask_for_day(database, settings, at=MONDAY_8 + 24 * HOUR, or_next_shift=True)


@pytest.mark.usefixtures("stored")
def test_estimates_are_told(database: Database, settings: Settings, make_office: Callable[..., Office]) -> None:
    kinds = [
        {**row, "is_estimated": row["id"] == "claim", "is_sla_estimated": True}
        for row in make_office().rows("task_types")
    ]
    with database.writing() as session:
        write_office(session, make_office(task_types=kinds))
    told = ask_for_day(database, settings, at=MONDAY_8).assumptions()
    # Claims have a due of their own here.
    assert (told["estimated_minutes"], told["estimated_deadlines"]) == (["claim"], ["dispute"])


def test_everything_left_out_says_why(
    database: Database, settings: Settings, make_office: Callable[..., Office]
) -> None:
    rows = [{"id": "T1", "type": "claim", "arrived": 0, "due": 0, "pended_until": MONDAY_8 + 1}]
    with database.writing() as session:
        write_office(session, make_office(tasks=rows))
    with pytest.raises(UsageError, match="can be planned: 1 pended"):
        ask_for_day(database, settings, at=MONDAY_8)


@pytest.mark.usefixtures("stored")
def test_the_past_is_planned_as_it_was(
    database: Database, settings: Settings, make_office: Callable[..., Office]
) -> None:
    """What was closed since was open then."""
    rows = [{"id": "T2", "type": "claim", "arrived": MONDAY_8 - HOUR, "due": 0, "closed": MONDAY_8 + HOUR}]
    with database.writing() as session:
        write_office(session, make_office(tasks=rows))
    then = ask_for_day(database, settings, at=MONDAY_8).problem
    now = ask_for_day(database, settings, at=MONDAY_8 + HOUR).problem
    assert [one.id for one in then.tasks] == ["T1", "T2", "T3"]
    assert [one.id for one in now.tasks] == ["T1", "T3"]
