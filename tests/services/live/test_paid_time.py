"""A morning at the desk, worked out by hand, and what the ledger of paid time says of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables.schema import table_of
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import OffTaskCode, ReopenReason, SkipReason
from reports.report import Report
from services.live.acts import Act
from services.reporting.question import ReportQuestion
from services.reporting.registry import make_report
from services.settings import Settings

ME = Act(principal_id="me")
PAID_MINUTES = 480
"""Half past eight hours, less half an hour of unpaid lunch."""


@pytest.fixture
def report(at_work: Any) -> Callable[..., Report]:
    desk, start = at_work.desk, at_work.clock.now
    with at_work.database.reading() as session:
        address = session.connection().engine.url.render_as_string(hide_password=False)

    def at(minute: int, what: Callable[..., Any], *subjects: str, **more: Any) -> None:
        at_work.clock.now = start + minute * SECONDS_PER_MINUTE
        what(*subjects, ME, **more)

    at(0, desk.sign_in, "ben")
    at(5, desk.sign_in, "ana")
    at(6, desk.look, "ana")
    at(8, desk.claim, "ana", "T1")
    at(9, desk.start, "ana", "T1")
    at(20, desk.pause, "ana", "T1")
    at(22, desk.resume, "ana", "T1")
    at(30, desk.complete, "ana", "T1")
    at(35, desk.claim, "ana", "T2")
    at(35, desk.start, "ana", "T2")
    at(45, desk.return_, "ana", "T2", reason=SkipReason.UNCLEAR)
    at(50, desk.off_task, "ana", code=OffTaskCode.MEETING)
    at(60, desk.back_on_task, "ana")
    at(65, desk.claim, "ana", "T2")
    at(65, desk.start, "ana", "T2")
    at(80, desk.complete, "ana", "T2")
    at(82, desk.reopen, "T1", reason=ReopenReason.CHECK_FAILED)
    at(85, desk.claim, "ana", "T1")
    at(85, desk.start, "ana", "T1")
    at(90, desk.claim, "ben", "T3")
    at(90, desk.start, "ben", "T3")
    at(95, desk.complete, "ana", "T1")
    at(100, desk.sign_out, "ana")
    at(120, desk.complete, "ben", "T3")
    at(200, desk.sign_out, "ben")

    def make(**options: str) -> Report:
        question = ReportQuestion(
            settings=Settings(database_url=address),
            now=start + 24 * 60 * SECONDS_PER_MINUTE,
            options=options,
        )
        return make_report("waste", question)

    return make


def test_each_minute_is_where_the_events_put_it(report: Callable[..., Report]) -> None:
    document = report(names="shown").document
    told = {row["agent"]: row["seconds"] for row in document["by_agent_day"]}
    assert {name: seconds / 60 for name, seconds in told["ana"].items()} == {
        "value": 19 + 15,  # T1 with its pause taken out, and T2 the second time
        "choosing": 2 + 5 + 10 + 5,  # with the list open; then gaps, of which one is on both sides of the meeting
        "setup": 1,
        "rework": 10,  # T1, after it was reopened
        "lost_handling": 10,  # T2, until it was given back
        "interrupted": 2,
        "off_task": 10,
        "no_work": 5,
        "unexplained": 5 + 1 + 380,  # came late; was there before the list was open; went
    }
    assert {name: seconds / 60 for name, seconds in told["ben"].items()} == {
        "choosing": 10,  # of a gap of an hour and a half
        "value": 30,
        "no_work": 80,
        "unexplained": 80 + 280,
    }
    assert document["agents"] == 2
    assert document["paid_minutes"] == 2 * PAID_MINUTES
    assert sum(document["categories"].values()) == pytest.approx(2 * PAID_MINUTES)
    assert document["off_task"] == {"meeting": 10}
    assert document["choosing"] == {"looking": 2, "gap": 30}


def test_nobody_is_named_unless_that_is_asked_for(report: Callable[..., Report]) -> None:
    made = report()
    assert [row["agent"] for row in made.document["by_agent_day"]] == [1, 2]
    assert made.table("by-agent") is None
    evidence = made.table("evidence-choosing")
    assert evidence is not None
    assert "agent" not in evidence.rows.columns
    named = report(names="shown").table("by-agent")
    assert named is not None
    assert named.rows["agent"].tolist() == ["Ana", "Ben"]


def test_each_figure_leads_to_its_rows(report: Callable[..., Report]) -> None:
    made = report()
    for category, minutes in made.document["categories"].items():
        evidence = made.table(f"evidence-{category}")
        assert (0 if evidence is None else evidence.rows["minutes"].sum()) == pytest.approx(minutes)
    lost = made.table("evidence-lost_handling")
    assert lost is not None
    assert lost.rows[["task", "type", "minutes"]].to_numpy().tolist() == [["T2", "claim", 10.0]]


def test_a_look_at_people_by_name_leaves_a_trace(report: Callable[..., Report], at_work: Any) -> None:
    report()
    before = count_changes(at_work)
    report(names="shown")
    assert count_changes(at_work) == before + 1


def count_changes(at_work: Any) -> int:
    with at_work.database.reading() as session:
        return int(session.connection().execute(select(func.count()).select_from(table_of("changes"))).scalar_one())
