"""What a job has worked out so far, kept and gone on with."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import CancelledError
from models.formats.plan import Assignment
from models.formats.problem_file import read_problem
from models.repositories.jobs.asking import request_stop
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.jobs.records import LeaseLostError
from models.repositories.offices import write_office
from models.repositories.plans import count_plans
from models.vocabulary_jobs import JobKind, JobState
from optimizer.routing import Progress
from services.daily_plan import answer_question
from services.jobs import planning, remembering
from services.jobs.doing import do_job
from services.jobs.lease import Lease
from services.jobs.planning import BEST, pack_effort, unpack_effort
from services.jobs.remembering import RememberingRunner
from services.jobs.scenarios import read_scenario
from services.running.threads import ThreadRunner
from services.simulating.simulate import simulate


class Counting(ThreadRunner):
    """Runs in one thread, and counts the replications that it was given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.num_made = 0

    def run(
        self, function: Callable[[Any], Any], tasks: Iterable[tuple[int, Any]], *, cancel: threading.Event | None = None
    ) -> Iterator[tuple[int, Any]]:
        for name, result in super().run(function, tasks, cancel=cancel):
            self.num_made += len(result.numbers)
            yield name, result


def hold(jobs: Any, job: Any, owner: str = "o") -> Lease:
    with jobs.database.writing() as session:
        connection = session.connection()
        held = claim_job(connection, owner=owner, now=read_clock(connection), lease_s=600)
    assert held is not None
    assert held.id == job.id
    return Lease(jobs.database, held, owner=owner)


@pytest.fixture
def small(scenario: dict[str, Any]) -> dict[str, Any]:
    return {**scenario, "days": 1, "replications": 12}


def test_replications_that_are_known_are_not_made_again(
    jobs: Any, small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "SAVE_EVERY_S", 0.0)
    lease = hold(jobs, jobs.ask(JobKind.SIMULATE, {"scenario": small}))
    first = Counting()
    simulate(read_scenario({**small, "replications": 5}), runner=RememberingRunner(first, lease))
    assert first.num_made == 5
    second = Counting()
    runner = RememberingRunner(second, lease)
    made = simulate(read_scenario(small), runner=runner)
    # A chunk that holds one that is missing is made whole.
    assert 7 <= second.num_made < 12
    assert runner.num_remembered == 12 - second.num_made
    alone = simulate(read_scenario(small))
    assert np.array_equal(made.figures, alone.figures, equal_nan=True)
    assert np.array_equal(made.series, alone.series)


def test_another_scenario_s_replications_are_not_taken_for_this_one_s(
    jobs: Any, small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "SAVE_EVERY_S", 0.0)
    lease = hold(jobs, jobs.ask(JobKind.SIMULATE, {"scenario": small}))
    simulate(read_scenario(small), runner=RememberingRunner(Counting(), lease))
    for other in (
        {**small, "seed": 4},
        {**small, "warm_up_days": 0.5},
        {**small, "agents": [{**small["agents"][0], "count": 8}]},
    ):
        runner = Counting()
        simulate(read_scenario(other), runner=RememberingRunner(runner, lease))
        assert runner.num_made == 12


def test_what_is_too_much_is_not_kept(jobs: Any, small: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(remembering, "MOST_BYTES", 10)
    lease = hold(jobs, jobs.ask(JobKind.SIMULATE, {"scenario": small}))
    simulate(read_scenario(small), runner=RememberingRunner(Counting(), lease))
    assert lease.read_saved() == {}


def test_one_who_lost_the_job_can_keep_nothing(jobs: Any) -> None:
    lease = hold(jobs, jobs.ask(JobKind.SIMULATE, {}))
    lease.owner = "somebody else"
    with pytest.raises(LeaseLostError):
        lease.save("part", b"x")
    with pytest.raises(LeaseLostError):
        lease.tell("replicating")
    assert lease.read_saved() == {}


def test_the_best_plan_so_far_outlives_its_question() -> None:
    problem = read_problem(Path(__file__).parents[2] / "data" / "problem.json")
    agent = np.full(len(problem.tasks), -1, np.int32)
    start, end = np.zeros(len(problem.tasks), np.int64), np.zeros(len(problem.tasks), np.int64)
    agent[1], start[1], end[1] = 0, 60, 660
    progress = Progress(total=12.5, iterations=7, seconds=1.5, best=(agent, start, end))
    kept = unpack_effort(pack_effort(problem, progress, seconds=4.5, iterations=70))
    assert (kept.seconds, kept.iterations, kept.plan.objective.total) == (4.5, 70, 12.5)
    assert kept.plan.assignments == (
        Assignment(task=problem.tasks[1].id, agent=problem.agents[0].id, start=problem.now + 60, end=problem.now + 660),
    )


def test_a_plan_that_was_killed_is_searched_for_with_what_is_left(
    jobs: Any, make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with jobs.database.writing() as session:
        write_office(session, make_office())
    asked = {"asked_for": 1772434800, "at": "2026-03-02 08:00", "iterations": 20_000, "threads": 1}
    job = jobs.ask(JobKind.PLAN, asked)
    monkeypatch.setattr(planning, "SAVE_EVERY_S", 0.0)
    lease = hold(jobs, job, owner="first")
    real = Lease.save

    def save_and_die(self: Lease, name: str, body: bytes) -> None:
        real(self, name, body)
        raise LeaseLostError(self.job.id)

    monkeypatch.setattr(Lease, "save", save_and_die)
    with pytest.raises(LeaseLostError):
        do_job(jobs.settings, job.id, owner="first")
    monkeypatch.setattr(Lease, "save", real)
    before = unpack_effort(lease.read_saved()[BEST])
    assert 0 < before.iterations < 20_000
    assert before.plan.assignments
    starts: list[Any] = []
    answer = answer_question

    def listening(*arguments: Any, **options: Any) -> Any:
        starts.append((options["start"], options["search"].iterations))
        return answer(*arguments, **options)

    monkeypatch.setattr(planning, "answer_question", listening)
    do_job(jobs.settings, job.id, owner="first")
    assert starts == [(before.plan, 20_000 - before.iterations)]
    done = jobs.get(job)
    assert (done.state, done.result_ref) == (JobState.DONE, {"plan": 1})


def test_a_plan_that_nobody_wants_any_more_is_not_stored(
    jobs: Any, make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the last moment, when it is about to be stored: neither the plan nor a result is there."""
    with jobs.database.writing() as session:
        write_office(session, make_office())
    job = jobs.ask(JobKind.PLAN, {"asked_for": 1772434800, "at": "x", "iterations": 100, "threads": 1})
    hold(jobs, job)
    answer = answer_question

    def stopping(*arguments: Any, **options: Any) -> Any:
        with jobs.database.writing() as session:
            request_stop(session.connection(), job.id, now=0)
        return answer(*arguments, **options)

    monkeypatch.setattr(planning, "answer_question", stopping)
    do_job(jobs.settings, job.id, owner="o")
    assert jobs.get(job).state is JobState.CANCELLED
    with jobs.database.reading() as session:
        assert count_plans(session) == 0


def test_a_running_simulation_stops_soon_after_it_is_told_to(jobs: Any, small: dict[str, Any]) -> None:
    job = jobs.ask(JobKind.SIMULATE, {"scenario": {**small, "replications": 100_000}, "threads": 1})
    lease = hold(jobs, job)
    with jobs.database.writing() as session:
        request_stop(session.connection(), job.id, now=0)
    lease.cancel.set()
    with pytest.raises(CancelledError):
        lease.check_wanted()
    do_job(jobs.settings, job.id, owner="o", cancel=lease.cancel)
    assert jobs.get(job).state is JobState.CANCELLED
