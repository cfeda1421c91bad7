"""Simulated annealing inside one lane, with the threshold drawn before each candidate.

References
----------
Kirkpatrick, Gelatt & Vecchi (1983), Optimization by simulated annealing.
Wang, Lin, Zheng & Ravindran (2015); drawing -T ln(u) first makes acceptance `change <= threshold`, so that every
evaluation is a bounded one.
"""

import math

import numpy as np

from optimizer.instance import Seconds
from optimizer.search.board import Board
from optimizer.search.choosing import below, draw
from optimizer.search.commit import commit
from optimizer.search.compiling import inlined, kernel
from optimizer.search.moves import exchange, pooling, relocate, swap
from optimizer.search.records import NEVER_FITS
from optimizer.search.walking import evaluate

_NEGATIVE_LOGARITHMS = -np.log((np.arange(1024) + 0.5) / 1024)
_STEPS_PER_TEMPERATURE = 64
_CANDIDATES_PER_MOVE = 16
"""A run of candidates of one family, whose code and branches stay at hand."""

RELOCATE, SHIFT, SWAP, SWAP_WITHIN, INSERT, REPLACE, DROP, TAILS, BLOCKS = range(9)
NUM_MOVES = 9

_SHARES = (40, 20, 96, 16, 14, 20, 4, 14, 32)
_NEUTRAL_IN = 8

MIXTURE = np.append(np.cumsum(_SHARES), _NEUTRAL_IN - 1).astype(np.int64)
"""Cumulative shares of the moves, out of 256; then the bits that let one in so many moves pass that change nothing."""


@inlined
def judge(board: Board, lane: int, threshold: int) -> int:
    """Return the change of the total that the lane's offer brings, or more than the threshold if it exceeds that."""
    offer = board.offers[lane]
    total: int = offer.change
    for n in range(offer.num_sides):
        side = board.sides[2 * lane + n]
        if not side.known:
            allowance = threshold - total
            if n == 0:
                allowance -= offer.second
            change = evaluate(
                board.slots, board.spans, board.agents, board.tasks, board.rules, board.office,
                np.int64(side.agent), side.kept,
                side.from_1, side.to_1, side.from_2, side.to_2, side.from_3, side.to_3, side.tail, allowance,
            )  # fmt: skip
            if change > allowance:
                return NEVER_FITS
            total += change
    return total


@kernel
def anneal(board: Board, lane: int, mixture: Seconds, iterations: int, hot: float, cold: float, tally: Seconds) -> None:
    """Try a number of candidates in a lane, from one temperature to another.

    Parameters
    ----------
    mixture : (NUM_MOVES + 1,) as `MIXTURE`
    tally : (2 * NUM_MOVES,) candidates evaluated and accepted by move, added to
    """
    row = board.lanes[lane]
    num_agents = row.agent_to - row.agent_from
    if num_agents < 1:
        return
    num_demands = len(board.member_ptr) // len(board.lanes)
    temperature = hot
    ratio = 1.0
    if hot > 0.0 and cold > 0.0 and iterations > 0:
        ratio = math.exp(math.log(cold / hot) * _STEPS_PER_TEMPERATURE / iterations)
    neutral = np.uint64(mixture[NUM_MOVES])
    family = 0
    for step in range(iterations):
        if step % _STEPS_PER_TEMPERATURE == _STEPS_PER_TEMPERATURE - 1:
            temperature *= ratio
        bits = draw(board.lanes, lane)
        threshold = int(temperature * _NEGATIVE_LOGARITHMS[bits & np.uint64(1023)])
        if step % _CANDIDATES_PER_MOVE == 0:
            share = int(np.int64((bits >> np.uint64(10)) & np.uint64(255)))
            family = 0
            while share >= mixture[family]:
                family += 1
        move = family
        a, place, i, taken = 0, 0, 0, 0
        if move in (INSERT, REPLACE):
            if row.pool_size == 0:
                continue
            taken = int(np.int64(((bits >> np.uint64(32)) * np.uint64(row.pool_size)) >> np.uint64(32)))
            i = int(board.pool[np.uintp(row.pool_from + taken)])
        else:
            pick = ((bits >> np.uint64(40)) * np.uint64(num_agents)) >> np.uint64(24)
            a = int(board.lane_agents[np.uintp(int(np.int64(pick)) + row.agent_from)])
            agent = board.agents[np.uintp(a)]
            if agent.size == 0:
                continue
            place = 1 + below(board.lanes, lane, agent.size)
            if place < agent.first and move != DROP:
                continue
            i = int(board.slots[np.uintp(agent.base + place)].task)
        b = 0
        if move not in (SHIFT, SWAP_WITHIN, DROP):
            group = lane * num_demands + board.tasks[np.uintp(i)].demand
            first = int(board.member_ptr[np.uintp(group)])
            num_members = int(board.member_ptr[np.uintp(group + 1)]) - first
            if num_members == 0:
                continue
            b = int(board.members[np.uintp(first + below(board.lanes, lane, num_members))])
            if b == a and move not in (INSERT, REPLACE):
                if move == RELOCATE:
                    move = SHIFT
                elif move == SWAP:
                    move = SWAP_WITHIN
                else:
                    continue
        if move == RELOCATE:
            offered = relocate.propose_across(board, lane, a, place, b, threshold)
        elif move == SHIFT:
            offered = relocate.propose_within(board, lane, a, place)
        elif move == SWAP:
            offered = swap.propose_across(board, lane, a, place, b, threshold)
        elif move == SWAP_WITHIN:
            offered = swap.propose_within(board, lane, a, place)
        elif move == INSERT:
            offered = pooling.propose_insert(board, lane, taken, b, threshold)
        elif move == REPLACE:
            offered = pooling.propose_replace(board, lane, taken, b, threshold)
        elif move == DROP:
            offered = pooling.propose_drop(board, lane, a, place, threshold)
        else:
            offered = exchange.propose(board, lane, a, place, b, move == TAILS)
        tally[2 * move] += 1
        if offered:
            change = judge(board, lane, threshold)
            if change <= threshold and (change != 0 or (bits >> np.uint64(20)) & neutral == np.uint64(0)):
                commit(board, lane)
                tally[2 * move + 1] += 1
