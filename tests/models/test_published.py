"""What agents were shown: the newest plan in force, and of older ones what it is silent of."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.formats.plan import Assignment, Objective, Plan, Unscheduled
from models.formats.problem_file import read_problem
from models.repositories.offices import write_office
from models.repositories.plans import add_plan
from models.repositories.published import add_publication, list_publications, read_published
from models.vocabulary import UnscheduledReason

PROBLEM = read_problem(Path(__file__).parents[1] / "data" / "problem.json")
NOW = PROBLEM.now


@pytest.fixture
def publish(database: Database, make_office: Callable[..., Any]) -> Callable[..., int]:
    """Publish a plan that gives tasks to agents, a minute after each other, and leaves others."""
    with database.writing() as session:
        write_office(session, make_office())

    def call(
        shown: Mapping[str, str],
        *,
        left: tuple[str, ...] = (),
        teams: list[str] | None = None,
        until: int | None = None,
        at: int = 0,
        hour_values: Any = None,
    ) -> int:
        plan = Plan(
            assignments=tuple(
                Assignment(task=task, agent=agent, start=NOW + at + 60 * n, end=NOW + at + 60 * n + 60)
                for n, (task, agent) in enumerate(shown.items())
            ),
            unscheduled=tuple(Unscheduled(task=task, reason=UnscheduledReason.NO_CAPACITY, detail="") for task in left),
            objective=Objective(total=0.0),
            extra={} if hour_values is None else {"hour_values": hour_values},
        )
        problem = replace(PROBLEM, now=NOW + at)
        with database.writing() as session:
            number = add_plan(session, plan, problem, made_at=NOW, timezone="UTC", teams=teams)
            add_publication(session.connection(), plan_id=number, published_at=NOW + at, until=until, principal_id=None)
        return number

    return call


def shown(database: Database, now: int = NOW + 600) -> dict[str, list[str]]:
    with database.reading() as session:
        found = read_published(session.connection(), now)
    assert found is not None
    return {agent: [item.task for item in items] for agent, items in found.by_agent.items()}


def test_the_newest_plan_of_all_teams_is_all_there_is(database: Database, publish: Callable[..., int]) -> None:
    publish({"T1": "ana", "T2": "ben"}, left=("T3",))
    newest = publish({"T3": "ben"}, left=("T1",), at=60, hour_values={"begins": []})
    assert shown(database) == {"ben": ["T3"]}
    with database.reading() as session:
        found = read_published(session.connection(), NOW + 600)
    assert found is not None
    assert (found.plan_id, found.planned_from, found.hour_values) == (newest, NOW + 60, {"begins": []})


def test_a_plan_of_some_teams_leaves_the_others_theirs(database: Database, publish: Callable[..., int]) -> None:
    publish({"T1": "ana", "T2": "ben", "T3": "ben"})
    publish({"T3": "ana"}, left=("T2",), teams=["claims"], at=60)
    assert shown(database) == {"ana": ["T1", "T3"]}  # T2 is taken back: the newer one leaves it


def test_what_a_part_does_not_show_stays_as_it_was_shown(database: Database, publish: Callable[..., int]) -> None:
    publish({"T1": "ana", "T2": "ben"})
    publish({"T2": "ana", "T1": "ben", "T3": "ben"}, until=NOW + 60, at=0)
    assert shown(database) == {"ana": ["T1", "T2"]}  # both at once: what is not shown anew keeps its time


def test_a_plan_holds_from_its_now_until_what_it_leaves_is_carried_over(
    database: Database, publish: Callable[..., int]
) -> None:
    publish({"T1": "ana"})
    publish({"T1": "ben"}, at=3600)  # asked for later: nobody follows it yet
    assert shown(database) == {"ana": ["T1"]}
    assert shown(database, NOW + 3600) == {"ben": ["T1"]}
    with database.reading() as session:
        connection = session.connection()
        assert read_published(connection, NOW - 1) is None
        assert read_published(connection, PROBLEM.carry_over) is None
        assert [item.plan_id for item in list_publications(connection)] == [2, 1]
