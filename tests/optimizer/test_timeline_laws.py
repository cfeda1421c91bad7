"""The kernels of an agent's time against twins that live through each second."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.problem import Problem
from optimizer.instance import NEVER, NO_LIMIT, Instance
from optimizer.timeline import (
    NOWHERE,
    Roster,
    compute_duration,
    compute_setup,
    count_working,
    find_shift,
    find_start,
    get_roster,
    next_working,
    open_cursor,
    pass_working,
    place,
)
from services.assemble import assemble_instance

Draw = Callable[[int, int, int], Problem]
SEEDS = st.integers(0, 10**6)
INSTANTS = st.integers(-3000, 13_000)


def drawn(draw_problem: Draw, seed: int) -> tuple[Instance, Roster]:
    instance = assemble_instance(draw_problem(seed, 1, 2))
    return instance, get_roster(instance)


def working_seconds(roster: Roster, shift: int) -> list[int]:
    """Return the seconds `[t, t + 1)` in which the agent of a shift works, by their beginnings."""
    row = slice(*roster.work_ptr[shift : shift + 2])
    return [t for b, e in zip(roster.work_start[row], roster.work_end[row], strict=True) for t in range(b, e)]


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, instant=INSTANTS, other=INSTANTS, seconds=st.integers(1, 3000))
def test_working_time_second_by_second(draw_problem: Draw, seed: int, instant: int, other: int, seconds: int) -> None:
    _, roster = drawn(draw_problem, seed)
    for shift in range(len(roster.shift_start)):
        works = working_seconds(roster, shift)
        ahead = [t for t in works if t >= instant]
        assert next_working(shift, instant, roster) == (ahead[0] if ahead else NOWHERE)
        passed = ahead[seconds - 1] + 1 if len(ahead) >= seconds else NOWHERE
        assert pass_working(shift, instant, seconds, roster) == passed
        assert pass_working(shift, instant, 0, roster) == (ahead[0] if ahead else NOWHERE)
        assert count_working(shift, instant, other, roster) == sum(instant <= t < other for t in works)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, instant=INSTANTS)
def test_the_shift_open_at_an_instant_or_the_next(draw_problem: Draw, seed: int, instant: int) -> None:
    instance, roster = drawn(draw_problem, seed)
    for agent in range(instance.num_agents):
        shifts = range(roster.shift_ptr[agent], roster.shift_ptr[agent + 1])
        expected = next((shift for shift in shifts if roster.shift_end[shift] > instant), shifts.stop)
        assert find_shift(agent, instant, roster) == expected


def start_second_by_second(
    instance: Instance, roster: Roster, agent: int, cursor: tuple[int, int, int, int, int], kind: int, ready: int
) -> int:
    """Return the first second of a shift that keeps every rule on starts, found by trying them all."""
    shift, free, last_type, moves, moved_at = cursor
    works = working_seconds(roster, shift)
    is_move = last_type >= 0 and instance.type_team[last_type] != instance.type_team[kind]
    needed = compute_setup(last_type, kind, roster)
    worked = 0  # seconds of work from being free to the start
    for start in works:
        was_worked, worked = worked, worked + (start >= free)
        if start < max(free, ready) or was_worked < needed:
            continue
        if is_move and (
            moves + 1 > instance.agent_max_moves[agent] or start - moved_at < instance.agent_min_stay[agent]
        ):
            continue
        return start
    return NOWHERE


@settings(max_examples=40, deadline=None)
@given(
    seed=SEEDS,
    ready=INSTANTS,
    kind=st.integers(0, 3),
    last_type=st.integers(-1, 3),
    free=st.integers(0, 7000),
    moves=st.integers(0, 2),
    moved_at=st.one_of(st.just(-NEVER), st.integers(-3000, 5000)),
    duration=st.integers(1, 4000),
)
def test_a_task_is_placed_at_the_first_second_that_keeps_every_rule(
    draw_problem: Draw,
    seed: int,
    ready: int,
    kind: int,
    last_type: int,
    free: int,
    moves: int,
    moved_at: int,
    duration: int,
) -> None:
    instance, roster = drawn(draw_problem, seed)
    for agent in range(instance.num_agents):
        cursor = (int(roster.shift_ptr[agent]), free, last_type, moves, moved_at)
        expected: tuple[int, ...] = (NOWHERE, NOWHERE)
        for shift in range(roster.shift_ptr[agent], roster.shift_ptr[agent + 1]):
            if shift > cursor[0]:
                cursor = (shift, int(roster.shift_start[shift]), -1, 0, -NEVER)
            start = start_second_by_second(instance, roster, agent, cursor, kind, ready)
            assert find_start(agent, *cursor, kind, ready, roster) == start
            ahead = [t for t in working_seconds(roster, shift) if t >= start]
            if start != NOWHERE and len(ahead) >= duration:
                is_move = cursor[2] >= 0 and instance.type_team[cursor[2]] != instance.type_team[kind]
                after = (cursor[3] + 1, start) if is_move else (cursor[3], cursor[4])
                expected = (start, ahead[duration - 1] + 1, shift, *after)
                break
        first = (int(roster.shift_ptr[agent]), free, last_type, moves, moved_at)
        assert place(agent, *first, kind, ready, duration, roster)[: len(expected)] == expected


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_agents_begin_where_their_state_says(draw_problem: Draw, seed: int) -> None:
    instance, roster = drawn(draw_problem, seed)
    for agent in range(instance.num_agents):
        shift, free, last_type, moves, moved_at = open_cursor(agent, roster)
        shifts = range(instance.agent_shift_ptr[agent], instance.agent_shift_ptr[agent + 1])
        assert shift == shifts.start
        if not shifts:
            continue
        if instance.shift_start[shift] <= 0:
            assert free == 0
            assert (last_type, moves) == (instance.state_type[agent], instance.state_moves[agent])
            assert moved_at == instance.state_team_since[agent]
        else:
            assert (free, last_type, moves, moved_at) == (instance.shift_start[shift], -1, 0, -NEVER)


def test_durations_round_as_the_public_format_says() -> None:
    assert compute_duration(0.001, 1.0) == 1
    assert compute_duration(14.0, 1.1) == 764
    assert compute_duration(1.0, 8.0) == 8
    assert NO_LIMIT > 10**9
