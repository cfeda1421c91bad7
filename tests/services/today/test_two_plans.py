"""Two leads' plans and the agent whom both may use: never shown two things at once, and left time for by the next."""

from collections.abc import Callable, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from models.database import Database
from models.errors import ConflictError
from models.formats.plan import Assignment
from models.formats.problem import Agent, Break, Shift
from models.repositories.offices import write_office
from models.tables.schema import table_of
from services.daily_plan import DailyPlan, Search, plan_day
from services.office_duty import ELSEWHERE, set_aside
from services.publishing import find_published, publish_stored_plan
from services.settings import Settings

MONDAY = date(2026, 3, 2)
MONDAY_8 = 1772434800
HOUR = 3600
SETTINGS = Settings(plannable_share=1.0)


@pytest.fixture
def office(database: Database, make_office: Callable[..., Any]) -> Database:
    """Ana, of billing, may be lent to claims; in both teams there is work that only she is there for."""
    shift = {"agent": "ana", "date": MONDAY, "start": time(8), "end": time(16, 30)}
    arrived = {"arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + HOUR}
    tasks = [{"id": f"D{n}", "type": "dispute", **arrived} for n in range(3)]
    tasks += [{"id": f"C{n}", "type": "claim", **arrived} for n in range(2)]
    shifts = [{**shift, "breaks": ((time(8, 30), time(8, 40), "coffee", True),)}]
    with database.writing() as session:
        write_office(session, make_office(shifts=shifts, tasks=tasks))
    return database


def plan(database: Database, *teams: str) -> DailyPlan:
    search = Search(iterations=100, threads=1, time_limit_s=None)
    return plan_day(database, SETTINGS, at=MONDAY_8, made_at=MONDAY_8, teams=teams or None, search=search)


def publish(database: Database, plan_id: int, who: str | None = None) -> None:
    publish_stored_plan(database, plan_id, at=MONDAY_8, principal_id=who, what="test")


def overlaps(items: Sequence[Assignment]) -> bool:
    ordered = sorted(items, key=lambda item: item.start)
    return any(first.end > then.start for first, then in pairwise(ordered))


def test_what_has_somebody_do_two_things_at_once_is_not_shown_and_the_next_plan_leaves_them_the_time(
    office: Database,
) -> None:
    billing, claims = plan(office, "billing"), plan(office, "claims")
    assert {item.agent for item in (*billing.plan.assignments, *claims.plan.assignments)} == {"ana"}
    publish(office, billing.id, "lea")
    with pytest.raises(ConflictError, match=rf"plan {billing.id}, shown by lea, has Ana do D\d from 08:"):
        publish(office, claims.id)
    again = plan(office, "claims")
    assert not overlaps((*billing.plan.assignments, *again.plan.assignments))
    publish(office, again.id)
    shown = find_published(office, at=MONDAY_8)
    assert shown is not None
    assert {item.task for item in shown.by_agent["ana"]} == {"D0", "D1", "D2", "C0", "C1"}
    assert not overlaps(shown.by_agent["ana"])
    publish(office, plan(office).id)  # one of all teams takes the place of both


def test_a_task_that_pauses_for_what_another_plan_gives_is_no_clash(
    database: Database, make_office: Callable[..., Any]
) -> None:
    shift = {"agent": "ana", "date": MONDAY, "start": time(8), "end": time(16, 30)}
    arrived = {"arrived": MONDAY_8 - HOUR, "due": MONDAY_8 + 4 * HOUR}
    tasks = [{"id": "D0", "type": "dispute", "earliest_start": MONDAY_8 + HOUR, **arrived}]
    tasks += [{"id": "C0", "type": "claim", "handling_minutes": 120, **arrived}]
    with database.writing() as session:
        write_office(session, make_office(shifts=[shift], tasks=tasks))
    billing = plan(database, "billing")
    publish(database, billing.id, "lea")
    claims = plan(database, "claims")
    (long,), (short,) = claims.plan.assignments, billing.plan.assignments
    assert long.start < short.start < short.end < long.end
    publish(database, claims.id)


@pytest.mark.parametrize("first", [("billing",), ()])
def test_what_waits_outside_since_is_no_other_thing_to_do(office: Database, first: Sequence[str]) -> None:
    """A plan shown before gave Ana a task that waits for its customer by now: its time is hers again."""
    before = plan(office, *first)
    publish(office, before.id, "lea")
    begun = min(before.plan.assignments, key=lambda item: item.start)
    with office.writing() as session:
        tasks = table_of("tasks")
        later = update(tasks).where(tasks.c.id == begun.task).values(pended_until=MONDAY_8 + 24 * HOUR)
        session.connection().execute(later)
    after = plan(office, "billing", "claims")
    assert begun.task not in {item.task for item in after.plan.assignments}
    assert min(item.start for item in after.plan.assignments) == begun.start
    publish(office, after.id)


@given(
    st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30)), max_size=5),
    st.lists(st.integers(0, 24), max_size=6, unique=True).map(sorted),
)
def test_time_set_aside_is_a_break_and_the_rest_stays_work(stretches: list[tuple[int, int]], bounds: list[int]) -> None:
    pauses = tuple(Break(start=a, end=b) for a, b in zip(bounds[::2], bounds[1::2], strict=False))
    agent = Agent(id="a", team="t", skills={}, shifts=(Shift(start=0, end=25, breaks=pauses),))
    made = set_aside(agent, stretches)
    paused = {minute for pause in pauses for minute in range(pause.start, pause.end)}
    away = {minute for start, end in stretches for minute in range(max(start, 0), min(end, 25))} - paused
    if len(paused | away) == 25:
        assert made.shifts == ()
        return
    (shift,) = made.shifts
    assert [minute for pause in shift.breaks for minute in range(pause.start, pause.end)] == sorted(paused | away)
    assert {m for p in shift.breaks if p.kind == ELSEWHERE for m in range(p.start, p.end)} == away
