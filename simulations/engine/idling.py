"""Who is free: a list by class of agents, the longest idle first; and for how long they were while work waited."""

from simulations.engine.bits import ONE, clear_bit, find_lowest, set_bit
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    AGENT_GROUP,
    CLASS,
    CLASS_AFTER_DWELL,
    DWELL_UNTIL,
    HAS_IDLE_WITH_WORK,
    IDLE_SINCE,
    NEXT_FREE,
    NOW,
    PASSED_BEFORE,
    PREVIOUS_FREE,
    SUM_IDLE_WITH_WORK,
)
from simulations.engine.duty import clip
from simulations.engine.layout import Layout
from simulations.engine.workspace import Workspace

FIRST, LAST = range(2)


@inner
def join_free(layout: Layout, work: Workspace, agent: int) -> None:
    """Put an agent among the free ones of its class, by how long it has been idle."""
    of_class, since = work.agent_whole[agent, CLASS], work.agent_real[agent, IDLE_SINCE]
    if layout.switches[HAS_IDLE_WITH_WORK] == 1:
        begin_idling(layout, work, agent)
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
    set_bit(work.free_words, of_class)
    set_bit(work.stirred_words, of_class)


@inner
def leave_free(layout: Layout, work: Workspace, agent: int) -> None:
    """Take an agent out of the free ones of its class."""
    of_class = work.agent_whole[agent, CLASS]
    if layout.switches[HAS_IDLE_WITH_WORK] == 1:
        end_idling(layout, work, agent)
    after, before = work.agent_whole[agent, PREVIOUS_FREE], work.agent_whole[agent, NEXT_FREE]
    if after < 0:
        work.class_free[of_class, FIRST] = before
    else:
        work.agent_whole[after, NEXT_FREE] = before
    if before < 0:
        work.class_free[of_class, LAST] = after
    else:
        work.agent_whole[before, PREVIOUS_FREE] = after
    if work.class_free[of_class, FIRST] < 0:
        clear_bit(work.free_words, of_class)


@inner
def refresh_classes(layout: Layout, work: Workspace, now: float) -> None:
    """Let every free agent whose dwell is over change class."""
    for n in range(len(work.free_words)):
        word = work.free_words[n] & work.dwelling_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            agent = work.class_free[of_class, FIRST]
            while agent >= 0:
                following = work.agent_whole[agent, NEXT_FREE]
                if now >= work.agent_real[agent, DWELL_UNTIL]:
                    leave_free(layout, work, agent)
                    work.agent_whole[agent, CLASS] = layout.class_whole[of_class, CLASS_AFTER_DWELL]
                    join_free(layout, work, agent)
                agent = following


@inner
def refresh_class(layout: Layout, work: Workspace, agent: int, now: float) -> None:
    """Let an agent who is in no list change class if its dwell is over."""
    after_dwell = layout.class_whole[work.agent_whole[agent, CLASS], CLASS_AFTER_DWELL]
    if after_dwell >= 0 and now >= work.agent_real[agent, DWELL_UNTIL]:
        work.agent_whole[agent, CLASS] = after_dwell


@inner
def begin_idling(layout: Layout, work: Workspace, agent: int) -> None:
    """Note that an agent is free from now on, or looks around."""
    of_class = work.agent_whole[agent, CLASS]
    _pass_time(layout, work, of_class)
    work.class_idle[of_class] += 1
    set_bit(work.idle_words, of_class)
    work.agent_real[agent, PASSED_BEFORE] = work.class_passed[of_class]


@inner
def end_idling(layout: Layout, work: Workspace, agent: int) -> None:
    """Note that an agent is free no more, and add up how long it was while work waited that it may do."""
    of_class = work.agent_whole[agent, CLASS]
    _pass_time(layout, work, of_class)
    work.class_idle[of_class] -= 1
    if work.class_idle[of_class] == 0:
        clear_bit(work.idle_words, of_class)
    passed = work.class_passed[of_class] - work.agent_real[agent, PASSED_BEFORE]
    work.group_sums[layout.agent_whole[agent, AGENT_GROUP], SUM_IDLE_WITH_WORK] += passed


@inner
def _pass_time(layout: Layout, work: Workspace, of_class: int) -> None:
    """Add up until now how long work waited, as `measured_words` tell, that a class may do."""
    since, now = work.class_since[of_class], work.clock[NOW]
    work.class_since[of_class] = now
    if since == now or work.class_idle[of_class] == 0:
        return
    for n in range(len(work.measured_words)):
        if layout.class_all[of_class, n] & work.measured_words[n] != 0:
            work.class_passed[of_class] += clip(layout, since, now)
            return


@inner
def measure_waiting(layout: Layout, work: Workspace) -> None:
    """Before time passes: where other queues hold work than before, add up for whom that makes a difference."""
    has_changed = False
    for m in range(len(work.waiting_words)):
        has_changed |= work.waiting_words[m] != work.measured_words[m]
    if not has_changed:
        return
    for n in range(len(work.idle_words)):
        word = work.idle_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            for m in range(len(work.waiting_words)):
                if layout.class_all[of_class, m] & (work.waiting_words[m] ^ work.measured_words[m]) != 0:
                    _pass_time(layout, work, of_class)
                    break
    for m in range(len(work.waiting_words)):
        work.measured_words[m] = work.waiting_words[m]
