"""What a board holds: sequences, times, total."""

import numpy as np

from optimizer.instance import Ints, Seconds
from optimizer.kernels import compiled
from optimizer.search.board import Board
from optimizer.search.records import FAR


@compiled(nogil=True)
def read_sequences(board: Board) -> tuple[Ints, Ints]:
    """Return the tasks of each agent in order, as a list of lists."""
    num_agents = len(board.agents)
    ptr = np.zeros(num_agents + 1, np.int32)
    for a in range(num_agents):
        ptr[a + 1] = ptr[a] + board.agents[a].size
    items = np.empty(ptr[num_agents], np.int32)
    for a in range(num_agents):
        base = board.agents[a].base
        for n in range(board.agents[a].size):
            items[ptr[a] + n] = board.slots[base + 1 + n].task
    return ptr, items


@compiled(nogil=True)
def read_times(board: Board) -> tuple[Ints, Seconds, Seconds]:
    """Return agent, start and end of each task; -1, 0 and 0 where it is unscheduled."""
    num_tasks = len(board.tasks)
    agent = np.full(num_tasks, -1, np.int32)
    start, end = np.zeros(num_tasks, np.int64), np.zeros(num_tasks, np.int64)
    for a in range(len(board.agents)):
        base = board.agents[a].base
        for at in range(base + 1, base + board.agents[a].size + 1):
            i = board.slots[at].task
            if board.slots[at].end < FAR:
                agent[i], start[i], end[i] = a, board.starts[at], board.slots[at].end
    return agent, start, end


@compiled(nogil=True)
def total_of(board: Board) -> int:
    """Return the cost of all sequences and of all unscheduled tasks."""
    total = 0
    for a in range(len(board.agents)):
        total += board.slots[board.agents[a].base + board.agents[a].size].cost
    for i in range(len(board.tasks)):
        if board.task_agent[i] < 0:
            total += board.tasks[i].left
    return total
