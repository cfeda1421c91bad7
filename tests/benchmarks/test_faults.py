"""A short fault run on each database: the server is killed while people work, and nothing is lost or happens twice."""

from pathlib import Path

import pytest

from benchmarks.faults.agents import Told
from benchmarks.faults.checks import check_all
from benchmarks.faults.office import set_up_office
from benchmarks.faults.run import Plan, Victim, run
from models.database import Database
from services.live.acts import ITSELF
from services.live.desk import Desk
from services.settings import Settings

NOW = 1772434800


@pytest.mark.timeout(600)
def test_nothing_is_lost_when_servers_are_killed(database_url: str, backend: str, tmp_path: Path) -> None:
    plan = Plan(
        url=database_url,
        num_agents=4,
        num_tasks=30,
        num_processes=1 if backend == "sqlite" else 2,
        victim=Victim.PROCESS,
        kill_every_s=0.2,
        most_deaths=2,
        limit_s=400,
    )
    ran = run(plan, tmp_path)
    assert ran.faults == []
    assert ran.deaths.total() >= 1
    assert ran.counts.num_completions == plan.num_tasks
    assert ran.counts.num_claims == plan.num_tasks


@pytest.fixture
def worked(database: Database) -> Told:
    """An office of two agents who have done two of three tasks, as they were told."""
    set_up_office(database, num_agents=2, num_tasks=3, now=NOW)
    desk = Desk(database, Settings(), clock=lambda: NOW)
    told = Told()
    for agent, task in (("a000", "T00000"), ("a001", "T00001")):
        desk.sign_in(agent, ITSELF)
        desk.claim(agent, task, ITSELF)
        desk.start(agent, task, ITSELF)
        desk.complete(agent, task, ITSELF)
        told.claims.append((agent, task))
        told.completions.append((agent, task))
    return told


def test_what_does_not_hold_is_told(database: Database, worked: Told) -> None:
    """The checks are worth something: what agents were told and did not happen, or happened twice, is found."""
    worked.claims.append(("a000", "T00002"))
    worked.completions += [("a000", "T00002"), ("a001", "T00000")]
    counts, faults = check_all(database, worked, num_tasks=3, now=NOW)
    assert (counts.num_claims, counts.num_completions) == (2, 2)
    assert set(faults) == {
        "2 of 3 tasks were completed",
        "a000 was given T00002, and no claim tells it",
        "a000 was told that T00002 is complete, and it is not",
        "a001 was told that T00000 is complete, and it is not",
        "T00000 was told complete to 2 agents",
        "2 claims have 0 choice sets",
    }
