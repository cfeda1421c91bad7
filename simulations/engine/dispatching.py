"""Who of the free acts next, and the rounds of acting after each instant."""

import numpy as np

from simulations.engine.bits import ONE, clear_bit, find_lowest
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    AGENT_CLASS,
    CLASS,
    CLASS_LEVEL,
    FASTEST,
    HAS_THRESHOLD,
    HORIZON,
    IDLE,
    IDLE_ORDER,
    IDLE_SINCE,
    IS_PERSONAL,
    IS_PULL,
    NEXT_FREE,
    NUM_READY,
    NUM_RUNNING,
    NUM_WAITING,
    ON_BREAK,
    QUEUE,
    READY,
    SHIFT,
    SPECIALIST,
    STATE,
)
from simulations.engine.heaps import push_event
from simulations.engine.idling import FIRST, leave_free, refresh_classes
from simulations.engine.layout import Layout
from simulations.engine.picking import find_pick
from simulations.engine.queues import ANY_TYPE, find_head, find_head_in, find_tier, is_engaged, is_turning
from simulations.engine.taking import begin_choosing, begin_task, choose, start_task
from simulations.engine.tasks import let_wait
from simulations.engine.workspace import Workspace


@inner
def schedule(layout: Layout, work: Workspace, agent: int, finish: float) -> None:
    """Note when an agent will be done; what is not done by the end needs no note."""
    if finish <= layout.amounts[HORIZON]:
        size = push_event(work.running_at, work.running_agent, work.counts[NUM_RUNNING], finish, agent)
        work.counts[NUM_RUNNING] = size


@inner
def hand_out(layout: Layout, work: Workspace, slot: int, now: float, seed: int, replication: int) -> None:
    """Give a task that is in no queue to who takes it at once, or let it wait; only where nobody else may act."""
    agent = find_taker(layout, work, work.slot_whole[slot, QUEUE])
    if agent < 0:
        let_wait(layout, work, slot, now, seed, replication)
        return
    leave_free(layout, work, agent)
    schedule(layout, work, agent, start_task(layout, work, agent, slot, now, seed, replication))


@inner
def may_hand_out(layout: Layout, work: Workspace, slot: int, now: float) -> bool:
    """Return whether a new task opens nothing but itself to people who are free, after who must go home has gone."""
    if layout.switches[HAS_THRESHOLD] == 0:
        return True
    refresh_classes(layout, work, now)
    return not is_turning(layout, work, work.slot_whole[slot, QUEUE])


@inner
def may_take(layout: Layout, work: Workspace, agent: int, queue: int) -> bool:
    """Return whether an agent takes from a queue at some time."""
    of_class = work.agent_whole[agent, CLASS]
    return (layout.queue_classes[queue, of_class >> 6] >> np.uint64(of_class & 63)) & ONE != 0


@inner
def find_taker(layout: Layout, work: Workspace, queue: int) -> int:
    """Return the first free agent who may take new work of a queue, if all others have nothing to do; else -1."""
    is_open = layout.switches[HAS_THRESHOLD] == 1 and is_engaged(layout, work, queue)
    found = -1
    best_speed, best_level = -1.0, 0
    order = layout.switches[IDLE_ORDER]
    for n in range(len(work.free_words)):
        word = (layout.queue_classes[queue, n] if is_open else layout.queue_unheld[queue, n]) & work.free_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            level = layout.class_whole[of_class, CLASS_LEVEL]
            if order == SPECIALIST and found >= 0 and level > best_level:
                return found  # classes stand in order of their skills
            agent = work.class_free[of_class, FIRST]
            speed = layout.class_speed[of_class, queue] if order == FASTEST else 0.0
            if found < 0 or speed > best_speed or (speed == best_speed and _is_idle_longer(work, agent, found)):
                found, best_speed, best_level = agent, speed, level
    return found


@inner
def _is_idle_longer(work: Workspace, agent: int, other: int) -> bool:
    if work.agent_real[agent, IDLE_SINCE] != work.agent_real[other, IDLE_SINCE]:
        return work.agent_real[agent, IDLE_SINCE] < work.agent_real[other, IDLE_SINCE]
    return agent < other


@inner
def find_actor(layout: Layout, work: Workspace, now: float) -> int:
    """Return the first free agent for whom work waits, -1 where there is none.

    Only the classes are looked at that something has happened to since nobody of them could act.
    """
    found = -1
    best_speed, best_level = -1.0, 0
    order = layout.switches[IDLE_ORDER]
    for n in range(len(work.free_words)):
        word = work.stirred_words[n] & work.free_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            level = layout.class_whole[of_class, CLASS_LEVEL]
            if order == SPECIALIST and found >= 0 and level > best_level:
                return found
            tier = find_tier(layout, work, of_class)
            if tier < 0:
                clear_bit(work.stirred_words, of_class)
                continue
            speed = 0.0
            if order == FASTEST:
                head = find_head_in(layout, work, of_class, tier, ANY_TYPE, now)
                speed = layout.class_speed[of_class, work.slot_whole[head, QUEUE]]
            agent = work.class_free[of_class, FIRST]
            if found < 0 or speed > best_speed or (speed == best_speed and _is_idle_longer(work, agent, found)):
                found, best_speed, best_level = agent, speed, level
    return found


@inner
def find_person(layout: Layout, work: Workspace, now: float) -> int:
    """Return the first free agent who takes something, -1 where there is none; what is taken depends on the person."""
    found = -1
    best_speed, best_level = -1.0, 0
    order = layout.switches[IDLE_ORDER]
    if work.counts[NUM_WAITING] == 0:
        return -1
    for n in range(len(work.free_words)):
        word = work.free_words[n]
        while word != 0:
            of_class = 64 * n + find_lowest(word)
            word &= word - ONE
            level = layout.class_whole[of_class, CLASS_LEVEL] if order == SPECIALIST else 0
            agent = work.class_free[of_class, FIRST]
            while agent >= 0:
                slot = find_pick(layout, work, agent, now)
                if slot >= 0:
                    speed = 0.0
                    if order == FASTEST:
                        speed = layout.class_speed[layout.agent_whole[agent, AGENT_CLASS], work.slot_whole[slot, QUEUE]]
                    if found < 0 or _comes_first(work, agent, level, speed, found, best_level, best_speed):
                        found, best_level, best_speed = agent, level, speed
                agent = work.agent_whole[agent, NEXT_FREE]
    return found


@inner
def _comes_first(
    work: Workspace, agent: int, level: int, speed: float, other: int, other_level: int, other_speed: float
) -> bool:
    if level != other_level:
        return level < other_level
    if speed != other_speed:
        return speed > other_speed
    return _is_idle_longer(work, agent, other)


@inner
def act(layout: Layout, work: Workspace, now: float, seed: int, replication: int) -> None:
    """Let free agents act, one after the other, until none can."""
    if layout.switches[HAS_THRESHOLD] == 1:
        refresh_classes(layout, work, now)
    is_personal = layout.switches[IS_PERSONAL] == 1
    while True:
        agent = find_person(layout, work, now) if is_personal else find_actor(layout, work, now)
        if agent < 0:
            break
        leave_free(layout, work, agent)
        if layout.switches[IS_PULL] == 0:
            if is_personal:
                slot = find_pick(layout, work, agent, now)
            else:
                slot = find_head(layout, work, work.agent_whole[agent, CLASS], now)
            schedule(layout, work, agent, begin_task(layout, work, agent, slot, now, seed, replication))
        elif work.agent_whole[agent, STATE] == READY:
            slot = choose(layout, work, agent, now, seed, replication)
            schedule(layout, work, agent, begin_task(layout, work, agent, slot, now, seed, replication))
        else:
            schedule(layout, work, agent, begin_choosing(layout, work, agent, now, seed, replication))
    for n in range(work.counts[NUM_READY]):
        facts = work.agent_whole[work.ready[n]]
        if facts[STATE] == READY and facts[SHIFT] >= 0 and facts[ON_BREAK] == 0:
            facts[STATE] = IDLE
    work.counts[NUM_READY] = 0
