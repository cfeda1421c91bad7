"""Exchange two tasks, of two agents or of one."""

import numpy as np

from optimizer.search.board import Board
from optimizer.search.choosing import (
    below,
    gain_of,
    least_cost,
    may_do,
    place_at,
    seconds_for,
    set_side,
    write_slot,
)  # fmt: skip
from optimizer.search.compiling import inlined
from optimizer.search.records import FAR


@inlined
def propose_across(board: Board, lane: int, a: int, place: int, b: int, threshold: int) -> bool:
    """Offer to exchange a task with one of another agent, mostly near the same clock time.

    What a sequence saves by losing its task is known; that the other task costs at least its own lateness there is a
    floor for both sides before either is walked.
    """
    agent, other = board.agents[np.uintp(a)], board.agents[np.uintp(b)]
    num_free = int(other.size) + 1 - other.first
    if num_free < 1:
        return False
    at = agent.base + place
    i = int(board.slots[np.uintp(at)].task)
    start = board.starts[np.uintp(at)]
    if start == FAR or below(board.lanes, lane, 3) == 0:
        goal = other.first + below(board.lanes, lane, num_free)
    else:
        goal = place_at(board, b, start) + below(board.lanes, lane, 5) - 2
        goal = min(max(goal, int(other.first)), int(other.size))
    there = other.base + goal
    j = int(board.slots[np.uintp(there)].task)
    if not may_do(board, i, b) or not may_do(board, j, a):
        return False
    seconds_i, seconds_j = seconds_for(board, i, b), seconds_for(board, j, a)
    before_i, before_j = board.slots[np.uintp(there - 1)], board.slots[np.uintp(at - 1)]
    least_b = (
        least_cost(board, i, max(before_i.end, board.tasks[np.uintp(i)].release) + seconds_i)
        - gain_of(board, b, goal)
    )  # fmt: skip
    least_a = (
        least_cost(board, j, max(before_j.end, board.tasks[np.uintp(j)].release) + seconds_j)
        - gain_of(board, a, place)
    )  # fmt: skip
    if least_a + least_b > threshold:
        return False
    stage = board.lanes[np.uintp(lane)].stage
    write_slot(board, stage, i, b, seconds_i)
    write_slot(board, stage + 1, j, a, seconds_j)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.num_sides, offer.taken, offer.given = 0, 2, -1, -1
    # The side that is likelier to fail is walked first.
    if seconds_i - board.slots[np.uintp(there)].duration > 0:
        offer.second = least_a
        set_side(board, 2 * lane, b, goal - 1, stage, stage + 1, 0, 0, 0, 0, goal + 1)
        set_side(board, 2 * lane + 1, a, place - 1, stage + 1, stage + 2, 0, 0, 0, 0, place + 1)
    else:
        offer.second = least_b
        set_side(board, 2 * lane, a, place - 1, stage + 1, stage + 2, 0, 0, 0, 0, place + 1)
        set_side(board, 2 * lane + 1, b, goal - 1, stage, stage + 1, 0, 0, 0, 0, goal + 1)
    return True


@inlined
def propose_within(board: Board, lane: int, a: int, place: int) -> bool:
    """Offer to exchange two tasks of one agent."""
    agent = board.agents[np.uintp(a)]
    num_free = int(agent.size) + 1 - agent.first
    if num_free < 2:
        return False
    other = agent.first + below(board.lanes, lane, num_free)
    if other == place:
        return False
    base = int(agent.base)
    early, late = base + min(place, other), base + max(place, other)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = 0, 0, 1, -1, -1
    set_side(board, 2 * lane, a, early - base - 1, late, late + 1, early + 1, late, early, early + 1, late - base + 1)
    return True
