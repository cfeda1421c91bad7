"""The tasks that wait, group by group, as trees of bounds: the task of highest index is found without a scan.

A *group* holds tasks that the same agents may do: the tasks of a class of demand, or those pinned to one agent.
Each group is a binary tree over its tasks; a node keeps what bounds the index of every waiting task below it, at any
time and speed: two keys and the least standard seconds. Every rule has such bounds (`bound_level`): that of `atc`
follows from its logarithm, which is the lesser of a constant and of a line in time that is as steep for all tasks.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimizer.instance import Floats, Instance, Ints
from optimizer.policy import ATC, EDF, LEAST_EXPONENT, NO_DUE, NO_URGENCY, PRIORITY, SLACK, SPT, WSPT

ROUNDING = 1e-9
"""What a bound may be below the index that it bounds, relatively, by rounding."""


class Groups(NamedTuple):
    """Which tasks make up which group, and who takes from it. G groups, L places for tasks (one a task at most).

    Attributes
    ----------
    group_ptr : (G + 1,) places of a group
    group_team : (G,) team of all its tasks, -1 where they are mixed
    place_task : (L,) task at a place
    task_place : (T,) place of a task, -1 where nobody may do it or it is in progress
    standard_s : (L,) handling seconds at speed 1; in an agent's own group, by that agent
    member_ptr, member_group, member_speed : the groups that an agent takes from, and at which speed
    """

    group_ptr: Ints
    group_team: Ints
    place_task: Ints
    task_place: Ints
    standard_s: Floats
    member_ptr: Ints
    member_group: Ints
    member_speed: Floats


class Bounds(NamedTuple):
    """The trees, node by node: that of a group with places ``[lo, hi)`` fills ``[2 * lo, 2 * hi)``, its root second.

    Attributes
    ----------
    first, second : (2 L,) highest key of a waiting task below, `-inf` where none waits
    least_s : (2 L,) least standard seconds of one
    place_first, place_second : (L,) keys of the tasks themselves
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    least_s: NDArray[np.float64]
    place_first: NDArray[np.float64]
    place_second: NDArray[np.float64]


def build_groups(instance: Instance, speed_of_pinned: NDArray[np.float64]) -> Groups:
    """Return the groups of an instance.

    Parameters
    ----------
    speed_of_pinned : (T,) speed of the pinned agent at a task, 0 where that agent may not do it or there is none
    """
    num_classes = len(instance.class_ptr) - 1
    pinned = instance.task_pinned
    is_pinned = pinned >= 0
    owners, own_group = np.unique(pinned[is_pinned], return_inverse=True)
    group = instance.task_class.astype(np.int64)
    group[is_pinned] = num_classes + own_group
    waits = ~instance.task_in_progress & (~is_pinned | (speed_of_pinned > 0))
    has_members = np.diff(instance.class_ptr) > 0
    waits &= is_pinned | has_members[instance.task_class]

    tasks = np.flatnonzero(waits)
    order = tasks[np.lexsort((tasks, instance.task_due[tasks], group[tasks]))]
    num_groups = num_classes + len(owners)
    place_of = np.full(instance.num_tasks, -1, dtype=np.int32)
    place_of[order] = np.arange(len(order), dtype=np.int32)
    standard_s = 60.0 * instance.task_handling[order]
    own = is_pinned[order]
    standard_s[own] = standard_s[own] / speed_of_pinned[order[own]]

    # A class has one team; the tasks pinned to an agent may be of several.
    group_team = np.full(num_groups, -1, dtype=np.int32)
    group_team[instance.task_class] = instance.type_team[instance.task_type]

    class_of_entry = np.repeat(np.arange(num_classes), np.diff(instance.class_ptr))
    entry_agent = np.concatenate([instance.class_agent, owners])
    entry_group = np.concatenate([class_of_entry, num_classes + np.arange(len(owners))])
    entry_speed = np.concatenate([instance.class_speed, np.ones(len(owners))])
    counts = np.bincount(group[order], minlength=num_groups)
    useful = counts[entry_group] > 0
    entry_agent, entry_group, entry_speed = entry_agent[useful], entry_group[useful], entry_speed[useful]
    by_agent = np.lexsort((entry_group, entry_agent))
    return Groups(
        group_ptr=_pointers(counts),
        group_team=group_team,
        place_task=order.astype(np.int32),
        task_place=place_of,
        standard_s=standard_s,
        member_ptr=_pointers(np.bincount(entry_agent, minlength=instance.num_agents)),
        member_group=entry_group[by_agent].astype(np.int32),
        member_speed=entry_speed[by_agent],
    )


def _pointers(counts: NDArray[np.int64]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def build_bounds(instance: Instance, groups: Groups, rule: int, scale: float) -> Bounds:
    """Return empty trees with the keys of a rule."""
    task = groups.place_task
    due, weight = instance.task_due[task].astype(np.float64), instance.task_weight[task]
    longest_s = groups.standard_s / _slowest(groups)
    first, second = np.zeros(len(task)), np.full(len(task), np.inf)
    if rule == EDF:
        first = -due
    elif rule == SLACK:
        first = longest_s - due
    elif rule == PRIORITY:
        first = weight.copy()
    elif rule == SPT:
        first = -groups.standard_s
    elif rule == WSPT:
        first = weight / groups.standard_s
    elif rule == ATC:
        urgent = (weight > 0) & (due < NO_DUE)
        first = np.full(len(task), NO_URGENCY)
        first[urgent] = np.log(weight[urgent] / groups.standard_s[urgent])
        second = np.where(urgent, first - (due - longest_s) / scale, np.inf)
    num_nodes = 2 * len(task)
    return Bounds(
        first=np.full(num_nodes, -np.inf),
        second=np.full(num_nodes, -np.inf),
        least_s=np.full(num_nodes, np.inf),
        place_first=first,
        place_second=second,
    )


def _slowest(groups: Groups) -> NDArray[np.float64]:
    """Return, by place, the least speed at which anyone does its task."""
    slowest = np.full(len(groups.group_team), np.inf)
    np.minimum.at(slowest, groups.member_group, groups.member_speed)
    return np.repeat(slowest, np.diff(groups.group_ptr))


@njit(cache=True, nogil=True)
def put(place: int, low: int, high: int, groups: Groups, bounds: Bounds) -> None:
    """Let the task at a place wait in its group, whose places are ``[low, high)``."""
    node = high - low + place - low
    base = 2 * low
    first, second, least = bounds.place_first[place], bounds.place_second[place], groups.standard_s[place]
    while node >= 1:
        bounds.first[base + node] = max(bounds.first[base + node], first)
        bounds.second[base + node] = max(bounds.second[base + node], second)
        bounds.least_s[base + node] = min(bounds.least_s[base + node], least)
        node >>= 1


@njit(cache=True, nogil=True)
def take(place: int, low: int, high: int, bounds: Bounds) -> None:
    """Take the task at a place out of its group, whose places are ``[low, high)``."""
    node = high - low + place - low
    base = 2 * low
    bounds.first[base + node] = -np.inf
    bounds.second[base + node] = -np.inf
    bounds.least_s[base + node] = np.inf
    node >>= 1
    while node >= 1:
        left, right = base + 2 * node, base + 2 * node + 1
        bounds.first[base + node] = max(bounds.first[left], bounds.first[right])
        bounds.second[base + node] = max(bounds.second[left], bounds.second[right])
        bounds.least_s[base + node] = min(bounds.least_s[left], bounds.least_s[right])
        node >>= 1


@njit(cache=True, nogil=True)
def to_level(rule: int, index: float) -> float:
    """Return an index on the scale of its bounds, which for `atc` is that of its logarithm."""
    if rule == ATC:
        return math.log(index) if index > 0.0 else index + LEAST_EXPONENT
    return index


@njit(cache=True, nogil=True)
def bound_level(
    rule: int, node: int, now: float, speed: float, log_speed: float, scale: float, bounds: Bounds
) -> float:
    """Return a level that no waiting task below a node exceeds now, for an agent of this speed."""
    first = bounds.first[node]
    if rule == ATC:
        level = min(first, bounds.second[node] + now / scale) + log_speed
    elif rule == SPT:
        level = first / speed
    elif rule == WSPT:
        level = first * speed
    elif rule == SLACK:
        level = first + now
    else:
        level = first
    return float(level + ROUNDING * (1.0 + abs(level)) if level > -np.inf else level)
