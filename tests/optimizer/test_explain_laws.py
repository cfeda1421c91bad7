"""Insertions, removals and explanations against trying every place and scoring the whole plan."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.vocabulary import Rule, UnscheduledReason
from optimizer.dispatch import dispatch
from optimizer.explain import explain
from optimizer.insertion import IMPOSSIBLE, find_insertion, insert
from optimizer.instance import NEVER, NO_LIMIT, Instance
from optimizer.objective import get_charges, score
from optimizer.referee import check
from optimizer.removal import cost_removal, remove
from optimizer.sequences import Sequences, build_sequences, get_terms
from optimizer.solution import Solution
from optimizer.tidying import LEAST_GAIN, tidy
from optimizer.timeline import (
    NOWHERE,
    compute_duration,
    count_working,
    enter_shift,
    find_shift,
    find_start,
    get_roster,
    get_speed,
    open_cursor,
    pass_working,
)
from services.assemble import assemble_instance, assemble_plan

Draw = Callable[[int, int, int], Problem]
SEEDS = st.integers(0, 10**6)
RULES = st.sampled_from([Rule.FIFO, Rule.SPT, Rule.ATC])


def is_feasible(problem: Problem, instance: Instance, solution: Solution) -> bool:
    left = np.flatnonzero(solution.task_agent < 0).tolist()
    unscheduled = [Unscheduled(task=problem.tasks[i].id, reason=UnscheduledReason.NO_CAPACITY) for i in left]
    return check(problem, assemble_plan(problem, instance, solution, unscheduled=unscheduled)).feasible


def solution_of(instance: Instance, sequences: Sequences) -> Solution:
    agent, start, end = sequences.agent.copy(), sequences.start.copy(), sequences.end.copy()
    return Solution(task_agent=agent, task_start=start, task_end=end, total=score(instance, agent, start, end).total)


class EveryPlace:
    """Tries every place of every eligible agent for a task, in plain Python, and scores each whole plan."""

    def __init__(self, instance: Instance, plan: Solution) -> None:
        self.instance, self.plan, self.roster = instance, plan, get_roster(instance)

    def eligible(self, task: int) -> list[int]:
        i = self.instance
        kind = i.task_class[task]
        members = i.class_agent[i.class_ptr[kind] : i.class_ptr[kind + 1]].tolist()
        excluded = i.excluded_agent[i.excluded_ptr[task] : i.excluded_ptr[task + 1]]
        return [a for a in members if a not in excluded and i.task_pinned[task] in (-1, a)]

    def separated(self, task: int) -> list[int]:
        i = self.instance
        others = i.separate_task[i.separate_ptr[task] : i.separate_ptr[task + 1]]
        return [a for a in self.eligible(task) if a in self.plan.task_agent[others]]

    def ready(self, task: int) -> int:
        before = self.before(task)
        if (self.plan.task_agent[before] < 0).any():
            return NEVER
        return int(max([self.instance.task_release[task], *self.plan.task_end[before]]))

    def before(self, task: int) -> np.ndarray:
        i = self.instance
        return i.after_task[i.after_ptr[task] : i.after_ptr[task + 1]]

    def costs(self, task: int) -> Iterator[tuple[float, int]]:
        """Yield what each feasible place adds to the total, and whose it is."""
        if self.ready(task) == NEVER:
            return
        for agent in self.eligible(task):
            if agent in self.separated(task):
                continue
            sequence = np.flatnonzero(self.plan.task_agent == agent)
            sequence = sequence[np.argsort(self.plan.task_start[sequence])].tolist()
            for place in range(len(sequence) + 1):
                for shift in range(self.roster.shift_ptr[agent], self.roster.shift_ptr[agent + 1]):
                    changed = self._put(task, agent, sequence, place, shift)
                    if changed is not None:
                        yield score(self.instance, *changed).total - self.plan.total, agent

    def _put(
        self, task: int, agent: int, sequence: list[int], place: int, shift: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        i, roster = self.instance, self.roster
        order = [*sequence[:place], task, *sequence[place:]]
        if any(i.task_in_progress[other] for other in order[1:]):
            return None
        shifts = [shift if o == task else find_shift(agent, self.plan.task_start[o], roster) for o in order]
        if shifts != sorted(shifts):
            return None
        owner, start, end = self.plan.task_agent.copy(), self.plan.task_start.copy(), self.plan.task_end.copy()
        owner[task] = agent
        cursor = open_cursor(agent, roster)
        for other, at in zip(order, shifts, strict=True):
            if at > cursor[0]:
                cursor = enter_shift(at, roster)
            kind = int(i.task_type[other])
            least = self.ready(task) if other == task else int(self.plan.task_start[other])
            begins = find_start(agent, *cursor, kind, least, roster)
            speed = get_speed(i.task_class[other], agent, i.class_ptr, i.class_agent, i.class_speed)
            seconds = compute_duration(i.task_handling[other], speed)
            if begins == NOWHERE or (ends := pass_working(at, begins, seconds, roster)) == NOWHERE:
                return None
            start[other], end[other] = begins, ends
            is_move = cursor[2] >= 0 and i.type_team[cursor[2]] != i.type_team[kind]
            after = (cursor[3] + 1, begins) if is_move else cursor[3:]
            cursor = (at, ends, kind, *after)
        for follower in range(i.num_tasks):
            if owner[follower] >= 0 and any(end[b] > start[follower] for b in self.before(follower)):
                return None
        return owner, start, end


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 30), num_agents=st.integers(1, 4), rule=RULES)
def test_the_cheapest_place_is_the_cheapest_of_all(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    plan = dispatch(instance, rule)
    roster, charges, terms = get_roster(instance), get_charges(instance), get_terms(instance)
    for task in np.flatnonzero(plan.task_agent < 0).tolist():
        expected = min(EveryPlace(instance, plan).costs(task), default=(IMPOSSIBLE, -1))[0]
        sequences = build_sequences(instance, plan.task_agent, plan.task_start, plan.task_end, roster)
        cost, agent, previous, shift = find_insertion(task, terms, sequences, charges, roster)
        assert cost == pytest.approx(expected, abs=1e-6)
        if cost < IMPOSSIBLE:
            insert(task, agent, previous, shift, terms, sequences, roster)
            changed = solution_of(instance, sequences)
            assert changed.total - plan.total == pytest.approx(cost, abs=1e-6)
            assert is_feasible(problem, instance, changed)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 30), num_agents=st.integers(1, 4), rule=RULES)
def test_a_removal_costs_what_it_says(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    plan = dispatch(instance, rule)
    roster, charges, terms = get_roster(instance), get_charges(instance), get_terms(instance)
    followed = set(instance.after_task[np.repeat(plan.task_agent >= 0, np.diff(instance.after_ptr))].tolist())
    for task in np.flatnonzero(plan.task_agent >= 0).tolist():
        sequences = build_sequences(instance, plan.task_agent, plan.task_start, plan.task_end, roster)
        cost = cost_removal(task, terms, sequences, charges, roster)
        if task in followed:
            assert cost == IMPOSSIBLE
        if cost < IMPOSSIBLE:
            remove(task, terms, sequences, roster)
            changed = solution_of(instance, sequences)
            assert changed.total - plan.total == pytest.approx(cost, abs=1e-6)
            assert is_feasible(problem, instance, changed)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 40), num_agents=st.integers(1, 5), rule=RULES)
def test_a_tidy_plan_has_nothing_to_put_in_or_take_out(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    plan = dispatch(instance, rule)
    tidied = tidy(instance, replace(plan, lower_bound=0.5, iterations=3))
    assert is_feasible(problem, instance, tidied)
    assert tidied.total <= plan.total + 1e-9
    assert (tidied.lower_bound, tidied.iterations) == (0.5, 3)
    roster, charges, terms = get_roster(instance), get_charges(instance), get_terms(instance)
    sequences = build_sequences(instance, tidied.task_agent, tidied.task_start, tidied.task_end, roster)
    for task in range(instance.num_tasks):
        if tidied.task_agent[task] < 0:
            assert find_insertion(task, terms, sequences, charges, roster)[0] >= -2 * LEAST_GAIN
        else:
            assert cost_removal(task, terms, sequences, charges, roster) >= -2 * LEAST_GAIN


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 40), num_agents=st.integers(1, 4), rule=RULES)
def test_every_explanation_is_true(draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    plan = tidy(instance, dispatch(instance, rule))
    every = EveryPlace(instance, plan)
    anywhere = EveryPlace(
        replace(
            instance,
            agent_max_moves=np.full(num_agents, NO_LIMIT, np.int32),
            agent_min_stay=np.zeros(num_agents, np.int64),
        ),
        plan,
    )
    explanations = explain(instance, plan.task_agent, plan.task_start, plan.task_end)
    assert sorted(explanations) == np.flatnonzero(plan.task_agent < 0).tolist()
    for task, told in explanations.items():
        assert list(told.eligible_agents) == every.eligible(task)
        left = [b for b in every.before(task).tolist() if plan.task_agent[b] < 0]
        cheapest = min(every.costs(task), default=(math.inf, -1))
        if not told.eligible_agents:
            assert told.reason is UnscheduledReason.NO_ELIGIBLE_AGENT
        elif left:
            assert told.reason is UnscheduledReason.PREDECESSOR_UNSCHEDULED
            assert told.predecessor in left
        elif cheapest[1] >= 0:
            assert told.reason is UnscheduledReason.NOT_WORTH_IT
            assert told.extra_cost is not None
            assert told.extra_cost == pytest.approx(cheapest[0], abs=1e-6)
            assert told.extra_cost >= -2 * LEAST_GAIN
            assert told.agent in {a for cost, a in every.costs(task) if cost <= told.extra_cost + 1e-6}
        else:
            assert told.reason is UnscheduledReason.NO_CAPACITY
            assert list(told.separated_agents) == every.separated(task)
            assert set(told.move_limited_agents) == {agent for _, agent in anywhere.costs(task)}
            works_long_enough = any(
                count_working(shift, max(0, every.ready(task)), every.roster.shift_end[shift], every.roster)
                >= compute_duration(
                    instance.task_handling[task],
                    get_speed(
                        instance.task_class[task],
                        agent,
                        instance.class_ptr,
                        instance.class_agent,
                        instance.class_speed,
                    ),
                )
                for agent in set(told.eligible_agents) - set(told.separated_agents)
                for shift in range(every.roster.shift_ptr[agent], every.roster.shift_ptr[agent + 1])
            )
            assert told.full_from == (every.ready(task) if works_long_enough else None)
