"""What happens at an instant: work ends, rosters change, patience runs out, work comes in."""

import numpy as np

from simulations.engine.bundles import inner
from simulations.engine.columns import (
    ABANDONED,
    AGENT_CLASS,
    BREAK_END,
    BREAK_START,
    BUSY,
    CHOOSING,
    CLASS,
    CLASS_HOME,
    COMPLETED,
    EVENT_GROUP,
    EVENT_KIND,
    EVENT_SHIFT,
    EVENT_STRETCH,
    HAS_THRESHOLD,
    HORIZON,
    IDLE,
    IDLE_SINCE,
    LAST_TEAM,
    LAST_TYPE,
    LIVE_MOVES,
    LIVE_TYPE,
    MAX_MOVES,
    MOVES,
    NEXT_EVENT,
    NUM_READY,
    NUM_RUNNING,
    ON_BREAK,
    PLACE_TEAM,
    QUEUE,
    QUEUE_TYPE,
    READY,
    SHIFT,
    SHIFT_START,
    SLOT,
    STATE,
    STRETCH,
    STRETCH_END,
    TYPE_PATIENCE,
    TYPE_TEAM,
)
from simulations.engine.dispatching import hand_out, may_take
from simulations.engine.duty import is_absent
from simulations.engine.heaps import drop_first, replace_first
from simulations.engine.idling import begin_idling, end_idling, join_free, leave_free, refresh_class
from simulations.engine.layout import Layout
from simulations.engine.measuring import log_row
from simulations.engine.queues import find_head, is_patient_due, take_out
from simulations.engine.taking import begin_task
from simulations.engine.tasks import abandon, admit_all, complete, let_wait
from simulations.engine.workspace import Workspace

_SHIFT_START, _END = range(2)


@inner
def is_on_duty(work: Workspace, agent: int) -> bool:
    """Return whether an agent is in a shift and not on a break."""
    return work.agent_whole[agent, SHIFT] >= 0 and work.agent_whole[agent, ON_BREAK] == 0


@inner
def is_idle(work: Workspace, agent: int) -> bool:
    """Return whether an agent is on duty and has no task."""
    return is_on_duty(work, agent) and work.agent_whole[agent, STATE] != BUSY


@inner
def go_on(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> bool:
    """Complete the one task that ends now, and let its agent take the next; return whether that is all there is to do.

    It is not where the case goes on with what this agent may do, or with what nobody may have patience for: then
    another may be first to act.
    """
    agent = work.running_agent[0]
    slot = work.agent_whole[agent, SLOT]
    log_row(work, slot, agent, now, COMPLETED)
    has_more = complete(layout, work, slot, now, seed, replication)
    if has_more and _is_open_to(layout, work, agent, work.slot_whole[slot, QUEUE]):
        let_wait(layout, work, slot, now, seed, replication)
        work.counts[NUM_RUNNING] = drop_first(work.running_at, work.running_agent, work.counts[NUM_RUNNING])
        _release(layout, work, agent, now)
        return False
    head = -1
    if is_on_duty(work, agent):
        if layout.switches[HAS_THRESHOLD] == 1:
            refresh_class(layout, work, agent, now)
        head = find_head(layout, work, work.agent_whole[agent, CLASS], now)
    finish = np.inf
    if head >= 0:
        finish = begin_task(layout, work, agent, head, now, seed, replication)
    if finish <= layout.amounts[HORIZON]:
        replace_first(work.running_at, work.running_agent, work.counts[NUM_RUNNING], finish, agent)
    else:
        work.counts[NUM_RUNNING] = drop_first(work.running_at, work.running_agent, work.counts[NUM_RUNNING])
    if head < 0:
        _release(layout, work, agent, now)
    if has_more:
        hand_out(layout, work, slot, now, seed, replication)
    return True


@inner
def _is_open_to(layout: Layout, work: Workspace, agent: int, queue: int) -> bool:
    """Return whether an agent may take from a queue, or its tasks may leave before anybody does, or open others."""
    task_type = layout.queue_whole[queue, QUEUE_TYPE]
    if layout.switches[HAS_THRESHOLD] == 1:
        return True
    return layout.type_whole[task_type, TYPE_PATIENCE] >= 0 or may_take(layout, work, agent, queue)


@inner
def finish_first(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> None:
    """End what ends first: a task, or an agent's looking around."""
    agent = work.running_agent[0]
    work.counts[NUM_RUNNING] = drop_first(work.running_at, work.running_agent, work.counts[NUM_RUNNING])
    if work.agent_whole[agent, STATE] == CHOOSING:
        end_idling(layout, work, agent)
        work.agent_whole[agent, STATE] = READY
        _note_ready(work, agent)
        join_free(layout, work, agent)
        return
    slot = work.agent_whole[agent, SLOT]
    log_row(work, slot, agent, now, COMPLETED)
    if complete(layout, work, slot, now, seed, replication):
        let_wait(layout, work, slot, now, seed, replication)
    _release(layout, work, agent, now)


@inner
def _note_ready(work: Workspace, agent: int) -> None:
    work.ready[work.counts[NUM_READY]] = agent
    work.counts[NUM_READY] += 1


@inner
def _release(layout: Layout, work: Workspace, agent: int, now: float) -> None:
    work.agent_whole[agent, STATE] = IDLE
    work.agent_whole[agent, SLOT] = -1
    work.agent_real[agent, IDLE_SINCE] = now
    if is_on_duty(work, agent):
        join_free(layout, work, agent)


@inner
def take_all(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> None:
    """Take everything that happens at an instant, in the order of its kind."""
    while work.counts[NUM_RUNNING] > 0 and work.running_at[0] == now:
        finish_first(layout, work, now, seed, replication)
    while work.counts[NEXT_EVENT] < len(layout.event_at) and layout.event_at[work.counts[NEXT_EVENT]] == now:
        n = work.counts[NEXT_EVENT]
        group = layout.event_whole[n, EVENT_GROUP]
        for agent in range(layout.group_ptr[group], layout.group_ptr[group + 1]):
            _change_roster(layout, work, n, agent, now, seed, replication)
        work.counts[NEXT_EVENT] += 1
    leave_impatient(layout, work, now)
    admit_all(layout, work, now, seed, replication)


@inner
def leave_impatient(layout: Layout, work: Workspace, now: float) -> None:
    """Let tasks leave whose patience has run out."""
    while is_patient_due(work, now):
        slot = work.patient[0]
        take_out(layout, work, slot)
        log_row(work, slot, -1, now, ABANDONED)
        abandon(layout, work, slot)


@inner
def _change_roster(
    layout: Layout, work: Workspace, n: int, agent: int, now: float, seed: int, replication: int
) -> None:
    """Begin or end a shift or a break of an agent."""
    kind = layout.event_whole[n, EVENT_KIND]
    shift = layout.event_whole[n, EVENT_SHIFT]
    facts = work.agent_whole[agent]
    if kind == SHIFT_START:
        if is_absent(layout, agent, shift, seed, replication):
            return
        _start_shift(layout, work, agent, shift, layout.event_whole[n, EVENT_STRETCH], now)
        return
    if facts[SHIFT] != shift:  # absent, or a new shift has begun at this instant
        return
    is_listed = facts[ON_BREAK] == 0 and facts[STATE] in (IDLE, READY)
    if kind == BREAK_END:
        facts[ON_BREAK] = 0
        _set_stretch(layout, work, agent, layout.event_whole[n, EVENT_STRETCH])
        _return(layout, work, agent, now)
        return
    if is_listed:
        leave_free(layout, work, agent)
    if facts[STATE] == CHOOSING and facts[ON_BREAK] == 0:
        end_idling(layout, work, agent)
    if kind == BREAK_START:
        facts[ON_BREAK] = 1
    else:
        facts[SHIFT], facts[ON_BREAK] = -1, 0
        if facts[STATE] != BUSY:
            facts[STATE] = IDLE


@inner
def _start_shift(layout: Layout, work: Workspace, agent: int, shift: int, stretch: int, now: float) -> None:
    facts = work.agent_whole[agent]
    was_on_duty = is_on_duty(work, agent)
    if was_on_duty and facts[STATE] in (IDLE, READY):
        leave_free(layout, work, agent)
    if was_on_duty and facts[STATE] == CHOOSING:  # not to the end of a shift that is over
        end_idling(layout, work, agent)
        facts[STATE] = IDLE
    facts[SHIFT], facts[ON_BREAK] = shift, 0
    _set_stretch(layout, work, agent, stretch)
    facts[CLASS] = layout.agent_whole[agent, AGENT_CLASS]
    facts[LAST_TYPE], facts[LAST_TEAM], facts[MOVES] = -1, -1, 0
    facts[PLACE_TEAM] = layout.class_whole[facts[CLASS], CLASS_HOME]
    if layout.shift_real[shift, _SHIFT_START] < 0.0 and layout.agent_live[agent, LIVE_TYPE] >= 0:
        last_type = layout.agent_live[agent, LIVE_TYPE]
        team = layout.type_whole[last_type, TYPE_TEAM]
        facts[LAST_TYPE], facts[LAST_TEAM], facts[PLACE_TEAM] = last_type, team, team
        facts[MOVES] = layout.agent_live[agent, LIVE_MOVES]
        is_bound = 1 if facts[MOVES] >= layout.agent_whole[agent, MAX_MOVES] else 0
        facts[CLASS] = layout.class_next[facts[CLASS], team, is_bound]
    if was_on_duty:
        if facts[STATE] != BUSY:
            join_free(layout, work, agent)
    else:
        _return(layout, work, agent, now)


@inner
def _set_stretch(layout: Layout, work: Workspace, agent: int, stretch: int) -> None:
    work.agent_whole[agent, STRETCH] = stretch
    work.agent_real[agent, STRETCH_END] = layout.stretch_real[stretch, _END]


@inner
def _return(layout: Layout, work: Workspace, agent: int, now: float) -> None:
    """Let an agent be on duty again."""
    state = work.agent_whole[agent, STATE]
    if state == BUSY:
        return
    work.agent_real[agent, IDLE_SINCE] = now
    if state == CHOOSING:
        begin_idling(layout, work, agent)
        return
    if state == READY:
        _note_ready(work, agent)
    join_free(layout, work, agent)
