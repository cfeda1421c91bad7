"""What one person takes next where that depends on the person: on a list of its own, on terms of the policy."""

from optimizer.policy import comes_before, evaluate
from optimizer.terms import get_leaning, lean
from simulations.engine.bits import ONE, find_lowest
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    AGENT_CLASS,
    CLASS,
    CONTINUITY,
    DUE,
    ENABLED,
    EPOCH_AT,
    HAS_TERMS,
    HEAD,
    IS_PLANNED,
    LAST_AGENT,
    LAST_TEAM,
    MAX_MOVES,
    MEAN_HANDLING,
    MOVES,
    NEXT,
    ORDER,
    PLAN_AGENT,
    PLAN_HEAD,
    PREVIOUS,
    PRICE,
    QUEUE,
    QUEUE_TEAM,
    QUEUE_TYPE,
    RULE,
    SCALE,
    SHIFT_FIT,
    STRETCH,
    STRETCH_HIGH,
    TAIL,
    VISIT,
)
from simulations.engine.duty import count_left
from simulations.engine.layout import Layout
from simulations.engine.queues import ANY_TYPE, find_tier, get_expected, get_open_word
from simulations.engine.workspace import Workspace

EVERYTHING, NEW = range(2)
"""Among which tasks somebody looks: all that wait, or those that came since the last plan."""


@inner
def get_index(layout: Layout, work: Workspace, agent: int, slot: int, now: float) -> float:
    """Return how urgent a task is to a person, by the rule and the terms of the policy."""
    queue = work.slot_whole[slot, QUEUE]
    of_class = layout.agent_whole[agent, AGENT_CLASS]
    expected = get_expected(layout, of_class, queue)
    index = evaluate(
        layout.switches[RULE],
        now,
        work.slot_real[slot, ENABLED],
        work.slot_real[slot, DUE],
        layout.queue_weight[queue],
        expected,
        layout.amounts[SCALE],
    )
    if layout.switches[HAS_TERMS] == 0:
        return index
    left = count_left(layout, work.agent_whole[agent, STRETCH], layout.agent_whole[agent, STRETCH_HIGH], now)
    is_same_agent = work.slot_whole[slot, VISIT] > 0 and work.slot_whole[slot, LAST_AGENT] == agent
    leaning = get_leaning(
        layout.amounts[PRICE],
        layout.class_premium[of_class, queue],
        layout.amounts[SHIFT_FIT],
        max(0.0, expected - left) / layout.amounts[MEAN_HANDLING],
        layout.amounts[CONTINUITY],
        is_same_agent,
    )
    return lean(index, leaning)


@inner
def find_best(layout: Layout, work: Workspace, agent: int, only_type: int, among: int, now: float) -> int:
    """Return the task that comes first for a person, of one type or of `ANY_TYPE`; -1 where there is none."""
    of_class = work.agent_whole[agent, CLASS]
    tier = find_tier(layout, work, of_class)
    head = -1
    best = enabled = 0.0
    if tier < 0:
        return head
    for n in range(len(work.waiting_words)):
        word = get_open_word(layout, work, of_class, tier, n)
        while word != 0:
            queue = 64 * n + find_lowest(word)
            word &= word - ONE
            if only_type != ANY_TYPE and layout.queue_whole[queue, QUEUE_TYPE] != only_type:
                continue
            slot = work.queue_whole[queue, HEAD if among == EVERYTHING else TAIL]
            while slot >= 0:
                since = work.slot_real[slot, ENABLED]
                if among == NEW and since <= work.clock[EPOCH_AT]:  # and so are all before it
                    break
                if among == EVERYTHING or work.slot_whole[slot, PLAN_AGENT] < 0:
                    index = get_index(layout, work, agent, slot, now)
                    if head < 0 or comes_before(
                        index, since, work.slot_whole[slot, ORDER], best, enabled, work.slot_whole[head, ORDER]
                    ):
                        head, best, enabled = slot, index, since
                slot = work.slot_whole[slot, NEXT if among == EVERYTHING else PREVIOUS]
    return head


@inner
def find_pick(layout: Layout, work: Workspace, agent: int, now: float) -> int:
    """Return the task that a person takes next, -1 where there is none.

    With a plan that is the next of the person's list, or what came since the plan and is more urgent; with an empty
    list, the most urgent of all.
    """
    planned = _find_planned(layout, work, agent) if layout.switches[IS_PLANNED] == 1 else -1
    if planned < 0:
        return find_best(layout, work, agent, ANY_TYPE, EVERYTHING, now)
    new = find_best(layout, work, agent, ANY_TYPE, NEW, now)
    if new >= 0 and get_index(layout, work, agent, new, now) > get_index(layout, work, agent, planned, now):
        return new
    return planned


@inner
def _find_planned(layout: Layout, work: Workspace, agent: int) -> int:
    """Return the next task of a person's list that it may still take, -1 where there is none."""
    facts = work.agent_whole[agent]
    slot = facts[PLAN_HEAD]
    while slot >= 0 and work.slot_whole[slot, PLAN_AGENT] != agent:  # somebody took it, or it left
        slot = work.plan_next[slot]
    facts[PLAN_HEAD] = slot
    if facts[LAST_TEAM] < 0 or facts[MOVES] < layout.agent_whole[agent, MAX_MOVES]:
        return slot
    while slot >= 0 and (
        work.slot_whole[slot, PLAN_AGENT] != agent
        or layout.queue_whole[work.slot_whole[slot, QUEUE], QUEUE_TEAM] != facts[LAST_TEAM]
    ):
        slot = work.plan_next[slot]
    return slot
