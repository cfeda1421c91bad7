"""Doing what a fix asks for: the next plan lets the task in; what needs another lead waits for them."""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any

import pytest

from models.database import Database
from models.errors import ConflictError, ForbiddenError, NotFoundError
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
from services.office_editing import find_agent, pin
from services.settings import Settings
from services.today.bench import Workbench
from services.today.fixing import Doer, apply_fix, doer_of, key_of
from services.today.lendings import find_lendings
from services.today.undoing import find_applied, undo_fix
from services.upserting import upsert_rows

MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800
HOUR = 3600
SETTINGS = Settings(plannable_share=1.0)
OWN = Caller(principal_id="lea", roles=frozenset({Role.LEAD}), teams=frozenset({"claims"}))
ADMIN = Caller(principal_id="root", roles=frozenset({Role.ADMIN}))
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
    for caller in (OWN, OTHER, ADMIN):
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
    (done,) = find_applied(office, left[0], since=MONDAY_8)
    undo_fix(bench(office, OWN), left[0], done.id, since=MONDAY_8)
    assert apply_fix(bench(office, ADMIN), found), "an administrator speaks for both"
    assert left[0] not in plan(office)[0]
    last = find_applied(office, left[0], since=MONDAY_8)[0]
    undo_fix(bench(office, ADMIN), left[0], last.id, since=MONDAY_8)
    assert plan(office)[0] == left
    assert find_agent(office, "ana")["swing_teams"] == []


@pytest.fixture
def school(office: Database) -> Database:
    """Beside Ben, who has no room for all, Cleo of his team has little of the skill, and Dan none."""
    upsert = partial(upsert_rows, office, SETTINGS, now=MONDAY_8, principal_id="lea")
    names = ("cleo", "dan")
    upsert("agents", [{"id": name, "name": name.title(), "team": "claims"} for name in names])
    upsert("shifts", [{"agent": name, "date": "2026-03-02", "start": "08:00", "end": "16:30"} for name in names])
    upsert(
        "agent_skills",
        [{"agent": "cleo", "skill": "claim", "level": 1}, {"agent": "dan", "skill": "bill", "level": 1}],
    )
    claim = {"type": "claim", "arrived": "2026-03-02T07:00+01:00", "due": "2026-03-02T10:00+01:00", "min_level": 2}
    upsert("tasks", [{**claim, "id": name} for name in ("T1", "T2", "T3")])
    return office


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (OWN, FixKind.OVERTIME),
        (OWN, FixKind.DUE_MOVED),
        (OWN, FixKind.TRAINING),
        (ADMIN, FixKind.SKILL_WAIVED),
    ],
)
def test_a_fix_lets_the_task_in_and_is_taken_back_once(school: Database, caller: Caller, kind: FixKind) -> None:
    left, explainer = plan(school)
    task = left[0]
    problem = ask_for_day(school, SETTINGS, at=MONDAY_8).problem
    found = next(fix for fix in find_all(explainer, task) if fix.kind is kind)
    assert apply_fix(bench(school, caller), found)
    assert (task in plan(school)[0]) == (found.agent is None), "a later due may as well be one of the next plan's"
    (done,) = find_applied(school, task, since=MONDAY_8)
    assert (done.kind, done.principal_id, done.is_undone) == (kind, caller.principal_id, False)
    undo_fix(bench(school, caller), task, done.id, since=MONDAY_8)
    assert ask_for_day(school, SETTINGS, at=MONDAY_8).problem == problem, "all is as it was"
    assert [one.is_undone for one in find_applied(school, task, since=MONDAY_8)] == [True]
    with pytest.raises(ConflictError, match="already"):
        undo_fix(bench(school, caller), task, done.id, since=MONDAY_8)


def test_what_was_changed_since_is_not_put_back(school: Database) -> None:
    left, explainer = plan(school)
    found = next(fix for fix in find_all(explainer, left[0]) if fix.kind is FixKind.TRAINING)
    assert found.agent is not None
    apply_fix(bench(school, OWN), found)
    (done,) = find_applied(school, left[0], since=MONDAY_8)
    with pytest.raises(ForbiddenError):
        undo_fix(bench(school, OTHER), left[0], done.id, since=MONDAY_8)
    upsert_rows(
        school,
        SETTINGS,
        "agent_skills",
        [{"agent": found.agent, "skill": "claim", "level": 5}],
        now=MONDAY_8,
        principal_id="lea",
    )
    with pytest.raises(ConflictError, match="changed since"):
        undo_fix(bench(school, OWN), left[0], done.id, since=MONDAY_8)
    with pytest.raises(ConflictError, match="by now"):
        apply_fix(bench(school, OWN), found)
    with pytest.raises(NotFoundError):
        undo_fix(bench(school, OWN), "T-none", done.id, since=MONDAY_8)


def test_only_administrators_ask_for_less_and_leads_change_only_their_own_people(school: Database) -> None:
    left, explainer = plan(school)
    fixes = {fix.kind: fix for fix in find_all(explainer, left[0])}
    planner = Caller(principal_id="pia", roles=frozenset({Role.PLANNER}))
    whose = {
        (caller.principal_id, kind): doer_of(bench(school, caller), fixes[kind])
        for caller in (OWN, OTHER, ADMIN, planner)
        for kind in (FixKind.TRAINING, FixKind.SKILL_WAIVED)
    }
    assert whose == {
        ("lea", FixKind.TRAINING): Doer.CALLER,
        ("lea", FixKind.SKILL_WAIVED): Doer.ADMIN,
        ("leo", FixKind.TRAINING): Doer.HOME_LEAD,
        ("leo", FixKind.SKILL_WAIVED): Doer.ADMIN,
        ("root", FixKind.TRAINING): Doer.CALLER,
        ("root", FixKind.SKILL_WAIVED): Doer.CALLER,
        ("pia", FixKind.TRAINING): Doer.TEAM_LEAD,
        ("pia", FixKind.SKILL_WAIVED): Doer.ADMIN,
    }
    with pytest.raises(ForbiddenError, match="administrators"):
        apply_fix(bench(school, OWN), fixes[FixKind.SKILL_WAIVED])


def find_all(explainer: Explainer, task: str) -> tuple[Fix, ...]:
    return explainer.fixes(task, most=20)
