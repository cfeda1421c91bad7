"""The demo office as the pages set it up: drawn into an empty database, its day planned by a job and shown."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.errors import ConflictError
from models.repositories.audit import list_changes
from models.repositories.plans import get_plan, get_plan_record
from models.repositories.principals import ensure_principal
from models.repositories.published import read_published
from models.vocabulary import PrincipalKind, Role
from models.vocabulary_audit import Subject
from models.vocabulary_jobs import JobState
from services.access.caller import Caller
from services.daily_plan import Search
from services.demo import DemoSize, begin_demo, demo_opening, next_open_day, set_up_demo
from services.settings import Settings
from simulations.demo_office import demo_calendar

ROOT = Caller(principal_id="root", roles=frozenset({Role.ADMIN}))
SMALL = DemoSize(num_agents=9, num_tasks=40, num_days=2)
MONDAY = date(2026, 3, 2)
WHAT = "POST /office/demo"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=demo_calendar().zone).timestamp())


def begin(jobs: Any, *, now: int) -> Any:
    with jobs.database.writing() as session:
        ensure_principal(session, ROOT.principal_id, kind=PrincipalKind.PERSON, name="Root", at=0)
    return begin_demo(jobs.database, ROOT, now=now, size=SMALL, time_limit_s=0.2, what=WHAT)


def shown_in(database: Database, *, now: int) -> dict[str, Any]:
    """Return what a database says of the plan that its agents see."""
    with database.reading() as session:
        shown = read_published(session.connection(), now)
        assert shown is not None
        record, plan = get_plan_record(session, shown.plan_id), get_plan(session, shown.plan_id)
        changes = list_changes(session, subject=Subject.PLAN)
    tasks = {item.task for items in shown.by_agent.values() for item in items}
    assert tasks == {item.task for item in plan.assignments}
    return {
        "from": record.planned_from,
        "until": record.carry_over_at,
        "teams": record.teams,
        "compared": sorted(record.comparisons),
        "spoken of": tasks | {item.task for item in plan.unscheduled},
        "changes": len(changes),
        "shown by": changes[0].what,
    }


def test_it_ends_where_the_terminal_s_demo_ends_with_its_plan_shown(jobs: Any, tmp_path: Path) -> None:
    sunday = at("2026-03-01 18:30")
    job = begin(jobs, now=sunday)
    with jobs.database.reading() as session:
        assert read_published(session.connection(), demo_opening(MONDAY)) is None, "nothing is shown that is not there"
    jobs.do_all()
    done = jobs.get(job)
    assert (done.state, done.problem) == (JobState.DONE, None)
    made = set_up_demo(tmp_path, Settings(), size=SMALL, search=Search(time_limit_s=0.2), made_at=sunday)
    with Database(made.database_url) as database:
        terminal = shown_in(database, now=demo_opening(MONDAY))
    browser = shown_in(jobs.database, now=demo_opening(MONDAY))
    assert (browser.pop("shown by"), terminal.pop("shown by")) == (WHAT, "swingdesk demo")
    assert browser == terminal
    assert browser["from"] == demo_opening(MONDAY)
    with pytest.raises(ConflictError, match="an office already"):
        begin(jobs, now=sunday)


def test_a_day_that_has_begun_is_planned_from_now_on(jobs: Any) -> None:
    noon = at("2026-03-02 12:00")
    begin(jobs, now=noon)
    jobs.do_all()
    assert shown_in(jobs.database, now=noon)["from"] == noon


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-02-28 09:00", MONDAY),  # a Saturday
        ("2026-03-02 00:05", MONDAY),
        ("2026-03-02 17:00", MONDAY),
        ("2026-03-02 23:00", date(2026, 3, 3)),
        ("2026-03-06 23:00", date(2026, 3, 9)),
    ],
)
def test_its_day_is_one_on_which_there_is_still_work(now: str, day: date) -> None:
    assert next_open_day(at(now)) == day
