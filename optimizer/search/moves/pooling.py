"""Schedule a task from the pool, in a free place or instead of another, and hand one back to it."""

import numpy as np

from optimizer.search.board import Board
from optimizer.search.choosing import (
    below,
    gain_of,
    least_cost,
    may_do,
    seconds_for,
    set_side,
    write_slot,
)  # fmt: skip
from optimizer.search.compiling import inlined
from optimizer.search.records import BLOCKED, HELD, IN_PROGRESS


@inlined
def propose_insert(board: Board, lane: int, taken: int, b: int, threshold: int) -> bool:
    """Offer to schedule a task of the pool with an agent."""
    i = int(board.pool[np.uintp(board.lanes[np.uintp(lane)].pool_from + taken)])
    task, agent = board.tasks[np.uintp(i)], board.agents[np.uintp(b)]
    if task.flags & BLOCKED or agent.size >= agent.room or not may_do(board, i, b):
        return False
    goal = 1 if task.flags & IN_PROGRESS else agent.first + below(board.lanes, lane, agent.size + 2 - agent.first)
    seconds = seconds_for(board, i, b)
    before = board.slots[np.uintp(agent.base + goal - 1)]
    if least_cost(board, i, max(before.end, task.release) + seconds) > task.left + threshold:
        return False
    stage = board.lanes[np.uintp(lane)].stage
    write_slot(board, stage, i, b, seconds)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = -task.left, 0, 1, taken, -1
    set_side(board, 2 * lane, b, goal - 1, stage, stage + 1, 0, 0, 0, 0, goal)
    return True


@inlined
def propose_replace(board: Board, lane: int, taken: int, b: int, threshold: int) -> bool:
    """Offer to schedule a task of the pool instead of one that goes there, at its place or another."""
    i = int(board.pool[np.uintp(board.lanes[np.uintp(lane)].pool_from + taken)])
    task, agent = board.tasks[np.uintp(i)], board.agents[np.uintp(b)]
    num_free = int(agent.size) + 1 - agent.first
    if task.flags & (BLOCKED | IN_PROGRESS) or num_free < 1 or not may_do(board, i, b):
        return False
    goal = agent.first + below(board.lanes, lane, num_free)
    base = int(agent.base)
    j = board.slots[np.uintp(base + goal)].task
    lost = board.tasks[np.uintp(j)]
    if lost.flags & HELD:
        return False
    change = lost.left - task.left
    seconds = seconds_for(board, i, b)
    stage = board.lanes[np.uintp(lane)].stage
    goal_2 = goal
    if below(board.lanes, lane, 2) == 0:
        goal_2 = agent.first + below(board.lanes, lane, num_free)
    before = board.slots[np.uintp(base + min(goal, goal_2) - 1)]
    least = least_cost(board, i, max(before.end, task.release) + seconds) - gain_of(board, b, goal)
    if change + least > threshold:
        return False
    write_slot(board, stage, i, b, seconds)
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = change, 0, 1, taken, j
    if goal_2 < goal:
        set_side(board, 2 * lane, b, goal_2 - 1, stage, stage + 1, base + goal_2, base + goal, 0, 0, goal + 1)
    else:
        set_side(board, 2 * lane, b, goal - 1, base + goal + 1, base + goal_2 + 1, stage, stage + 1, 0, 0, goal_2 + 1)
    return True


@inlined
def propose_drop(board: Board, lane: int, a: int, place: int, threshold: int) -> bool:
    """Offer to hand a task back to the pool."""
    j = board.slots[np.uintp(board.agents[np.uintp(a)].base + place)].task
    lost = board.tasks[np.uintp(j)]
    if lost.flags & HELD:
        return False
    change = lost.left - gain_of(board, a, place)
    if change > threshold:
        return False
    offer = board.offers[np.uintp(lane)]
    offer.change, offer.second, offer.num_sides, offer.taken, offer.given = change, 0, 1, -1, j
    set_side(board, 2 * lane, a, place - 1, 0, 0, 0, 0, 0, 0, place + 1)
    board.sides[np.uintp(2 * lane)].known = 1
    return True
