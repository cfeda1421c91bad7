from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.formats.offices.office import Office
from models.formats.plan import Assignment, Objective, Plan, Unscheduled
from models.formats.problem import Problem
from models.repositories.imports import add_batch, finish_batch, list_batches
from models.repositories.offices import write_office
from models.repositories.plans import (
    add_plan,
    count_plans,
    get_plan,
    get_plan_record,
    get_problem,
    list_plans,
    problem_digest,
)
from models.repositories.principals import ensure_principal
from models.tables.people import PrincipalRow
from models.tables.schema import table_of
from models.vocabulary import PlanStatus, PrincipalKind, UnscheduledReason
from services.office import question_from_office

MONDAY_8 = 1772434800
PLAN = Plan(
    assignments=(
        Assignment(task="T3", agent="ben", start=MONDAY_8, end=MONDAY_8 + 1800),
        Assignment(task="T1", agent="ana", start=MONDAY_8 + 60, end=MONDAY_8 + 1200),
    ),
    unscheduled=(Unscheduled(task="T2", reason=UnscheduledReason.NO_CAPACITY, detail="Ben está lleno"),),
    objective=Objective(total=120.25, tardiness=0.0, late=1.5),
    lower_bound=100.125,
    status=PlanStatus.FEASIBLE,
    solve_seconds=1.5,
    seed=2**62,
    sunk=3.0,
    extra={"plannable_share": 0.9, "note": "ñ", "prices": [1, 2.5, None]},
)


@pytest.fixture
def problem(database: Database, make_office: Callable[..., Office]) -> Problem:
    office = make_office()
    with database.writing() as session:
        write_office(session, office)
    return question_from_office(office, at=MONDAY_8).problem


def test_a_plan_comes_back_as_it_was(database: Database, problem: Problem) -> None:
    with database.writing() as session:
        who = ensure_principal(session, "lea", kind=PrincipalKind.PERSON, name="Lea", at=MONDAY_8)
        number = add_plan(
            session,
            PLAN,
            problem,
            made_at=MONDAY_8 + 5,
            timezone="Europe/Madrid",
            teams=["claims"],
            settings={"seed": 2},
            figures={"gap": None},
            comparisons={"fifo": {"total": 9.5}},
            principal_id=who,
        )
    with database.reading() as session:
        assert get_plan(session, number) == PLAN
        record = get_plan_record(session, number)
        assert get_problem(session, record.problem_digest) == problem
        assert list_plans(session) == [record]
        assert count_plans(session) == 1
    assert record.problem_digest == problem_digest(problem)
    assert (record.planned_from, record.carry_over_at) == (problem.now, problem.carry_over)
    assert (record.made_at, record.timezone, record.principal_id) == (MONDAY_8 + 5, "Europe/Madrid", "lea")
    assert (record.teams, record.settings) == (["claims"], {"seed": 2})
    assert (record.figures, record.comparisons) == ({"gap": None}, {"fifo": {"total": 9.5}})
    assert (record.total, record.lower_bound, record.status) == (120.25, 100.125, "feasible")


def test_plans_of_one_question_share_it(database: Database, problem: Problem) -> None:
    empty = Plan(assignments=(), unscheduled=(), objective=Objective(total=0.0))
    with database.writing() as session:
        numbers = [add_plan(session, plan, problem, made_at=at, timezone="UTC") for at, plan in ((1, PLAN), (2, empty))]
        add_plan(session, empty, replace(problem, tasks=()), made_at=3, timezone="UTC")
    with database.reading() as session:
        assert get_plan(session, numbers[1]) == empty
        assert [one.made_at for one in list_plans(session)] == [3, 2, 1]
        assert [one.made_at for one in list_plans(session, limit=1)] == [3]
        problems = table_of("problems")
        assert len(session.connection().execute(select(problems.c.digest)).all()) == 2


def test_a_plan_of_tasks_that_are_not_there_is_refused(database: Database, problem: Problem) -> None:
    strange = replace(PLAN, unscheduled=(replace(PLAN.unscheduled[0], task="T9"),))
    with (
        pytest.raises(ConflictError, match="plan_unscheduled: the database refuses the rows"),
        database.writing() as session,
    ):
        add_plan(session, strange, problem, made_at=1, timezone="UTC")
    with database.reading() as session:
        assert count_plans(session) == 0


def test_what_is_not_there_is_said(database: Database) -> None:
    with database.reading() as session:
        for look in (get_plan, get_plan_record):
            with pytest.raises(NotFoundError, match="there is no plan 7"):
                look(session, 7)
        with pytest.raises(NotFoundError, match="there is no problem abc"):
            get_problem(session, "abc")


def test_imports_are_remembered(database: Database) -> None:
    with database.writing() as session:
        first = add_batch(session, kind="tables", source="monday", digest="aa", imported_at=1)
        second = add_batch(session, kind="log", source="log.xes", digest="bb", imported_at=2)
        finish_batch(session, first, {"tasks": {"new": 3}})
    with database.reading() as session:
        found = list_batches(session)
        assert [(one.id, one.kind, one.source, one.digest, one.imported_at) for one in found] == [
            (second, "log", "log.xes", "bb", 2),
            (first, "tables", "monday", "aa", 1),
        ]
        assert [one.counts for one in found] == [{}, {"tasks": {"new": 3}}]
    with pytest.raises(NotFoundError, match="there is no import 99"), database.writing() as session:
        finish_batch(session, 99, {})


def test_who_acts_is_made_known_once(database: Database) -> None:
    for at in (1, 2):
        with database.writing() as session:
            ensure_principal(session, "lea", kind=PrincipalKind.PERSON, name="Lea", at=at)
    with database.reading() as session:
        found = session.get(PrincipalRow, "lea")
        assert found is not None
        assert (found.kind, found.name, found.created_at, found.disabled_at) == ("person", "Lea", 1, None)
