"""Any plan, be it stale, becomes sequences that hold: what no longer fits is left out."""

import numpy as np

from optimizer.instance import Instance, Ints, Seconds
from optimizer.kernels import compiled, inner
from optimizer.search.board import Board, Records
from optimizer.search.choosing import below, may_do, seconds_for, write_slot
from optimizer.search.compiling import kernel
from optimizer.search.facts import Facts
from optimizer.search.layout import lay_out
from optimizer.search.records import FAR, IN_PROGRESS
from optimizer.search.timing import charge
from optimizer.search.walking import follow, settle

_LEAST_OVERFLOW = 16
"""Places for unscheduled tasks that even an idle agent gets."""


def seat(instance: Instance, facts: Facts, task_agent: Ints, task_start: Seconds) -> Board:
    """Return a board on which each agent holds its tasks of a plan in their order and shifts, each as early as can be.

    A task that its agent may not do, that finds no room, or whose predecessor is left out, is left out.
    """
    num_agents = instance.num_agents
    order = np.lexsort((np.arange(instance.num_tasks), task_start)).astype(np.int32)
    order = order[task_agent[order] >= 0]
    rooms = np.bincount(task_agent[order], minlength=num_agents).astype(np.int32)
    rooms += np.maximum(rooms, _LEAST_OVERFLOW)
    nobody = np.zeros(num_agents + 1, np.int32), np.zeros(0, np.int32)
    everybody = np.arange(num_agents, dtype=np.int32), np.array([0, num_agents], np.int32)
    board = lay_out(instance, facts, everybody, nobody, (0,), rooms)
    _seat(board, order, task_agent, task_start, instance.after_ptr, instance.after_task)
    return board


def queue_up(instance: Instance, board: Board) -> None:
    """Put unscheduled tasks behind the sequences of agents who may do them, the more costly ones first."""
    by_worth = np.argsort(-board.tasks["left"] / board.tasks["work"], kind="stable").astype(np.int32)
    _queue_up(board, by_worth, instance.after_ptr)


@compiled(nogil=True)
def _seat(board: Board, order: Ints, task_agent: Ints, task_start: Seconds, after_ptr: Ints, after_task: Ints) -> None:
    slots, rules = board.slots, board.rules[0]
    ends = np.full(len(board.tasks), -1, np.int64)
    for n in range(len(order)):
        i = order[n]
        a = task_agent[i]
        agent, task = board.agents[a], board.tasks[i]
        if not may_do(board, i, a) or (task.flags & IN_PROGRESS and agent.size > 0):
            continue
        after = np.int64(task.release)
        ready = True
        for m in range(after_ptr[i], after_ptr[i + 1]):
            ready = ready and ends[after_task[m]] >= 0
            after = max(after, ends[after_task[m]])
        if not ready:
            continue
        at = agent.base + agent.size + 1
        write_slot(board, at, i, a, seconds_for(board, i, a))
        slot, before = slots[at], slots[at - 1]
        slot.release = after
        start, end, span, moves, since, moved = follow(
            board.spans, before.span, before.end, before.kind, before.moves, before.since,
            slot, rules.same, rules.other, agent,
        )  # fmt: skip
        # The plan may have had it in a later shift on purpose: there it needs no setup and is no move.
        planned = _open_shift(board.spans, span, task_start[i])
        if end < FAR and planned > after:
            slot.release = planned
            later = follow(
                board.spans, before.span, before.end, before.kind, before.moves, before.since,
                slot, rules.same, rules.other, agent,
            )  # fmt: skip
            if later[1] < FAR:
                start, end, span, moves, since, moved = later
            else:
                slot.release = after
        if end >= FAR:
            continue
        slot.end, slot.span, slot.moves, slot.since = end, span, moves, since
        slot.cost = before.cost + charge(slot, end, rules.missed, board.office, rules.office) + moved * rules.move
        board.starts[at] = start
        board.task_agent[i] = a
        agent.size += 1
        ends[i] = end


@inner
def _open_shift(spans: Records, span: int, instant: int) -> int:
    """Return the beginning of the last shift behind an interval that begins by an instant, 0 where none does."""
    begins = 0
    while spans[span].start < FAR and spans[spans[span].next].start <= instant:
        span = spans[span].next
        begins = spans[span].start
        if begins >= FAR:
            return 0
    return int(begins)


@kernel
def _queue_up(board: Board, order: Ints, after_ptr: Ints) -> None:
    for i in order:
        task = board.tasks[i]
        if board.task_agent[i] >= 0 or task.flags & IN_PROGRESS or after_ptr[i + 1] > after_ptr[i]:
            continue
        first, last = board.member_ptr[task.demand], board.member_ptr[task.demand + 1]
        if first == last:
            continue
        a = board.members[first + below(board.lanes, 0, last - first)]
        agent = board.agents[a]
        if agent.size < agent.room and may_do(board, i, a):
            agent.size += 1
            write_slot(board, agent.base + agent.size, i, a, seconds_for(board, i, a))
            board.task_agent[i] = a
    for a in range(len(board.agents)):
        settle(
            board.slots, board.starts, board.gains, board.spans, board.agents, board.tasks, board.rules, board.office,
            a, 0,
        )  # fmt: skip
