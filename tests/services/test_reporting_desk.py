"""Reports of a database at which people work: choice sets and events, as the desk leaves them."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.audit import list_changes
from models.repositories.live.events import append
from models.repositories.live.records import ChoiceSet, Event
from models.repositories.live.states import add_choice_set
from models.repositories.offices import write_office
from models.vocabulary_live import EventKind
from services.reporting.operations import make_workload
from services.reporting.picking import make_picking
from services.reporting.question import ReportQuestion
from services.settings import Settings

MONDAY_8 = 1_772_434_800
NUM_EACH = 80


@pytest.fixture
def desk_url(make_database_url: Callable[..., str], make_office: Callable[..., Any]) -> str:
    """A database with two agents' claims: ben takes what comes first, ana the shortest every other time."""
    url = make_database_url("sqlite")
    tasks = [
        {"id": f"T{n}", "type": "claim", "arrived": MONDAY_8 - 3600, "due": MONDAY_8 + 9000}
        for n in range(2 * NUM_EACH)
    ]
    with Database(url) as database, database.writing() as session:
        write_office(session, make_office(tasks=tasks))
        connection = session.connection()
        for n, task in enumerate(tasks):
            agent, at = ("ana", "ben")[n % 2], MONDAY_8 + 60 * n
            picks = agent == "ana" and n % 4 == 0
            for kind, moment in ((EventKind.LOOKING, at - 20), (EventKind.CLAIMED, at)):
                event = Event(
                    kind=kind,
                    occurred_at=moment,
                    recorded_at=moment,
                    agent_id=agent,
                    task_id=str(task["id"]) if kind is EventKind.CLAIMED else None,
                )
                stored = append(connection, event)
            own, others = str(task["id"]), [f"other-{m}" for m in range(4)]
            ids = [*others, own] if picks else [own, *others]
            entries = {
                "task": ids,
                "rank": [1, 2, 3, 4, 5],
                "index": [9.0, 7.0, 5.0, 3.0, 1.0],
                "tier": [0] * 5,
                "type": ["claim"] * 5,
                "due": [None] * 5,
                "minutes": [60.0, 50.0, 40.0, 30.0, 5.0],
            }
            choice = ChoiceSet(num_eligible=5, taken_rank=5 if picks else 1, deviates=picks, entries=entries)
            assert stored.id is not None
            add_choice_set(connection, choice, event_id=stored.id, agent_id=agent, task_id=own)
    return url


def _ask(url: str, **options: str) -> ReportQuestion:
    return ReportQuestion(
        settings=Settings(database_url=url), now=MONDAY_8 + 86_400, options=options, principal_id="lea", what="a test"
    )


def test_who_clearly_picks_is_counted_and_named_only_where_that_is_asked_for(desk_url: str) -> None:
    plain = make_picking(_ask(desk_url)).document
    assert plain["is_rule_known"]
    assert plain["rule"] == "policy"
    whole = plain["teams"][0]
    assert (whole["num_picks"], whole["num_deviations"]) == (2 * NUM_EACH, NUM_EACH // 2)
    assert whole["choose_median_s"] == 20
    assert sum(row["num_clear"] for row in plain["spread"]) == 1
    assert plain["people"] == []
    named = make_picking(_ask(desk_url, names="shown")).document
    assert [row["agent"] for row in named["people"]] == ["ana"]
    own = make_picking(_ask(desk_url, agent="ben")).document
    assert [(row["agent"], row["is_clear"]) for row in own["people"]] == [("ben", False)]
    with Database(desk_url) as database, database.reading() as session:
        looks = [change for change in list_changes(session, limit=10) if "report" in (change.after or {})]
    assert [(look.principal_id, look.what, (look.after or {})["people"]) for look in looks] == [
        ("lea", "a test", "one"),
        ("lea", "a test", "by name"),
    ]


def test_a_database_is_reported_on_up_to_the_question(desk_url: str) -> None:
    document = make_workload(_ask(desk_url)).document
    assert document["teams"][0]["arrived"] == 2 * NUM_EACH
    assert document["teams"][0]["backlog_end"] == 2 * NUM_EACH
    assert document["timezone"] == "Europe/Madrid"
