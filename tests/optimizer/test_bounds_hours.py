"""The relaxation that prices time: its kernels against plain ones, and no value of it above the best plan."""

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem_file import parse_problem
from optimizer.bounds import bound, quick_bound
from optimizer.bounds.cells import Cells, Pairs, cut_cells, pair_up
from optimizer.bounds.columns import charges, shift_columns, task_columns
from optimizer.bounds.costs import completion_cost, tabulate_costs
from optimizer.bounds.hours import refine
from optimizer.bounds.options import Charged, add_usage, choose, spread_price
from optimizer.bounds.quick import find_outcomes
from optimizer.bounds.sharing import balance_prices, make_room, share
from optimizer.instance import Floats, Instance
from services.assemble import assemble_instance


def at(minute: float) -> str:
    """Write a minute after 08:00 of the office's day; fractions are whole seconds."""
    total = round(minute * 60) + 8 * 3600
    day, second = divmod(total, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def drawn(seed: int, num_tasks: int, *, has_breaks: bool, has_hours: bool) -> Instance:
    """Draw a problem of three agents who may do all, with what changes the cost of a task by who does it and when."""
    r = random.Random(seed)  # noqa: S311
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": at(0),
        "carry_over": at(1500),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [{"id": k, "team": t, "skill": k, "handling_minutes": 9} for k, t in (("k0", "x"), ("k1", "y"))],
        "agents": [
            {
                "id": f"a{n}",
                "team": "xy"[n % 2],
                "swing_teams": ["x", "y"],
                "skills": {k: {"level": 1, "speed": r.choice([0.87, 1, 1.28])} for k in ("k0", "k1")},
                "shifts": [
                    {"start": at(-20), "end": at(95), "breaks": [[at(31 + n), at(44 + n)]] if has_breaks else []},
                    {"start": at(200), "end": at(230 + n)},
                ],
            }
            for n in range(3)
        ],
        "tasks": [
            {
                "id": f"t{i}",
                "type": r.choice(["k0", "k1"]),
                "arrived": at(r.randint(-60, 50)),
                "due": at(r.choice([-30, 0, 20, 35.5, 47, 60, 110, 215])),
                "weight": r.choice([0, 1, 4]),
                "handling_minutes": r.choice([0.4, 6.3, 9, 21.7]),
            }
            | ({"must_by": at(r.choice([25, 38, 210]))} if r.random() < 0.3 else {})
            | ({"excluded_agents": [r.choice(["a0", "a1"])]} if r.random() < 0.3 else {})
            | ({"preferred_agents": ["a2"]} if r.random() < 0.3 else {})
            for i in range(num_tasks)
        ],
    }
    if has_hours:
        document["office_hours"] = [[at(-60), at(52)], [at(70), at(206)]]
    return assemble_instance(parse_problem(document))


class Priced:
    """An instance at prices of its time."""

    def __init__(self, instance: Instance, bits: int):
        self.instance, self.costs = instance, tabulate_costs(instance)
        self.outcomes = find_outcomes(instance, self.costs)
        self.tasks = task_columns(instance, self.costs, self.outcomes.release)
        self.shifts = shift_columns(instance, self.outcomes.can_be_done)
        self.cells: Cells = cut_cells(self.shifts, self.tasks, bits)
        self.pairs: Pairs = pair_up(self.shifts, self.tasks, charges(instance))
        self.charged = Charged(
            left=self.costs.left,
            rate=self.costs.rate,
            tardy_from=self.tasks.tardy_from,
            late=self.costs.late,
            missed=self.costs.missed,
        )

    def choose(self, price: Floats) -> tuple[Floats, np.ndarray, np.ndarray]:
        """Return what the tasks cost, and the pairs and ends that they take."""
        count = self.instance.num_tasks
        cost, pair, end = np.zeros(count), np.zeros(count, np.int32), np.zeros(count, np.int32)
        choose(0, count, self.cells, self.pairs, self.charged, spread_price(self.cells, price), cost, pair, end)
        return cost, pair, end

    def prove(self, price: Floats) -> float:
        """Return the bound at some prices."""
        worth = spread_price(self.cells, price).paid[self.cells.ptr[1:] - 1]
        return math.fsum(self.choose(price)[0]) - math.fsum(worth)

    def draw_prices(self, seed: int, most: float) -> Floats:
        """Draw prices, a third of them nothing."""
        r = np.random.default_rng(seed)
        drawn = r.uniform(0, most, len(self.cells.capacity)) * (r.random(len(self.cells.capacity)) < 0.7)
        return np.where(self.cells.capacity > 0, drawn, 0.0)

    def try_ends(self, task: int, price: Floats) -> tuple[float, float]:
        """Return the least cost over every second at which the task may end, and the least if breaks were work."""
        exact = relaxed = float(self.costs.left[task])
        shifts, rate = self.shifts, float(self.costs.rate[task])
        for pair in range(self.pairs.ptr[task], self.pairs.ptr[task + 1]):
            row, seconds = int(self.pairs.row[pair]), int(self.pairs.seconds[pair])
            spans = range(shifts.work_ptr[row], shifts.work_ptr[row + 1])
            instants = [t for n in spans for t in range(shifts.work_start[n], shifts.work_end[n])]
            first = self.cells.ptr[row]
            second = [float(price[first + (n >> self.cells.bits)]) for n in range(len(instants))]
            paid = np.concatenate(([0.0], np.cumsum(second)))
            pause = max([shifts.work_start[n + 1] - shifts.work_end[n] for n in spans[:-1]] or [0])
            begins = np.arange(len(instants) - seconds + 1)
            begins = begins[np.array(instants)[begins] >= self.outcomes.release[task]]
            ends = np.array(instants)[begins + seconds - 1] + 1
            cost = completion_cost(self.instance, self.costs, np.full(len(ends), task), ends)
            least = float((cost + paid[begins + seconds] - paid[begins]).min(initial=np.inf))
            exact = min(exact, least + float(self.pairs.fixed[pair]))
            relaxed = min(relaxed, least + float(self.pairs.fixed[pair]) - rate * int(pause))
        return exact, relaxed


@pytest.mark.parametrize("bits", [5, 8])
@pytest.mark.parametrize("seed", range(4))
def test_a_task_takes_the_cheapest_of_all_its_seconds(seed: int, bits: int) -> None:
    priced = Priced(drawn(seed, 8, has_breaks=False, has_hours=False), bits)
    price = priced.draw_prices(seed, 0.2)
    cost = priced.choose(price)[0]
    for task in range(8):
        assert cost[task] == pytest.approx(priced.try_ends(task, price)[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("has_hours", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_breaks_and_office_hours_only_ever_lower_what_a_task_costs(seed: int, has_hours: bool) -> None:
    priced = Priced(drawn(seed, 8, has_breaks=True, has_hours=has_hours), 7)
    price = priced.draw_prices(seed, 0.2)
    cost = priced.choose(price)[0]
    for task in range(8):
        exact, relaxed = priced.try_ends(task, price)
        assert cost[task] <= exact + 1e-9
        if not has_hours:
            assert cost[task] >= relaxed - 1e-9


@pytest.mark.parametrize(("due", "must_by", "expected"), [(20, 20, 0.0), (19, 20, 4 * 61), (20, 19, 5000.0)])
def test_a_task_that_can_just_end_on_its_due_date_is_in_time(due: int, must_by: int, expected: float) -> None:
    # From 08:03 on, with a break from 08:09 to 08:12, fourteen minutes of work end at 08:20 on the dot.
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": at(0),
        "carry_over": at(1500),
        "teams": [{"id": "x"}],
        "task_types": [{"id": "k", "team": "x", "skill": "k", "handling_minutes": 14}],
        "agents": [
            {
                "id": "a",
                "team": "x",
                "skills": {"k": {"level": 1}},
                "shifts": [{"start": at(3), "end": at(58), "breaks": [[at(9), at(12)]]}],
            }
        ],
        "tasks": [{"id": "t", "type": "k", "arrived": at(-5), "due": at(due), "must_by": at(must_by), "weight": 4}],
    }
    priced = Priced(assemble_instance(parse_problem(document)), 2)
    cost, _, end = priced.choose(np.zeros(len(priced.cells.capacity)))
    assert cost[0] == pytest.approx(expected)
    assert end[0] == 14 * 60


def test_what_is_taken_is_what_is_paid_for() -> None:
    priced = Priced(drawn(5, 12, has_breaks=True, has_hours=False), 6)
    price = priced.draw_prices(5, 0.01)
    cost, pair, end = priced.choose(price)
    usage = np.zeros(len(price))
    add_usage(priced.cells, priced.pairs, pair, end, usage)
    done = pair >= 0
    assert done.any()
    assert usage.sum() == priced.pairs.seconds[pair[done]].sum()
    # A little dearer, what is taken costs that much more: the usage is the slope.
    dearer = np.where(priced.cells.capacity > 0, price + 1e-9, 0.0)
    assert priced.choose(dearer)[0].sum() - cost.sum() == pytest.approx(1e-9 * usage.sum(), rel=1e-3)


def test_a_cold_task_shares_itself_out_over_its_best_outcome_alone() -> None:
    priced = Priced(drawn(2, 6, has_breaks=False, has_hours=False), 10)
    spread = spread_price(priced.cells, np.where(priced.cells.capacity > 0, 0.001, 0.0))
    length = np.maximum(priced.outcomes.shortest, 1).astype(np.float64)

    def usage_at(temperature: float) -> Floats:
        usage = np.zeros(len(spread.price))
        room = make_room(priced.cells, priced.pairs)
        share(0, 6, priced.cells, priced.pairs, priced.charged, spread, temperature, length, usage, room)
        return usage

    cold, warm = usage_at(1e-7), usage_at(10.0)
    done = [t for t in range(6) if priced.costs.left[t] > 0]
    seconds = [set(priced.pairs.seconds[priced.pairs.ptr[t] : priced.pairs.ptr[t + 1]].tolist()) for t in done]
    assert sum(min(s) for s in seconds) - 1e-6 <= cold.sum() <= sum(max(s) for s in seconds) + length.sum() + 1e-6
    assert (cold > 0).sum() < (warm > 0).sum()
    # What is taken more often than there is time gets dearer, what is taken less gets cheaper, down to nothing.
    moved = balance_prices(priced.cells, spread.price, warm, 0.1)
    has = priced.cells.capacity > 0
    assert (moved[has & (warm > priced.cells.capacity)] > 0.001).all()
    assert (moved[has & (warm < 0.9 * priced.cells.capacity)] < 0.001).all()
    assert (moved >= 0).all()


def test_finer_cells_have_the_prices_of_the_coarser_ones_around_them() -> None:
    priced = Priced(drawn(1, 3, has_breaks=True, has_hours=False), 9)
    price = priced.draw_prices(1, 1.0)
    finer = cut_cells(priced.shifts, priced.tasks, 7)
    refined = refine(priced.cells, price, finer)
    assert math.fsum(refined * finer.capacity) == pytest.approx(math.fsum(price * priced.cells.capacity))
    assert priced.prove(price) == pytest.approx(_prove(priced, finer, refined), rel=0.2)


def _prove(priced: Priced, cells: Cells, price: Floats) -> float:
    priced.cells = cells
    return priced.prove(price)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), most=st.sampled_from([0.0, 0.003, 0.05, 0.5, 5.0]), bits=st.integers(3, 9))
def test_at_any_prices_the_value_is_no_higher_than_the_cost_of_any_plan(seed: int, most: float, bits: int) -> None:
    # A plan in which nobody works on two tasks at once pays for no more time than there is: one task for each agent.
    instance = drawn(seed, 3, has_breaks=seed % 2 == 0, has_hours=seed % 3 == 0)
    priced = Priced(instance, bits)
    price = priced.draw_prices(seed, most)
    assert priced.prove(price) <= _cost_of_some_plan(priced, seed) * (1 + 1e-12) + 1e-9


def _cost_of_some_plan(priced: Priced, seed: int) -> float:
    """Return what it costs that every agent does at most one task, as early as can be, and the rest is left."""
    r = random.Random(seed)  # noqa: S311
    pairs, shifts, taken, total = priced.pairs, priced.shifts, set(), 0.0
    for task in range(priced.instance.num_tasks):
        free = [p for p in range(pairs.ptr[task], pairs.ptr[task + 1]) if shifts.agent[pairs.row[p]] not in taken]
        if not free or r.random() < 0.2:
            total += float(priced.costs.left[task])
            continue
        pair = r.choice(free)
        row = pairs.row[pair]
        taken.add(shifts.agent[row])
        spans = range(shifts.work_ptr[row], shifts.work_ptr[row + 1])
        instants = [t for n in spans for t in range(shifts.work_start[n], shifts.work_end[n])]
        begin = next(n for n, t in enumerate(instants) if t >= priced.outcomes.release[task])
        end = np.array([instants[begin + pairs.seconds[pair] - 1] + 1])
        total += float(completion_cost(priced.instance, priced.costs, np.array([task]), end)[0])
        total += float(pairs.fixed[pair])
    return total


def test_more_rounds_prove_more_and_soon_more_than_the_quick_bound() -> None:
    instance = drawn(7, 60, has_breaks=True, has_hours=True)
    values = [bound(instance, iterations=rounds, threads=1).value for rounds in (0, 40, 80, 240)]
    assert values[0] == quick_bound(instance)
    assert values == sorted(values)
    assert values[-1] > 1.2 * values[0]
