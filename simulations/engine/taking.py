"""What an agent does next: takes a task, or begins to choose one."""

import numpy as np

from simulations.engine.bits import ONE, find_lowest
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    AGENT_CLASS,
    AGENT_GROUP,
    BUSY,
    CHERRY,
    CHOICE_STREAM,
    CHOICES,
    CHOOSE_A,
    CHOOSE_B,
    CHOOSE_KIND,
    CHOOSING,
    CLASS,
    CONTENT,
    COUNTED,
    DWELL,
    DWELL_UNTIL,
    ENABLED,
    HANDLING_S,
    HEAD,
    HORIZON,
    IS_PERSONAL,
    LAST_AGENT,
    LAST_TEAM,
    LAST_TYPE,
    MAX_MOVES,
    MOVES,
    NEWEST,
    NOT_COUNTED,
    NUM_STARTED,
    NUM_WAITED,
    NUM_WAITS,
    ORDER,
    OWN_TYPE,
    PLACE_TEAM,
    PREFERS,
    QUEUE,
    QUEUE_TEAM,
    QUEUE_TYPE,
    SETUP_OTHER,
    SETUP_S,
    SETUP_SAME,
    SLOT,
    STARTED_AT,
    STATE,
    STRETCH,
    STRETCH_END,
    STRETCH_HIGH,
    SUM_BUSY,
    SUM_CHOOSING,
    SUM_MOVES,
    SUM_WAIT,
    TAIL,
    TAKEN_AT,
    WARM_UP,
)
from simulations.engine.duty import ONLY_LOOK, RECORD, clip, count_duty, pass_duty, pass_work
from simulations.engine.idling import begin_idling
from simulations.engine.layout import Layout
from simulations.engine.picking import EVERYTHING, find_best, find_pick
from simulations.engine.queues import (
    ANY_TYPE,
    find_head,
    find_head_in,
    find_tier,
    get_expected,
    get_open_word,
    take_out,
)
from simulations.engine.workspace import Workspace
from simulations.randomness.distributions import sample
from simulations.randomness.philox import draw


@inner
def get_setup(layout: Layout, work: Workspace, agent: int, queue: int) -> float:
    """Return the seconds lost between an agent's last task of this shift and one of a queue."""
    last_type = work.agent_whole[agent, LAST_TYPE]
    if last_type < 0 or last_type == layout.queue_whole[queue, QUEUE_TYPE]:
        return 0.0
    is_same_team = work.agent_whole[agent, LAST_TEAM] == layout.queue_whole[queue, QUEUE_TEAM]
    return layout.amounts[SETUP_SAME] if is_same_team else layout.amounts[SETUP_OTHER]


@inner
def begin_task(
    layout: Layout, work: Workspace, agent: int, slot: int, now: float, seed: int, replication: int
) -> float:
    """Let an agent who is in no list take a waiting task, and return when it will be done."""
    take_out(layout, work, slot)
    return start_task(layout, work, agent, slot, now, seed, replication)


@inner
def start_task(
    layout: Layout, work: Workspace, agent: int, slot: int, now: float, seed: int, replication: int
) -> float:
    """Let an agent who is in no list begin a task that is in no queue, and return when it will be done."""
    queue = work.slot_whole[slot, QUEUE]
    setup = get_setup(layout, work, agent, queue)
    work.slot_whole[slot, LAST_AGENT] = agent
    handling, speed = work.slot_real[slot, CONTENT], layout.class_speed[layout.agent_whole[agent, AGENT_CLASS], queue]
    if speed != 1.0:
        handling /= speed
    seconds = setup + handling
    started = now + setup
    finish = now + seconds
    if finish <= work.agent_real[agent, STRETCH_END]:
        busy = seconds
        if now < layout.amounts[WARM_UP] or finish > layout.amounts[HORIZON]:
            busy = clip(layout, now, finish)
        work.group_sums[layout.agent_whole[agent, AGENT_GROUP], SUM_BUSY] += busy
    else:
        stretch = work.agent_whole[agent, STRETCH]
        if setup > 0.0:
            started = pass_work(layout, agent, stretch, now, setup, seed, replication, work.group_sums, ONLY_LOOK)
        finish = pass_work(layout, agent, stretch, now, seconds, seed, replication, work.group_sums, RECORD)
    work.agent_whole[agent, STATE] = BUSY
    work.agent_whole[agent, SLOT] = slot
    real = work.agent_real[agent]
    real[TAKEN_AT], real[STARTED_AT] = now, started
    real[HANDLING_S], real[SETUP_S] = handling, setup
    _move(layout, work, agent, queue, now, started)
    if work.slot_whole[slot, COUNTED] != NOT_COUNTED:
        task_type = layout.queue_whole[queue, QUEUE_TYPE]
        wait = now - work.slot_real[slot, ENABLED]
        sums = work.type_sums[task_type]
        sums[NUM_STARTED] += 1.0
        sums[SUM_WAIT] += wait
        if wait > 0.0:
            sums[NUM_WAITED] += 1.0
            n = work.counts[NUM_WAITS]
            work.counts[NUM_WAITS] = n + 1
            if n < len(work.waits):
                work.waits[n] = wait
                if n < len(work.wait_type):
                    work.wait_type[n] = task_type
    return finish


@inner
def _move(layout: Layout, work: Workspace, agent: int, queue: int, now: float, started: float) -> None:
    """Note in which team an agent works now, and what it may do from there."""
    facts = work.agent_whole[agent]
    team = layout.queue_whole[queue, QUEUE_TEAM]
    if facts[LAST_TEAM] >= 0 and facts[LAST_TEAM] != team:
        facts[MOVES] += 1
        if layout.amounts[WARM_UP] <= now < layout.amounts[HORIZON]:
            work.group_sums[layout.agent_whole[agent, AGENT_GROUP], SUM_MOVES] += 1.0
    facts[LAST_TYPE] = layout.queue_whole[queue, QUEUE_TYPE]
    facts[LAST_TEAM] = team
    base = layout.agent_whole[agent, AGENT_CLASS]
    is_bound = 1 if facts[MOVES] >= layout.agent_whole[agent, MAX_MOVES] else 0
    if facts[PLACE_TEAM] != team:
        work.agent_real[agent, DWELL_UNTIL] = started + layout.amounts[DWELL]
    facts[PLACE_TEAM] = team
    facts[CLASS] = layout.class_next[base, team, is_bound]


@inner
def find_preferred(layout: Layout, work: Workspace, agent: int, now: float) -> int:
    """Return the task that an agent likes best among those that it may take; there is one."""
    of_class, prefers = work.agent_whole[agent, CLASS], layout.switches[PREFERS]
    tier = find_tier(layout, work, of_class)
    if prefers == OWN_TYPE:
        last_type = work.agent_whole[agent, LAST_TYPE]
        if layout.switches[IS_PERSONAL] == 1:
            own = find_best(layout, work, agent, last_type, EVERYTHING, now) if last_type >= 0 else -1
            return own if own >= 0 else find_pick(layout, work, agent, now)
        own = find_head_in(layout, work, of_class, tier, last_type, now) if last_type >= 0 else -1
        return own if own >= 0 else find_head_in(layout, work, of_class, tier, ANY_TYPE, now)
    found, least = -1, np.inf
    for n in range(len(work.waiting_words)):
        word = get_open_word(layout, work, of_class, tier, n)
        while word != 0:
            queue = 64 * n + find_lowest(word)
            word &= word - ONE
            if prefers == NEWEST:
                slot = work.queue_whole[queue, TAIL]
                if found < 0 or _is_later(work, slot, found):
                    found = slot
                continue
            slot, expected = work.queue_whole[queue, HEAD], get_expected(layout, of_class, queue)
            if found < 0 or expected < least or (expected == least and _is_later(work, found, slot)):
                found, least = slot, expected
    return found


@inner
def _is_later(work: Workspace, slot: int, other: int) -> bool:
    if work.slot_real[slot, ENABLED] != work.slot_real[other, ENABLED]:
        return work.slot_real[slot, ENABLED] > work.slot_real[other, ENABLED]
    return work.slot_whole[slot, ORDER] > work.slot_whole[other, ORDER]


@inner
def choose(layout: Layout, work: Workspace, agent: int, now: float, seed: int, replication: int) -> int:
    """Return the task that an agent takes who has looked around, -1 where none is left for it."""
    of_class = work.agent_whole[agent, CLASS]
    if layout.switches[IS_PERSONAL] == 1:
        head = find_pick(layout, work, agent, now)
    else:
        head = find_head(layout, work, of_class, now)
    if head < 0 or layout.amounts[CHERRY] <= 0.0:
        return head
    number = work.agent_whole[agent, CHOICES] - 1
    _, coin = draw(seed, replication, layout.agent_whole[agent, CHOICE_STREAM], number, 0)
    return find_preferred(layout, work, agent, now) if coin < layout.amounts[CHERRY] else head


@inner
def begin_choosing(layout: Layout, work: Workspace, agent: int, now: float, seed: int, replication: int) -> float:
    """Let a free agent look around, and return when it has; infinity where its shift ends before."""
    number = work.agent_whole[agent, CHOICES]
    work.agent_whole[agent, CHOICES] = number + 1
    stream = layout.agent_whole[agent, CHOICE_STREAM]
    unit, _ = draw(seed, replication, stream, number, 0)
    seconds = sample(
        layout.switches[CHOOSE_KIND],
        layout.amounts[CHOOSE_A],
        layout.amounts[CHOOSE_B],
        layout.values,
        unit,
        seed,
        replication,
        stream,
        number,
        1,
    )
    stretch, last = work.agent_whole[agent, STRETCH], layout.agent_whole[agent, STRETCH_HIGH]
    finish = pass_duty(layout, stretch, last, now, seconds)
    group = layout.agent_whole[agent, AGENT_GROUP]
    work.group_sums[group, SUM_CHOOSING] += count_duty(layout, stretch, last, now, finish)
    work.agent_whole[agent, STATE] = CHOOSING
    begin_idling(layout, work, agent)
    return finish
