"""Exchange stretches of two sequences: their tails, or a block for nothing or for another block.

References
----------
Taillard, Badeau, Gendreau, Guertin & Potvin (1997), A tabu search heuristic for the vehicle routing problem with soft
time windows, section 3 (CROSS exchange: two stretches change places; tails and block moves are its special cases).
"""

import numpy as np

from optimizer.search.board import Board
from optimizer.search.choosing import below, may_do, place_at, seconds_for, set_side, write_slot
from optimizer.search.compiling import inlined

LONGEST_BLOCK = 4


@inlined
def propose(board: Board, lane: int, a: int, place: int, b: int, is_tail: bool) -> bool:
    """Offer to exchange the stretch from a place with one of another agent that starts near the same clock time."""
    agent, other = board.agents[np.uintp(a)], board.agents[np.uintp(b)]
    goal = place_at(board, b, board.starts[np.uintp(agent.base + place)]) + below(board.lanes, lane, 3) - 1
    goal = min(max(goal, int(other.first)), int(other.size) + 1)
    if is_tail:
        count_a, count_b = agent.size + 1 - place, other.size + 1 - goal
    else:
        count_a = min(int(agent.size) + 1 - place, 1 + below(board.lanes, lane, LONGEST_BLOCK))
        count_b = min(int(other.size) + 1 - goal, below(board.lanes, lane, LONGEST_BLOCK + 1))
        if count_a < 2 and count_b < 2:
            return False
    change = count_a - count_b
    if agent.size - change > agent.room or other.size + change > other.room:
        return False
    stage = int(board.lanes[np.uintp(lane)].stage)
    for n in range(count_a):
        i = int(board.slots[np.uintp(agent.base + place + n)].task)
        if not may_do(board, i, b):
            return False
        write_slot(board, stage + n, i, b, seconds_for(board, i, b))
    middle = stage + count_a
    for n in range(count_b):
        i = int(board.slots[np.uintp(other.base + goal + n)].task)
        if not may_do(board, i, a):
            return False
        write_slot(board, middle + n, i, a, seconds_for(board, i, a))
    offer = board.offers[np.uintp(lane)]
    kept_cost = board.slots[np.uintp(agent.base + place - 1)].cost
    offer.change, offer.num_sides, offer.taken, offer.given = 0, 2, -1, -1
    offer.second = kept_cost - board.slots[np.uintp(agent.base + agent.size)].cost
    set_side(board, 2 * lane, b, goal - 1, stage, middle, 0, 0, 0, 0, goal + count_b)
    set_side(board, 2 * lane + 1, a, place - 1, middle, middle + count_b, 0, 0, 0, 0, place + count_a)
    return True
