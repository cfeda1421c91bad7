"""Carry out the offer of a lane."""

from optimizer.search.board import Board, Records
from optimizer.search.compiling import inner
from optimizer.search.walking import settle


@inner
def _copy(slots: Records, from_: int, to: int, at: int) -> int:
    for n in range(from_, to):
        slots[at] = slots[n]
        at += 1
    return at


@inner
def commit(board: Board, lane: int) -> None:
    """Carry out the offer of a lane, whose cost is known to be welcome."""
    row, offer = board.lanes[lane], board.offers[lane]
    slots = board.slots
    change = 0
    if offer.given >= 0:
        board.task_agent[offer.given] = -1
        change += board.tasks[offer.given].left
    if offer.taken >= 0:
        change -= board.tasks[board.pool[row.pool_from + offer.taken]].left
        row.pool_size -= 1
        board.pool[row.pool_from + offer.taken] = board.pool[row.pool_from + row.pool_size]
    if offer.given >= 0:
        board.pool[row.pool_from + row.pool_size] = offer.given
        row.pool_size += 1
    for n in range(offer.num_sides):
        side = board.sides[2 * lane + n]
        a = side.agent
        agent = board.agents[a]
        base = agent.base
        old_size = agent.size
        change -= slots[base + old_size].cost
        at = row.spare
        at = _copy(slots, side.from_1, side.to_1, at)
        at = _copy(slots, side.from_2, side.to_2, at)
        at = _copy(slots, side.from_3, side.to_3, at)
        last = base + old_size + 1
        inserted = at - row.spare
        if side.kept + 1 + inserted != side.tail:
            at = _copy(slots, base + side.tail, last, at)
        _copy(slots, row.spare, at, base + side.kept + 1)
        agent.size = side.kept + inserted + old_size + 1 - side.tail
        for place in range(side.kept + 1, side.kept + inserted + 1):
            board.task_agent[slots[base + place].task] = a
        agent.first = 1
        if agent.size > 0 and slots[base + 1].task == agent.progress:
            agent.first = 2
        change += settle(
            slots,
            board.starts,
            board.gains,
            board.spans,
            board.agents,
            board.tasks,
            board.rules,
            board.office,
            a,
            side.kept,
        )
    row.change += change
