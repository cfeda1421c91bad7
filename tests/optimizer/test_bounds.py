"""The lower bound at the edges, its determinism, and its parts against plain ones."""

import math
import threading
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem_file import parse_problem
from optimizer.bounds import bound, quick_bound
from optimizer.bounds.bundle import Bundle
from optimizer.bounds.columns import charges, shift_columns, task_columns
from optimizer.bounds.costs import completion_cost, office_seconds, tabulate_costs
from optimizer.bounds.kernel import make_tables, price_shifts
from optimizer.instance import Instance
from optimizer.prices import value_agent_time, value_type_time
from services.assemble import assemble_instance


def at(minute: float) -> str:
    """Write a minute after 08:00 of the office's day; fractions are whole seconds."""
    total = round(minute * 60) + 8 * 3600
    day, second = divmod(total, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def office(num_tasks: int, num_agents: int, **changes: Any) -> dict[str, Any]:
    """Write a problem of two teams with three types, tasks of 3 to 17 minutes, and shifts of four hours."""
    document: dict[str, Any] = {
        "format": "swingdesk/problem",
        "version": 1,
        "now": at(0),
        "carry_over": at(1500),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [
            {"id": f"k{k}", "team": "x" if k < 2 else "y", "skill": f"k{k}", "handling_minutes": 5 + k}
            for k in range(3)
        ],
        "agents": [
            {
                "id": f"a{n}",
                "team": "xy"[n % 2],
                "swing_teams": ["x", "y"] if n % 3 == 0 else [],
                "skills": {f"k{k}": {"level": 1, "speed": 1 + 0.1 * n} for k in range(3)},
                "shifts": [{"start": at(-30), "end": at(240), "breaks": [[at(100 + n), at(115 + n)]]}],
            }
            for n in range(num_agents)
        ],
        "tasks": [
            {
                "id": f"t{i}",
                "type": f"k{i % 3}",
                "arrived": at(-60 + 7 * (i % 20)),
                "due": at(-40 + 31 * i % 300),
                "weight": 1 + i % 4,
                "handling_minutes": 3 + 5 * i % 14,
            }
            for i in range(num_tasks)
        ],
        "setup": {"same_team_minutes": 1, "other_team_minutes": 4},
    }
    return document | changes


def instance_of(num_tasks: int, num_agents: int, **changes: Any) -> Instance:
    return assemble_instance(parse_problem(office(num_tasks, num_agents, **changes)))


def cost_of_leaving_all(instance: Instance) -> float:
    return math.fsum(tabulate_costs(instance).left)


def test_without_tasks_the_bound_is_zero() -> None:
    assert bound(instance_of(0, 2), iterations=5).value == 0


@pytest.mark.parametrize("nobody", [{"agents": []}, {"agents": None}])
def test_what_nobody_can_do_is_left(nobody: dict[str, Any]) -> None:
    document = office(6, 2)
    for agent in document["agents"]:
        agent["skills"] = {}
    instance = assemble_instance(parse_problem(document | {k: v for k, v in nobody.items() if v is not None}))
    assert bound(instance, iterations=5).value == pytest.approx(cost_of_leaving_all(instance), rel=1e-9)


def test_without_shifts_all_is_left() -> None:
    document = office(6, 2)
    for agent in document["agents"]:
        agent["shifts"] = []
    instance = assemble_instance(parse_problem(document))
    assert bound(instance, iterations=5).value == pytest.approx(cost_of_leaving_all(instance), rel=1e-9)


def test_weightless_tasks_cost_nothing() -> None:
    document = office(6, 2)
    for task in document["tasks"]:
        task["weight"] = 0
    assert bound(assemble_instance(parse_problem(document)), iterations=5).value == 0


def test_a_carry_over_inside_the_day_bounds_what_leaving_costs() -> None:
    instance = instance_of(40, 2, carry_over=at(30))
    value = bound(instance, iterations=40).value
    assert 0 < quick_bound(instance) <= value <= cost_of_leaving_all(instance)


def test_all_overdue_and_too_many_is_far_above_the_quick_bound() -> None:
    document = office(60, 2)
    for task in document["tasks"]:
        task["due"] = at(-500)
    instance = assemble_instance(parse_problem(document))
    assert bound(instance, iterations=80).value > 1.5 * quick_bound(instance)


def test_a_single_task_on_its_own_is_bounded_by_what_it_costs() -> None:
    # Due at 08:10, starts at 08:00 on the dot at speed 1, 20 minutes: ten late and one charge, times 3.
    document = office(0, 1)
    document["tasks"] = [
        {"id": "t", "type": "k0", "arrived": at(-5), "due": at(10), "weight": 3, "handling_minutes": 20}
    ]
    document["agents"][0] |= {"team": "x", "swing_teams": []}
    instance = assemble_instance(parse_problem(document))
    assert bound(instance, iterations=5).value == pytest.approx(3 * (10 + 60), rel=1e-9)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_same_rounds_prove_the_same_whatever_the_threads(threads: int) -> None:
    instance = instance_of(80, 5)
    one, more = bound(instance, iterations=60, threads=1), bound(instance, iterations=60, threads=threads)
    assert one.value == more.value
    assert one.iterations == more.iterations
    np.testing.assert_array_equal(one.prices.task, more.prices.task)
    np.testing.assert_array_equal(one.prices.agent_value, more.prices.agent_value)


def test_a_target_that_is_reached_ends_the_work() -> None:
    instance = instance_of(40, 2)
    assert bound(instance, iterations=500, target=1.0).iterations == 0
    assert bound(instance, iterations=50, target=lambda: math.inf).iterations > 1


def test_ten_thousand_tasks_for_one_agent_have_a_bound() -> None:
    instance = instance_of(10_000, 1)
    found = bound(instance, time_limit_s=1.0, threads=1)
    assert quick_bound(instance) <= found.value <= cost_of_leaving_all(instance)


def test_a_cancel_ends_it() -> None:
    instance, cancel = instance_of(3_000, 8), threading.Event()
    bound(instance, iterations=1, threads=1)
    timer = threading.Timer(0.3, cancel.set)
    timer.start()
    found = bound(instance, time_limit_s=3600, threads=1, cancel=cancel)  # else the test would be ended for its length
    assert cancel.is_set()
    assert quick_bound(instance) <= found.value <= cost_of_leaving_all(instance)


def test_time_is_worth_something_only_where_somebody_works() -> None:
    instance = instance_of(120, 3)
    prices = bound(instance, iterations=60).prices
    assert prices.slot_end.tolist() == [1800 * n for n in range(1, 9)]
    assert prices.slot_start.tolist() == [0, *prices.slot_end.tolist()[:-1]]
    assert prices.agent_value.shape == (3, 8)
    assert prices.type_value.shape == (3, 8)
    assert (prices.agent_value >= 0).all()
    assert prices.agent_value[:, 0].min() > 0
    assert (prices.task >= 0).all()
    # Agent 1 does only what team y owns.
    assert prices.type_value[0, 0] == pytest.approx(prices.agent_value[[0, 2], 0].mean())


def test_the_value_of_a_stretch_is_that_of_its_minutes() -> None:
    prices = bound(instance_of(120, 3), iterations=60).prices
    value = prices.agent_value[1]
    assert value_agent_time(prices, 1, 1500, 4500) == pytest.approx(5 * value[0] + 30 * value[1] + 15 * value[2])
    assert value_type_time(prices, 2, 1800, 3600) == pytest.approx(30 * prices.type_value[2, 1])
    assert value_agent_time(prices, 1, 10**6, 10**6 + 60) == 0


@pytest.mark.parametrize("hours", [[], [[-40, 20], [30, 70]], [[15, 16]]])
def test_completion_costs_are_those_of_the_definition(hours: list[list[float]]) -> None:
    document = office(5, 1, office_hours=[[at(a), at(b)] for a, b in hours])
    document["tasks"][2]["must_by"] = at(35)
    instance = assemble_instance(parse_problem(document))
    costs = tabulate_costs(instance)
    for end in range(0, 5400, 7):
        for task in range(5):
            begin = max(0, int(instance.task_due[task]))
            counted = [(60 * a, 60 * b) for a, b in hours] or [(begin, max(begin, end))]
            tardy = sum(max(0, min(end, b) - max(begin, a)) for a, b in counted)
            expected = float(instance.task_weight[task]) * tardy / 60
            expected += 60 * float(instance.task_weight[task]) * (0 <= instance.task_due[task] < end)
            expected += 5000 * bool(end > instance.task_must_by[task])
            found = completion_cost(instance, costs, np.array([task]), np.array([end]))[0]
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-9)
    everywhen = np.arange(0, 6000, dtype=np.int64)
    assert (np.diff(office_seconds(instance, everywhen)) >= 0).all()


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    state=st.sampled_from([None, "k0", "k2"]),
    has_office=st.booleans(),
    pay=st.floats(0.01, 1.0),
)
def test_a_shift_is_priced_as_by_trying_all_sequences(
    seed: int, state: str | None, has_office: bool, pay: float
) -> None:
    r = np.random.default_rng(seed)
    document = office(5, 1)
    for task in document["tasks"]:
        task |= {"handling_minutes": round(float(r.uniform(0.03, 0.3)), 2), "due": at(float(r.integers(-3, 8)) / 5)}
        task |= {"arrived": at(int(r.integers(-3, 4)) / 5), "must_by": at(int(r.integers(1, 9)) / 5)}
    document["agents"][0]["shifts"] = [{"start": at(-0.2), "end": at(1.2), "breaks": [[at(0.4), at(0.6)]]}]
    document["setup"] = {"same_team_minutes": float(r.integers(0, 3)) / 20, "other_team_minutes": 0.1}
    if state is not None:
        document["agents"][0]["state"] = {"type": state}
    if has_office:
        document["office_hours"] = [[at(-5), at(0.25)], [at(0.8), at(30)]]
    instance = assemble_instance(parse_problem(document))
    earns = tabulate_costs(instance).left * pay
    values = np.zeros(1)
    path, counts, hours = np.zeros(500, np.int32), np.zeros(1, np.int32), np.zeros(0, np.int64)
    shifts = shift_columns(instance, np.ones(5, np.bool_))
    tasks = task_columns(instance, tabulate_costs(instance), instance.task_release)
    rows = np.zeros(1, np.int32)
    tables = make_tables(500, 4, 5)
    price_shifts(rows, shifts, tasks, charges(instance), earns, 1, tables, values, path, counts, hours, np.zeros(0))
    assert values[0] == pytest.approx(_price_plainly(instance, earns), abs=1e-6)


def _price_plainly(instance: Instance, earns: np.ndarray) -> float:
    """Price the only shift by following every task from every position of every last type."""
    seconds = [t for a, b in zip(instance.work_start, instance.work_end, strict=True) for t in range(max(0, a), b)]
    costs = tabulate_costs(instance)
    setups = charges(instance)

    @cache
    def best(position: int, last: int) -> float:
        least = 0.0
        for task in range(instance.num_tasks):
            type_ = int(instance.task_type[task])
            team = instance.type_team[type_]
            setup, move = 0, 0.0
            if last >= 0 and last != type_:
                is_move = instance.type_team[last] != team
                setup = setups.setup_other if is_move else setups.setup_same
                move = instance.objective.move if is_move else 0.0
            duration = max(1, math.floor(60 * float(instance.task_handling[task]) + 0.5))
            first = position + setup
            release = sum(t < instance.task_release[task] for t in seconds)
            for start in range(max(first, release), len(seconds) - duration + 1):
                end = seconds[start + duration - 1] + 1
                cost = float(completion_cost(instance, costs, np.array([task]), np.array([end]))[0]) - earns[task]
                if cost >= 0:
                    break
                if team != instance.agent_home[0]:
                    cost += instance.objective.away * duration / 60
                least = min(least, move + cost + best(start + duration, type_))
        return least

    return best(0, int(instance.state_type[0]))


def test_the_bundle_never_promises_less_than_its_centre() -> None:
    r = np.random.default_rng(3)
    num_tasks, num_rows = 12, 4
    bundle = Bundle(num_rows=num_rows)
    centre = r.uniform(0, 50, num_tasks)
    answers: list[tuple[int, float, np.ndarray]] = []
    rows = np.arange(num_rows, dtype=np.int32)
    for _ in range(8):
        paths = [r.integers(0, num_tasks, r.integers(1, 5)).astype(np.int32) for _ in rows]
        values = -r.uniform(0, 80, num_rows)
        prices = r.uniform(0, 50, num_tasks)
        counts = np.array([len(path) for path in paths], np.int32)
        bundle.add(rows, np.concatenate(paths), counts, values, prices)
        for row, path in zip(rows.tolist(), paths, strict=True):
            many = np.bincount(path, minlength=num_tasks)
            answers.append((row, float(values[row] - many @ prices), many))

    def allowed(prices: np.ndarray) -> float:
        return float(sum(min(0.0, *(f + m @ prices for row, f, m in answers if row == n)) for n in range(num_rows)))

    for step in (0.1, 1.0, 30.0):
        prices, value = bundle.propose(centre, np.ones(num_tasks), step, 400)
        assert value == pytest.approx(allowed(prices), rel=1e-9)
        assert value - prices.sum() >= allowed(centre) - centre.sum() - 1e-9
        mixed = np.bincount(bundle.row, weights=bundle.weight, minlength=num_rows)
        assert (bundle.weight >= 0).all()
        assert (mixed <= 1 + 1e-9).all()
        # At the optimum no price can be moved a little to the good.
        penalised = value - prices.sum() - ((prices - centre) ** 2).sum() / (2 * step)
        for task in range(num_tasks):
            for change in (-0.01, 0.01):
                other = prices.copy()
                other[task] = max(0.0, other[task] + change)
                worth = allowed(other) - other.sum() - ((other - centre) ** 2).sum() / (2 * step)
                assert worth <= penalised + 1e-3
