"""The certificate against plain twins: a linear program task by task, and a flow counted in Python."""

import itertools
import math
import random
from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from models.formats.problem_file import parse_problem
from optimizer.certificate import Certificate, certify
from optimizer.certificate.capacity import draw_curve, find_duty
from optimizer.certificate.demands import find_demands
from optimizer.certificate.proof import prove_shortfall
from optimizer.certificate.shortfall import fill_buckets, group_agents, price_shortfall
from optimizer.instance import Instance
from services.assemble import assemble_instance

GRID = np.arange(0, 200, 20) * 60


def instant(minute: float) -> str:
    day, second = divmod(round(minute * 60) + 8 * 3600, 86_400)
    return f"2026-03-{2 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00:00"


def document(agents: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """Write a problem of two teams of two skills each; instants in minutes from now."""
    return {
        "format": "swingdesk/problem",
        "version": 1,
        "now": instant(0),
        "carry_over": instant(900),
        "teams": [{"id": "x"}, {"id": "y"}],
        "task_types": [
            {"id": kind, "team": team, "skill": kind, "handling_minutes": 10}
            for kind, team in (("k0", "x"), ("k1", "x"), ("k2", "y"))
        ],
        "agents": [
            {
                "id": f"a{n}",
                "team": "x",
                "swing_teams": ["y"],
                **agent,
                "shifts": shifts(agent.get("shifts", [(0, 180)])),
            }
            for n, agent in enumerate(agents)
        ],
        "tasks": [
            {"id": f"t{n}", **task, "arrived": instant(task.get("arrived", 0)), "due": instant(task["due"])}
            for n, task in enumerate(tasks)
        ],
    }


def shifts(pairs: list[tuple[float, float]]) -> list[dict[str, Any]]:
    return [{"start": instant(start), "end": instant(end)} for start, end in pairs]


def skills(**levels: float) -> dict[str, Any]:
    return {kind: {"level": 2, "speed": speed} for kind, speed in levels.items()}


def build(agents: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> Instance:
    return assemble_instance(parse_problem(document(agents, tasks)))


def draw(seed: int, *, speeds: tuple[float, ...]) -> Instance:
    r = random.Random(seed)  # noqa: S311
    agents = [
        {
            "skills": {
                k: {"level": r.randint(1, 3), "speed": r.choice(speeds)} for k in ("k0", "k1", "k2") if r.random() < 0.6
            },
            "shifts": r.choice([[(0, 100)], [(-30, 50), (70, 120)], [(40, 180)]]),
        }
        for _ in range(r.randint(1, 4))
    ]
    tasks: list[dict[str, Any]] = []
    for _ in range(r.randint(1, 14)):
        task = {
            "type": r.choice(["k0", "k1", "k2"]),
            "arrived": r.choice([-10, 0, 25, 40]),
            "due": r.choice([15, 20, 40, 55, 60, 100, 160, 400]),
            "handling_minutes": r.choice([5, 8.3, 14, 20]),
            "min_level": r.randint(1, 3),
        }
        if r.random() < 0.2:
            task["pinned_agent"] = f"a{r.randrange(len(agents))}"
        if r.random() < 0.2:
            task["excluded_agents"] = [f"a{r.randrange(len(agents))}"]
        tasks.append(task)
    return build(agents, tasks)


def twin_shortfalls(instance: Instance) -> dict[int, float]:
    """Return the least minutes late by each point of the grid: a program with a variable for each task and agent."""
    duty = find_duty(instance)
    demands = find_demands(instance, duty)
    grid = [second for second in GRID.tolist() if second < duty.last_end] + [duty.last_end]
    found = {}
    for last in range(1, len(grid)):
        chosen = [i for i in range(len(demands.task)) if min(demands.due[i], grid[-1]) <= grid[last]]
        columns: list[tuple[int, int, int, float]] = []
        for i in chosen:
            demand = demands.demand[i]
            until = next(h for h in range(len(grid)) if grid[h] >= min(demands.due[i], grid[-1]))
            for agent, speed in zip(demands.agents[demand], demands.speeds[demand], strict=True):
                columns += [(i, int(agent), h, speed) for h in range(until) if grid[h + 1] > demands.release[i]]
        if not chosen:
            found[grid[last]] = 0.0
            continue
        seats = sorted({(agent, h) for _, agent, h, _ in columns})
        matrix = np.zeros((len(seats) + len(chosen), len(columns) + len(chosen)))
        for c, (i, agent, h, speed) in enumerate(columns):
            matrix[seats.index((agent, h)), c] = 1
            matrix[len(seats) + chosen.index(i), c] = -speed
        matrix[len(seats) :, len(columns) :] = -np.eye(len(chosen))
        room = [worked(duty, agent, grid[h], grid[h + 1]) for agent, h in seats]
        costs = [0.0] * len(columns) + [1.0] * len(chosen)
        bounds = np.array([*room, *(-demands.work[i] for i in chosen)]) / 60
        answer = linprog(costs, A_ub=matrix, b_ub=bounds)
        found[grid[last]] = 60 * float(answer.fun or 0.0)
    return found


def worked(duty: Any, agent: int, start: int, end: int) -> int:
    rows = range(duty.ptr[agent], duty.ptr[agent + 1])
    return sum(max(0, min(end, int(duty.end[row])) - max(start, int(duty.start[row]))) for row in rows)


def flow_shortfall(instance: Instance, by: int) -> int:
    """Return the least seconds late by an instant of the grid where everybody has speed 1: by augmenting paths."""
    duty = find_duty(instance)
    demands = find_demands(instance, duty)
    grid = [second for second in GRID.tolist() if second < duty.last_end] + [duty.last_end]
    room: dict[tuple[Any, Any], int] = {}
    wanted = 0
    for i in range(len(demands.task)):
        due = min(int(demands.due[i]), grid[-1])
        if min(second for second in grid if second >= due) > by:
            continue
        wanted += round(demands.work[i])
        room["source", ("task", i)] = round(demands.work[i])
        for agent, (start, end) in itertools.product(
            demands.agents[demands.demand[i]].tolist(), itertools.pairwise(grid)
        ):
            if start < due and end > demands.release[i]:
                room[("task", i), ("seat", agent, start)] = 10**9
                room[("seat", agent, start), "sink"] = worked(duty, agent, start, end)
    neighbours: dict[Any, set[Any]] = {}
    for a, b in list(room):
        room.setdefault((b, a), 0)
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    moved = 0
    while True:
        before: dict[Any, Any] = {"source": None}
        waiting = deque(["source"])
        while waiting and "sink" not in before:
            node = waiting.popleft()
            for other in neighbours.get(node, ()):
                if other not in before and room[node, other] > 0:
                    before[other] = node
                    waiting.append(other)
        if "sink" not in before:
            return wanted - moved
        path, node = [], "sink"
        while before[node] is not None:
            path.append((before[node], node))
            node = before[node]
        amount = min(room[edge] for edge in path)
        for a, b in path:
            room[a, b] -= amount
            room[b, a] += amount
        moved += amount


def short_of(certificate: Certificate) -> float:
    return sum(item.short for item in certificate.breaches)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_it_is_what_a_program_of_single_tasks_says(seed: int) -> None:
    instance = draw(seed, speeds=(0.74, 1.0, 1.28))
    found = twin_shortfalls(instance)
    first = next((point for point, short in found.items() if short > 1.01), None)
    certificate = certify(instance, GRID)
    if first is None:
        assert all(item.by not in found for item in certificate.breaches)
        return
    instants = {item.by for item in certificate.breaches}
    assert len(instants) == 1
    (by,) = instants
    if by in found:
        assert by == first
        assert short_of(certificate) == pytest.approx(found[first], abs=0.01)
    else:  # a set by itself runs out between two points, and the first of them that is short comes later
        assert by < first


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_it_is_what_a_flow_says_where_everybody_is_as_fast(seed: int) -> None:
    instance = draw(seed, speeds=(1.0,))
    certificate = certify(instance, GRID)
    points = certificate.grid.tolist()
    for item in certificate.breaches:
        if item.by in points:
            assert flow_shortfall(instance, item.by) == pytest.approx(short_of(certificate), abs=1.5)
            assert flow_shortfall(instance, points[points.index(item.by) - 1]) <= 1
    if not certificate.breaches:
        assert flow_shortfall(instance, points[-1]) <= 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), prices=st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_no_prices_prove_more_than_the_best(seed: int, prices: list[float]) -> None:
    instance = draw(seed, speeds=(0.74, 1.0, 1.28))
    duty = find_duty(instance)
    demands = find_demands(instance, duty)
    grid = np.array([*GRID[duty.last_end > GRID].tolist(), duty.last_end])
    groups = group_agents(demands, duty.seconds_between(grid))
    buckets = fill_buckets(demands, grid, len(grid) - 1)
    if not len(buckets.work):
        return
    best = prove_shortfall(groups, buckets, price_shortfall(groups, buckets))
    any_prices = np.array(list(itertools.islice(itertools.cycle(prices), len(buckets.work))))
    assert prove_shortfall(groups, buckets, any_prices) <= best + 1e-3


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), more=st.sampled_from(["agent", "shift", "speed"]))
def test_more_capacity_never_makes_it_worse(seed: int, more: str) -> None:
    r = random.Random(seed)  # noqa: S311
    agents = [
        {"skills": skills(k0=1, **({"k1": 0.8} if r.random() < 0.5 else {})), "shifts": [(0, 90)]} for _ in range(2)
    ]
    agents.append({"skills": skills(k2=1, k1=1), "shifts": [(20, 100)]})
    tasks = [
        {
            "type": r.choice(["k0", "k1", "k2"]),
            "arrived": r.choice([0, 25]),
            "due": r.choice([60, 75, 90]),
            "handling_minutes": r.choice([11, 14, 19]),
        }
        for _ in range(r.randint(8, 20))
    ]
    before = certify(build(agents, tasks), GRID)
    if more == "agent":
        agents = [*agents, {"skills": skills(k0=1, k1=1), "shifts": [(0, 60)]}]
    elif more == "shift":
        agents[0] = {**agents[0], "shifts": [(0, 120)]}
    else:
        agents[2] = {**agents[2], "skills": skills(k2=1.3, k1=1.3)}
    after = certify(build(agents, tasks), GRID)
    assert set(after.demands.impossible) <= set(before.demands.impossible)
    if len(after.demands.impossible) == len(before.demands.impossible) and after.breaches:
        assert before.breaches
        assert math.ceil(after.breaches[0].by / 1200) >= math.ceil(before.breaches[0].by / 1200)
        if after.breaches[0].by == before.breaches[0].by:
            assert short_of(after) <= short_of(before) + 60  # a faster agent's rounding


def test_a_breach_is_told_with_its_set_and_people() -> None:
    agents = [{"skills": skills(k0=1, k1=1)}, {"skills": skills(k0=1)}, {"skills": skills(k2=1)}]
    tasks = [{"type": "k1", "due": 60, "handling_minutes": 20} for _ in range(4)]
    tasks += [{"type": "k0", "due": 60, "handling_minutes": 20} for _ in range(3)]
    tasks += [{"type": "k2", "due": 60, "handling_minutes": 20}]
    certificate = certify(build(agents, tasks), GRID)
    (found,) = certificate.breaches
    assert (found.since, found.by) == (0, 3600)
    assert found.short == pytest.approx(1200)
    assert found.work == pytest.approx(found.reachable + found.short)
    assert set(found.tasks.tolist()) <= set(range(7))
    assert {0, 1, 2, 3} <= set(found.tasks.tolist())
    assert set(found.agents.tolist()) <= {0, 1}
    assert found.num_late == 1
    assert not certificate.holds


def test_skills_that_are_enough_each_can_be_short_together() -> None:
    agents = [{"skills": skills(k0=1, k1=1)}]
    tasks = [{"type": kind, "due": 60, "handling_minutes": 20} for kind in ("k0", "k0", "k1", "k1")]
    certificate = certify(build(agents, tasks), GRID)
    (found,) = certificate.breaches
    assert len(found.demands) == 2
    assert found.short == pytest.approx(1200)


def test_a_set_that_no_people_have_to_themselves_is_found_by_its_prices() -> None:
    # Three people, each with two of three skills: no skill alone is short, and nobody has all three.
    agents = [{"skills": skills(k0=1, k1=1)}, {"skills": skills(k1=1, k2=1)}, {"skills": skills(k2=1, k0=1)}]
    tasks = [{"type": kind, "due": 60, "handling_minutes": 16} for kind in ("k0", "k1", "k2") for _ in range(4)]
    certificate = certify(build(agents, tasks), GRID)
    assert all(item.short_from is None for item in certificate.sets)
    (found,) = certificate.breaches
    assert found.short == pytest.approx(12 * 960 - 3 * 3600)
    assert len(found.demands) == 3


def test_work_that_comes_in_late_is_a_breach_of_its_own_hours() -> None:
    tasks = [{"type": "k0", "arrived": 40, "due": 60, "handling_minutes": 9} for _ in range(3)]
    certificate = certify(build([{"skills": skills(k0=1)}], tasks), GRID)
    (found,) = certificate.breaches
    assert (found.since, found.by) == (2400, 3600)
    assert found.short == pytest.approx(7 * 60)
    assert certificate.sets[0].short_from is None


def test_what_does_not_count_stands_apart() -> None:
    tasks = [
        {"type": "k0", "due": -5, "arrived": -60},
        {"type": "k0", "due": 9},
        {"type": "k1", "due": 60},
        {"type": "k0", "due": 900},
        {"type": "k0", "due": 60},
    ]
    certificate = certify(build([{"skills": skills(k0=1)}], tasks), GRID)
    demands = certificate.demands
    assert demands.overdue.tolist() == [0]
    assert demands.impossible.tolist() == [1]
    assert demands.nobody.tolist() == [2]
    assert demands.deferrable.tolist() == [3]
    assert demands.task.tolist() == [4]
    assert not certificate.breaches
    assert not certificate.holds


def test_the_latest_start_leaves_just_enough() -> None:
    agents = [
        {"skills": skills(k0=1), "shifts": [(0, 30), (50, 180)]},
        {"skills": skills(k0=0.5), "shifts": [(0, 180)]},
    ]
    tasks = [{"type": "k0", "due": 60, "handling_minutes": 15}, {"type": "k0", "due": 90, "handling_minutes": 30}]
    certificate = certify(build(agents, tasks), GRID)
    (item,) = certificate.sets
    # Until 60: 10 + 5 from 50 on is just the 15. Until 90: 45 from 60 on, and 15 from 50 to 60, leave more.
    assert item.latest_start == pytest.approx(50 * 60)
    assert item.slack == pytest.approx((30 + 10 + 30 - 15) * 60)
    assert item.work_due[list(certificate.grid).index(3600)] == pytest.approx(15 * 60)
    assert item.capacity[list(certificate.grid).index(3600)] == pytest.approx(70 * 60)


def test_an_instant_between_two_hours_is_not_missed() -> None:
    # 50 minutes due by 45, nothing more by 60: the hours alone would not show it.
    tasks = [{"type": "k0", "due": 45, "handling_minutes": 25}, {"type": "k0", "due": 45, "handling_minutes": 25}]
    certificate = certify(build([{"skills": skills(k0=1)}], tasks), np.array([0, 3600, 7200]))
    (found,) = certificate.breaches
    assert found.by == 45 * 60
    assert found.short == pytest.approx(300)


@pytest.mark.parametrize(
    ("agents", "tasks"),
    [
        ([], []),
        ([], [{"type": "k0", "due": 60}]),
        ([{"skills": skills(k0=1)}], []),
        ([{"skills": {}, "shifts": []}], []),
    ],
)
def test_an_empty_day_holds(agents: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> None:
    certificate = certify(build(agents, tasks), GRID)
    assert certificate.holds
    assert certificate.sets == ()


def test_a_curve_is_the_sum_of_what_each_can_do() -> None:
    instance = build(
        [{"skills": skills(k0=1), "shifts": [(-10, 30), (60, 90)]}, {"skills": skills(k0=2), "shifts": [(20, 70)]}], []
    )
    curve = draw_curve(find_duty(instance), np.array([0, 1], np.int32), np.array([1.0, 2.0]))
    minutes = np.array([0, 20, 30, 45, 65, 90, 500])
    assert (curve.until(minutes * 60) / 60).tolist() == [0, 20, 50, 80, 125, 160, 160]
    amounts = np.array([0, 35, 100]) * 60.0
    assert (curve.latest(amounts) / 60).tolist() == pytest.approx([0, 25, 55])
