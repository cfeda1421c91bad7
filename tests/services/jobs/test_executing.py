"""Jobs in processes of their own: what is killed goes on elsewhere from where it was, and a result is stored once."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models.formats.scenarios.result import result_document
from models.repositories.jobs.asking import get_result
from models.repositories.jobs.leasing import read_checkpoints
from models.repositories.jobs.records import Job
from models.tables.schema import table_of
from models.vocabulary import Role
from models.vocabulary_jobs import JobKind, JobState
from services.access.caller import Caller
from services.jobs.scenarios import read_scenario
from services.simulating.simulate import make_result, simulate

MANY = 1_200
"""Replications for some eight seconds: the first two have no checkpoint, in the others one must be caught at work."""
ADMIN = Caller(principal_id="ada", roles=frozenset({Role.ADMIN}))


def _checkpoints(jobs: Any, job: Job) -> dict[str, bytes]:
    with jobs.database.reading() as session:
        return read_checkpoints(session.connection(), job.id)


def _result(jobs: Any, job: Job) -> Any:
    with jobs.database.reading() as session:
        connection = session.connection()
        assert connection.execute(select(func.count()).select_from(table_of("job_results"))).scalar_one() == 1
        return json.loads(get_result(connection, job.id).body)


def _children(pid: int) -> list[int]:
    return [int(name) for name in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_job_is_done_and_its_result_is_that_of_the_use_case(jobs: Any, scenario: dict[str, Any]) -> None:
    job = jobs.ask(JobKind.SIMULATE, {"scenario": scenario, "threads": 1})
    jobs.do_all()
    done = jobs.get(job)
    assert (done.state, done.attempts, done.problem) == (JobState.DONE, 1, None)
    assert _result(jobs, job) == json.loads(json.dumps(result_document(make_result(simulate(read_scenario(scenario))))))


@pytest.mark.parametrize("victim", ["parent", "nursery", "child"])
def test_a_killed_process_s_job_goes_on_from_its_checkpoint(jobs: Any, scenario: dict[str, Any], victim: str) -> None:
    scenario["replications"] = MANY
    job = jobs.ask(JobKind.SIMULATE, {"scenario": scenario, "threads": 1})
    process, parent = jobs.start()
    jobs.wait(job, lambda found: found.progress.get("done", 0) >= 20 and _checkpoints(jobs, found))
    (nursery,) = _children(parent)
    (child,) = _children(nursery)
    begun = jobs.get(job)
    os.kill({"parent": parent, "nursery": nursery, "child": child}[victim], signal.SIGKILL)
    if victim != "child":
        end = time.monotonic() + 10
        while _lives(child) and time.monotonic() < end:
            time.sleep(0.02)
        assert not _lives(child)  # nobody was there to tell it anything any more
    if victim == "parent":
        process.wait(timeout=10)
        assert begun.state is JobState.RUNNING
        kept = len(_checkpoints(jobs, job))
        assert kept >= 1
        process, _ = jobs.start()
    done = jobs.wait(job, lambda found: found.is_ended)
    assert (done.state, done.attempts, done.problem) == (JobState.DONE, 2, None)
    assert done.lease_owner is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert _result(jobs, job)["replications"] == MANY
    assert _checkpoints(jobs, job) == {}
