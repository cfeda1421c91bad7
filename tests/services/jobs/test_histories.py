"""Scenarios read off the history as jobs: kept with the end of the job, stopped between stages, refused in words."""

import threading
from typing import Any

import numpy as np
import pytest

from models.database import Database
from models.repositories.jobs.asking import get_result
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobKind, JobState
from models.vocabulary_scenarios import ScenarioOrigin
from services.access.caller import Caller
from services.calibrating.calibrate import STAGES
from services.importing.store import store_office
from services.jobs.doing import do_job
from services.jobs.lease import Lease
from services.jobs.questions import AT
from services.what_if import asking, keeping
from services.what_if.histories import read_history
from simulations.demo_office import generate_office

NOW = 1_790_000_000
PIA = Caller(principal_id="pia", roles=frozenset())


def ask(jobs: Any, **question: Any) -> Job:
    job: Job = jobs.ask(JobKind.HISTORY, {AT: NOW, **question}, who="pia")
    return job


def store_history(database: Database) -> None:
    office = generate_office(np.random.default_rng(2), num_agents=9, num_tasks=40, num_days=4)
    with database.writing() as session:
        store_office(session, office, kind="demo", now=NOW)


def test_a_history_is_read_and_its_scenario_kept_where_that_is_wanted(jobs: Any) -> None:
    store_history(jobs.database)
    kept, bare = ask(jobs, days=3, keep=True), ask(jobs, days=3)
    assert [job.id for job in asking.find_readings(jobs.database, PIA)] == [bare.id, kept.id]
    jobs.do_all()
    done, other = jobs.get(kept), jobs.get(bare)
    assert (done.state, other.state, other.result_ref) == (JobState.DONE, JobState.DONE, None)
    assert asking.find_readings(jobs.database, PIA) == []
    scenario = keeping.find_scenario(jobs.database, PIA, done.result_ref["scenario"])
    told = read_history(jobs.database, jobs.settings, days=3, now=NOW)
    assert (scenario.origin, scenario.principal_id) == (ScenarioOrigin.HISTORY, "pia")
    assert dict(scenario.document) == {**told.document, "name": told.name}
    assert scenario.findings is not None
    assert scenario.findings["counts"] == told.findings["counts"]
    assert len(keeping.find_scenarios(jobs.database, PIA)) == 1
    with jobs.database.reading() as session:
        bodies = [get_result(session.connection(), job.id).body for job in (done, other)]
    assert bodies[0] == bodies[1], "kept or not, programs are answered the same"


@pytest.mark.parametrize("nth", [0, 2])
def test_it_says_how_far_it_is_and_stops_before_the_next_stage(
    jobs: Any, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    store_history(jobs.database)
    job, cancel = ask(jobs, days=3, keep=True), threading.Event()
    heard: list[tuple[str, float | None, float | None]] = []
    tell = Lease.tell

    def listen(self: Lease, stage: str, *, done: float | None = None, of: float | None = None, **figures: Any) -> None:
        heard.append((stage, done, of))
        tell(self, stage, done=done, of=of, **figures)
        if done == nth:
            cancel.set()

    monkeypatch.setattr(Lease, "tell", listen)
    with jobs.database.writing() as session:
        connection = session.connection()
        claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
    do_job(jobs.settings, job.id, owner="test", cancel=cancel)
    assert heard == [(stage, n, len(STAGES)) for n, stage in enumerate(STAGES[: nth + 1])]
    assert jobs.get(job).state is JobState.CANCELLED
    assert keeping.find_scenarios(jobs.database, PIA) == []


def test_what_tells_nothing_is_refused_in_words(jobs: Any) -> None:
    job = ask(jobs, days=3, keep=True)
    jobs.do_all()
    done = jobs.get(job)
    assert done.state is JobState.FAILED
    assert "take in tasks first" in done.problem["detail"]
