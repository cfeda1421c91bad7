"""Blocks, their worth and the curve of further hours: each figure is that of a plan that the referee accepts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.plan import Assignment, Objective, Plan, Unscheduled
from models.formats.problem import Agent, Problem, Shift, Skill, Team
from models.vocabulary import Rule, UnscheduledReason
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.referee import check
from optimizer.swinging import draw_curve, find_blocks, value_block
from optimizer.swinging.filling import charge_tasks, fill_agent
from optimizer.swinging.hosting import Hosting
from optimizer.swinging.values import plan_without
from optimizer.tidying import tidy
from services.assemble import assemble_instance

Draw = Callable[[int, int, int], Problem]
SEEDS = st.integers(0, 10**6)
GUEST = "a guest"


def drafted(problem: Problem) -> Draft:
    instance = assemble_instance(problem)
    plan = tidy(instance, dispatch(instance, Rule.ATC))
    return Draft(instance, plan.task_agent, plan.task_start, plan.task_end)


def total_of(problem: Problem, draft: Draft) -> float:
    """Return the total of a schedule by the referee, who must accept it."""
    mine, now = draft.sequences, problem.now
    planned = np.flatnonzero(mine.agent >= 0).tolist()
    left = np.flatnonzero(mine.agent < 0).tolist()
    plan = Plan(
        assignments=tuple(
            Assignment(
                task=problem.tasks[n].id,
                agent=problem.agents[mine.agent[n]].id,
                start=now + int(mine.start[n]),
                end=now + int(mine.end[n]),
            )
            for n in planned
        ),
        unscheduled=tuple(Unscheduled(task=problem.tasks[n].id, reason=UnscheduledReason.NO_CAPACITY) for n in left),
        objective=Objective(total=0.0),
    )
    total = check(problem, plan).objective.total
    assert check(problem, replace(plan, objective=Objective(total=total))).feasible
    return total


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 30), num_agents=st.integers(1, 5))
def test_blocks_are_all_the_time_away(draw_problem: Draw, seed: int, num_tasks: int, num_agents: int) -> None:
    draft = drafted(draw_problem(seed, num_tasks, num_agents))
    instance, mine = draft.instance, draft.sequences
    blocks = find_blocks(draft)
    assert sum(block.working_seconds for block in blocks) / 60 == pytest.approx(draft.score().away)
    listed = [task for block in blocks for task in block.tasks]
    away = [
        task
        for task in np.flatnonzero(mine.agent >= 0).tolist()
        if instance.type_team[instance.task_type[task]] != instance.agent_home[mine.agent[task]]
    ]
    assert sorted(listed) == away
    for block in blocks:
        assert block.start == mine.start[block.tasks[0]]
        assert block.end == mine.end[block.tasks[-1]]
        assert all(mine.next[one] == other for one, other in pairwise(block.tasks))
        if block.next_start is not None:
            assert block.next_start >= block.end
            assert block.stays_until is None or block.next_start >= block.stays_until


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(2, 5))
def test_a_block_is_worth_what_the_plan_without_it_costs_more(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    draft = drafted(problem)
    team_of = draft.instance.type_team[draft.instance.task_type]
    for block in find_blocks(draft):
        without, value = plan_without(draft, block), value_block(draft, block)
        assert value.saving == pytest.approx(total_of(problem, without) - total_of(problem, draft), abs=1e-6)
        assert not set(without.sequence_of(block.agent)) & set(block.tasks)
        assert all(without.sequences.agent[task] < 0 <= draft.sequences.agent[task] for task in value.left_without)
        assert all(team_of[task] == block.home for task in value.home_late)
        assert not {int(team_of[task]) for task in (*value.left_without, *value.late_without)} & {block.home}


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(2, 4))
def test_filling_an_agent_gains_what_it_says(draw_problem: Draw, seed: int, num_tasks: int, num_agents: int) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    for agent in range(num_agents):
        draft = drafted(problem)
        before = total_of(problem, draft)
        gained = fill_agent(draft, agent, np.arange(num_tasks, dtype=np.int32))
        assert gained >= 0
        assert total_of(problem, draft) == pytest.approx(before - gained, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(1, 4), team=st.integers(0, 2))
def test_every_hour_of_the_curve_is_saved_by_a_plan(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, team: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    draft = drafted(problem)
    before = total_of(problem, draft)
    curve = draw_curve(draft, team, range(0, 4 * 3600, 3600), until=4 * 3600)
    assert all(one >= other > 0 for one, other in pairwise((*curve.saving, 1e-12)))
    assert curve.end - curve.start == 3600 * len(curve.saving)
    hosting = Hosting(draft, team)
    stay = hosting.host(None, 3600, 3 * 3600)
    grown = hosting.host(stay, 3600, 4 * 3600)
    for one in (stay, grown):
        invited = with_guest(problem, team, one.start + 60 * problem.setup.other_team_minutes, one.end)
        saved = before - total_of(invited, one.draft)
        assert saved - problem.objective.move == pytest.approx(one.saving, abs=1e-6)
    assert grown.saving >= stay.saving - 1e-9


def with_guest(problem: Problem, team: int, start: float, end: int) -> Problem:
    """Return the problem with one more agent, from another team, who can do all that a team does."""
    kinds = problem.task_types
    skills = {kind.skill for kind in kinds} | {s for kind in kinds for s in kind.also_requires}
    skills |= {skill for task in problem.tasks for skill in task.also_requires}
    guest = Agent(
        id=GUEST,
        team=GUEST,
        swing_teams=(problem.teams[team].id,),
        skills={skill: Skill(level=5) for skill in skills},
        shifts=(Shift(start=problem.now + round(start), end=problem.now + end),),
    )
    return replace(problem, teams=(*problem.teams, Team(id=GUEST)), agents=(*problem.agents, guest))


def test_what_a_task_costs_sums_to_the_total_less_moves(draw_problem: Draw) -> None:
    for seed in range(20):
        draft = drafted(draw_problem(seed, 20, 3))
        score = draft.score()
        expected = score.total - draft.instance.objective.move * score.move
        assert charge_tasks(draft).sum() == pytest.approx(expected)
