"""What the moves share: random numbers, eligibility, a task's slot for an agent, a place by clock time.

References
----------
Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, section 5 (SplitMix64: a counter, mixed).
"""

import math
from typing import Any

import numpy as np

from optimizer.search.board import Board, Records
from optimizer.search.compiling import inlined, inlined_too, inner
from optimizer.search.records import EXCLUDES, MOST_TYPES, PREFERS, SEPARATE, TYPE_BITS, UNKNOWN
from optimizer.search.walking import evaluate

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_30, _SHIFT_27, _SHIFT_31, _SHIFT_32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_ONE = np.uint64(1)


@inlined
def draw(lanes: Records, lane: int) -> Any:
    """Return the next 64 random bits of a lane."""
    row = lanes[np.uintp(lane)]
    row.drawn = row.drawn + _ONE
    bits = row.key + row.drawn * _STEP
    bits = (bits ^ (bits >> _SHIFT_30)) * _MIX_1
    bits = (bits ^ (bits >> _SHIFT_27)) * _MIX_2
    return bits ^ (bits >> _SHIFT_31)


@inlined
def below(lanes: Records, lane: int, bound: int) -> int:
    """Return a random whole number from 0 to `bound` - 1."""
    return int(np.int64(((draw(lanes, lane) >> _SHIFT_32) * np.uint64(bound)) >> _SHIFT_32))


@inlined
def is_able(board: Board, demand: int, a: int) -> bool:
    """Tell whether an agent can meet a class of demand."""
    word = board.able[np.uintp(a * board.rules[0].words + (demand >> 5))]
    return bool((np.int64(word) >> (demand & 31)) & 1)


@inner
def is_free_of_ties(board: Board, i: int, a: int) -> bool:
    """Tell whether no exclusion, and no task that must be apart, bars a task from an agent."""
    flags = board.tasks[i].flags
    if flags & EXCLUDES:
        for n in range(board.excluded_ptr[i], board.excluded_ptr[i + 1]):
            if board.excluded_agent[n] == a:
                return False
    if flags & SEPARATE:
        for n in range(board.separate_ptr[i], board.separate_ptr[i + 1]):
            if board.task_agent[board.separate_task[n]] == a:
                return False
    return True


@inlined_too
def may_do(board: Board, i: int, a: int) -> bool:
    """Tell whether a task may go to an agent."""
    task = board.tasks[np.uintp(i)]
    if not is_able(board, task.demand, a) or (task.pinned >= 0 and task.pinned != a):
        return False
    return not task.flags & (EXCLUDES | SEPARATE) or is_free_of_ties(board, i, a)


@inlined_too
def seconds_for(board: Board, i: int, a: int) -> int:
    """Return the working seconds a task takes an agent."""
    task = board.tasks[np.uintp(i)]
    speed = board.speeds[np.uintp(a * board.rules[0].num_types + (task.kind & (MOST_TYPES - 1)))]
    return int(min(max(1.0, math.floor(task.work / speed + 0.5)), 2.0**30))


@inner
def extra_for(board: Board, i: int, a: int, seconds: int) -> int:
    """Return what it costs that this agent does a task: away from home, not preferred, not as published."""
    task, rules = board.tasks[i], board.rules[0]
    cost = 0
    if (task.kind >> TYPE_BITS) != board.agents[a].home:
        cost += round(rules.away * seconds)
    if task.flags & PREFERS:
        preferred = False
        for n in range(board.preferred_ptr[i], board.preferred_ptr[i + 1]):
            preferred = preferred or board.preferred_agent[n] == a
        if not preferred:
            cost += rules.preferred
    if task.published >= 0 and task.published != a:
        cost += rules.reassigned
    return cost


@inlined
def write_slot(board: Board, at: int, i: int, a: int, seconds: int) -> None:
    """Write a task into a slot as it is for an agent."""
    task, slot = board.tasks[np.uintp(i)], board.slots[np.uintp(at)]
    extra = 0
    if (task.kind >> TYPE_BITS) != board.agents[np.uintp(a)].home or task.flags & PREFERS or task.published >= 0:
        extra = extra_for(board, i, a, seconds)
    slot.task, slot.kind, slot.release, slot.latest = i, task.kind, task.release, task.latest
    slot.due, slot.rate, slot.late, slot.must_by = task.due, task.rate, task.late, task.must_by
    slot.duration, slot.fixed = seconds, extra


@inlined
def least_cost(board: Board, i: int, end: int) -> int:
    """Return a floor of what a task costs that ends at an instant or later, or not at all."""
    task = board.tasks[np.uintp(i)]
    tardy = end - task.due
    if tardy <= 0:
        return 0
    if board.rules[0].office:
        return int(min(task.late, task.left))
    return int(min(task.rate * tardy + task.late, task.left))


@inlined
def place_at(board: Board, a: int, instant: int) -> int:
    """Return the first place of a sequence whose task starts at an instant or later, size + 1 where none does."""
    agent = board.agents[np.uintp(a)]
    low, count = int(agent.base), int(agent.size)
    while count > 0:
        half = count >> 1
        if board.starts[np.uintp(low + half + 1)] < instant:
            low += half + 1
            count -= half + 1
        else:
            count = half
    return int(low - agent.base + 1)


@inlined_too
def gain_of(board: Board, a: int, place: int) -> int:
    """Return what taking a task out of its sequence would save there."""
    at = np.uintp(board.agents[np.uintp(a)].base + place)
    gain = int(board.gains[at])
    if gain == UNKNOWN:
        gain = -evaluate(
            board.slots, board.spans, board.agents, board.tasks, board.rules, board.office,
            a, place - 1, 0, 0, 0, 0, 0, 0, place + 1, 2**60,
        )  # fmt: skip
        board.gains[at] = gain
    return gain


@inlined
def set_side(
    board: Board,
    at: int,
    a: int,
    kept: int,
    from_1: int,
    to_1: int,
    from_2: int,
    to_2: int,
    from_3: int,
    to_3: int,
    tail: int,
) -> None:
    """Describe what a candidate makes of one sequence."""
    side = board.sides[np.uintp(at)]
    side.agent, side.kept, side.tail, side.known = a, kept, tail, 0
    side.from_1, side.to_1, side.from_2, side.to_2, side.from_3, side.to_3 = from_1, to_1, from_2, to_2, from_3, to_3
