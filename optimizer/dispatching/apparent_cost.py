"""An index for a start solution: what a delay would cost, by the whole objective, where capacity has its price.

The apparent tardiness cost of Vepsalainen and Morton is what a delay of random, exponentially distributed length costs
a task whose cost is linear after its due. The same expectation is taken here of what a task really costs: besides
tardiness there are jumps, at the due (`late`), at the must-by (`missed`), and at the end of the last shift before a
gap, after which the task goes on late or is carried over. Per second of handling and setup (as in the ATCS rule) it is
the index; two factors correct it by the plan that came before:

- the price of the task's type, what the last second spent on it was worth: whoever can work for several types goes
  where that is most;
- what the task itself is worth per second below that price: where not all can be done, such tasks would be left
  anyway, and come last from the beginning.

The index of a task is that of the last tick of a clock of `TICK_S`.

References
----------
Vepsalainen and Morton (1987), Priority rules for job shops with weighted tardiness costs. Management Science 33(8).
Lee, Bhaskaran and Pinedo (1997), A heuristic to minimize the total weighted tardiness with sequence-dependent setups.
IIE Transactions 29(1), 45-52.
Morton and Pentico (1993), Heuristic Scheduling Systems, chapter 10 (resource pricing).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.dispatching.queues import KEY, MOST_S, ROUNDING, Groups
from optimizer.instance import NEVER, Flags, Floats, Instance, Ints, Seconds
from optimizer.kernels import compiled, inner, kernel
from optimizer.objective import Charges, charge_completion, charge_leaving

APPARENT_COST = 7
"""What compiled code knows the index by, beside the codes of the policy's rules."""

TICK_S = 600
TARDY_LOOK_AHEAD, JUMP_LOOK_AHEAD, GAP_LOOK_AHEAD = 1.5, 2.0, 2.7
"""Mean delays that are looked ahead to, in mean handlings."""

JUMP_SHARE = 0.5
SETUP_SHARE = 2.0
"""How much of a jump, and of a setup, counts; found by experiment, and flat around it."""

PRICE_SHARE, WORTH_SHARE = 0.75, 2.0
"""Exponents of the two factors."""

SMOOTHING = 0.5
"""How much of the prices before stays: they swing otherwise."""

PRICE_SPAN = 4.0
"""How far below the highest price a price counts, as a logarithm."""


RATE, LATEST, LATE, MUST_BY, MISSED, JUMP, HANDLING_S, FACTOR = range(8)
"""Columns of what is at stake with a task: cost of a tardy minute; latest start that is on time, and what is charged
after it; latest start for its must-by, and what is charged after it; what the next gap would cost; expected handling
by those who may do it; the factor that turns cost into index."""


class Outlook(NamedTuple):
    """What the index needs to know beyond the rules'. L places, G groups.

    Attributes
    ----------
    tardy_s, jump_s, gap_s : look-aheads
    stakes : (L, 8)
    gap_ptr, gap_start, gap_end : the gaps of a group in which nobody works who takes from it, ascending;
        the last one never ends
    next_gap : (G,) the gap of a group that `JUMP` is about, -1 where it has not been reckoned; written by the kernel
    leaving : (T,) what it costs to leave a task, with those that follow it
    price : (K,) logarithm of the price of a second of each type; empty before there is a plan
    """

    tardy_s: float
    jump_s: float
    gap_s: float
    stakes: NDArray[np.float64]
    gap_ptr: Ints
    gap_start: Seconds
    gap_end: Seconds
    next_gap: Ints
    leaving: Floats
    price: Floats


def no_outlook() -> Outlook:
    """Return what the kernel takes where it goes by a rule of the policy."""
    seconds, positions = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    return Outlook(1.0, 1.0, 1.0, np.zeros((0, 8)), positions, seconds, seconds, positions, np.zeros(0), np.zeros(0))


def build_outlook(instance: Instance, groups: Groups, charges: Charges, mean_handling_s: float) -> Outlook:
    """Return the outlook before any plan: no type has a price yet."""
    num_groups = len(groups.group_team)
    members = np.bincount(groups.member_group, minlength=num_groups)
    speeds = np.bincount(groups.member_group, weights=groups.member_speed, minlength=num_groups)
    agent_of_member = np.repeat(np.arange(instance.num_agents), np.diff(groups.member_ptr))
    agent_of_member = agent_of_member[np.argsort(groups.member_group, kind="stable")]
    gap_ptr = np.zeros(num_groups + 1, dtype=np.int32)
    gap_start = np.zeros(int(np.diff(instance.agent_shift_ptr)[agent_of_member].sum()), dtype=np.int64)
    gap_end = np.zeros(len(gap_start), dtype=np.int64)
    num_gaps = _find_gaps(
        np.concatenate([[0], np.cumsum(members)]),
        agent_of_member,
        instance.agent_shift_ptr,
        instance.shift_start,
        instance.shift_end,
        gap_ptr,
        gap_start,
        gap_end,
    )
    leaving = np.zeros(instance.num_tasks)
    _charge_chains(instance.after_ptr, instance.after_task, charges, leaving)

    task, objective = groups.place_task, instance.objective
    due, jump_s = instance.task_due[task], JUMP_LOOK_AHEAD * mean_handling_s
    stakes = np.zeros((len(task), 8))
    handling = groups.standard_s * np.repeat(members / np.maximum(speeds, 1e-300), np.diff(groups.group_ptr))
    stakes[:, HANDLING_S] = handling
    stakes[:, RATE] = objective.tardiness * instance.task_weight[task]
    stakes[:, LATEST] = due - handling
    stakes[:, LATE] = np.where(due >= 0, JUMP_SHARE * objective.late * instance.task_weight[task] * 60.0 / jump_s, 0.0)
    stakes[:, MUST_BY] = instance.task_must_by[task] - handling
    stakes[:, MISSED] = JUMP_SHARE * objective.missed * 60.0 / jump_s
    stakes[:, FACTOR] = 1.0 / groups.standard_s
    return Outlook(
        tardy_s=TARDY_LOOK_AHEAD * mean_handling_s,
        jump_s=jump_s,
        gap_s=GAP_LOOK_AHEAD * mean_handling_s,
        stakes=stakes,
        gap_ptr=gap_ptr,
        gap_start=gap_start[:num_gaps],
        gap_end=gap_end[:num_gaps],
        next_gap=np.full(num_groups, -1, dtype=np.int32),
        leaving=leaving,
        price=np.zeros(0),
    )


@compiled(nogil=True)
def _find_gaps(
    member_ptr: Seconds,
    member_agent: Seconds,
    shift_ptr: Ints,
    shift_start: Seconds,
    shift_end: Seconds,
    gap_ptr: Ints,
    gap_start: Seconds,
    gap_end: Seconds,
) -> int:
    count = 0
    for group in range(len(member_ptr) - 1):
        num_shifts = 0
        for n in range(member_ptr[group], member_ptr[group + 1]):
            agent = member_agent[n]
            num_shifts += shift_ptr[agent + 1] - shift_ptr[agent]
        starts, ends = np.empty(num_shifts, np.int64), np.empty(num_shifts, np.int64)
        at = 0
        for n in range(member_ptr[group], member_ptr[group + 1]):
            agent = member_agent[n]
            for shift in range(shift_ptr[agent], shift_ptr[agent + 1]):
                starts[at], ends[at] = shift_start[shift], shift_end[shift]
                at += 1
        # Between the k-th end and the (k + 1)-th start nobody works where the former comes first.
        starts.sort()
        ends.sort()
        for k in range(num_shifts):
            if k + 1 == num_shifts or ends[k] < starts[k + 1]:
                gap_start[count] = ends[k]
                gap_end[count] = starts[k + 1] if k + 1 < num_shifts else NEVER
                count += 1
        gap_ptr[group + 1] = count
    return count


@kernel
def _charge_chains(after_ptr: Ints, after_task: Ints, charges: Charges, leaving: NDArray[np.float64]) -> None:
    for task in range(len(leaving)):
        own = charge_leaving(task, charges)
        leaving[task] += own
        for n in range(after_ptr[task], after_ptr[task + 1]):
            leaving[after_task[n]] += own


@inner
def appraise(place: int, group: int, tick: int, outlook: Outlook) -> float:
    """Return the index of a task at a tick, for an agent of speed 1 who needs no setup."""
    gap = outlook.next_gap[group]
    until = outlook.gap_start[gap] if gap < outlook.gap_ptr[group + 1] else -NEVER
    return float(_appraise(place, tick, until, outlook.stakes, outlook.tardy_s, outlook.jump_s, outlook.gap_s))


@inner
def _appraise(place: int, tick: int, until: int, stakes: Floats, tardy_s: float, jump_s: float, gap_s: float) -> float:
    slack = stakes[place, LATEST] - tick
    value = stakes[place, RATE]
    if slack >= 0.0:
        value *= math.exp(-slack / tardy_s)
        value += stakes[place, LATE] * math.exp(-slack / jump_s)
    spare = stakes[place, MUST_BY] - tick
    if spare >= 0.0:
        value += stakes[place, MISSED] * math.exp(-spare / jump_s)
    spare = until - tick - stakes[place, HANDLING_S]
    if spare >= 0.0:
        value += stakes[place, JUMP] * math.exp(-spare / gap_s)
    return float(value * stakes[place, FACTOR])


@inner
def appraise_all(tick: int, groups: Groups, outlook: Outlook, charges: Charges, keys: Floats, nodes: Floats) -> None:
    """Renew the index of all that wait, and the bounds on it."""
    group_ptr, stakes = groups.group_ptr, outlook.stakes
    tardy_s, jump_s, gap_s = outlook.tardy_s, outlook.jump_s, outlook.gap_s
    for group in range(len(group_ptr) - 1):
        low, size = group_ptr[group], group_ptr[group + 1] - group_ptr[group]
        if size == 0:
            continue
        until = _reach_gap(group, tick, groups, outlook, charges)
        if nodes[2 * low + 1, KEY] == -np.inf:
            continue
        for n in range(size):
            at = 2 * low + size + n
            if nodes[at, KEY] > -np.inf:
                nodes[at, KEY] = _appraise(low + n, tick, until, stakes, tardy_s, jump_s, gap_s)
                keys[low + n, KEY] = nodes[at, KEY]
        for node in range(size - 1, 0, -1):
            at = 2 * low + node
            nodes[at, KEY] = max(nodes[at + node, KEY], nodes[at + node + 1, KEY])


@inner
def _reach_gap(group: int, tick: int, groups: Groups, outlook: Outlook, charges: Charges) -> int:
    """Return when the next gap of a group starts, `-NEVER` if none does; reckon what it costs where it is a new one."""
    gap = max(outlook.next_gap[group], outlook.gap_ptr[group])
    last = outlook.gap_ptr[group + 1]
    while gap < last and outlook.gap_start[gap] <= tick:
        gap += 1
    if gap == last:
        outlook.next_gap[group] = gap
        return -NEVER
    start, end = outlook.gap_start[gap], outlook.gap_end[gap]
    if gap != outlook.next_gap[group]:
        outlook.next_gap[group] = gap
        for place in range(groups.group_ptr[group], groups.group_ptr[group + 1]):
            task = groups.place_task[place]
            after = outlook.leaving[task]
            if end < NEVER:
                after = charge_completion(task, end + int(outlook.stakes[place, HANDLING_S]), charges)
            jump = max(0.0, after - charge_completion(task, start, charges))
            outlook.stakes[place, JUMP] = JUMP_SHARE * jump * 60.0 / outlook.gap_s
    return int(start)


@inner
def adjust_level(level: float, standard_s: float, speed: float, setup_s: int) -> float:
    """Return an index without setup as it is with one."""
    return float(level * standard_s / (standard_s + speed * SETUP_SHARE * setup_s))


@inner
def bound_adjusted(level: float, at: int, speed: float, least_setup_s: int, nodes: Floats) -> float:
    """Return a level that no waiting task below a node exceeds, given a bound on their index at speed 1."""
    if level == -np.inf:
        return level
    return adjust_level(level * speed, nodes[at, MOST_S], speed, least_setup_s) * (1.0 + ROUNDING)


def set_factors(outlook: Outlook, instance: Instance, groups: Groups, charges: Charges, task_agent: Ints) -> Outlook:
    """Return the outlook with the factors that follow from a plan."""
    worth = np.zeros(instance.num_tasks)
    _compare_worth(instance.task_handling, instance.task_release, charges, worth)
    log_worth = np.log(np.maximum(worth, 1e-12))
    lacks = np.bincount(
        np.repeat(np.arange(instance.num_tasks), np.diff(instance.after_ptr)),
        task_agent[instance.after_task] < 0,
        instance.num_tasks,
    )
    is_open = (groups.task_place >= 0) & (instance.task_pinned < 0) & (lacks == 0)
    price = price_types(instance, log_worth, task_agent, is_open)
    if len(outlook.price):
        price = SMOOTHING * outlook.price + (1.0 - SMOOTHING) * price
    task = groups.place_task
    below = np.minimum(0.0, log_worth[task] - price[instance.task_type[task]])
    factor = np.exp(PRICE_SHARE * (price[instance.task_type[task]] - price.mean()) + WORTH_SHARE * below)
    stakes = outlook.stakes.copy()
    stakes[:, FACTOR] = factor / groups.standard_s
    return outlook._replace(stakes=stakes, price=price, next_gap=np.full_like(outlook.next_gap, -1))


@kernel
def _compare_worth(handling: Floats, release: Seconds, charges: Charges, worth: NDArray[np.float64]) -> None:
    """Fill in what doing a task at once instead of leaving it saves, per second at speed 1."""
    for task in range(len(handling)):
        seconds = 60.0 * handling[task]
        done = charge_completion(task, release[task] + int(seconds), charges)
        worth[task] = (charge_leaving(task, charges) - done) / seconds


def price_types(
    instance: Instance, log_worth: NDArray[np.float64], task_agent: Ints, is_open: Flags
) -> NDArray[np.float64]:
    """Return the logarithm of the price of a second of each type: the worth at which as much would be left as was.

    Parameters
    ----------
    log_worth : (T,) logarithm of what doing a task saves per second
    task_agent : (T,) the plan
    is_open : (T,) whether a task competes for the time of more than one agent

    Returns
    -------
    price : (K,)
    """
    tasks = np.flatnonzero(is_open)
    order = tasks[np.lexsort((log_worth[tasks], instance.task_type[tasks]))]
    price = np.full(instance.num_types, log_worth.mean() if len(log_worth) else 0.0)
    if not len(order):
        return price
    kind, work = instance.task_type[order], instance.task_handling[order]
    left = np.bincount(kind, np.where(task_agent[order] < 0, work, 0.0), instance.num_types)
    sizes = np.bincount(kind, minlength=instance.num_types)
    first = np.cumsum(sizes) - sizes
    worked = np.cumsum(work)
    within = worked - (worked - work)[first[kind]]
    rank = np.bincount(kind, within <= left[kind], instance.num_types).astype(np.int64)
    some = sizes > 0
    price[some] = log_worth[order[(first + np.minimum(rank, sizes - 1))[some]]]
    floor: NDArray[np.float64] = np.maximum(price, price.max() - PRICE_SPAN)
    return floor
