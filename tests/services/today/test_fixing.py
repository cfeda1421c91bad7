"""Doing what a fix asks for: the next plan lets the task in; what needs another lead waits for them."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from models.database import Database
from models.errors import ConflictError, ForbiddenError
from models.repositories.offices import write_office
from models.vocabulary import Role
from models.vocabulary_lending import LendingState
from services.access.caller import Caller
from services.access.principals import create_principal
from services.access.tracing import Act
from services.daily_plan import Search, ask_for_day, plan_day
from services.explaining import Explainer
from services.fixes import Fix, FixKind
from services.live.desk import Desk
from services.live.following import Follower
from services.office_editing import pin
from services.settings import Settings
from services.today.fixing import Workbench, apply_fix, key_of
from services.today.lendings import find_lendings

MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800
HOUR = 3600
SETTINGS = Settings(plannable_share=1.0)
OWN = Caller(principal_id="lea", roles=frozenset({Role.LEAD}), teams=frozenset({"claims"}))
OTHER = Caller(principal_id="leo", roles=frozenset({Role.LEAD}), teams=frozenset({"billing"}))


@pytest.fixture
def office(database: Database, make_office: Callable[..., Any]) -> Database:
    """Ben has an hour for three claims of 27 minutes; Ana, of billing, could do them, and may not be lent."""
    agents = [
        {"id": "ana", "name": "Ana", "team": "billing"},
        {"id": "ben", "name": "Ben", "team": "claims"},
    ]
    shifts = [
        {"agent": "ana", "date": MONDAY, "start": time(8), "end": time(16, 30), "breaks": ()},
        {"agent": "ben", "date": MONDAY, "start": time(8), "end": time(9), "breaks": ()},
    ]
    tasks = [
        {"id": name, "type": "claim", "arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + 2 * HOUR, **more}
        for name, more in (("T1", {}), ("T2", {}), ("T3", {"weight": 1.0}))
    ]
    tasks[2]["pinned_agent"] = "ben"
    with database.writing() as session:
        write_office(session, make_office(agents=agents, shifts=shifts, tasks=tasks))
    for caller in (OWN, OTHER):
        create_principal(
            database,
            caller.principal_id,
            roles=list(caller.roles),
            teams=sorted(caller.teams),
            name="",
            act=Act(at=MONDAY_8, by=None, what="test"),
        )
    return database


def plan(database: Database) -> tuple[list[str], Explainer]:
    made = plan_day(
        database, SETTINGS, at=MONDAY_8, made_at=MONDAY_8, search=Search(iterations=200, threads=1, time_limit_s=None)
    )
    explainer = Explainer(made.question.problem, made.plan)
    return list(explainer.left_tasks), explainer


def bench(database: Database, caller: Caller) -> Workbench:
    return Workbench(
        database=database,
        desk=Desk(database, SETTINGS, clock=lambda: MONDAY_8),
        queue=Follower(database, SETTINGS, clock=lambda: MONDAY_8).queue,
        settings=SETTINGS,
        caller=caller,
        now=MONDAY_8,
        what="POST /today/left/{task_id}/fix",
    )


def fix_of(explainer: Explainer, task: str, kind: FixKind) -> Fix:
    return next(fix for fix in explainer.fixes(task) if fix.kind is kind)


def test_overtime_lets_a_task_in_for_the_lead_of_whoever_stays_longer(office: Database) -> None:
    left, explainer = plan(office)
    assert left == ["T3"]
    found = fix_of(explainer, "T3", FixKind.OVERTIME)
    with pytest.raises(ForbiddenError):
        apply_fix(bench(office, OTHER), found)
    assert apply_fix(bench(office, OWN), found)
    assert plan(office)[0] == [], "the shift is longer by just as much as it takes"
    ben = next(agent for agent in ask_for_day(office, SETTINGS, at=MONDAY_8).problem.agents if agent.id == "ben")
    assert ben.shifts[0].end == found.until
    assert len({key_of(fix) for fix in explainer.fixes("T3")}) == len(explainer.fixes("T3"))


def test_a_later_due_is_agreed_at_the_desk(office: Database) -> None:
    _, explainer = plan(office)
    found = fix_of(explainer, "T3", FixKind.DUE_MOVED)
    assert apply_fix(bench(office, OWN), found)
    assert bench(office, OWN).queue.due_of("T3") == found.due


def test_lending_somebody_of_another_lead_is_put_to_them(office: Database) -> None:
    pin(office, "T3", None, now=MONDAY_8, principal_id="lea", what="test", check=lambda _version: None)
    left, explainer = plan(office)
    found = fix_of(explainer, left[0], FixKind.LENDING)
    assert found.agent == "ana"
    assert not apply_fix(bench(office, OWN), found)
    asked = find_lendings(office, teams={"billing"}, start=MONDAY_8, end=MONDAY_8 + 24 * HOUR)
    assert [(one.agent_id, one.to_team_id, one.state) for one in asked] == [("ana", "claims", LendingState.ACCEPTED)]
    assert plan(office)[0] == left, "nobody is lent before both leads agree"


def test_training_is_not_done_at_once(office: Database) -> None:
    _, explainer = plan(office)
    found = fix_of(explainer, "T3", FixKind.OVERTIME)
    with pytest.raises(ConflictError, match="not done at once"):
        apply_fix(bench(office, OWN), Fix(**{**vars(found), "kind": FixKind.TRAINING}))
