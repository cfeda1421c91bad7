"""Alternatives and exchanges against trying each of them and scoring the whole plan, which the referee must accept."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.vocabulary import Rule, UnscheduledReason
from optimizer.alternatives import MOST_EXCHANGED, find_exchange, weigh_alternatives
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.insertion import IMPOSSIBLE
from optimizer.referee import check
from optimizer.removal import cost_lifting, cost_removal, remove, restore, save
from optimizer.solution import Solution
from optimizer.tidying import tidy
from services.assemble import assemble_instance, assemble_plan

Draw = Callable[[int, int, int], Problem]
SEEDS = st.integers(0, 10**6)
RULES = st.sampled_from([Rule.FIFO, Rule.SPT, Rule.ATC])


def drafted(problem: Problem, rule: Rule) -> Draft:
    instance = assemble_instance(problem)
    plan = tidy(instance, dispatch(instance, rule))
    return Draft(instance, plan.task_agent, plan.task_start, plan.task_end)


def is_feasible(problem: Problem, draft: Draft) -> bool:
    mine = draft.sequences
    solution = Solution(task_agent=mine.agent.copy(), task_start=mine.start.copy(), task_end=mine.end.copy(), total=0.0)
    left = np.flatnonzero(mine.agent < 0).tolist()
    unscheduled = [Unscheduled(task=problem.tasks[i].id, reason=UnscheduledReason.NO_CAPACITY) for i in left]
    plan = assemble_plan(problem, draft.instance, solution, unscheduled=unscheduled)
    return check(problem, plan).feasible


def lift(draft: Draft, task: int) -> Draft | None:
    """Return the draft without a task, its followers as they are; None where that cannot be."""
    if cost_lifting(task, draft.terms, draft.sequences, draft.charges, draft.roster) == IMPOSSIBLE:
        return None
    other = draft.copy()
    remove(task, other.terms, other.sequences, other.roster)
    return other


@example(seed=507794, num_tasks=15, num_agents=2, rule=Rule.ATC)
@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 30), num_agents=st.integers(2, 4), rule=RULES)
def test_an_alternative_costs_what_it_says_and_none_is_cheaper(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    draft = drafted(problem, rule)
    before = [column.copy() for column in draft.sequences]
    planned = np.flatnonzero(draft.sequences.agent >= 0).astype(np.int32)
    found = weigh_alternatives(draft, planned)
    for mine, theirs in zip(draft.sequences, before, strict=True):
        assert np.array_equal(np.asarray(mine), np.asarray(theirs))
    total = draft.score().total
    for n, task in enumerate(planned.tolist()):
        costs: dict[int, float] = {}
        lifted = None if draft.instance.task_in_progress[task] else lift(draft, task)
        own = int(draft.sequences.agent[task])
        for agent in draft.eligible_agents(task):
            if lifted is None:
                break
            place = lifted.find_place(task, agent) if agent != own else None
            if place is not None:
                changed = lifted.copy()
                changed.put(task, place)
                assert is_feasible(problem, changed)
                costs[agent] = changed.score().total - total
        expected = sorted(costs.values())[:2]
        assert found.change[n][: len(expected)].tolist() == pytest.approx(expected, abs=1e-6)
        assert (found.agent[n] >= 0).sum() == len(expected)
        for agent, change in zip(found.agent[n].tolist(), found.change[n].tolist(), strict=True):
            assert agent < 0 or costs[agent] == pytest.approx(change, abs=1e-6)


@example(seed=530462, num_tasks=28, num_agents=3, rule=Rule.SPT)
@example(seed=986411, num_tasks=18, num_agents=3, rule=Rule.ATC)
@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(1, 3), rule=RULES)
def test_sooner_and_later_with_the_same_agent_cost_what_they_say(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    """The cheaper of the two, and of where it is, is the cheapest place that there is with that agent."""
    draft = drafted(draw_problem(seed, num_tasks, num_agents), rule)
    planned = np.flatnonzero(draft.sequences.agent >= 0).astype(np.int32)
    found = weigh_alternatives(draft, planned)
    total = draft.score().total
    for n, task in enumerate(planned.tolist()):
        lifted = None if draft.instance.task_in_progress[task] else lift(draft, task)
        if lifted is None:
            assert (found.sooner[n], found.later[n]) == (IMPOSSIBLE, IMPOSSIBLE)
            continue
        place = lifted.find_place(task, int(draft.sequences.agent[task]))
        if place is None:
            assert min(found.sooner[n], found.later[n]) == IMPOSSIBLE
            continue
        behind_now = int(draft.sequences.previous[task])
        lifted.put(task, place)
        cheapest = lifted.score().total - total
        assert min(found.sooner[n], found.later[n]) >= cheapest - 1e-6
        if place.previous != behind_now:
            assert min(found.sooner[n], found.later[n]) == pytest.approx(cheapest, abs=1e-6)


@example(seed=1, num_tasks=18, num_agents=2, rule=Rule.FIFO)
@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 30), num_agents=st.integers(1, 3), rule=RULES)
def test_an_exchange_costs_what_it_says_and_none_is_cheaper(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    draft = drafted(problem, rule)
    total = draft.score().total
    for task in np.flatnonzero(draft.sequences.agent < 0).tolist():
        found = find_exchange(draft, task)
        costs = [change for change, _ in every_exchange(problem, draft, task, total)]
        if found is None:
            assert not costs
        else:
            assert found.change == pytest.approx(min(costs), abs=1e-6)
            assert len({int(draft.sequences.agent[other]) for other in found.tasks}) == 1


def every_exchange(problem: Problem, draft: Draft, task: int, total: float) -> list[tuple[float, list[int]]]:
    """Return every exchange for a task, each put into a plan that the referee accepts."""
    found = []
    for agent in draft.eligible_agents(task):
        sequence = draft.sequence_of(agent)
        if draft.is_separated(task, agent):
            continue
        for first in range(len(sequence)):
            changed = draft.copy()
            for other in sequence[first : first + MOST_EXCHANGED]:
                cost = cost_removal(other, changed.terms, changed.sequences, changed.charges, changed.roster)
                if cost == IMPOSSIBLE or draft.instance.task_in_progress[other]:
                    break
                remove(other, changed.terms, changed.sequences, changed.roster)
                place = changed.find_place(task, agent)
                if place is not None:
                    tried = changed.copy()
                    tried.put(task, place)
                    assert is_feasible(problem, tried)
                    found.append((tried.score().total - total, sequence[first : first + MOST_EXCHANGED]))
    return found


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(1, 3), rule=RULES, data=st.data())
def test_tasks_taken_out_leave_a_plan_and_go_in_again(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule, data: st.DataObject
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    draft = drafted(problem, rule)
    planned = np.flatnonzero(draft.sequences.agent >= 0).tolist()
    if not planned:
        return
    tasks = data.draw(st.lists(st.sampled_from(planned), min_size=1, max_size=4, unique=True))
    out = draft.take_out(tasks)
    assert set(tasks) <= set(out)
    assert len(set(out)) == len(out)
    assert (draft.sequences.agent[out] < 0).all()
    assert is_feasible(problem, draft)
    for task in out:
        places = [draft.find_place(task, agent) for agent in draft.eligible_agents(task)]
        known = [place for place in places if place is not None]
        if known:
            draft.put(task, min(known, key=lambda place: place.change))
    assert is_feasible(problem, draft)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(2, 30), num_agents=st.integers(1, 3))
def test_what_was_saved_comes_back(draw_problem: Draw, seed: int, num_tasks: int, num_agents: int) -> None:
    draft = drafted(draw_problem(seed, num_tasks, num_agents), Rule.ATC)
    before = [column.copy() for column in draft.sequences]
    notes = np.empty(num_tasks, np.int32), np.empty(num_tasks, np.int64), np.empty(num_tasks, np.int64)
    for agent in range(num_agents):
        count = save(agent, *notes, draft.sequences)
        for task in reversed(draft.sequence_of(agent)):
            if cost_removal(task, draft.terms, draft.sequences, draft.charges, draft.roster) < IMPOSSIBLE:
                remove(task, draft.terms, draft.sequences, draft.roster)
        restore(agent, count, *notes, draft.terms, draft.sequences, draft.roster)
    for mine, theirs in zip(draft.sequences, before, strict=True):
        assert np.array_equal(np.asarray(mine), np.asarray(theirs))
