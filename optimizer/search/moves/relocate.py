"""Move one task to another place, of another agent or its own."""

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
from optimizer.search.delays import estimate, find_place, tabulate_delays
from optimizer.search.records import FAR


@inlined
def propose_across(board: Board, lane: int, a: int, place: int, b: int, threshold: int) -> bool:
    """Offer to move a task to another agent, near the same clock time or where it would seem to cost least."""
    agent, other = board.agents[np.uintp(a)], board.agents[np.uintp(b)]
    at = agent.base + place
    i = int(board.slots[np.uintp(at)].task)
    if other.size >= other.room or not may_do(board, i, b):
        return False
    start = board.starts[np.uintp(at)]
    budget = gain_of(board, a, place) + threshold
    seconds = seconds_for(board, i, b)
    if start == FAR or below(board.lanes, lane, 3) == 0:
        if not other.is_tabulated:
            tabulate_delays(board, b)
        goal = find_place(board, i, b, seconds, float(budget))
        if goal < 0:
            return False
    else:
        goal = place_at(board, b, start) + below(board.lanes, lane, 3) - 1
        goal = min(max(goal, int(other.first)), int(other.size) + 1)
        before = board.slots[np.uintp(other.base + goal - 1)]
        if least_cost(board, i, max(before.end, board.tasks[np.uintp(i)].release) + seconds) > budget:
            return False
        if not other.is_tabulated:
            tabulate_delays(board, b)
        if estimate(board, i, b, goal, seconds) > budget:
            return False
    row = board.lanes[np.uintp(lane)]
    write_slot(board, row.stage, i, b, seconds)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = threshold - budget, 0, 2, -1, -1
    set_side(board, 2 * lane, b, goal - 1, row.stage, row.stage + 1, 0, 0, 0, 0, goal)
    set_side(board, 2 * lane + 1, a, place - 1, 0, 0, 0, 0, 0, 0, place + 1)
    board.sides[np.uintp(2 * lane + 1)].known = 1
    return True


@inlined
def propose_within(board: Board, lane: int, a: int, place: int) -> bool:
    """Offer to move a task, mostly a few places earlier or later in its own sequence."""
    agent = board.agents[np.uintp(a)]
    num_free = int(agent.size) + 1 - agent.first
    if num_free < 2:
        return False
    if below(board.lanes, lane, 2) == 0:
        goal = agent.first + below(board.lanes, lane, num_free)
    else:
        goal = place + below(board.lanes, lane, 11) - 5
        goal = min(max(goal, int(agent.first)), int(agent.size))
    if goal == place:
        return False
    base = int(agent.base)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = 0, 0, 1, -1, -1
    moved = base + place
    if goal < place:
        set_side(board, 2 * lane, a, goal - 1, moved, moved + 1, base + goal, moved, 0, 0, place + 1)
    else:
        set_side(board, 2 * lane, a, place - 1, moved + 1, base + goal + 1, moved, moved + 1, 0, 0, goal + 1)
    return True
