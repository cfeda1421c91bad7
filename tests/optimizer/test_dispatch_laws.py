"""Dispatch against the referee, and against a list scheduler in plain Python that scans everything."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer.dispatch
import optimizer.tidying
from models.formats.plan import Unscheduled
from models.formats.problem import Problem
from models.vocabulary import Rule
from optimizer import policy
from optimizer.dispatch import best_dispatch, dispatch, dispatch_by_cost, mean_handling_s
from optimizer.explain import explain
from optimizer.instance import NEVER, Instance
from optimizer.referee import check
from optimizer.sequences import Cursor
from optimizer.solution import Solution
from optimizer.tidying import tidy
from optimizer.timeline import enter_shift, get_roster, open_cursor, place
from services.assemble import assemble_instance, assemble_plan

Draw = Callable[[int, int, int], Problem]
SEEDS = st.integers(0, 10**6)


def find_faults(problem: Problem, instance: Instance, solution: Solution) -> list[str]:
    """Return what the referee finds wrong with a solution, its total included."""
    explanations = explain(instance, solution.task_agent, solution.task_start, solution.task_end)
    unscheduled = [Unscheduled(task=problem.tasks[i].id, reason=e.reason) for i, e in explanations.items()]
    plan = assemble_plan(problem, instance, solution, unscheduled=unscheduled)
    verdict = check(problem, plan)
    faults = list(verdict.violations)
    if solution.total != pytest.approx(verdict.objective.total, rel=1e-9, abs=1e-9):
        faults.append(f"total {solution.total}, by the referee {verdict.objective.total}")
    return faults


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(0, 60), num_agents=st.integers(1, 6))
def test_every_rule_makes_a_feasible_plan(draw_problem: Draw, seed: int, num_tasks: int, num_agents: int) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    for rule in Rule:
        assert find_faults(problem, instance, dispatch(instance, rule)) == []
    for plan in dispatch_by_cost(instance, rounds=3):
        assert find_faults(problem, instance, plan) == []


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, num_tasks=st.integers(1, 60), num_agents=st.integers(1, 6))
def test_the_best_is_no_worse_than_any_and_the_same_with_any_threads(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int
) -> None:
    problem = draw_problem(seed, num_tasks, num_agents)
    instance = assemble_instance(problem)
    best = best_dispatch(instance, threads=1)
    assert find_faults(problem, instance, best) == []
    totals = [dispatch(instance, rule, k=k).total for rule in Rule for k in ((0.5, 4.0) if rule is Rule.ATC else (1,))]
    assert best.total <= min(totals) + 1e-9
    again = best_dispatch(instance, threads=2)
    assert np.array_equal(best.task_agent, again.task_agent)
    assert np.array_equal(best.task_start, again.task_start)


@settings(max_examples=80, deadline=None)
@given(
    seed=SEEDS,
    num_tasks=st.integers(1, 50),
    num_agents=st.integers(1, 6),
    rule=st.sampled_from(list(Rule)),
    k=st.sampled_from([0.3, 2.0]),
)
def test_dispatch_is_the_plain_list_scheduler(
    draw_problem: Draw, seed: int, num_tasks: int, num_agents: int, rule: Rule, k: float
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    made = dispatch(instance, rule, k=k)
    twin = PlainListScheduler(instance, rule, k * mean_handling_s(instance))
    twin.run()
    assert made.task_agent.tolist() == twin.agent
    assert made.task_start.tolist() == twin.start
    assert made.task_end.tolist() == twin.end


class PlainListScheduler:
    """List scheduling as the module says it, by full scans."""

    def __init__(self, instance: Instance, rule: Rule, scale: float) -> None:
        self.instance, self.rule, self.scale = instance, policy.CODE_OF_RULE[rule], scale
        self.roster = get_roster(instance)
        tasks, agents = range(instance.num_tasks), range(instance.num_agents)
        self.speeds = [self._speeds(task) for task in tasks]
        self.agent, self.start, self.end = ([value] * len(tasks) for value in (-1, 0, 0))
        held_back = instance.task_release > np.maximum(instance.task_arrived, 0)
        self.enabled = np.where(held_back, instance.task_release, instance.task_arrived).tolist()
        self.cursor: list[Cursor] = [open_cursor(agent, self.roster) for agent in agents]
        self.event = [self._next_working(agent, 0) for agent in agents]
        self.idle, self.asked = [False for _ in agents], [-1 for _ in agents]
        self.open_task = [-1 for _ in agents]
        for task in np.flatnonzero(instance.task_in_progress).tolist():
            self.open_task[instance.task_pinned[task]] = task
        self.waiting: set[int] = set()
        self.came: set[int] = set()
        groups = {agent: self._groups_of(agent) for agent in agents}
        self.rank = sorted(agents, key=lambda agent: (len(groups[agent]), agent))

    def _speeds(self, task: int) -> dict[int, float]:
        i = self.instance
        row = slice(*i.class_ptr[i.task_class[task] : i.task_class[task] + 2])
        excluded = i.excluded_agent[i.excluded_ptr[task] : i.excluded_ptr[task + 1]]
        pinned = i.task_pinned[task]
        return {
            agent: speed
            for agent, speed in zip(i.class_agent[row].tolist(), i.class_speed[row].tolist(), strict=True)
            if agent not in excluded and pinned in (-1, agent)
        }

    def _groups_of(self, agent: int) -> set[tuple[str, int]]:
        i, groups = self.instance, set()
        for task in range(i.num_tasks):
            kind = int(i.task_class[task])
            members = i.class_agent[i.class_ptr[kind] : i.class_ptr[kind + 1]]
            if i.task_in_progress[task]:
                continue
            if i.task_pinned[task] < 0 and agent in members:
                groups.add(("class", kind))
            elif i.task_pinned[task] == agent and agent in self.speeds[task]:
                groups.add(("own", agent))
        return groups

    def _intervals(self, shift: int) -> list[tuple[int, int]]:
        row = slice(*self.roster.work_ptr[shift : shift + 2])
        return list(zip(self.roster.work_start[row].tolist(), self.roster.work_end[row].tolist(), strict=True))

    def _works(self, shift: int, now: int) -> bool:
        return any(begin <= now < end for begin, end in self._intervals(shift))

    def _next_working(self, agent: int, since: int) -> int:
        shifts = range(self.cursor[agent][0], self.roster.shift_ptr[agent + 1])
        instants = [max(since, b) for shift in shifts for b, e in self._intervals(shift) if e > since]
        return min(instants, default=NEVER)

    def run(self) -> None:
        while True:
            coming = [self._comes(task) for task in range(self.instance.num_tasks) if task not in self.came]
            now = min([*self.event, *coming, NEVER])
            if now >= NEVER:
                return
            fresh = [t for t in range(self.instance.num_tasks) if t not in self.came and self._comes(t) <= now]
            self.came.update(fresh)
            self.waiting.update(t for t in fresh if self.speeds[t] and not self.instance.task_in_progress[t])
            fresh.sort(key=lambda t: (self.instance.after_ptr[t] < self.instance.after_ptr[t + 1], self._comes(t), t))
            while True:
                called = sum(self._call(task, now) for task in fresh)
                while min(self.event, default=NEVER) <= now:
                    self._serve(next(a for a in self.rank if self.event[a] <= now), now)
                if not called:
                    break

    def _before(self, task: int) -> list[int]:
        i = self.instance
        return list(i.after_task[i.after_ptr[task] : i.after_ptr[task + 1]].tolist())

    def _comes(self, task: int) -> int:
        before = self._before(task)
        if any(self.agent[other] < 0 for other in before):
            return NEVER
        return max([int(self.instance.task_release[task]), *(self.end[other] for other in before)])

    def _call(self, task: int, now: int) -> int:
        if task not in self.waiting:
            return 0
        for agent in self.rank:
            may = agent in self.speeds[task] and self.idle[agent] and self.asked[agent] < now < self.event[agent]
            if may and self._works(self.cursor[agent][0], now):
                self.event[agent] = now
                return 1
        return 0

    def _serve(self, agent: int, now: int) -> None:
        last = self.roster.shift_ptr[agent + 1]
        while self.cursor[agent][0] < last and self.roster.shift_end[self.cursor[agent][0]] <= now:
            shift = self.cursor[agent][0] + 1
            self.cursor[agent] = enter_shift(shift, self.roster) if shift < last else (last, NEVER, -1, 0, -NEVER)
        shift = self.cursor[agent][0]
        if shift == last or not self._works(shift, now):
            self.idle[agent], self.event[agent] = False, self._next_working(agent, now)
            return
        self.asked[agent] = now
        if self.open_task[agent] >= 0 and self._begin_open(agent, now):
            return
        task, wake = self._choose(agent, now)
        self.idle[agent] = task < 0
        if task < 0:
            ends = [end for begin, end in self._intervals(shift) if begin <= now < end]
            self.event[agent] = min([wake, *ends])
            return
        self.waiting.discard(task)
        self._put(agent, task, max(now, self._comes(task)))

    def _put(self, agent: int, task: int, ready: int) -> None:
        kind = int(self.instance.task_type[task])
        start, end, shift, moves, moved_at = place(
            agent, *self.cursor[agent], kind, ready, self._duration(agent, task), self.roster
        )
        self.agent[task], self.start[task], self.end[task] = agent, start, end
        self.cursor[agent] = (shift, end, kind, moves, moved_at)
        self.idle[agent], self.event[agent] = False, self._next_working(agent, end)
        for other in range(self.instance.num_tasks):
            if task in self._before(other):
                self.enabled[other] = max(self.enabled[other], end)

    def _duration(self, agent: int, task: int) -> int:
        return max(1, int(60.0 * self.instance.task_handling[task] / self.speeds[task][agent] + 0.5))

    def _is_separated(self, agent: int, task: int) -> bool:
        i = self.instance
        return any(self.agent[o] == agent for o in i.separate_task[i.separate_ptr[task] : i.separate_ptr[task + 1]])

    def _begin_open(self, agent: int, now: int) -> bool:
        task, self.open_task[agent] = self.open_task[agent], -1
        ready = self._comes(task)
        if ready == NEVER or agent not in self.speeds[task] or self._is_separated(agent, task):
            return False
        kind, needed = int(self.instance.task_type[task]), self._duration(agent, task)
        start, _, shift, _, _ = place(agent, *self.cursor[agent], kind, max(now, ready), needed, self.roster)
        if start < 0:
            return False
        shifts = range(self.cursor[agent][0], shift + 1)
        lost = sum(max(0, min(start, e) - max(now, b)) for s in shifts for b, e in self._intervals(s))
        if lost > needed:
            return False
        self._put(agent, task, max(now, ready))
        return True

    def _choose(self, agent: int, now: int) -> tuple[int, int]:
        """Return the task of highest index among those that start with no other wait than for their setup."""
        i, cursor = self.instance, self.cursor[agent]
        shift, free, last_type, moves, moved_at = cursor
        wake, offers = NEVER, []
        if last_type >= 0 and moves < i.agent_max_moves[agent]:
            other = next((k for k in range(i.num_types) if i.type_team[k] != i.type_team[last_type]), None)
            allowed = int(moved_at + i.agent_min_stay[agent])
            if other is not None or i.num_teams > 1:
                begin = self._begin_after(shift, free, now, i.setup_other_team)
                if begin is not None and allowed > begin:
                    wake = allowed
        for task in self.waiting:
            if agent not in self.speeds[task] or self._is_separated(agent, task):
                continue
            kind = int(i.task_type[task])
            start, _, at, _, _ = place(agent, *cursor, kind, now, self._duration(agent, task), self.roster)
            is_move = last_type >= 0 and i.type_team[last_type] != i.type_team[kind]
            setup = i.setup_other_team if is_move else i.setup_same_team if last_type not in (-1, kind) else 0
            if start < 0 or at != shift or start != self._begin_after(shift, free, now, setup):
                continue
            handling = 60.0 * float(i.task_handling[task]) / self.speeds[task][agent]
            index = policy.evaluate(
                self.rule,
                float(now),
                float(self.enabled[task]),
                float(i.task_due[task]),
                float(i.task_weight[task]),
                handling,
                self.scale,
            )
            preferred = i.preferred_agent[i.preferred_ptr[task] : i.preferred_ptr[task + 1]]
            unwanted = (len(preferred) > 0 and agent not in preferred) + (i.task_published[task] not in (-1, agent))
            offers.append((-index, unwanted, self.enabled[task], task))
        return (min(offers)[-1] if offers else -1), wake

    def _begin_after(self, shift: int, free: int, now: int, setup: int) -> int | None:
        begin, left = now, setup
        for b, e in self._intervals(shift):
            room = e - max(free, b)
            if left > 0 and room > 0:
                if left <= room:
                    begin = max(begin, max(free, b) + left)
                left = max(0, left - room)
        if left > 0:
            return None
        return next((max(begin, b) for b, e in self._intervals(shift) if e > begin), None)


def test_dispatching_that_is_over_at_once_still_gives_a_plan(draw_problem: Draw) -> None:
    instance = assemble_instance(draw_problem(3, 30, 4))
    hurried = best_dispatch(instance, is_over=lambda: True)
    assert hurried.total == min(plan.total for plan in dispatch_by_cost(instance, rounds=1))
    assert best_dispatch(instance).total <= hurried.total


class Clock:
    """Says that it is over from some ask on, and counts how often it is asked."""

    def __init__(self, over_from: int) -> None:
        self.over_from, self.asked = over_from, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.over_from


@pytest.mark.parametrize("seed", [3, 8])
def test_a_day_is_the_same_however_often_somebody_looks(
    draw_problem: Draw, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = assemble_instance(draw_problem(seed, 40, 5))
    often = {}
    for instants in (1, 7, 10**6):
        monkeypatch.setattr(optimizer.dispatch, "INSTANTS_A_LOOK", instants)
        plans = [dispatch(instance, rule) for rule in Rule] + dispatch_by_cost(instance, rounds=2)
        often[instants] = [(plan.total, plan.task_start.tolist(), plan.task_agent.tolist()) for plan in plans]
    assert often[1] == often[7] == often[10**6]


def test_a_first_plan_that_is_cut_holds_as_far_as_it_has_come(
    draw_problem: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = draw_problem(3, 60, 4)
    instance = assemble_instance(problem)
    monkeypatch.setattr(optimizer.dispatch, "INSTANTS_A_LOOK", 5)
    whole = dispatch_by_cost(instance, rounds=1)[0]
    counts = []
    for looks in range(6):
        clock = Clock(looks)
        plan = best_dispatch(instance, is_over=lambda: True, is_cut=clock)
        assert find_faults(problem, instance, plan) == []
        assert clock.asked == looks + 1, "it goes on after it was cut"
        done = plan.task_agent >= 0
        np.testing.assert_array_equal(plan.task_start[done], whole.task_start[done])
        counts.append(int(done.sum()))
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert 0 < counts[-1] < int((whole.task_agent >= 0).sum())


def test_plans_that_are_not_complete_in_time_are_left_out(draw_problem: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = draw_problem(3, 60, 4)
    instance = assemble_instance(problem)
    monkeypatch.setattr(optimizer.dispatch, "INSTANTS_A_LOOK", 5)
    first = dispatch_by_cost(instance, rounds=1)[0]
    for looks in range(0, 60, 6):
        clock = Clock(looks)
        plan = best_dispatch(instance, threads=1, is_over=clock)
        assert find_faults(problem, instance, plan) == []
        assert plan.total <= first.total
        rest = len(optimizer.dispatch.LOOK_AHEADS) + len(Rule)
        assert clock.asked <= looks + 2 + rest, "it asks once for each plan that it leaves out, and goes on with none"


def test_tidying_ends_when_it_is_over(draw_problem: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = draw_problem(8, 60, 4)
    instance = assemble_instance(problem)
    plan = dispatch(instance, Rule.FIFO)
    tidied = tidy(instance, plan)
    assert tidied.total < plan.total
    monkeypatch.setattr(optimizer.tidying, "TASKS_A_LOOK", 4)
    assert tidy(instance, plan).total == tidied.total
    totals = []
    for looks in range(40):
        clock = Clock(looks)
        part = tidy(instance, plan, is_over=clock)
        assert find_faults(problem, instance, part) == []
        assert clock.asked <= looks + 1
        totals.append(part.total)
    assert totals[0] == plan.total
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] == tidied.total
