"""The door to the daily plan: feasible, never worse than where it began, alike for any number of threads, on time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import optimizer.dispatch
import optimizer.routing
from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.vocabulary import Rule, UnscheduledReason
from optimizer.dispatch import best_dispatch, dispatch
from optimizer.instance import Instance, Objective
from optimizer.objective import score
from optimizer.referee import check
from optimizer.routing import Progress, solve
from optimizer.search.search import Search
from optimizer.search.stopping import Stop
from optimizer.solution import Solution
from services.assemble import assemble_instance, assemble_plan

DrawProblem = Callable[[int, int, int], Problem]
LAWS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def plain_day(num_tasks: int, num_agents: int, *, seed: int = 1, hours: int = 8, minutes: float = 20.0) -> Problem:
    """A day without frills: three types in a team, everybody does two of them, some tasks due and some overdue."""
    random = np.random.default_rng(seed)

    def at(minute: float) -> str:
        return str(np.datetime64("2026-03-02T08:00:00") + np.timedelta64(round(60 * minute), "s")) + "+00:00"

    kinds = ["k0", "k1", "k2"]
    return parse_problem(
        {
            "format": "swingdesk/problem",
            "version": 1,
            "now": at(0),
            "carry_over": at(1680),
            "teams": [{"id": "x"}],
            "task_types": [{"id": k, "team": "x", "skill": k, "handling_minutes": 10} for k in kinds],
            "agents": [
                {
                    "id": f"a{n}",
                    "team": "x",
                    "skills": {kinds[n % 3]: {"level": 3}, kinds[(n + 1) % 3]: {"level": 1, "speed": 0.8}},
                    "shifts": [
                        {"start": at(0), "end": at(60 * hours), "breaks": [[at(30 * hours), at(30 * hours + 20)]]}
                    ],
                }
                for n in range(num_agents)
            ],
            "tasks": [
                {
                    "id": f"t{n}",
                    "type": kinds[n % 3],
                    "arrived": at(float(random.integers(-300, 200))),
                    "due": at(float(random.integers(-60, 900))),
                    "weight": int(random.integers(1, 11)),
                    "handling_minutes": round(float(random.uniform(0.2, 1.8)) * minutes, 2),
                }
                for n in range(num_tasks)
            ],
            "setup": {"same_team_minutes": 1, "other_team_minutes": 5},
        }
    )


def find_faults(problem: Problem, instance: Instance, solution: Solution) -> list[str]:
    """Return what the referee, who shares no code with the solver, finds wrong with a plan and with its total."""
    unscheduled = [
        Unscheduled(task=task.id, reason=UnscheduledReason.NO_CAPACITY, detail="not said here")
        for task, agent in zip(problem.tasks, solution.task_agent, strict=True)
        if agent < 0
    ]
    verdict = check(problem, assemble_plan(problem, instance, solution, unscheduled=unscheduled))
    faults = list(verdict.violations)
    total = score(instance, solution.task_agent, solution.task_start, solution.task_end).total
    if solution.total != pytest.approx(total, rel=1e-9):
        faults.append(f"total {solution.total}, scored {total}")
    return faults


@LAWS
@given(
    seed=st.integers(0, 10**6),
    num_tasks=st.integers(0, 60),
    num_agents=st.integers(1, 12),
    iterations=st.sampled_from([0, 300, 3000]),
)
def test_a_plan_keeps_every_rule_of_the_day(
    draw_problem: DrawProblem, seed: int, num_tasks: int, num_agents: int, iterations: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    plan = solve(instance, seed=seed, iterations=iterations, time_limit_s=None)
    assert find_faults(problem, instance, plan) == []


@LAWS
@example(seed=1083, num_tasks=19, num_agents=6)  # a task that waits for the next shift, where it is no move
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 40), num_agents=st.integers(1, 10))
def test_a_plan_is_never_worse_than_the_best_rule_nor_than_its_start(
    draw_problem: DrawProblem, seed: int, num_tasks: int, num_agents: int
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    first = solve(instance, seed=seed, iterations=1000, time_limit_s=None)
    assert first.total <= best_dispatch(instance).total + 1e-9
    again = solve(instance, seed=seed + 1, iterations=500, time_limit_s=None, start=first)
    assert again.total <= first.total + 1e-6 * max(1.0, first.total)


@pytest.mark.parametrize("rich", [False, True])
def test_any_number_of_threads_gives_the_same_plan(draw_problem: DrawProblem, rich: bool) -> None:
    problem = draw_problem(5, 150, 30) if rich else plain_day(300, 60, hours=2)
    instance = assemble_instance(problem)
    plans = [solve(instance, seed=7, iterations=40_000, time_limit_s=None, threads=n) for n in (1, 2, 3)]
    for plan in plans[1:]:
        assert plan.total == plans[0].total
        assert plan.iterations == plans[0].iterations
        np.testing.assert_array_equal(plan.task_agent, plans[0].task_agent)
        np.testing.assert_array_equal(plan.task_start, plans[0].task_start)


def test_another_seed_searches_elsewhere() -> None:
    instance = assemble_instance(plain_day(150, 6))
    plans = [solve(instance, seed=n, iterations=5_000, time_limit_s=None) for n in (1, 2)]
    assert (plans[0].task_start != plans[1].task_start).any()


def test_searching_pays() -> None:
    instance = assemble_instance(plain_day(150, 6))
    assert solve(instance, iterations=200_000, time_limit_s=None).total < 0.95 * best_dispatch(instance).total


def test_a_search_ends_in_time_and_tells_its_progress() -> None:
    instance = assemble_instance(plain_day(300, 12))
    told: list[Progress] = []
    solve(instance, iterations=100, time_limit_s=None)
    plan = solve(instance, time_limit_s=0.6, on_progress=told.append)
    assert told
    assert all(a.total >= b.total and a.iterations <= b.iterations for a, b in pairwise(told))
    assert told[-1].total == pytest.approx(plan.total, rel=1e-6)


def test_a_cancelled_search_returns_what_it_has() -> None:
    problem = plain_day(300, 12)
    instance = assemble_instance(problem)
    cancel = threading.Event()
    plan = solve(instance, time_limit_s=60.0, on_progress=lambda _: cancel.set(), cancel=cancel)
    assert plan.seconds < 10.0
    assert find_faults(problem, instance, plan) == []
    cancelled = solve(instance, time_limit_s=60.0, cancel=cancel)
    assert cancelled.total <= best_dispatch(instance).total + 1e-9


class Patience(threading.Event):
    """An event that is set from some ask on, and counts how often it is asked."""

    def __init__(self, asks: int) -> None:
        super().__init__()
        self.left, self.asked = asks, 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > self.left


def test_a_cancel_before_there_is_a_plan_gives_what_is_scheduled_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizer.routing, "LEAST_DISPATCH_S", 0.0)
    monkeypatch.setattr(optimizer.dispatch, "INSTANTS_A_LOOK", 10)
    problem = plain_day(300, 12)
    instance = assemble_instance(problem)
    counts = []
    for asks in (0, 8, 16):
        cancel = Patience(asks)
        plan = solve(instance, time_limit_s=60.0, threads=1, cancel=cancel)
        assert find_faults(problem, instance, plan) == []
        assert cancel.asked < asks + 30, "once for each rule that is left out, and once for each stage that follows"
        counts.append(int((plan.task_agent >= 0).sum()))
    assert counts[0] == 0 < counts[1] < counts[2] < 300


def test_a_cancelled_search_begins_no_lane_any_more() -> None:
    instance = assemble_instance(plain_day(400, 200, hours=2))
    plan = dispatch(instance, Rule.ATC)
    search = Search(instance, (plan.task_agent, plan.task_start), seed=0, threads=1)
    assert search.num_lanes == 8
    cancel = Patience(13)  # once before each of two deals, then the first three lanes of the second
    search.run(Stop(time_limit_s=None, iterations=8 * 100 * 200, cancel=cancel), None)
    assert search.num_deals == 2
    assert search.iterations == 11 * 200
    assert cancel.asked == 2 + 8 + 8 + 1


@pytest.mark.parametrize(
    ("num_tasks", "num_agents", "minutes"),
    [(0, 0, 20.0), (0, 3, 20.0), (5, 0, 20.0), (1, 1, 20.0), (40, 1, 20.0), (1, 40, 20.0), (3000, 1, 0.1)],
)
def test_odd_sizes(num_tasks: int, num_agents: int, minutes: float) -> None:
    problem = plain_day(num_tasks, num_agents, minutes=minutes)
    instance = assemble_instance(problem)
    assert find_faults(problem, instance, solve(instance, iterations=5_000, time_limit_s=None)) == []


def test_nothing_matters_where_all_costs_are_nothing() -> None:
    problem = plain_day(40, 4)
    nothing = dict.fromkeys(Objective.__dataclass_fields__, 0.0)
    instance = replace(assemble_instance(problem), objective=Objective(**nothing))
    assert solve(instance, iterations=2_000, time_limit_s=None).total == 0.0
    weightless = replace(assemble_instance(problem), task_weight=np.zeros(40))
    assert solve(weightless, iterations=2_000, time_limit_s=None).total >= 0.0


def test_a_stale_start_is_mended() -> None:
    problem = plain_day(60, 4)
    instance = assemble_instance(problem)
    random = np.random.default_rng(3)
    stale = Solution(
        task_agent=random.integers(-1, 4, 60).astype(np.int32),
        task_start=random.integers(0, 9 * 3600, 60),
        task_end=np.zeros(60, np.int64),
        total=0.0,
    )
    mended = solve(instance, iterations=2_000, time_limit_s=None, start=stale)
    assert find_faults(problem, instance, mended) == []


def test_untouched_tasks_keep_their_agents_when_that_is_charged() -> None:
    instance = assemble_instance(plain_day(200, 8))
    first = solve(instance, seed=1, iterations=400_000, time_limit_s=None)
    due = instance.task_due.copy()
    due[:2] -= 3600
    published = np.where(first.task_agent >= 0, first.task_agent, -1).astype(np.int32)
    changed = replace(instance, task_due=due, task_published=published)
    again = solve(changed, seed=2, iterations=20_000, time_limit_s=None, start=first)
    kept = (again.task_agent == first.task_agent)[2:][first.task_agent[2:] >= 0]
    assert kept.mean() > 0.9


def test_mending_a_plan_tells_true_totals_and_is_calmer_than_planning_anew() -> None:
    instance = assemble_instance(plain_day(200, 8))
    first = solve(instance, seed=1, iterations=200_000, time_limit_s=None)
    changed = replace(
        instance,
        task_published=first.task_agent.copy(),
        task_weight=np.where(np.arange(200) % 20 == 0, 10 * instance.task_weight, instance.task_weight),
    )
    told: list[Progress] = []
    mended = solve(changed, iterations=100_000, time_limit_s=None, start=first, on_progress=told.append)
    anew = solve(changed, iterations=100_000, time_limit_s=None)
    assert told[-1].total == pytest.approx(mended.total, rel=1e-6)
    kept = score(changed, first.task_agent, first.task_start, first.task_end).total
    assert mended.total < kept
    stay = [float((plan.task_agent == first.task_agent)[first.task_agent >= 0].mean()) for plan in (mended, anew)]
    assert stay[0] > max(0.9, stay[1])
