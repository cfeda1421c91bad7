"""What a schedule costs, exactly as `docs/formats/problem.md` defines it: term by term, and task by task."""

from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Floats, Instance, Ints, Seconds
from optimizer.kernels import inner, kernel
from optimizer.timeline import Roster, compute_duration, contains, find_shift, get_roster, get_speed


@dataclass(frozen=True, kw_only=True)
class Score:
    """The terms of the objective, uncharged, and the `total`: the sum of coefficient times term."""

    tardiness: float
    late: float
    carried_over: float
    missed: float
    away: float
    move: float
    preferred: float
    reassigned: float
    total: float


class Charges(NamedTuple):
    """The columns of an `Instance` that decide what a task costs, as compiled code takes them.

    `office_before` is the office time that has passed before each `office_start`, in seconds.
    """

    due: Seconds
    carry_over: Seconds
    must_by: Seconds
    weight: Floats
    published: Ints
    preferred_ptr: Ints
    preferred_agent: Ints
    office_start: Seconds
    office_end: Seconds
    office_before: Seconds
    tardiness: float
    late: float
    carried_over: float
    missed: float
    away: float
    move: float
    preferred: float
    reassigned: float


def get_charges(instance: Instance) -> Charges:
    """Return the columns of an instance that decide what a task costs."""
    before = np.zeros(len(instance.office_start), dtype=np.int64)
    np.cumsum((instance.office_end - instance.office_start)[:-1], out=before[1:])
    before.flags.writeable = False
    return Charges(
        instance.task_due,
        instance.task_carry_over,
        instance.task_must_by,
        instance.task_weight,
        instance.task_published,
        instance.preferred_ptr,
        instance.preferred_agent,
        instance.office_start,
        instance.office_end,
        before,
        *(float(coefficient) for coefficient in astuple(instance.objective)),
    )


def score(instance: Instance, task_agent: Ints, task_start: Seconds, task_end: Seconds) -> Score:
    """Return the terms and the total of a feasible schedule.

    Parameters
    ----------
    task_agent : (T,) agent, -1 where unscheduled
    task_start, task_end : (T,) seconds from `now`; of no account where unscheduled
    """
    order = np.lexsort((task_start, task_agent)).astype(np.int32)
    order = order[task_agent[order] >= 0]
    terms = np.zeros(8)
    _sum_terms(
        np.ascontiguousarray(task_agent, dtype=np.int32),
        np.ascontiguousarray(task_start, dtype=np.int64),
        np.ascontiguousarray(task_end, dtype=np.int64),
        order,
        get_charges(instance),
        get_roster(instance),
        instance.task_type,
        instance.task_class,
        instance.task_handling,
        instance.agent_home,
        instance.class_ptr,
        instance.class_agent,
        instance.class_speed,
        terms,
    )
    coefficients = astuple(instance.objective)
    total = sum(coefficient * term for coefficient, term in zip(coefficients, terms.tolist(), strict=True))
    return Score(**dict(zip(Score.__dataclass_fields__, [*terms.tolist(), total], strict=True)))


@kernel
def pass_office(instant: int, charges: Charges) -> int:
    """Return the office time that has passed before an instant, in seconds from the first opening."""
    office_start = charges.office_start
    low, high = 0, len(office_start)
    while low < high:
        middle = (low + high) >> 1
        if office_start[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return 0
    inside = min(instant, charges.office_end[low - 1]) - office_start[low - 1]
    return int(charges.office_before[low - 1] + inside)


@kernel
def count_tardy(due: int, completion: int, charges: Charges) -> int:
    """Return the seconds that a task is tardy, counted from `now` or its due and within office hours."""
    begin = max(due, 0)
    if completion <= begin:
        return 0
    if len(charges.office_start) == 0:
        return completion - begin
    return pass_office(completion, charges) - pass_office(begin, charges)


@kernel
def charge_completion(task: int, completion: int, charges: Charges) -> float:
    """Return what the completion of a task at an instant costs: tardiness, lateness, a missed must-by."""
    due, weight = charges.due[task], charges.weight[task]
    cost = 0.0
    if completion > due:
        cost = charges.tardiness * weight * count_tardy(due, completion, charges) / 60.0
        if due >= 0:
            cost += charges.late * weight
    if completion > charges.must_by[task]:
        cost += charges.missed
    return float(cost)


@kernel
def charge_leaving(task: int, charges: Charges) -> float:
    """Return what leaving a task unscheduled costs."""
    left = charge_completion(task, charges.carry_over[task], charges)
    return float(left + charges.carried_over * charges.weight[task])


@inner
def is_unpreferred(task: int, agent: int, charges: Charges) -> bool:
    """Return whether a task has preferred agents, and this is none of them."""
    preferred_ptr = charges.preferred_ptr
    if preferred_ptr[task] == preferred_ptr[task + 1]:
        return False
    return not contains(agent, task, preferred_ptr, charges.preferred_agent)


@inner
def is_reassigned(task: int, agent: int, charges: Charges) -> bool:
    """Return whether the published plan gave a task to another agent."""
    published = charges.published[task]
    return bool(published >= 0 and published != agent)


@kernel
def charge_agent(task: int, agent: int, duration: int, is_away: bool, charges: Charges) -> float:
    """Return what it costs that this agent does a task, moves apart: away, not preferred, reassigned."""
    cost = 0.0
    if is_away:
        cost += charges.away * duration / 60.0
    if is_unpreferred(task, agent, charges):
        cost += charges.preferred
    if is_reassigned(task, agent, charges):
        cost += charges.reassigned
    return cost


@kernel
def _sum_terms(
    task_agent: Ints,
    task_start: Seconds,
    task_end: Seconds,
    order: Ints,
    charges: Charges,
    roster: Roster,
    task_type: Ints,
    task_class: Ints,
    task_handling: Floats,
    agent_home: Ints,
    class_ptr: Ints,
    class_agent: Ints,
    class_speed: Floats,
    terms: NDArray[np.float64],
) -> None:
    for i in range(len(task_agent)):
        agent, due, weight = task_agent[i], charges.due[i], charges.weight[i]
        completion = task_end[i] if agent >= 0 else charges.carry_over[i]
        terms[0] += weight * count_tardy(due, completion, charges) / 60.0
        if due >= 0 and completion > due:
            terms[1] += weight
        if agent < 0:
            terms[2] += weight
        if completion > charges.must_by[i]:
            terms[3] += 1.0
        if agent >= 0:
            if roster.type_team[task_type[i]] != agent_home[agent]:
                speed = get_speed(task_class[i], agent, class_ptr, class_agent, class_speed)
                terms[4] += compute_duration(task_handling[i], speed) / 60.0
            terms[6] += is_unpreferred(i, agent, charges)
            terms[7] += is_reassigned(i, agent, charges)

    last_agent, last_shift, last_type = -1, -1, -1
    for n in range(len(order)):
        i = order[n]
        agent = task_agent[i]
        shift = find_shift(agent, task_start[i], roster)
        if agent != last_agent or shift != last_shift:
            last_type = -1
            if shift == roster.shift_ptr[agent] and roster.shift_start[shift] <= 0:
                last_type = roster.state_type[agent]
        if last_type >= 0 and roster.type_team[last_type] != roster.type_team[task_type[i]]:
            terms[5] += 1.0
        last_agent, last_shift, last_type = agent, shift, task_type[i]
