"""All tasks that an agent may take now, ranked exactly: every waiting task is weighed, none is left out by a guess."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.dispatching.apparent_cost import JUMP_SHARE
from optimizer.instance import Floats
from optimizer.kernels import inner, kernel
from optimizer.next_task.blocking import ELIGIBLE, MOVE_CAP, NOT_WAITING, Block, find_block
from optimizer.next_task.columns import CHUNK, MIXED, NO_INSTANT, NOBODY, AgentView, Circumstances, TaskColumns, Words
from optimizer.next_task.terms import ANY, NUM_TERMS, OWN_PLAN, compute_index, get_tier, is_by_cost, weigh
from optimizer.policy import ATC, LEAST_EXPONENT, NO_DUE, NO_URGENCY

MOST_LISTED = 50
"""Tasks of a ranking that are listed one by one."""

TAKEN = MOST_LISTED + 1
"""Line of the task that was asked for: one line more than are listed is in use while they are ranked."""

ZERO_BUCKET = 32
NUM_BUCKETS = 2 * ZERO_BUCKET + 1
"""Indices are counted by powers of four, from what lies below 2 ** -31 to what lies above 2 ** 29, of each sign."""

LOG_2_E = 1.0 / math.log(2.0)
SLOP = 1e-6
"""What the logarithm of an index may be off by, and more."""

TIER, FIRST, SECOND, ENABLED = range(4)
"""Columns of what tasks are ranked by; ties go to the lower `order`."""

NUM_ELIGIBLE, NUM_LISTED, NUM_BEFORE_TAKEN = range(3)


class Board(NamedTuple):
    """Where the ranking is written; a board may be used again and again, by one at a time.

    Attributes
    ----------
    place : (50,) the lines in use, the best task first
    slot, order, policy_index, key, terms : (52, ...) of each line
    counts : eligible tasks, lines in use, eligible tasks that come before the one that was asked for
    blocked : (B,) tasks by what keeps the agent from them
    buckets : eligible tasks by index
    digest : two sums over the digests of the eligible tasks' ids
    """

    place: NDArray[np.int64]
    slot: NDArray[np.int64]
    order: NDArray[np.int64]
    policy_index: Floats
    key: NDArray[np.float64]
    terms: NDArray[np.float64]
    counts: NDArray[np.int64]
    blocked: NDArray[np.int64]
    buckets: NDArray[np.int64]
    digest: Words


def make_board() -> Board:
    """Return a board with nothing on it."""
    lines = TAKEN + 1
    return Board(
        place=np.zeros(MOST_LISTED, np.int64),
        slot=np.zeros(lines, np.int64),
        order=np.zeros(lines, np.int64),
        policy_index=np.zeros(lines),
        key=np.zeros((lines, 4)),
        terms=np.zeros((lines, NUM_TERMS)),
        counts=np.zeros(3, np.int64),
        blocked=np.zeros(len(Block), np.int64),
        buckets=np.zeros(NUM_BUCKETS, np.int64),
        digest=np.zeros(2, np.uint64),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """What an agent may take now, the best first: at most `MOST_LISTED` tasks, and the one that was asked for.

    Attributes
    ----------
    slots : (L,) the tasks; one that was asked for and is not among the first is the last
    ranks : (L,) rank of each, 1 being the first
    index : (L,) the policy's index of each
    tiers : (L,) its tier
    terms : (L, 11) the terms of its score
    num_eligible : how many tasks the agent may take
    blocked : of those that wait, how many the agent may not take, by the first reason
    index_counts : how many of the eligible have an index in [low, high), by (low, high)
    digest : 32 hexadecimal digits of the set of eligible tasks, whatever their order
    taken_rank : rank of the task that was asked for; None where it is not eligible
    """

    slots: NDArray[np.int64]
    ranks: NDArray[np.int64]
    index: Floats
    tiers: NDArray[np.int64]
    terms: NDArray[np.float64]
    num_eligible: int
    blocked: Mapping[Block, int]
    index_counts: Mapping[tuple[float, float], int]
    digest: str
    taken_rank: int | None


def rank(
    tasks: TaskColumns, view: AgentView, circumstances: Circumstances, board: Board, *, taken: int = NOBODY
) -> Ranking:
    """Return what an agent may take now, ranked, by weighing every task.

    Parameters
    ----------
    board
        Where it is written meanwhile.
    taken
        Slot of a task whose rank is asked for besides.
    """
    fill_board(tasks, view, circumstances, taken, board)
    num_listed = int(board.counts[NUM_LISTED])
    lines, ranks = board.place[:num_listed], np.arange(1, num_listed + 1)
    taken_rank = None
    if taken != NOBODY and board.slot[TAKEN] == taken:
        taken_rank = int(board.counts[NUM_BEFORE_TAKEN]) + 1
        if taken_rank > num_listed:
            lines, ranks = np.append(lines, TAKEN), np.append(ranks, taken_rank)
    return Ranking(
        slots=board.slot[lines],
        ranks=ranks,
        index=board.policy_index[lines],
        tiers=board.key[lines, TIER].astype(np.int64),
        terms=board.terms[lines] + 0.0,  # what is -0 is 0
        num_eligible=int(board.counts[NUM_ELIGIBLE]),
        blocked={BLOCKS[at]: count for at, count in enumerate(board.blocked.tolist()) if at > NOT_WAITING and count},
        index_counts={BOUNDS[at]: count for at, count in enumerate(board.buckets.tolist()) if count},
        digest="".join(f"{part:016x}" for part in board.digest.tolist()),
        taken_rank=taken_rank,
    )


def bucket_bounds(bucket: int) -> tuple[float, float]:
    """Return the bounds of a bucket, the lower one inside it (for negative indices, the upper one)."""
    exponent = abs(bucket - ZERO_BUCKET)
    if exponent == 0:
        return 0.0, 0.0
    low, high = (0.0 if exponent == 1 else 2.0 ** _power(exponent - 1)), 2.0 ** _power(exponent)
    if exponent == ZERO_BUCKET:
        high = math.inf
    return (low, high) if bucket > ZERO_BUCKET else (-high, 0.0 - low)


def _power(exponent: int) -> int:
    """Return the power of two at which a bucket ends: two powers a bucket."""
    return 2 * exponent - ZERO_BUCKET - 1


BLOCKS = tuple(Block)
BOUNDS = tuple(bucket_bounds(bucket) for bucket in range(NUM_BUCKETS))


@inner
def find_bucket(index: float) -> int:
    """Return the bucket of an index."""
    if index == 0.0:
        return ZERO_BUCKET
    exponent = (math.frexp(abs(index))[1] + ZERO_BUCKET + 2) >> 1
    exponent = max(1, min(ZERO_BUCKET, exponent))
    return ZERO_BUCKET + exponent if index > 0.0 else ZERO_BUCKET - exponent


@inner
def is_before(line: int, other: int, board: Board) -> bool:
    """Return whether the task of a line comes before that of another."""
    key = board.key
    if key[line, TIER] != key[other, TIER]:
        return key[line, TIER] > key[other, TIER]
    if key[line, FIRST] != key[other, FIRST]:
        return key[line, FIRST] > key[other, FIRST]
    if key[line, SECOND] != key[other, SECOND]:
        return key[line, SECOND] > key[other, SECOND]
    if key[line, ENABLED] != key[other, ENABLED]:
        return key[line, ENABLED] < key[other, ENABLED]
    return board.order[line] < board.order[other]


@inner
def write_line(
    line: int, slot: int, index: float, tasks: TaskColumns, view: AgentView, ask: Circumstances, board: Board
) -> None:
    """Weigh a task and write it on a line."""
    terms = weigh(slot, index, tasks, view, ask)
    score = 0.0
    for n in range(NUM_TERMS):
        board.terms[line, n] = terms[n]
        score += terms[n]
    tier = get_tier(slot, tasks, ask)
    first, second = index, score
    if is_by_cost(ask.rule):
        first, second = score, index
    if tier == OWN_PLAN:
        first, second = -tasks.planned_at[slot], first
    board.slot[line], board.order[line], board.policy_index[line] = slot, tasks.order[slot], index
    board.key[line, TIER], board.key[line, FIRST] = tier, first
    board.key[line, SECOND], board.key[line, ENABLED] = second, tasks.enabled[slot]


@inner
def find_level(slot: int, tasks: TaskColumns, view: AgentView, ask: Circumstances) -> float:
    """Return the logarithm of the `atc` index to within `SLOP`, without a logarithm."""
    if tasks.due[slot] >= NO_DUE:
        return NO_URGENCY
    demand = tasks.demand[slot]
    slack = tasks.due[slot] - ask.now - tasks.standard_s[slot] / view.speed[demand]
    return tasks.log_rate[slot] + view.log_speed[demand] - max(0.0, slack) / ask.scale_s


@inner
def find_bucket_of(level: float) -> int:
    """Return the bucket of an `atc` index by its logarithm."""
    if level <= LEAST_EXPONENT:
        return find_bucket(max(NO_URGENCY, level - LEAST_EXPONENT))
    exponent = (math.floor(level * LOG_2_E) + ZERO_BUCKET + 3) >> 1
    return ZERO_BUCKET + max(1, min(ZERO_BUCKET, exponent))


@inner
def is_plain(slot: int, tasks: TaskColumns, view: AgentView, ask: Circumstances) -> bool:
    """Return whether nothing but its index speaks for a task: it is in no tier, has no must-by, its case is foreign."""
    case = tasks.case[slot]
    return (
        tasks.planned[slot] != ask.agent
        and tasks.pinned[slot] == NOBODY
        and tasks.must_by[slot] >= NO_INSTANT
        and (case == NOBODY or (case != ask.last_case and view.case_agent[case] != ask.agent))
    )


@inner
def find_floor(line: int, gain: float, board: Board) -> float:
    """Return the level below which a plain task certainly comes after that of a line."""
    if board.key[line, TIER] > ANY:
        return np.inf
    score = board.key[line, FIRST]
    if score <= 0.0 or gain <= 0.0:
        return -np.inf
    return math.log(score / gain) - SLOP


@kernel
def fill_board(tasks: TaskColumns, view: AgentView, ask: Circumstances, taken: int, board: Board) -> None:
    """Weigh the tasks; keep the best ones in order, and count the others.

    A task of which it is certain that it comes after the fiftieth need not be weighed: its index, of which the
    logarithm is known but for rounding, is all that could speak for it.
    """
    place, counts, blocked, buckets, digest = board.place, board.counts, board.blocked, board.buckets, board.digest
    for n in range(len(counts)):
        counts[n] = 0
    for n in range(len(blocked)):
        blocked[n] = 0
    for n in range(len(buckets)):
        buckets[n] = 0
    high, low = np.uint64(0), np.uint64(0)
    is_atc = ask.rule == ATC
    gain = ask.tardiness * ask.scale_s + JUMP_SHARE * ask.late * 60.0
    floor, taken_floor = -np.inf, np.inf
    board.slot[TAKEN] = NOBODY
    has_taken = taken != NOBODY and find_block(taken, ask.agent, ask.now, tasks, view) == ELIGIBLE
    if has_taken:
        write_line(TAKEN, taken, compute_index(taken, tasks, view, ask), tasks, view, ask, board)
        taken_floor = find_floor(TAKEN, gain, board)
    num_listed, num_eligible, num_before, line = 0, 0, 0, 0
    for chunk in range(len(tasks.chunk_demand)):
        demand = tasks.chunk_demand[chunk]
        if demand != MIXED and ELIGIBLE != view.block[demand] < MOVE_CAP:
            blocked[view.block[demand]] += tasks.chunk_waiting[chunk]
            continue
        if tasks.chunk_waiting[chunk] == 0:
            continue
        for slot in range(chunk * CHUNK, (chunk + 1) * CHUNK):
            block = find_block(slot, ask.agent, ask.now, tasks, view)
            blocked[block] += 1
            if block != ELIGIBLE:
                continue
            num_eligible += 1
            high += tasks.id_high[slot]
            low += tasks.id_low[slot]
            if is_atc:
                level = find_level(slot, tasks, view, ask)
                buckets[find_bucket_of(level)] += 1
                if level < floor and level < taken_floor and is_plain(slot, tasks, view, ask):
                    continue
            index = compute_index(slot, tasks, view, ask)
            if not is_atc:
                buckets[find_bucket(index)] += 1
            write_line(line, slot, index, tasks, view, ask, board)
            if has_taken and slot != taken and is_before(line, TAKEN, board):
                num_before += 1
            if num_listed == MOST_LISTED and not is_before(line, place[MOST_LISTED - 1], board):
                continue
            at, fallen = num_listed, line + 1
            if num_listed == MOST_LISTED:
                at, fallen = MOST_LISTED - 1, place[MOST_LISTED - 1]
            else:
                num_listed += 1
            while at > 0 and is_before(line, place[at - 1], board):
                place[at] = place[at - 1]
                at -= 1
            place[at] = line
            line = fallen
            if num_listed == MOST_LISTED and is_atc:
                floor = find_floor(place[MOST_LISTED - 1], gain, board)
    counts[NUM_ELIGIBLE], counts[NUM_LISTED], counts[NUM_BEFORE_TAKEN] = num_eligible, num_listed, num_before
    digest[0], digest[1] = high, low


@kernel
def _code_block(slot: int, agent: int, now: float, tasks: TaskColumns, view: AgentView) -> int:
    return find_block(slot, agent, now, tasks, view)


def tell_block(slot: int, agent: int, now: float, tasks: TaskColumns, view: AgentView) -> Block:
    """Return the first thing that keeps an agent from a task."""
    return Block(_code_block(slot, agent, float(now), tasks, view))
