"""The smallest desk on which the ranking has something to do."""

import numpy as np

from optimizer.next_task.columns import CHUNK, NOBODY, AgentView, Circumstances, TaskColumns, empty_columns
from optimizer.policy import ATC

_NUM_TASKS = 3


def tiny_desk() -> tuple[TaskColumns, AgentView, Circumstances]:
    """Return three tasks that wait, and an agent who may do them all."""
    tasks = empty_columns(CHUNK)
    tasks.is_waiting[:_NUM_TASKS], tasks.chunk_waiting[:] = 1, _NUM_TASKS
    tasks.standard_s[:] = 600.0
    tasks.weight[:] = 1.0
    tasks.log_rate[:] = -np.log(600.0)
    tasks.due[:] = 3600.0
    ones, zeros = np.ones(1), np.zeros(1)
    view = AgentView(
        block=np.zeros(1, np.uint8),
        speed=ones,
        log_speed=zeros,
        setup_s=zeros,
        room_s=np.full(1, 7200.0),
        price=zeros,
        is_away=zeros,
        is_move=zeros,
        barred=np.zeros(CHUNK, np.uint8),
        is_preferred=np.zeros(CHUNK, np.uint8),
        case_agent=np.zeros(0, np.int32),
        is_expected=np.ones(1, np.uint8),
    )
    ask = Circumstances(
        agent=0,
        last_case=NOBODY,
        now=0.0,
        rule=ATC,
        scale_s=1200.0,
        plan_window_s=7200.0,
        tardiness=1.0,
        late=60.0,
        missed=5000.0,
        carried_over=30.0,
        away=0.05,
        move=5.0,
        preferred=5.0,
        reassigned=10.0,
        continuity=5.0,
    )
    return tasks, view, ask
