"""The kernels of the desk, compiled before anybody asks."""

import numpy as np

from optimizer.next_task.carrying_on import carry_days_on
from optimizer.next_task.ranking import make_board, rank, tell_block
from optimizer.next_task.tiny import tiny_desk


def warm_up() -> None:
    """Compile the kernels, or load them where they are compiled already."""
    tasks, view, circumstances = tiny_desk()
    rank(tasks, view, circumstances, make_board())
    tell_block(0, circumstances.agent, circumstances.now, tasks, view)
    second, day = np.ones(1), np.full(1, 3600.0)
    carry_days_on(np.zeros(1, np.int32), second, second, second, day, np.empty(1), np.empty(1))
