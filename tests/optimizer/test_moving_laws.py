"""Moves by hand on drawn days: what is told before is what the referee says after, and every refusal is true."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.formats.plan import Plan
from models.formats.problem import Problem
from optimizer.moving import Obstacle
from optimizer.referee import check
from optimizer.refereeing.court import Court
from services.moving.trying import Lack, Move, Mover, Refusal
from services.planning import solve_problem

Draw = Callable[[int, int, int], Problem]
DAYS = {
    "seed": st.integers(0, 10**6),
    "num_tasks": st.integers(2, 25),
    "num_agents": st.integers(1, 4),
}


@settings(max_examples=40, deadline=None)
@given(**DAYS, picks=st.lists(st.tuples(*[st.integers(0, 10**6)] * 3), min_size=1, max_size=6))
def test_what_is_told_before_is_what_the_referee_says_after(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, picks: list[tuple[int, int, int]]
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    plan = solve_problem(problem, iterations=30, time_limit_s=None)
    mover = Mover(problem, plan)
    for which, who, when in picks:
        problem, plan = mover.problem, mover.plan
        move = Move(
            task=problem.tasks[which % num_tasks].id,
            agent=problem.agents[who % num_agents].id,
            not_before=problem.now + 60 * (when % 210) - 300,
        )
        told = mover.try_move(move)
        if isinstance(told, Refusal):
            assert mover.apply(move, zone_name="UTC") == told
            continue
        applied = mover.apply(move, zone_name="UTC")
        assert not isinstance(applied, Refusal)
        verdict = check(applied.problem, applied.plan)
        assert verdict.feasible
        assert told.total == pytest.approx(verdict.objective.total)
        assert told.total_change == pytest.approx(told.total - plan.objective.total, abs=1e-6)
        assert told.tardiness_change == pytest.approx(
            (verdict.objective.tardiness or 0) - (plan.objective.tardiness or 0), abs=1e-6
        )
        assert_only_these_change(plan, applied.plan, {item.task for item in told.changed})
        assert told.after in applied.plan.assignments
        assert told.after.agent == move.agent
        assert told.after.start >= move.not_before
        assert next(task for task in applied.problem.tasks if task.id == move.task).pinned_agent == move.agent
        late = {task.id for task in problem.tasks if is_late(task.due, task.id, applied.plan)}
        assert {item.task for item in told.made_late} <= late
        assert not {item.task for item in told.made_on_time} & late
        # Moves follow moves: the next is of the plan that this one has made.
        mover = Mover(applied.problem, applied.plan, holds=applied.holds)


@settings(max_examples=20, deadline=None)
@given(**DAYS)
def test_a_task_put_back_where_it_is_changes_nothing(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    plan = solve_problem(problem, iterations=30, time_limit_s=None)
    assume(plan.assignments)
    mover = Mover(problem, plan)
    for item in plan.assignments:
        told = mover.try_move(Move(task=item.task, agent=item.agent, not_before=item.start))
        if isinstance(told, Refusal):
            assert told.obstacle is Obstacle.IN_PROGRESS
        else:
            assert told.total_change <= 1e-9


@settings(max_examples=20, deadline=None)
@given(**DAYS)
def test_who_may_not_do_a_task_is_told_what_is_lacking(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    court = Court(problem, plan := solve_problem(problem, iterations=0, time_limit_s=None))
    mover = Mover(problem, plan)
    for task in problem.tasks:
        for agent in problem.agents:
            told = mover.try_move(Move(task=task.id, agent=agent.id, not_before=problem.now))
            lack = court.shortfall(task, agent)
            is_barred = bool(lack) or agent.id in task.excluded_agents
            if task.in_progress:
                assert isinstance(told, Refusal)
                assert told.obstacle is Obstacle.IN_PROGRESS
                continue
            assert is_barred == (isinstance(told, Refusal) and told.obstacle is Obstacle.NOT_ABLE)
            if is_barred and isinstance(told, Refusal):
                assert told.lack is Lack.EXCLUDED or told.skill in lack
                assert (told.lack is Lack.EXCLUDED) == (agent.id in task.excluded_agents)


def test_a_task_that_was_put_off_stays_there_when_another_goes_and_can_be_taken_back(draw_problem: Draw) -> None:
    problem = plain(draw_problem)
    mover = Mover(problem, solve_problem(problem, iterations=50, time_limit_s=None))
    first, second, *_ = sorted(mover.plan.assignments, key=lambda item: item.start)
    later = second.start + 1800
    applied = mover.apply(Move(task=second.task, agent=second.agent, not_before=later), zone_name="UTC")
    assert not isinstance(applied, Refusal)
    held = Mover(applied.problem, applied.plan, holds=applied.holds)
    away = held.apply(Move(task=first.task, agent=first.agent, not_before=later + 1800), zone_name="UTC")
    assert not isinstance(away, Refusal)
    assert next(item.start for item in away.plan.assignments if item.task == second.task) == later
    back = Mover(away.problem, away.plan, holds=away.holds).try_move(
        Move(task=second.task, agent=second.agent, not_before=problem.now)
    )
    assert not isinstance(back, Refusal)
    assert back.after.start < later


def plain(draw_problem: Draw) -> Problem:
    """Return a problem of one agent with nothing but work and a long shift."""
    problem = draw_problem(1, 4, 1)
    agent = replace(
        problem.agents[0],
        skills={kind.skill: next(iter(problem.agents[0].skills.values())) for kind in problem.task_types},
        swing_teams=tuple(team.id for team in problem.teams),
        shifts=(replace(problem.agents[0].shifts[0], start=problem.now, end=problem.now + 14_400, breaks=()),),
        max_moves=None,
        min_stay_minutes=0.0,
        state=None,
    )
    kind = problem.task_types[0]
    tasks = tuple(
        replace(
            problem.tasks[0], id=f"t{n}", type=kind.id, arrived=problem.now - 60, due=problem.now + 9000,
            min_level=None, also_requires={}, pinned_agent=None, excluded_agents=(), in_progress=False,
            earliest_start=None, after=(), separate_from=(), published_agent=None, handling_minutes=10.0,
        )
        for n in range(3)
    )  # fmt: skip
    return replace(problem, agents=(agent,), tasks=tasks, carry_over=problem.now + 86_400)


def is_late(due: int, task: str, plan: Plan) -> bool:
    return any(item.task == task and item.end > due for item in plan.assignments)


def assert_only_these_change(before: Plan, after: Plan, changed: set[str]) -> None:
    was, now = ({item.task: item for item in plan.assignments} for plan in (before, after))
    assert {task for task in was.keys() | now.keys() if was.get(task) != now.get(task)} == changed
