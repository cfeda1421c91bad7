"""The tasks that wait, group by group, as trees of bounds: the task of highest index is found without a scan.

A *group* holds tasks that the same agents may do: the tasks of a class of demand, or those pinned to one agent.
Each group is a binary tree over its tasks; a node keeps what bounds the index of every waiting task below it, at any
time and speed. Every rule has such bounds (`bound_level`): that of `atc` follows from its logarithm, which is the
lesser of a constant and of a line in time that is as steep for all tasks.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.columns import point
from optimizer.instance import Flags, Floats, Instance, Ints
from optimizer.kernels import inner, kernel
from optimizer.policy import ATC, EDF, LEAST_EXPONENT, NO_DUE, NO_URGENCY, PRIORITY, SLACK, SPT, WSPT

KEY, SLOW, LINE, LEAST_S, MOST_S, ENABLED, ORDER, ANY_ENABLED, ANY_ORDER = range(9)
"""Columns of a node: the highest key of a waiting task below; for `slack` and `atc` what their bounds add to it; the
least and the most standard seconds; of the tasks with the highest key, the enabled and the order of the one that comes
first; the least enabled and the least order of any. An empty node has a key of `-inf`."""

NODE_WIDTH = 9

KEY_ROUNDING = 1e-12
ROUNDING = 1e-9
"""What the bound of a rule may be below the index that it bounds, relatively, by rounding."""


class Groups(NamedTuple):
    """Which tasks make up which group, and who takes from it. G groups, L places for tasks (one a task at most).

    Attributes
    ----------
    group_ptr : (G + 1,) places of a group
    group_team : (G,) team of all its tasks, -1 where they are mixed
    place_task : (L,) task at a place
    task_place : (T,) place of a task, -1 where nobody may do it or it is in progress
    task_group : (T,) group of a task, -1 likewise
    standard_s : (L,) handling seconds at speed 1; in an agent's own group, by that agent
    is_plain : (L,) whether all who take from the group may do the task, and all alike
    member_ptr, member_group, member_speed : the groups that an agent takes from, and at which speed
    slowest : (G,) the least of these speeds
    """

    group_ptr: Ints
    group_team: Ints
    place_task: Ints
    task_place: Ints
    task_group: Ints
    standard_s: Floats
    is_plain: Flags
    member_ptr: Ints
    member_group: Ints
    member_speed: Floats
    slowest: Floats


def build_groups(instance: Instance, speed_of_pinned: NDArray[np.float64]) -> Groups:
    """Return the groups of an instance.

    Parameters
    ----------
    speed_of_pinned : (T,) speed of the pinned agent at a task, 0 where that agent may not do it or there is none
    """
    num_classes = len(instance.class_ptr) - 1
    is_pinned = instance.task_pinned >= 0
    owners, own_group = np.unique(instance.task_pinned[is_pinned], return_inverse=True)
    group = instance.task_class.astype(np.int64)
    group[is_pinned] = num_classes + own_group
    has_members = np.diff(instance.class_ptr) > 0
    waits = ~instance.task_in_progress & np.where(is_pinned, speed_of_pinned > 0, has_members[instance.task_class])

    tasks = np.flatnonzero(waits)
    # Tasks that tie, or nearly so, stand side by side in the order in which they come.
    by = (instance.task_arrived, instance.task_handling, instance.task_due, group)
    order = tasks[np.lexsort([tasks, *(column[tasks] for column in by)])]
    num_groups = num_classes + len(owners)
    task_place = np.full(instance.num_tasks, -1, dtype=np.int32)
    task_place[order] = np.arange(len(order))
    standard_s = 60.0 * instance.task_handling[order]
    own = is_pinned[order]
    standard_s[own] = standard_s[own] / speed_of_pinned[order[own]]

    is_plain = instance.task_published < 0
    for pointers in (instance.excluded_ptr, instance.separate_ptr, instance.preferred_ptr):
        is_plain &= np.diff(pointers) == 0

    # A class has one team; the tasks pinned to an agent may be of several.
    group_team = np.full(num_groups, -1, dtype=np.int32)
    group_team[instance.task_class] = instance.type_team[instance.task_type]

    counts = np.bincount(group[order], minlength=num_groups)
    entry_agent = np.concatenate([instance.class_agent, owners])
    entry_group = np.concatenate(
        [np.repeat(np.arange(num_classes), np.diff(instance.class_ptr)), np.arange(num_classes, num_groups)]
    )
    entry_speed = np.concatenate([instance.class_speed, np.ones(len(owners))])
    useful = np.flatnonzero(counts[entry_group] > 0)
    by_agent = useful[np.lexsort((entry_group[useful], entry_agent[useful]))]
    slowest = np.full(num_groups, np.inf)
    np.minimum.at(slowest, entry_group[useful], entry_speed[useful])
    return Groups(
        group_ptr=point(group[order], num_groups),
        group_team=group_team,
        place_task=order.astype(np.int32),
        task_place=task_place,
        task_group=np.where(waits, group, -1).astype(np.int32),
        standard_s=standard_s,
        is_plain=is_plain[order],
        member_ptr=point(entry_agent[by_agent], instance.num_agents),
        member_group=entry_group[by_agent].astype(np.int32),
        member_speed=entry_speed[by_agent],
        slowest=slowest,
    )


def build_keys(instance: Instance, groups: Groups, rule: int, scale: float) -> NDArray[np.float64]:
    """Return the columns `KEY`, `SLOW` and `LINE` of the tasks by a rule. Those of `fifo` come with the tasks.

    Returns
    -------
    keys : (L, 3)
    """
    task = groups.place_task
    due, weight = instance.task_due[task].astype(np.float64), instance.task_weight[task]
    longest_s = groups.standard_s / np.repeat(groups.slowest, np.diff(groups.group_ptr))
    keys = np.zeros((len(task), 3))
    if rule == EDF:
        keys[:, KEY] = -due
    elif rule == SLACK:
        keys[:, SLOW] = longest_s - due
        keys[:, LINE] = -due
    elif rule == PRIORITY:
        keys[:, KEY] = weight
    elif rule == SPT:
        keys[:, KEY] = -groups.standard_s
    elif rule == WSPT:
        keys[:, KEY] = weight / groups.standard_s
    elif rule == ATC:
        urgent = (weight > 0) & (due < NO_DUE)
        keys[:] = [NO_URGENCY, np.inf, np.inf]
        keys[urgent, KEY] = np.log(weight[urgent] / groups.standard_s[urgent])
        keys[urgent, SLOW] = keys[urgent, KEY] + (longest_s[urgent] - due[urgent]) / scale
        keys[urgent, LINE] = keys[urgent, KEY] - due[urgent] / scale
    return keys


def build_nodes(groups: Groups) -> NDArray[np.float64]:
    """Return trees in which no task waits: the nodes of a group with places ``[lo, hi)`` are rows ``[2 lo, 2 hi)``.

    The root is the second row of a tree; below node n (counted within the tree) hang 2 n and 2 n + 1; the last half are
    the tasks' own.
    """
    nodes = np.empty((2 * len(groups.place_task), NODE_WIDTH))
    _clear(nodes)
    return nodes


@kernel
def _clear(nodes: NDArray[np.float64]) -> None:
    for at in range(len(nodes)):
        _empty(at, nodes)


@inner
def _empty(at: int, nodes: NDArray[np.float64]) -> None:
    nodes[at, KEY] = -np.inf
    nodes[at, SLOW] = -np.inf
    nodes[at, LINE] = -np.inf
    nodes[at, LEAST_S] = np.inf
    nodes[at, MOST_S] = -np.inf
    nodes[at, ENABLED] = np.inf
    nodes[at, ORDER] = np.inf
    nodes[at, ANY_ENABLED] = np.inf
    nodes[at, ANY_ORDER] = np.inf


@inner
def put(
    task: int, place: int, low: int, high: int, enabled: float, standard_s: float, keys: Floats, nodes: Floats
) -> None:
    """Let the task at a place wait in its group, whose places are ``[low, high)``."""
    node = high - low + place - low
    at = 2 * low + node
    nodes[at, KEY] = keys[place, KEY]
    nodes[at, SLOW] = keys[place, SLOW]
    nodes[at, LINE] = keys[place, LINE]
    nodes[at, LEAST_S] = standard_s
    nodes[at, MOST_S] = standard_s
    nodes[at, ENABLED] = enabled
    nodes[at, ORDER] = task
    nodes[at, ANY_ENABLED] = enabled
    nodes[at, ANY_ORDER] = task
    _renew(low, node >> 1, nodes)


@inner
def take(place: int, low: int, high: int, nodes: Floats) -> None:
    """Take the task at a place out of its group, whose places are ``[low, high)``."""
    node = high - low + place - low
    _empty(2 * low + node, nodes)
    _renew(low, node >> 1, nodes)


@inner
def _renew(low: int, node: int, nodes: Floats) -> None:
    """Renew a node and those above it from the nodes below."""
    while node >= 1:
        join(2 * low + node, 2 * low + 2 * node, nodes)
        node >>= 1


@inner
def join(at: int, left: int, nodes: Floats) -> None:
    """Renew a node from the two below it, the first of which is at `left`."""
    right = left + 1
    nodes[at, KEY] = max(nodes[left, KEY], nodes[right, KEY])
    nodes[at, SLOW] = max(nodes[left, SLOW], nodes[right, SLOW])
    nodes[at, LINE] = max(nodes[left, LINE], nodes[right, LINE])
    nodes[at, LEAST_S] = min(nodes[left, LEAST_S], nodes[right, LEAST_S])
    nodes[at, MOST_S] = max(nodes[left, MOST_S], nodes[right, MOST_S])
    nodes[at, ANY_ENABLED] = min(nodes[left, ANY_ENABLED], nodes[right, ANY_ENABLED])
    nodes[at, ANY_ORDER] = min(nodes[left, ANY_ORDER], nodes[right, ANY_ORDER])
    # Keys that differ by no more than rounding are a tie, in which both sides are of account.
    rounding = KEY_ROUNDING * abs(nodes[at, KEY])
    if nodes[right, KEY] < nodes[left, KEY] - rounding:
        first = left
    elif nodes[left, KEY] < nodes[right, KEY] - rounding:
        first = right
    else:
        first = left if is_earlier(left, right, nodes) else right
    nodes[at, ENABLED] = nodes[first, ENABLED]
    nodes[at, ORDER] = nodes[first, ORDER]


@inner
def is_earlier(at: int, other: int, nodes: Floats) -> bool:
    """Return whether the first task below a node comes before that below another by a policy's ties."""
    if nodes[at, ENABLED] != nodes[other, ENABLED]:
        return bool(nodes[at, ENABLED] < nodes[other, ENABLED])
    return bool(nodes[at, ORDER] < nodes[other, ORDER])


@inner
def may_precede(at: int, is_key_highest: bool, enabled: float, order: int, nodes: Floats) -> bool:
    """Return whether a task below a node may come before another by a policy's ties.

    Where the key is what bounds the index, only tasks with the highest key can tie.
    """
    least, first = nodes[at, ENABLED], nodes[at, ORDER]
    if not is_key_highest:
        least, first = nodes[at, ANY_ENABLED], nodes[at, ANY_ORDER]
    return bool(least < enabled or (least == enabled and first < order))


@inner
def to_level(rule: int, index: float) -> float:
    """Return an index on the scale of its bounds, which for `atc` is that of its logarithm."""
    if rule == ATC:
        return math.log(index) if index > 0.0 else index + LEAST_EXPONENT
    return index


@inner
def get_slop(rule: int, level: float) -> float:
    """Return by how much bounds may be off at a level by rounding; 0 for rules whose bounds are exact."""
    if rule in (SLACK, WSPT, ATC) and level > -np.inf:
        return ROUNDING * (1.0 + abs(level))
    return 0.0


@inner
def bound_level(rule: int, at: int, now: float, speed: float, log_speed: float, scale: float, nodes: Floats) -> float:
    """Return a level that no waiting task below a node exceeds now, for an agent of this speed."""
    key = nodes[at, KEY]
    if rule == ATC:
        steep = min(nodes[at, SLOW], nodes[at, LINE] + nodes[at, MOST_S] / (speed * scale))
        level = min(key, steep + now / scale) + log_speed
    elif rule == SLACK:
        level = now + min(nodes[at, SLOW], nodes[at, LINE] + nodes[at, MOST_S] / speed)
    elif rule == SPT:
        level = key / speed
    elif rule == WSPT:
        level = key * speed
    else:
        level = key
    return float(level + get_slop(rule, level))
