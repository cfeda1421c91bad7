"""What it would cost to delay the rest of a sequence: a table by place and delay, to find good places fast.

The table is an estimate that guides proposals; what is accepted is always walked exactly.

References
----------
Ergun & Orlin (2006), Fast neighborhood search for the single machine total weighted tardiness problem.
Vidal, Crainic, Gendreau & Prins (2015), Timing problems and algorithms, section 5 (cost of a shifted tail).
"""

import numpy as np

from optimizer.search.board import Board
from optimizer.search.choosing import least_cost
from optimizer.search.compiling import inlined, inlined_too, kernel
from optimizer.search.records import FAR, NUM_DELAYS, TYPE_BITS
from optimizer.search.timing import charge, office_seconds

UNTOLD = -1.0
"""An estimate where only a walk can tell: the task might go on to a later shift."""


@kernel
def tabulate_delays(board: Board, a: int) -> None:
    """Fill the rows of an agent's slots: the cost of starting that task and all behind it later by each delay."""
    agent = board.agents[a]
    rules = board.rules[0]
    missed, num_office = rules.missed, rules.office
    base, size = agent.base, agent.size
    agent.is_tabulated = 1
    for n in range(NUM_DELAYS):
        board.delay_costs[np.uintp((base + size + 1) * NUM_DELAYS + n)] = 0.0
    for at in range(base + size, base, -1):
        slot = board.slots[np.uintp(at)]
        row, behind = at * NUM_DELAYS, (at + 1) * NUM_DELAYS
        if slot.end == FAR:
            for n in range(NUM_DELAYS):
                board.delay_costs[np.uintp(row + n)] = 0.0
            continue
        gap = 0
        if at < base + size and board.starts[np.uintp(at + 1)] < FAR:
            gap = count_idle(board, at, at + 1)
        own = charge(slot, slot.end, missed, board.office, num_office)
        span, crossed = int(slot.span), 0
        for n in range(NUM_DELAYS):
            delay = board.delays[n]
            end = slot.end + delay + crossed
            while end > board.spans[np.uintp(span)].end and span + 1 < board.spans[np.uintp(slot.span)].next:
                pause = board.spans[np.uintp(span + 1)].start - board.spans[np.uintp(span)].end
                crossed += pause
                end += pause
                span += 1
            if end > board.spans[np.uintp(span)].end:
                extra = board.tasks[np.uintp(slot.task)].left - own
            else:
                extra = charge(slot, end, missed, board.office, num_office) - own
            rest = board.delay_costs[np.uintp(behind + n)]
            if gap > 0:
                rest = look_up(board, at + 1, delay - gap)
            board.delay_costs[np.uintp(row + n)] = extra + rest


@inlined
def count_idle(board: Board, before: int, at: int) -> int:
    """Return the working seconds between two neighbouring slots that are neither handling nor setup."""
    rules = board.rules[0]
    slot, last = board.slots[np.uintp(at)], board.slots[np.uintp(before)]
    idle: int = (
        int(board.starts[np.uintp(at)]) - last.end - setup_between(rules.same, rules.other, last.kind, slot.kind)
    )
    span = board.spans[np.uintp(last.span)]
    if board.starts[np.uintp(at)] >= span.end:
        idle -= board.spans[np.uintp(last.span + 1)].start - span.end
    return int(max(idle, 0))


@inlined
def setup_between(same: int, other: int, kind: int, next_kind: int) -> int:
    """Return the setup seconds between two kinds."""
    if kind == next_kind or kind < 0:
        return 0
    return other if (kind ^ next_kind) >> TYPE_BITS else same


@inlined
def look_up(board: Board, at: int, delay: int) -> float:
    """Return the estimated cost of a delay of the task at a slot, linear between the tabulated delays."""
    if delay <= 0:
        return 0.0
    row = at * NUM_DELAYS
    low, low_cost = 0, 0.0
    for n in range(NUM_DELAYS):
        high = board.delays[np.uintp(n)]
        high_cost = board.delay_costs[np.uintp(row + n)]
        if delay <= high:
            return float(low_cost + (high_cost - low_cost) * (delay - low) / (high - low))
        low, low_cost = high, high_cost
    return float(low_cost * delay / low)


@inlined_too
def estimate(board: Board, i: int, a: int, place: int, seconds: int) -> float:
    """Return what inserting a task at a place of a sequence would seem to cost, `UNTOLD` where only a walk can tell."""
    agent, task, rules = board.agents[np.uintp(a)], board.tasks[np.uintp(i)], board.rules[0]
    at = int(agent.base) + place
    before = board.slots[np.uintp(at - 1)]
    if before.end == FAR:
        return float(task.left)
    start = max(before.end + setup_between(rules.same, rules.other, before.kind, task.kind), task.release)
    end = start + seconds
    elapsed = end - before.end
    span = int(before.span)
    behind = board.spans[np.uintp(span)].next
    while end > board.spans[np.uintp(span)].end and span + 1 < behind:
        end += board.spans[np.uintp(span + 1)].start - board.spans[np.uintp(span)].end
        span += 1
    if end > board.spans[np.uintp(span)].end:
        return UNTOLD
    tardy = end - task.due
    cost = 0.0
    if tardy > 0:
        if rules.office:
            tardy = office_seconds(board.office, rules.office, end) - office_seconds(
                board.office, rules.office, task.due
            )
        cost = float(task.late) + float(task.rate) * tardy
    if place <= agent.size and board.starts[np.uintp(at)] < FAR:
        slot = board.slots[np.uintp(at)]
        delay = (
            elapsed
            + setup_between(rules.same, rules.other, task.kind, slot.kind)
            - setup_between(rules.same, rules.other, before.kind, slot.kind)
            - count_idle(board, at - 1, at)
        )
        cost += look_up(board, at, delay)
    return cost


@kernel
def find_place(board: Board, i: int, a: int, seconds: int, budget: float) -> int:
    """Return the place where inserting a task would seem to cost least, -1 where that is more than a budget anywhere.

    Later places are not looked at once the task's own lateness there costs more than the best so far.
    """
    agent, task = board.agents[np.uintp(a)], board.tasks[np.uintp(i)]
    best, best_cost = -1, budget
    for place in range(agent.first, agent.size + 2):
        before = board.slots[np.uintp(agent.base + place - 1)]
        if before.end == FAR or least_cost(board, i, max(before.end, task.release) + seconds) > best_cost:
            break
        cost = estimate(board, i, a, place, seconds)
        if UNTOLD < cost <= best_cost:
            best, best_cost = place, cost
    return best
