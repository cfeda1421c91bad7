"""Ordered runs: the kernel against a plain program, what may follow what, and how much more they prove."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem_file import parse_problem
from optimizer.bounds.columns import Charges, charges, shift_columns, task_columns
from optimizer.bounds.costs import completion_cost, tabulate_costs
from optimizer.bounds.ordered import make_room, price_runs
from optimizer.bounds.pricing import ShiftPricing
from optimizer.bounds.pricing_runs import RunPricing
from optimizer.bounds.quick import find_outcomes
from optimizer.bounds.runs import Runs, line_up
from optimizer.instance import Floats, Instance
from optimizer.search.stopping import Stop
from services.assemble import assemble_instance

NO_STOP = Stop(time_limit_s=None, iterations=None, cancel=None)


def at(minute: float) -> str:
    """Write a minute after 08:00 of the office's day; fractions are whole seconds."""
    total = round(minute * 60) + 8 * 3600
    day, second = divmod(total, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def drawn(
    seed: int, num_tasks: int, num_kinds: int = 1, minutes: float = 1.2, has_break: bool = True, **changes: Any
) -> Instance:
    """Draw tasks of up to a quarter of one agent's short shift, with a break in it and due dates all over it."""
    r = np.random.default_rng(seed)
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": at(0),
        "carry_over": at(300),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [
            {"id": f"k{k}", "team": "xxy"[k], "skill": f"k{k}", "handling_minutes": 5} for k in range(num_kinds)
        ],
        "agents": [
            {
                "id": "a",
                "team": "x",
                "swing_teams": ["y"],
                "skills": {f"k{k}": {"level": 1} for k in range(num_kinds)},
                "shifts": [
                    {
                        "start": at(-0.1 * minutes),
                        "end": at(minutes),
                        "breaks": [[at(0.4 * minutes), at(0.5 * minutes)]] if has_break else [],
                    }
                ],
            }
        ],
        "tasks": [
            {
                "id": f"t{i}",
                "type": f"k{r.integers(num_kinds)}",
                "arrived": at(-5 if r.random() < 0.6 else float(r.uniform(0, 0.5 * minutes))),
                "due": at(float(r.choice([-4, *r.uniform(0, minutes, 3), 900]))),
                "weight": int(r.integers(0, 9)),
                "handling_minutes": round(float(r.uniform(0.02, 0.25)) * minutes, 2),
            }
            | ({"must_by": at(float(r.uniform(0.2, minutes)))} if r.random() < 0.2 else {})
            for i in range(num_tasks)
        ],
        "setup": {"same_team_minutes": 0.04 * minutes, "other_team_minutes": 0.08 * minutes},
        "objective": {"tardiness": 60, "late": 6, "missed": 400, "move": 3},
    }
    return assemble_instance(parse_problem(document | changes))


class Lined:
    """The only shift of an instance, lined up."""

    def __init__(self, instance: Instance):
        self.instance, self.costs = instance, tabulate_costs(instance)
        outcomes = find_outcomes(instance, self.costs)
        count = instance.num_tasks
        self.tasks = task_columns(instance, self.costs, outcomes.release)
        self.shifts = shift_columns(instance, np.ones(count, np.bool_))
        self.charges: Charges = charges(instance)
        has_next = np.zeros(count, np.bool_)
        has_next[instance.after_task] = True
        self.is_loose = has_next | (np.diff(instance.after_ptr) > 0)
        runs = line_up(
            0, self.shifts, self.tasks, self.charges, self.costs.left, self.is_loose, has_next, lambda: False
        )
        assert runs is not None
        self.runs: Runs = runs
        starts, ends = instance.work_start, instance.work_end
        self.seconds = [t for a, b in zip(starts, ends, strict=True) for t in range(max(0, int(a)), int(b))]

    def price(self, earns: Floats) -> tuple[float, list[int]]:
        """Return the least cost, and the tasks that cost it."""
        path = np.zeros(self.runs.cells + 1, np.int32)
        value, count = price_runs(self.runs, self.charges, earns, make_room([self.runs]), path)
        return value, path[:count][::-1].tolist()

    def cost(self, x: int, end: int) -> float:
        """Return what it costs that the x-th task of the shift ends at a position."""
        instants = np.array([self.seconds[end - 1] + 1 if end else 0])
        return float(completion_cost(self.instance, self.costs, self.runs.task[x : x + 1], instants)[0])

    def is_better_swapped(self, i: int, x: int, start: int) -> bool:
        """Tell whether of two neighbours, the second of which starts at a position, both would rather be swapped."""
        runs, first = self.runs, start - int(self.runs.seconds[i])
        if first < runs.floor[x]:
            return False
        end = start + int(runs.seconds[x])
        swapped = self.cost(x, first + int(runs.seconds[x])) + self.cost(i, end)
        return swapped < self.cost(i, start) + self.cost(x, end) - 1e-9

    def follows(self, i: int, x: int, start: int) -> bool:
        """Tell whether the kernel lets a task follow another one where it starts at a position."""
        runs = self.runs
        after = runs.late[x] if self._is_tardy(x, start + int(runs.seconds[x])) else runs.early[x]
        before = runs.late[i] if self._is_tardy(i, start) else runs.early[i]
        listed = range(runs.follow_ptr[x], runs.follow_ptr[x + 1])
        return bool(before < after) or any(
            runs.follow_task[n] == i and runs.follow_first[n] <= start < runs.follow_last[n] for n in listed
        )

    def _is_tardy(self, x: int, end: int) -> bool:
        runs = self.runs
        parts = range(runs.part_ptr[x], runs.part_ptr[x + 1])
        return any(runs.part_first[n] <= end < runs.part_last[n] and runs.part_rate[n] > 0 for n in parts)


def ends_of(runs: Runs, x: int) -> range:
    """Return the positions at which a task may end."""
    parts = range(runs.part_ptr[x], runs.part_ptr[x + 1])
    return range(runs.part_first[parts[0]], runs.part_last[parts[-1]]) if parts else range(0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), has_hours=st.booleans())
def test_of_two_orders_one_is_allowed_and_never_only_the_worse_one(seed: int, has_hours: bool) -> None:
    hours: dict[str, Any] = {"office_hours": [[at(-5), at(0.3)], [at(0.7), at(400)]]} if has_hours else {}
    lined = Lined(drawn(seed, 7, **hours))
    runs = lined.runs
    for i in range(len(runs.task)):
        for x in range(i):
            for begin in range(max(runs.floor[i], runs.floor[x]), runs.cells, 3):
                middle, other = begin + int(runs.seconds[i]), begin + int(runs.seconds[x])
                end = middle + int(runs.seconds[x])
                if not {middle, end} <= {*ends_of(runs, i)} or not {other, end} <= {*ends_of(runs, x)}:
                    continue
                this, that = lined.follows(i, x, middle), lined.follows(x, i, other)
                assert this or that
                assert this or lined.is_better_swapped(i, x, middle) or not lined.is_better_swapped(x, i, other)
                assert that or lined.is_better_swapped(x, i, other) or not lined.is_better_swapped(i, x, middle)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), num_kinds=st.integers(1, 3), pay=st.floats(0.01, 0.6), has_after=st.booleans())
def test_a_shift_is_priced_as_by_trying_all_sequences(seed: int, num_kinds: int, pay: float, has_after: bool) -> None:
    instance = drawn(seed, 5, num_kinds)
    if has_after:
        object.__setattr__(instance, "after_ptr", np.array([0, 0, 1, 1, 1, 1], np.int32))
        object.__setattr__(instance, "after_task", np.array([0], np.int32))
    lined = Lined(instance)
    earns = lined.costs.left * pay
    value, path = lined.price(earns)
    assert value == pytest.approx(_price_plainly(lined, earns), abs=1e-6)
    if path:
        assert _least_cost_of(lined, path, earns) <= value + 1e-6


def _change(lined: Lined, before: int, kind: int) -> tuple[int, float]:
    teams = lined.runs.kind_team
    if teams[before] == teams[kind]:
        return lined.charges.setup_same, 0.0
    return lined.charges.setup_other, lined.charges.move


def _price_plainly(lined: Lined, earns: Floats) -> float:
    """Price a shift by following every task, from every second at which it ends, by those that may follow it."""
    runs = lined.runs

    @cache
    def best(last: int, end: int) -> float:
        least = 0.0
        for x in range(len(runs.task)):
            for start in range(end, runs.cells - int(runs.seconds[x]) + 1):
                stop, more = start + int(runs.seconds[x]), 0.0
                if start < runs.floor[x] or stop not in ends_of(runs, x):
                    continue
                if last >= 0 and runs.kind[last] != runs.kind[x]:
                    setup, more = _change(lined, int(runs.kind[last]), int(runs.kind[x]))
                    if start < end + setup:
                        continue
                elif (
                    last >= 0
                    and not (runs.is_loose[x] or runs.is_loose[last])
                    and start > runs.floor[x]
                    and (start != end or not lined.follows(last, x, start))
                ):
                    continue
                cost = lined.cost(x, stop) + more - float(earns[runs.task[x]])
                if lined.instance.type_team[lined.instance.task_type[runs.task[x]]] != 0:
                    cost += lined.charges.away * int(runs.seconds[x]) / 60
                least = min(least, cost + best(x, stop))
        return least

    return best(-1, 0)


def _least_cost_of(lined: Lined, path: list[int], earns: Floats) -> float:
    """Return what a sequence costs with each task as early as can be."""
    runs, index = lined.runs, {int(task): x for x, task in enumerate(lined.runs.task)}
    position, last, total = 0, -1, 0.0
    for task in path:
        x = index[task]
        if last >= 0 and runs.kind[last] != runs.kind[x]:
            setup, more = _change(lined, int(runs.kind[last]), int(runs.kind[x]))
            position, total = position + setup, total + more
        position = max(position, int(runs.floor[x])) + int(runs.seconds[x])
        total += lined.cost(x, position) - float(earns[task])
        if lined.instance.type_team[lined.instance.task_type[task]] != 0:
            total += lined.charges.away * int(runs.seconds[x]) / 60
        last = x
    return total


def test_a_run_of_overdue_tasks_goes_by_their_rates_and_holds_none_twice() -> None:
    tasks = [
        {
            "id": f"t{n}",
            "type": "k0",
            "handling_minutes": 3.1 + n % 4,
            "due": at(-4),
            "arrived": at(-5),
            "weight": 1 + n % 5,
        }
        for n in range(9)
    ]
    lined = Lined(drawn(1, 0, minutes=40, has_break=False, tasks=tasks))
    value, path = lined.price(lined.costs.left)
    assert value < 0
    assert len(set(path)) == len(path) > 5
    runs = lined.runs
    urgency = [lined.costs.rate[t] / runs.seconds[runs.task.tolist().index(t)] for t in path]
    assert urgency == sorted(urgency, reverse=True)


def test_ordered_runs_prove_more_at_the_same_prices() -> None:
    instance = drawn(4, 40, 3, minutes=120)
    costs = tabulate_costs(instance)
    outcomes = find_outcomes(instance, costs)
    columns, shifts = task_columns(instance, costs, outcomes.release), shift_columns(instance, outcomes.can_be_done)
    ends = np.array([1800, 3600, 5400, 7200], np.int64)
    plain = ShiftPricing(shifts, columns, charges(instance), 1, ends)
    ordered = RunPricing(instance, shifts, columns, charges(instance), costs.left)
    earns = costs.left * 0.3
    with ThreadPoolExecutor(2) as executor:
        assert ordered.prepare(ends, executor, 2, NO_STOP)
        one, other = plain.ask(earns, executor, 2, NO_STOP), ordered.ask(earns, executor, 2, NO_STOP)
    assert one is not None
    assert other is not None
    assert one.values.sum() * 0.95 < other.values.sum() < 0
    assert math.fsum(other.slot_worth[0]) == pytest.approx(-other.values[0])
    assert (other.slot_worth >= 0).all()


def test_a_cancel_ends_the_lining_up_and_the_asking() -> None:
    instance, cancel = drawn(4, 40, 3, minutes=120), threading.Event()
    costs = tabulate_costs(instance)
    columns = task_columns(instance, costs, instance.task_release)
    shifts = shift_columns(instance, np.ones(40, np.bool_))
    ordered = RunPricing(instance, shifts, columns, charges(instance), costs.left)
    stop = Stop(time_limit_s=None, iterations=None, cancel=cancel)
    with ThreadPoolExecutor(1) as executor:
        assert ordered.prepare(np.zeros(0, np.int64), executor, 1, stop)
        cancel.set()
        assert ordered.ask(costs.left, executor, 1, stop) is None
        assert not ordered.prepare(np.zeros(0, np.int64), executor, 1, stop)
