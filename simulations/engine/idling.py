"""Who is free: a list by class of agents, the longest idle first."""

from optimizer.kernels import kernel
from simulations.engine.bits import ONE, clear_bit, find_lowest, set_bit
from simulations.engine.columns import (
    CLASS,
    CLASS_AFTER_DWELL,
    DWELL_UNTIL,
    IDLE_SINCE,
    NEXT_FREE,
    PREVIOUS_FREE,
)
from simulations.engine.layout import Layout
from simulations.engine.workspace import Workspace

FIRST, LAST, NUMBER = range(3)


@kernel
def join_free(work: Workspace, agent: int) -> None:
    """Put an agent among the free ones of its class, by how long it has been idle."""
    of_class, since = work.agent_whole[agent, CLASS], work.agent_real[agent, IDLE_SINCE]
    after = work.class_free[of_class, LAST]
    while after >= 0 and (
        work.agent_real[after, IDLE_SINCE] > since or (work.agent_real[after, IDLE_SINCE] == since and after > agent)
    ):
        after = work.agent_whole[after, PREVIOUS_FREE]
    before = work.class_free[of_class, FIRST] if after < 0 else work.agent_whole[after, NEXT_FREE]
    work.agent_whole[agent, PREVIOUS_FREE] = after
    work.agent_whole[agent, NEXT_FREE] = before
    if after < 0:
        work.class_free[of_class, FIRST] = agent
    else:
        work.agent_whole[after, NEXT_FREE] = agent
    if before < 0:
        work.class_free[of_class, LAST] = agent
    else:
        work.agent_whole[before, PREVIOUS_FREE] = agent
    work.class_free[of_class, NUMBER] += 1
    set_bit(work.free_words, of_class)


@kernel
def leave_free(work: Workspace, agent: int) -> None:
    """Take an agent out of the free ones of its class."""
    of_class = work.agent_whole[agent, CLASS]
    after, before = work.agent_whole[agent, PREVIOUS_FREE], work.agent_whole[agent, NEXT_FREE]
    if after < 0:
        work.class_free[of_class, FIRST] = before
    else:
        work.agent_whole[after, NEXT_FREE] = before
    if before < 0:
        work.class_free[of_class, LAST] = after
    else:
        work.agent_whole[before, PREVIOUS_FREE] = after
    work.class_free[of_class, NUMBER] -= 1
    if work.class_free[of_class, FIRST] < 0:
        clear_bit(work.free_words, of_class)


@kernel
def refresh_classes(layout: Layout, work: Workspace, now: float) -> None:
    """Let every free agent whose dwell is over change class."""
    for n in range(len(work.free_words)):
        word = work.free_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            after_dwell = layout.class_whole[of_class, CLASS_AFTER_DWELL]
            agent = work.class_free[of_class, FIRST] if after_dwell >= 0 else -1
            while agent >= 0:
                following = work.agent_whole[agent, NEXT_FREE]
                if now >= work.agent_real[agent, DWELL_UNTIL]:
                    leave_free(work, agent)
                    work.agent_whole[agent, CLASS] = after_dwell
                    join_free(work, agent)
                agent = following
