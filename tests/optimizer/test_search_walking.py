"""The bounded route evaluation against a twin that walks every sequence from its first second in plain Python."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.formats.problem import Problem
from optimizer.instance import Instance
from optimizer.search.annealing import MIXTURE, NUM_MOVES, anneal
from optimizer.search.board import Board
from optimizer.search.choosing import gain_of, may_do, seconds_for
from optimizer.search.delays import UNTOLD, estimate, find_place, tabulate_delays
from optimizer.search.facts import gather_facts
from optimizer.search.reading import read_sequences, total_of
from optimizer.search.records import FAR, NEVER_FITS
from optimizer.search.search import Search
from optimizer.search.walking import evaluate
from services.assemble import assemble_instance

DrawProblem = Callable[[int, int, int], Problem]
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def walk_plainly(instance: Instance, a: int, tasks: list[int], release: dict[int, int]) -> float:
    """Return what a sequence costs, each task as early as can be; what finds no room, and all behind it, is left."""
    costs = instance.objective
    shifts = list(range(instance.agent_shift_ptr[a], instance.agent_shift_ptr[a + 1]))
    seconds = {s: working_seconds(instance, s) for s in shifts}
    shifts = [s for s in shifts if seconds[s]]
    total, overflows = 0.0, not shifts
    at = 0
    free, kind, moves, since = 0, -1, 0, -(2**40)
    if shifts and instance.shift_start[shifts[0]] <= 0:
        kind, moves, since = instance.state_type[a], instance.state_moves[a], instance.state_team_since[a]
    for i in tasks:
        duration = duration_of(instance, i, a)
        found = None
        while not overflows and found is None:
            own = instance.task_type[i]
            moved = kind >= 0 and instance.type_team[kind] != instance.type_team[own]
            need = 0 if kind in (-1, own) else instance.setup_other_team if moved else instance.setup_same_team
            if not (moved and moves >= instance.agent_max_moves[a]):
                floor = max(release[i], since + instance.agent_min_stay[a]) if moved else release[i]
                found = find_room(seconds[shifts[at]], free, need, floor, duration)
            if found is None:
                at += 1
                overflows = at == len(shifts)
                free, kind, moves, since = -(2**40), -1, 0, -(2**40)
        if overflows or found is None:
            total += cost_of_end(instance, i, int(instance.task_carry_over[i]))
            total += costs.carried_over * instance.task_weight[i]
            continue
        start, free = found
        if moved:
            moves, since = moves + 1, start
            total += costs.move
        kind = instance.task_type[i]
        total += cost_of_end(instance, i, free) + cost_of_agent(instance, i, a, duration)
    return total


def working_seconds(instance: Instance, shift: int) -> list[int]:
    """List the seconds from now on in which a shift works: the second `t` is `[t, t + 1)`."""
    rows = range(instance.shift_work_ptr[shift], instance.shift_work_ptr[shift + 1])
    return [t for n in rows for t in range(max(0, instance.work_start[n]), instance.work_end[n])]


def find_room(seconds: list[int], free: int, need: int, floor: int, duration: int) -> tuple[int, int] | None:
    """Return start and end of a task in the working seconds of a shift, None where there is no room."""
    later = [t for t in seconds if t >= free][need:]
    later = [t for t in later if t >= floor]
    return (later[0], later[duration - 1] + 1) if len(later) >= duration else None


def duration_of(instance: Instance, i: int, a: int) -> int:
    c = instance.task_class[i]
    rows = range(instance.class_ptr[c], instance.class_ptr[c + 1])
    speed = next(instance.class_speed[n] for n in rows if instance.class_agent[n] == a)
    return int(max(1, math.floor(60 * instance.task_handling[i] / speed + 0.5)))


def cost_of_end(instance: Instance, i: int, end: int) -> float:
    costs, due = instance.objective, int(instance.task_due[i])
    begin = max(0, due)
    tardy = max(0, end - begin)
    if len(instance.office_start):
        pairs = zip(instance.office_start, instance.office_end, strict=True)
        tardy = sum(max(0, min(end, e) - max(begin, s)) for s, e in pairs)
    weight = instance.task_weight[i]
    late = weight if due >= 0 and end > due else 0.0
    missed = costs.missed * (end > instance.task_must_by[i])
    return float(costs.tardiness * weight * tardy / 60 + costs.late * late + missed)


def cost_of_agent(instance: Instance, i: int, a: int, duration: int) -> float:
    costs = instance.objective
    preferred = instance.preferred_agent[instance.preferred_ptr[i] : instance.preferred_ptr[i + 1]]
    is_away = instance.type_team[instance.task_type[i]] != instance.agent_home[a]
    published = instance.task_published[i]
    return float(
        costs.away * is_away * duration / 60
        + costs.preferred * (len(preferred) > 0 and a not in preferred)
        + costs.reassigned * (published not in (-1, a))
    )


def make_board(instance: Instance, candidates: int) -> tuple[Search, Board]:
    """Return a board after some annealing from an empty plan."""
    nobody = np.full(instance.num_tasks, -1, np.int32), np.zeros(instance.num_tasks, np.int64)
    search = Search(instance, nobody, seed=1, threads=1)
    search._deal()
    for lane in range(search.num_lanes):
        anneal(search.board, lane, MIXTURE, candidates, 1e5, 1e4, np.zeros(2 * NUM_MOVES, np.int64))
    return search, search.board


def sequence_of(board: Board, a: int) -> list[int]:
    pointers, items = read_sequences(board)
    return [int(i) for i in items[pointers[a] : pointers[a + 1]]]


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 14), num_agents=st.integers(1, 8))
def test_every_sequence_costs_what_the_plain_walk_says(
    draw_problem: DrawProblem, seed: int, num_tasks: int, num_agents: int
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    search, board = make_board(instance, 300)
    release = {i: int(board.tasks["release"][i]) for i in range(num_tasks)}
    for a in range(num_agents):
        tasks = sequence_of(board, a)
        last = board.slots[board.agents[a]["base"] + len(tasks)]
        assert last["cost"] / search.facts.scale == pytest.approx(walk_plainly(instance, a, tasks, release), abs=1e-3)


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(2, 14), picks=st.randoms(use_true_random=False))
def test_a_candidate_costs_what_the_plain_walk_says_or_exceeds_its_limit(
    draw_problem: DrawProblem, seed: int, num_tasks: int, picks: st.DrawFn
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, 2))
    search, board = make_board(instance, 100)
    release = {i: int(board.tasks["release"][i]) for i in range(num_tasks)}
    for a in range(2):
        tasks = sequence_of(board, a)
        if len(tasks) < 2 or (board.tasks["latest"][tasks] < FAR).any():
            continue
        first, second = sorted(picks.sample(range(1, len(tasks) + 1), 2))  # type: ignore[attr-defined]
        base = int(board.agents[a]["base"])
        # Places `first` to `second - 1` go behind place `second`.
        changed = [*tasks[: first - 1], tasks[second - 1], *tasks[first - 1 : second - 1], *tasks[second:]]
        parts = (base + second, base + second + 1, base + first, base + second, 0, 0, second + 1)
        arrays = (board.slots, board.spans, board.agents, board.tasks, board.rules, board.office)
        change = evaluate(*arrays, a, first - 1, *parts, NEVER_FITS)
        expected = walk_plainly(instance, a, changed, release) - walk_plainly(instance, a, tasks, release)
        assert change / search.facts.scale == pytest.approx(expected, abs=2e-3)
        bounded = evaluate(*arrays, a, first - 1, *parts, change - 1)
        assert bounded in (change, NEVER_FITS)
        assert evaluate(*arrays, a, first - 1, *parts, change) in (change, NEVER_FITS)


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 14))
def test_a_stored_gain_is_what_the_plain_walk_saves(draw_problem: DrawProblem, seed: int, num_tasks: int) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, 2))
    search, board = make_board(instance, 200)
    release = {i: int(board.tasks["release"][i]) for i in range(num_tasks)}
    for a in range(2):
        tasks = sequence_of(board, a)
        if not tasks or (board.tasks["latest"][tasks] < FAR).any():
            continue
        whole = walk_plainly(instance, a, tasks, release)
        for place in range(1, len(tasks) + 1):
            rest = walk_plainly(instance, a, tasks[: place - 1] + tasks[place:], release)
            assert read_gain(board, a, place) / search.facts.scale == pytest.approx(whole - rest, abs=2e-3)


def read_gain(board: Board, a: int, place: int) -> int:
    return int(gain_of(board, a, place))


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(2, 14))
def test_the_place_found_is_the_least_of_all_estimates(draw_problem: DrawProblem, seed: int, num_tasks: int) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, 2))
    _, board = make_board(instance, 200)
    for a in range(2):
        tabulate_delays(board, a)
        others = [i for i in range(num_tasks) if board.task_agent[i] != a and may_do(board, i, a)]
        first, size = int(board.agents[a]["first"]), int(board.agents[a]["size"])
        for i in others:
            seconds = seconds_for(board, i, a)
            costs = {place: estimate(board, i, a, place, seconds) for place in range(first, size + 2)}
            base = board.agents[a]["base"]
            open_ends = {p: c for p, c in costs.items() if c > UNTOLD and board.slots[base + p - 1]["end"] < FAR}
            least = min(open_ends.values(), default=math.inf)
            found = find_place(board, i, a, seconds, 1e15)
            assert (found < 0) == (least > 1e15)
            assert found < 0 or open_ends[found] == least
            assert find_place(board, i, a, seconds, least - 1.0) < 0


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 30), num_agents=st.integers(1, 9))
def test_lanes_account_for_every_change_and_lose_no_task(
    draw_problem: DrawProblem, seed: int, num_tasks: int, num_agents: int
) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, num_agents))
    search, board = make_board(instance, 0)
    before = total_of(board)
    for lane in range(search.num_lanes):
        anneal(board, lane, MIXTURE, 400, 1e5, 1e4, np.zeros(2 * NUM_MOVES, np.int64))
    assert total_of(board) - before == board.lanes["change"].sum()
    _, held = read_sequences(board)
    pooled = [board.pool[row["pool_from"] + n] for row in board.lanes for n in range(row["pool_size"])]
    able = instance.class_ptr[1:][instance.task_class] > instance.class_ptr[:-1][instance.task_class]
    assert sorted([*held, *pooled]) == sorted(np.flatnonzero(able | (instance.task_pinned >= 0)))


@LAWS
@given(seed=st.integers(0, 10**6), num_tasks=st.integers(1, 20))
def test_rates_are_exact_or_finely_rounded(draw_problem: DrawProblem, seed: int, num_tasks: int) -> None:
    instance = assemble_instance(draw_problem(seed, num_tasks, 2))
    facts = gather_facts(instance)
    exact = facts.scale * instance.objective.tardiness * instance.task_weight / 60
    assert np.abs(facts.tasks["rate"] - exact).max() <= 0.5
    assert facts.tasks["rate"].max() < 2**25
    left = [
        cost_of_end(instance, i, int(instance.task_carry_over[i]))
        + instance.objective.carried_over * instance.task_weight[i]
        for i in range(num_tasks)
    ]
    np.testing.assert_allclose(facts.tasks["left"] / facts.scale, left, rtol=1e-4, atol=1e-2)
