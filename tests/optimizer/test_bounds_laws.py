"""No bound exceeds the best plan there is, found by trying every plan of tiny problems with all features."""

import itertools
import math
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem import Agent, Problem, Shift, Task
from models.formats.problem_file import parse_problem
from optimizer.bounds import bound, quick_bound
from optimizer.bounds.columns import charges, shift_columns, task_columns
from optimizer.bounds.costs import tabulate_costs
from optimizer.bounds.pricing_runs import RunPricing
from optimizer.bounds.quick import find_outcomes
from optimizer.exact import solve_exactly
from optimizer.instance import Floats, Instance
from optimizer.search.stopping import Stop
from services.assemble import assemble_instance

DAY = 1_772_409_600
"""2026-03-02 00:00 UTC."""


def instant(minute: float) -> str:
    """Write a minute of the tiny world's day, which may lie on other days."""
    total = round(minute * 60) + 8 * 3600
    day, second = divmod(total, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00:00"


def tiny_document(seed: int, num_tasks: int, num_agents: int) -> dict[str, Any]:
    """Draw a problem of a few tasks in which any feature may be present."""
    r = random.Random(seed)  # noqa: S311
    teams, kinds = ["x", "y"], ["k0", "k1", "k2"]
    team_of = {"k0": "x", "k1": "x", "k2": "y"}
    agents = [_tiny_agent(r, n, teams, kinds) for n in range(num_agents)]
    tasks = [_tiny_task(r, n, agents, kinds) for n in range(num_tasks)]
    busy: set[str] = set()
    for task in tasks:
        pinned = task.get("pinned_agent")
        if pinned and r.random() < 0.5 and pinned not in busy:
            task["in_progress"] = True
            busy.add(pinned)
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": instant(0),
        "carry_over": instant(r.choice([20, 70, 300])),
        "teams": [{"id": team} for team in teams],
        "task_types": [
            {"id": kind, "team": team_of[kind], "skill": kind, "handling_minutes": r.choice([4, 10.5])}
            for kind in kinds
        ],
        "agents": agents,
        "tasks": tasks,
        "setup": {"same_team_minutes": r.choice([0, 1, 6]), "other_team_minutes": r.choice([0, 2, 5])},
    }
    if r.random() < 0.4:
        document["office_hours"] = [[instant(-20), instant(15)], [instant(25), instant(60)]]
    if r.random() < 0.5:
        document["objective"] = {
            "tardiness": r.choice([0, 1, 0.3]),
            "late": r.choice([0, 60]),
            "carried_over": r.choice([0, 30]),
            "missed": r.choice([0, 40]),
            "away": r.choice([0, 0.05, 2]),
            "move": r.choice([0, 5, 25]),
            "preferred": r.choice([0, 12]),
            "reassigned": r.choice([0, 10]),
        }
    return document


def _tiny_agent(r: random.Random, n: int, teams: list[str], kinds: list[str]) -> dict[str, Any]:
    first = r.choice([-10, 0, 3])
    shifts: list[dict[str, Any]] = [{"start": instant(first), "end": instant(first + r.choice([15, 30, 55]))}]
    if r.random() < 0.6:
        shifts[0]["breaks"] = [[instant(first + 6), instant(first + 9), "lunch"]]
    if r.random() < 0.4:
        shifts.append({"start": instant(60), "end": instant(85), "breaks": [[instant(66), instant(70)]]})
    agent: dict[str, Any] = {
        "id": f"a{n}",
        "team": r.choice(teams),
        "swing_teams": r.choice([[], teams]),
        "skills": {
            kind: {"level": r.randint(1, 3), "speed": r.choice([0.87, 1, 1.28])} for kind in kinds if r.random() < 0.8
        },
        "shifts": shifts,
    }
    if r.random() < 0.5:
        agent["max_moves"] = r.randint(0, 2)
    if r.random() < 0.5:
        agent["min_stay_minutes"] = r.choice([5, 20.5])
    if r.random() < 0.5:
        agent["state"] = {"type": r.choice(kinds), "moves": r.randint(0, 1), "team_since": instant(-r.randint(0, 8))}
    return agent


def _tiny_task(r: random.Random, n: int, agents: list[dict[str, Any]], kinds: list[str]) -> dict[str, Any]:
    arrived = r.choice([-30, -5, 0, 4, 12])
    task: dict[str, Any] = {
        "id": f"t{n}",
        "type": r.choice(kinds),
        "arrived": instant(arrived),
        "due": instant(r.choice([-20, -1, 0, 5, 10, 20, 40, 90])),
        "weight": r.choice([0, 1, 2.5, 7]),
        "handling_minutes": r.choice([1.37, 4, 6, 9.99, 14]),
    }
    named = r.choice(agents)["id"]
    extras: list[tuple[float, dict[str, Any]]] = [
        (0.2, {"pinned_agent": named}),
        (0.2, {"published_agent": r.choice(agents)["id"]}),
        (0.2, {"preferred_agents": [r.choice(agents)["id"]]}),
        (0.15, {"excluded_agents": [r.choice(agents)["id"]]}),
        (0.2, {"must_by": instant(r.choice([8, 16, 50]))}),
        (0.2, {"min_level": 2}),
        (0.1, {"also_requires": {r.choice(kinds): 1}}),
        (0.2, {"carry_over": instant(r.choice([5, 25, 1000]))}),
        (0.2, {"earliest_start": instant(r.choice([3, 14]))}),
    ]
    for chance, extra in extras:
        if r.random() < chance:
            task |= extra
    if n and r.random() < 0.25:
        task["after"] = [f"t{r.randrange(n)}"]
    if n and r.random() < 0.25:
        task["separate_from"] = [f"t{r.randrange(n)}"]
    return task


@dataclass(frozen=True)
class Slot:
    """One shift of one agent, as its working seconds one by one."""

    agent: Agent
    seconds: tuple[int, ...]
    is_open: bool


def working_seconds(shift: Shift) -> tuple[int, ...]:
    """List the seconds in which an agent works: the second `t` is `[t, t + 1)`."""
    off = {t for pause in shift.breaks for t in range(pause.start, pause.end)}
    return tuple(t for t in range(shift.start, shift.end) if t not in off)


class BruteForce:
    """Every plan of a tiny problem: who does what in which shift, in which order, each as early as can be.

    Given shifts and orders, starting each task as early as possible is best: every rule that ties instants together
    (release, order, setup, stay, predecessors) only moves starts later when earlier ones move later, and no cost
    falls with time. Which shift a task is in is tried out, because a first task of a shift is no move.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        self.kinds = {kind.id: kind for kind in problem.task_types}
        self.tasks = {task.id: task for task in problem.tasks}
        self.slots = [
            Slot(agent, working_seconds(shift), shift.start <= problem.now < shift.end)
            for agent in problem.agents
            for shift in agent.shifts
            if shift.end > problem.now
        ]
        self.best = math.inf

    def search(self) -> float:
        """Return the least total."""
        self._assign([], 0.0)
        return self.best

    def _assign(self, chosen: list[int], cost: float) -> None:
        if cost >= self.best:
            return
        tasks = self.problem.tasks
        if len(chosen) == len(tasks):
            for orders in self._orders(chosen):
                self.best = min(self.best, self._total(orders))
            return
        task = tasks[len(chosen)]
        for n, slot in enumerate(self.slots):
            if self._can(task, slot.agent):
                self._assign([*chosen, n], cost)
        later = task.carry_over or self.kinds[task.type].carry_over or self.problem.carry_over
        self._assign([*chosen, -1], cost + self._done(task, later) + self.problem.objective.carried_over * task.weight)

    def _can(self, task: Task, agent: Agent) -> bool:
        kind = self.kinds[task.type]
        wanted = [(kind.skill, task.min_level or kind.min_level), *kind.also_requires.items()]
        return (
            all(
                name in agent.skills and agent.skills[name].level >= n
                for name, n in [*wanted, *task.also_requires.items()]
            )
            and kind.team in (agent.team, *agent.swing_teams)
            and agent.id not in task.excluded_agents
            and task.pinned_agent in (None, agent.id)
        )

    def _orders(self, chosen: list[int]) -> Iterator[list[tuple[Slot, tuple[Task, ...]]]]:
        rows = [[t for t, n in zip(self.problem.tasks, chosen, strict=True) if n == m] for m in range(len(self.slots))]
        for orders in itertools.product(*(itertools.permutations(row) for row in rows)):
            yield list(zip(self.slots, orders, strict=True))

    def _done(self, task: Task, end: int) -> float:
        now, c = self.problem.now, self.problem.objective
        begin = max(task.due, now)
        hours = self.problem.office_hours or ((begin, max(begin, end)),)
        tardy = sum(max(0, min(end, close) - max(begin, start)) for start, close in hours)
        cost = c.tardiness * task.weight * tardy / 60
        cost += c.late * task.weight * (task.due >= now and end > task.due)
        return cost + c.missed * (task.must_by is not None and end > task.must_by)

    def _total(self, orders: list[tuple[Slot, tuple[Task, ...]]]) -> float:
        c = self.problem.objective
        agent_of = {task.id: slot.agent.id for slot, row in orders for task in row}
        for task in self.problem.tasks:
            if task.id not in agent_of:
                continue
            if any(other not in agent_of for other in task.after):
                return math.inf
            if any(agent_of.get(other) == agent_of[task.id] for other in task.separate_from):
                return math.inf
        ends: dict[str, int] = {}
        cost = 0.0
        # Predecessors may stand in other rows: pass over all rows until no end changes, or for ever if they wait for
        # each other.
        for _ in range(len(self.problem.tasks) + 2):
            before = dict(ends)
            cost = 0.0
            done_by: dict[str, list[str]] = {}
            for slot, row in orders:
                cost += self._row(slot, row, ends, done_by)
                if cost == math.inf:
                    return math.inf
            if ends == before:
                break
        else:
            return math.inf
        for task in self.problem.tasks:
            if task.id in ends:
                cost += self._done(task, ends[task.id])
                cost += c.preferred * bool(task.preferred_agents and agent_of[task.id] not in task.preferred_agents)
                cost += c.reassigned * (task.published_agent not in (None, agent_of[task.id]))
            else:
                later = task.carry_over or self.kinds[task.type].carry_over or self.problem.carry_over
                cost += self._done(task, later) + c.carried_over * task.weight
        return cost

    def _row(self, slot: Slot, row: tuple[Task, ...], ends: dict[str, int], done_by: dict[str, list[str]]) -> float:
        """Time one shift's tasks in order; return its moves and lent minutes, infinity where it cannot be."""
        agent, problem = slot.agent, self.problem
        state = agent.state if slot.is_open else None
        last = state.type if state else None
        moves = state.moves if state else 0
        moved_at = state.team_since if state else None
        free, cost = problem.now, 0.0
        mine = done_by.setdefault(agent.id, [])
        for task in row:
            kind = self.kinds[task.type]
            if task.in_progress and mine:
                return math.inf
            mine.append(task.id)
            needed, is_move = 0, False
            if last is not None and last != task.type:
                is_move = self.kinds[last].team != kind.team
                minutes = problem.setup.other_team_minutes if is_move else problem.setup.same_team_minutes
                needed = math.floor(60 * minutes + 0.5)
            ready = [t for t in slot.seconds if t >= free][needed:]
            least = max(problem.now, task.arrived, task.earliest_start or task.arrived)
            least = max([least, *(ends.get(other, 0) for other in task.after)])
            if is_move:
                moves, cost = moves + 1, cost + problem.objective.move
                if agent.max_moves is not None and moves > agent.max_moves:
                    return math.inf
                if moved_at is not None:
                    least = max(least, moved_at + math.floor(60 * agent.min_stay_minutes + 0.5))
            skill = agent.skills[kind.skill]
            handling = task.handling_minutes or kind.handling_minutes
            duration = max(1, math.floor(60 * handling / skill.speed + 0.5))
            working = [t for t in ready if t >= least][:duration]
            if len(working) < duration:
                return math.inf
            moved_at = working[0] if is_move else moved_at
            free = ends[task.id] = working[-1] + 1
            last = task.type
            cost += problem.objective.away * duration / 60 * (kind.team != agent.team)
        return cost


def test_the_brute_force_finds_what_one_sees_by_eye() -> None:
    document = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": instant(0),
        "carry_over": instant(600),
        "teams": [{"id": "x"}],
        "task_types": [{"id": "k", "team": "x", "skill": "k", "handling_minutes": 10}],
        "agents": [
            {
                "id": "a",
                "team": "x",
                "skills": {"k": {"level": 1}},
                "shifts": [{"start": instant(0), "end": instant(35), "breaks": [[instant(5), instant(10)]]}],
            }
        ],
        "tasks": [
            {"id": "t0", "type": "k", "arrived": instant(-5), "due": instant(15), "weight": 1},
            {"id": "t1", "type": "k", "arrived": instant(-5), "due": instant(20), "weight": 3},
        ],
    }
    # t1 ends at 15, on time over the break; t0 at 25, ten minutes and one charge late: 10 + 60.
    assert BruteForce(parse_problem(document)).search() == 70


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    num_tasks=st.integers(1, 4),
    num_agents=st.integers(1, 2),
    rounds=st.sampled_from([6, 14, 40]),  # the first half prices time, then shifts are, then ordered runs
)
def test_no_bound_exceeds_the_best_plan(seed: int, num_tasks: int, num_agents: int, rounds: int) -> None:
    problem = parse_problem(tiny_document(seed, num_tasks, num_agents))
    best = BruteForce(problem).search()
    instance = assemble_instance(problem)
    quick = quick_bound(instance)
    proven = bound(instance, iterations=rounds, threads=1).value
    assert quick <= proven <= best * (1 + 1e-12)


def value_of_ordered_runs(instance: Instance, price: Floats) -> float:
    """Return what ordered runs prove at some prices of the tasks."""
    costs = tabulate_costs(instance)
    outcomes = find_outcomes(instance, costs)
    is_in = outcomes.can_be_done
    columns, shifts = task_columns(instance, costs, outcomes.release), shift_columns(instance, is_in)
    pricing = RunPricing(instance, shifts, columns, charges(instance), costs.left)
    stop = Stop(time_limit_s=None, iterations=None, cancel=None)
    with ThreadPoolExecutor(1) as executor:
        assert pricing.prepare(np.zeros(0, np.int64), executor, 1, stop)
        answers = pricing.ask(np.where(is_in, costs.left - price, 0.0), executor, 1, stop)
    assert answers is not None
    rest = math.fsum(outcomes.cheapest[~is_in]) + math.fsum((costs.left - price)[is_in])
    return rest + math.fsum(answers.values)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    num_tasks=st.integers(2, 5),
    spread=st.sampled_from([0.0, 0.3, 1.0]),
    is_mixed=st.booleans(),
)
def test_ordered_runs_hold_at_any_prices(seed: int, num_tasks: int, spread: float, is_mixed: bool) -> None:
    # One agent and mostly one type: long runs, in which the order counts.
    document, r = tiny_document(seed, num_tasks, 1), np.random.default_rng(seed)
    document["agents"][0]["skills"] |= {"k0": {"level": 3, "speed": 1.28}}
    document["agents"][0] |= {"team": "x"}
    for task in document["tasks"]:
        if not is_mixed or r.random() < 0.6:
            task["type"] = "k0"
    problem = parse_problem(document)
    instance = assemble_instance(problem)
    left = tabulate_costs(instance).left
    price = bound(instance, iterations=30, threads=1).prices.task * (1 + spread * r.uniform(-1, 1, num_tasks))
    proven = value_of_ordered_runs(instance, np.clip(price, 0.0, left))
    assert proven <= BruteForce(problem).search() * (1 + 1e-11) + 1e-8


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), num_tasks=st.integers(1, 4), num_agents=st.integers(1, 2))
def test_the_exact_answer_is_the_best_plan(seed: int, num_tasks: int, num_agents: int) -> None:
    problem = parse_problem(tiny_document(seed, num_tasks, num_agents))
    best = BruteForce(problem).search()
    found = solve_exactly(assemble_instance(problem), time_limit_s=30, threads=1)
    assert math.isclose(found.total, best, rel_tol=1e-9, abs_tol=1e-9)
    assert found.lower_bound == found.total
