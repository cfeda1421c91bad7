"""Moves stored: a revision with a pin that plans made anew keep, taken back whole; and what came meanwhile is said."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.offices import write_office
from models.repositories.principals import ensure_principal
from models.tables.schema import table_of
from models.vocabulary import PrincipalKind
from optimizer.moving import Obstacle
from optimizer.referee import check
from services.daily_plan import Search, StoredPlan, ask_for_day, plan_day, stored_plan
from services.live.acts import Act
from services.live.desk import Desk
from services.moving.conflicts import Conflict, ConflictKind
from services.moving.storing import StoredMove, Undone, make_mover, store_move, undo_move
from services.moving.trying import Lack, Move, Refusal
from services.publishing import publish_stored_plan
from services.settings import Settings

MONDAY_8 = 1772434800
QUICK = Search(time_limit_s=None, iterations=200, seed=1, threads=1)
LEA = {"principal_id": "lea", "what": "test"}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture
def planned(database: Database, settings: Settings, make_office: Callable[..., Office]) -> StoredPlan:
    with database.writing() as session:
        write_office(session, make_office())
        ensure_principal(session, "lea", kind=PrincipalKind.PERSON, name="Lea", at=MONDAY_8)
    plan_day(database, settings, at=MONDAY_8, made_at=MONDAY_8, search=QUICK)
    return stored_plan(database)


def move_to(database: Database, found: StoredPlan, agent: str, *, minutes: int = 60, at: int = MONDAY_8) -> Any:
    move = Move(task="T2", agent=agent, not_before=MONDAY_8 + 60 * minutes)
    mover = make_mover(found.record, found.problem, found.plan)
    return store_move(database, found.record, mover, move, at=at, **LEA)


def other_than(found: StoredPlan) -> str:
    """Return who does not have T2 and may do it."""
    return "ben" if agent_of(found) == "ana" else "ana"


def agent_of(found: StoredPlan) -> str:
    return next(item.agent for item in found.plan.assignments if item.task == "T2")


def pin_of(database: Database) -> str | None:
    tasks = table_of("tasks")
    with database.reading() as session:
        found: str | None = session.connection().scalar(select(tasks.c.pinned_agent_id).where(tasks.c.id == "T2"))
        return found


def test_a_move_is_a_revision_that_holds_and_that_the_next_plan_keeps(
    database: Database, settings: Settings, planned: StoredPlan
) -> None:
    who = other_than(planned)
    made = move_to(database, planned, who)
    assert isinstance(made, StoredMove)
    after = stored_plan(database, made.plan_id)
    assert check(after.problem, after.plan).feasible
    assert after.plan.objective.total == pytest.approx(made.preview.total)
    assert made.preview.after in after.plan.assignments
    assert (agent_of(after), made.preview.after.start) == (who, MONDAY_8 + 3600)
    assert after.record.comparisons == planned.record.comparisons
    assert after.record.principal_id == "lea"
    changes, events = table_of("changes"), table_of("events")
    with database.reading() as session:
        trace = session.connection().execute(select(changes).where(changes.c.subject_kind == "task")).mappings().one()
        told = session.connection().scalar(select(events.c.details).order_by(events.c.id.desc()))
    assert (trace["subject_id"], trace["principal_id"], trace["after"]) == ("T2", "lea", {"pinned_agent_id": who})
    assert told == {"tables": ["tasks"], "task": "T2"}
    anew = plan_day(database, settings, at=MONDAY_8 + 60, made_at=MONDAY_8 + 60, search=QUICK)
    assert agent_of(stored_plan(database, anew.id)) == who


def test_moves_are_taken_back_one_after_the_other(database: Database, settings: Settings, planned: StoredPlan) -> None:
    first, second = other_than(planned), agent_of(planned)
    once = move_to(database, planned, first)
    twice = move_to(database, stored_plan(database, once.plan_id), second, minutes=90)
    assert pin_of(database) == second
    undone = undo_move(database, stored_plan(database, twice.plan_id).record, at=MONDAY_8, **LEA)
    assert isinstance(undone, Undone)
    assert stored_plan(database, undone.plan_id).plan == stored_plan(database, once.plan_id).plan
    assert pin_of(database) == first
    again = undo_move(database, stored_plan(database, undone.plan_id).record, at=MONDAY_8, **LEA)
    assert isinstance(again, Undone)
    assert stored_plan(database, again.plan_id).plan == planned.plan
    assert pin_of(database) is None
    at_the_end = undo_move(database, stored_plan(database, again.plan_id).record, at=MONDAY_8, **LEA)
    assert at_the_end == Conflict(kind=ConflictKind.NOTHING_TO_UNDO)
    assert ask_for_day(database, settings, at=MONDAY_8).problem == planned.problem


def test_what_somebody_else_did_meanwhile_is_said_and_kept(database: Database, planned: StoredPlan) -> None:
    made = move_to(database, planned, other_than(planned), at=MONDAY_8 + 30)
    late = move_to(database, planned, agent_of(planned), minutes=120)
    assert late == Conflict(kind=ConflictKind.PLAN_CHANGED, plan_id=made.plan_id, principal_id="lea", at=MONDAY_8 + 30)
    assert stored_plan(database).record.id == made.plan_id
    over = move_to(
        database, stored_plan(database, made.plan_id), agent_of(planned), at=planned.record.carry_over_at - 1
    )
    assert isinstance(over, Refusal)
    assert over.obstacle is Obstacle.NO_ROOM


def test_another_published_plan_stands_in_the_way_of_moves_in_the_old_one(
    database: Database, settings: Settings, planned: StoredPlan
) -> None:
    newer = plan_day(database, settings, at=MONDAY_8, made_at=MONDAY_8 + 5, search=QUICK)
    assert isinstance(move_to(database, planned, other_than(planned)), StoredMove)
    publish_stored_plan(database, newer.id, at=MONDAY_8 + 9, principal_id=None, what="test")
    told = undo_move(database, stored_plan(database).record, at=MONDAY_8 + 10, **LEA)
    assert told == Conflict(kind=ConflictKind.PLAN_REPLACED, plan_id=newer.id, at=MONDAY_8 + 9)
    own = move_to(database, stored_plan(database, newer.id), other_than(stored_plan(database, newer.id)))
    assert isinstance(own, StoredMove)  # what was published is revised, and is to be published anew


def test_a_task_that_somebody_took_at_the_desk_is_theirs(
    database: Database, settings: Settings, planned: StoredPlan
) -> None:
    desk = Desk(database, settings, clock=lambda: MONDAY_8 + 60)
    desk.sign_in("ben", Act(principal_id="ben"))
    desk.claim("ben", "T2", Act(principal_id="ben"))
    told = move_to(database, planned, "ana")
    assert told == Conflict(kind=ConflictKind.TASK_TAKEN, at=MONDAY_8 + 60, agent="ben")
    desk.start("ben", "T2", Act(principal_id="ben"))
    desk.complete("ben", "T2", Act(principal_id="ben"))
    closed = move_to(database, planned, "ana")
    assert (closed.kind, closed.agent) == (ConflictKind.TASK_CLOSED, "ben")
    assert stored_plan(database).record.id == planned.record.id
    assert pin_of(database) != "ana"


def test_a_task_that_a_lead_gave_to_one_agent_is_not_moved_to_another(
    database: Database, settings: Settings, planned: StoredPlan
) -> None:
    desk = Desk(database, settings, clock=lambda: MONDAY_8 + 60)
    desk.reassign("T2", Act(principal_id="lea"), to_agent_id="ben")
    told = move_to(database, planned, "ana")
    assert (told.kind, told.agent) == (ConflictKind.TASK_GIVEN, "ben")
    assert isinstance(move_to(database, planned, "ben"), StoredMove)


def test_who_may_not_do_it_is_refused_with_the_reason(database: Database, planned: StoredPlan) -> None:
    mover = make_mover(planned.record, planned.problem, planned.plan)
    told = store_move(
        database, planned.record, mover, Move(task="T1", agent="ben", not_before=MONDAY_8), at=MONDAY_8, **LEA
    )
    assert told == Refusal(obstacle=Obstacle.NOT_ABLE, lack=Lack.SKILL, skill="bill", level=1)
    assert stored_plan(database).record.id == planned.record.id
