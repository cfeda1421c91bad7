"""The tasks that wait: a list by queue in the order in which they were enabled, and by due where that is another order.

All tasks of a queue have one type and one weight. So by every rule the first of them is the one enabled first, or the
one due first; only by `atc` it may be either.
"""

import numpy as np

from optimizer.policy import ATC, EDF, FIFO, PRIORITY, SLACK, comes_before, evaluate
from simulations.engine.bits import ONE, clear_bit, find_lowest, set_bit
from simulations.engine.bundles import inner
from simulations.engine.columns import (
    CHILD,
    CLASS_TIERS,
    DUE,
    ENABLED,
    ENGAGE,
    HAS_THRESHOLD,
    HEAD,
    IS_MONOTONE,
    LEAVES_AT,
    NEXT,
    NUM_PATIENT,
    NUM_WAITING,
    ORDER,
    PARENT,
    PLAN_AGENT,
    PREVIOUS,
    QUEUE,
    QUEUE_TEAM,
    QUEUE_TYPE,
    ROOT,
    RULE,
    SCALE,
    SIBLING,
    TAIL,
    TYPE_MEAN,
    TYPE_PATIENCE,
)
from simulations.engine.heaps import drop_patient, push_patient
from simulations.engine.layout import Layout, Reals, Wholes
from simulations.engine.workspace import Workspace

ANY_TYPE = -1
LEAST_EXPECTED_S = 1e-6
"""What a rule takes for the expected handling of a type whose mean is 0."""


@inner
def needs_due_order(layout: Layout, queue: int) -> bool:
    """Return whether the order of a queue may differ from that in which its tasks were enabled."""
    rule = layout.switches[RULE]
    if layout.queue_whole[queue, IS_MONOTONE] == 1:
        return False
    return rule in (EDF, SLACK) or (rule == ATC and layout.queue_weight[queue] > 0.0)


@inner
def put(layout: Layout, work: Workspace, slot: int) -> None:
    """Let a task wait."""
    queue = work.slot_whole[slot, QUEUE]
    enabled, order = work.slot_real[slot, ENABLED], work.slot_whole[slot, ORDER]
    after = work.queue_whole[queue, TAIL]
    while (
        after >= 0 and work.slot_real[after, ENABLED] == enabled and work.slot_whole[after, ORDER] > order
    ):  # enabled at the same instant, and in the order of their arrival
        after = work.slot_whole[after, PREVIOUS]
    before = work.queue_whole[queue, HEAD] if after < 0 else work.slot_whole[after, NEXT]
    work.slot_whole[slot, PREVIOUS] = after
    work.slot_whole[slot, NEXT] = before
    if after < 0:
        work.queue_whole[queue, HEAD] = slot
    else:
        work.slot_whole[after, NEXT] = slot
    if before < 0:
        work.queue_whole[queue, TAIL] = slot
    else:
        work.slot_whole[before, PREVIOUS] = slot
    set_bit(work.waiting_words, queue)
    work.counts[NUM_WAITING] += 1
    if needs_due_order(layout, queue):
        work.slot_whole[slot, CHILD] = -1
        work.slot_whole[slot, SIBLING] = -1
        work.slot_whole[slot, PARENT] = -1
        work.queue_whole[queue, ROOT] = _meld(work.queue_whole[queue, ROOT], slot, work.slot_real, work.slot_whole)
    if layout.type_whole[layout.queue_whole[queue, QUEUE_TYPE], TYPE_PATIENCE] >= 0:
        size = push_patient(work.patient, work.counts[NUM_PATIENT], slot, work.slot_real, work.slot_whole)
        work.counts[NUM_PATIENT] = size
    _stir(layout, work, queue)
    if layout.switches[HAS_THRESHOLD] == 1:
        team = layout.queue_whole[queue, QUEUE_TEAM]
        work.team_waiting[team] += 1
        if work.team_waiting[team] == layout.switches[ENGAGE]:
            _engage(layout, work, team, True)


@inner
def take_out(layout: Layout, work: Workspace, slot: int) -> None:
    """Take a task out of its queue, and out of the plan."""
    queue = work.slot_whole[slot, QUEUE]
    work.slot_whole[slot, PLAN_AGENT] = -1
    after, before = work.slot_whole[slot, PREVIOUS], work.slot_whole[slot, NEXT]
    if after < 0:
        work.queue_whole[queue, HEAD] = before
    else:
        work.slot_whole[after, NEXT] = before
    if before < 0:
        work.queue_whole[queue, TAIL] = after
    else:
        work.slot_whole[before, PREVIOUS] = after
    if work.queue_whole[queue, HEAD] < 0:
        clear_bit(work.waiting_words, queue)
    work.counts[NUM_WAITING] -= 1
    if needs_due_order(layout, queue):
        root = work.queue_whole[queue, ROOT]
        work.queue_whole[queue, ROOT] = _remove(root, slot, work.slot_real, work.slot_whole)
    if layout.type_whole[layout.queue_whole[queue, QUEUE_TYPE], TYPE_PATIENCE] >= 0:
        size = drop_patient(work.patient, work.counts[NUM_PATIENT], slot, work.slot_real, work.slot_whole)
        work.counts[NUM_PATIENT] = size
    if layout.switches[HAS_THRESHOLD] == 1:
        team = layout.queue_whole[queue, QUEUE_TEAM]
        if work.team_waiting[team] == layout.switches[ENGAGE]:
            _engage(layout, work, team, False)
        work.team_waiting[team] -= 1


@inner
def is_engaged(layout: Layout, work: Workspace, queue: int) -> bool:
    """Return whether so much of a queue's team waits that those who are away from home may take it."""
    return work.team_waiting[layout.queue_whole[queue, QUEUE_TEAM]] >= layout.switches[ENGAGE]


@inner
def is_turning(layout: Layout, work: Workspace, queue: int) -> bool:
    """Return whether one task more makes it so much."""
    return work.team_waiting[layout.queue_whole[queue, QUEUE_TEAM]] + 1 == layout.switches[ENGAGE]


@inner
def _stir(layout: Layout, work: Workspace, queue: int) -> None:
    """Note whom new work of a queue may make act."""
    for n in range(len(work.free_words)):
        work.stirred_words[n] |= layout.queue_classes[queue, n] & work.free_words[n]


@inner
def _engage(layout: Layout, work: Workspace, team: int, is_engaged: bool) -> None:
    """Open the queues of a team to those who are away from home, or close them."""
    for queue in range(len(layout.queue_whole)):
        if layout.queue_whole[queue, QUEUE_TEAM] == team:
            if is_engaged:
                set_bit(work.engaged_words, queue)
                _stir(layout, work, queue)
            else:
                clear_bit(work.engaged_words, queue)


@inner
def get_expected(layout: Layout, of_class: int, queue: int) -> float:
    """Return the expected handling of a queue's tasks by an agent of a class."""
    mean = layout.type_real[layout.queue_whole[queue, QUEUE_TYPE], TYPE_MEAN]
    return max(LEAST_EXPECTED_S, mean / layout.class_speed[of_class, queue])


@inner
def find_first(layout: Layout, work: Workspace, queue: int, expected: float, now: float) -> int:
    """Return the task of a queue that comes first by the rule, for an agent with that expected handling."""
    if not needs_due_order(layout, queue):
        return work.queue_whole[queue, HEAD]
    root = work.queue_whole[queue, ROOT]
    if layout.switches[RULE] != ATC or work.slot_real[root, DUE] - now - expected > 0.0:
        return root
    slot = work.queue_whole[queue, HEAD]  # of those that are urgent, all by the same index, the one enabled first
    while work.slot_real[slot, DUE] - now - expected > 0.0:
        slot = work.slot_whole[slot, NEXT]
    return slot


@inner
def find_tier(layout: Layout, work: Workspace, of_class: int) -> int:
    """Return the first tier of a class in which work waits, -1 where there is none."""
    for tier in range(layout.class_whole[of_class, CLASS_TIERS]):
        for n in range(len(work.waiting_words)):
            if get_open_word(layout, work, of_class, tier, n) != 0:
                return tier
    return -1


@inner
def get_open_word(layout: Layout, work: Workspace, of_class: int, tier: int, n: int) -> np.uint64:
    """Return the queues, of a word of them, in which work waits that a class may take in a tier."""
    word = layout.class_queues[of_class, tier, n] & work.waiting_words[n]
    if layout.class_engaged[of_class, tier] == 1:
        word &= work.engaged_words[n]
    return word


@inner
def find_head(layout: Layout, work: Workspace, of_class: int, now: float) -> int:
    """Return the task that an agent of a class takes next by the routing, -1 where there is none for it."""
    tier = find_tier(layout, work, of_class)
    return -1 if tier < 0 else find_head_in(layout, work, of_class, tier, ANY_TYPE, now)


@inner
def find_head_in(layout: Layout, work: Workspace, of_class: int, tier: int, only_type: int, now: float) -> int:
    """Return the task that comes first in a tier of a class, of one type or of `ANY_TYPE`; -1 where there is none."""
    head = -1
    best = enabled = 0.0
    rule, last = layout.switches[RULE], len(work.waiting_words) - 1
    needs_expected = rule not in (FIFO, EDF, PRIORITY)
    for n in range(last + 1):
        word = get_open_word(layout, work, of_class, tier, n)
        while word != 0:
            queue = 64 * n + find_lowest(word)
            word &= word - ONE
            if only_type != ANY_TYPE and layout.queue_whole[queue, QUEUE_TYPE] != only_type:
                continue
            expected = get_expected(layout, of_class, queue) if needs_expected else 0.0
            slot = find_first(layout, work, queue, expected, now)
            if head < 0 and word == 0 and n == last:  # there is no other
                return slot
            since = work.slot_real[slot, ENABLED]
            index = evaluate(
                rule,
                now,
                since,
                work.slot_real[slot, DUE],
                layout.queue_weight[queue],
                expected,
                layout.amounts[SCALE],
            )
            if head < 0 or comes_before(
                index, since, work.slot_whole[slot, ORDER], best, enabled, work.slot_whole[head, ORDER]
            ):
                head, best, enabled = slot, index, since
    return head


@inner
def is_before(slot: int, other: int, slot_real: Reals, slot_whole: Wholes) -> bool:
    """Return whether a task is due before another; ties as by every rule."""
    if slot_real[slot, DUE] != slot_real[other, DUE]:
        return slot_real[slot, DUE] < slot_real[other, DUE]
    if slot_real[slot, ENABLED] != slot_real[other, ENABLED]:
        return slot_real[slot, ENABLED] < slot_real[other, ENABLED]
    return slot_whole[slot, ORDER] < slot_whole[other, ORDER]


@inner
def _meld(tree: int, other: int, slot_real: Reals, slot_whole: Wholes) -> int:
    """Join two pairing heaps and return the root.

    References
    ----------
    Fredman, Sedgewick, Sleator and Tarjan (1986), The pairing heap: a new form of self-adjusting heap.
    Algorithmica 1, 111-129.
    """
    if tree < 0:
        return other
    if other < 0:
        return tree
    if is_before(other, tree, slot_real, slot_whole):
        tree, other = other, tree
    child = slot_whole[tree, CHILD]
    slot_whole[other, SIBLING] = child
    if child >= 0:
        slot_whole[child, PARENT] = other
    slot_whole[other, PARENT] = tree
    slot_whole[tree, CHILD] = other
    slot_whole[tree, SIBLING] = -1
    slot_whole[tree, PARENT] = -1
    return tree


@inner
def _remove(root: int, slot: int, slot_real: Reals, slot_whole: Wholes) -> int:
    """Take a task out of a pairing heap and return the root; `PARENT` is the sibling before it, or the parent."""
    below = _join_siblings(slot_whole[slot, CHILD], slot_real, slot_whole)
    if slot == root:
        return below
    sibling, above = slot_whole[slot, SIBLING], slot_whole[slot, PARENT]
    if slot_whole[above, CHILD] == slot:
        slot_whole[above, CHILD] = sibling
    else:
        slot_whole[above, SIBLING] = sibling
    if sibling >= 0:
        slot_whole[sibling, PARENT] = above
    return _meld(root, below, slot_real, slot_whole)


@inner
def _join_siblings(first: int, slot_real: Reals, slot_whole: Wholes) -> int:
    """Join a row of siblings, two by two and then from the back, and return the root."""
    stack = -1
    while first >= 0:
        second = slot_whole[first, SIBLING]
        rest = -1
        slot_whole[first, SIBLING] = -1
        slot_whole[first, PARENT] = -1
        if second >= 0:
            rest = slot_whole[second, SIBLING]
            slot_whole[second, SIBLING] = -1
            slot_whole[second, PARENT] = -1
        pair = _meld(first, second, slot_real, slot_whole)
        slot_whole[pair, SIBLING] = stack
        stack = pair
        first = rest
    root = -1
    while stack >= 0:
        rest = slot_whole[stack, SIBLING]
        slot_whole[stack, SIBLING] = -1
        root = _meld(root, stack, slot_real, slot_whole)
        stack = rest
    return root


@inner
def is_patient_due(work: Workspace, now: float) -> bool:
    """Return whether the patience of a waiting task has run out."""
    return work.counts[NUM_PATIENT] > 0 and work.slot_real[work.patient[0], LEAVES_AT] <= now
