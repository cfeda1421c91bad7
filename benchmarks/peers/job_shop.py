"""The daily plan in the words of PyJobShop: a machine for each shift, with its breaks; a mode for each who may do it.

Jobs are charged for tardiness and for being tardy in one fixed ratio. To leave a task is a mode without a machine of
its own, at an instant after the day that is chosen for each task so that tardiness and the late charge up to there
are just what leaving it costs. Setups are those of PyJobShop: circuits, and an array of machines x tasks x tasks.

Not in it: what is done away, moves, `missed`, preferred agents, reassignments, `after`, four eyes, office hours; a
setup that a break interrupts counts the break.
"""

import math
import time
from dataclasses import dataclass
from fractions import Fraction

from pyjobshop import MAX_VALUE, Machine, Model, Renewable, SolveStatus, Task
from pyjobshop.solvers.ortools import CPModel

from benchmarks.peers.deciding import Decision, decide_nothing
from optimizer.exact.shifts import ShiftWork, list_candidates, list_shifts
from optimizer.instance import Instance
from optimizer.objective import charge_leaving, get_charges

LARGEST = 2**62
"""What a sum of costs may reach: every tardiness may, to PyJobShop, be up to `MAX_VALUE`."""

MOST_SHARES = 20
"""Parts into which a weight of 1 is divided, where that is not too much for `LARGEST`."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How charges become PyJobShop's.

    Attributes
    ----------
    tardiness, tardy : charge for a second, and for being tardy, in whole parts
    parts : parts in one unit of the objective
    shares : weight of a job whose task has the weight 1
    """

    tardiness: int
    tardy: int
    parts: Fraction
    shares: int


def decide_by_pyjobshop(
    instance: Instance, *, seconds: float, threads: int, seed: int, has_setups: bool
) -> Decision | None:
    """Return the best decision found within so many seconds, building included; None where there is none."""
    ends_at = time.monotonic() + seconds
    shifts = list_shifts(instance)
    # PyJobShop's own limit does not count what it builds: it is built apart, to know what is left.
    built = CPModel(_formulate(instance, shifts, has_setups=has_setups).data())
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        return None
    result = built.solve(left_s, num_workers=threads, random_seed=seed)
    if result.status not in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
        return None
    found = decide_nothing(instance.num_tasks)
    for task, scheduled in enumerate(result.best.tasks):
        n = scheduled.resources[0]
        if n < len(shifts):
            found.agent[task], found.start[task] = shifts[n].agent, scheduled.start
    return found


def _formulate(instance: Instance, shifts: list[ShiftWork], *, has_setups: bool) -> Model:
    """Return the problem; its first machines are the shifts."""
    program, weights = Model(), _weigh(instance)
    last = max((shift.intervals[-1][1] for shift in shifts), default=0)
    leavings = [_leave(instance, task, weights, last) for task in range(instance.num_tasks)]
    beyond = 1 + max((leaves for _, _, leaves in leavings), default=0)
    machines = [program.add_machine(breaks=_list_breaks(shift, beyond)) for shift in shifts]
    tomorrows: dict[int, Renewable] = {}
    on_machine: list[list[tuple[int, Task]]] = [[] for _ in shifts]
    for task, (weight, due, leaves) in enumerate(leavings):
        release = int(instance.task_release[task])
        job = program.add_job(weight=weight, due_date=due, deadline=beyond)
        work = program.add_task(job=job, earliest_start=release, latest_end=beyond - 1, allow_breaks=True)
        candidates = list_candidates(instance, task)
        for n, shift in enumerate(shifts):
            duration = candidates.get(shift.agent)
            if duration is not None and shift.worked_before(release) + duration <= shift.seconds:
                program.add_mode(work, machines[n], duration)
                on_machine[n].append((int(instance.task_type[task]), work))
        if leaves not in tomorrows:
            tomorrows[leaves] = program.add_renewable(capacity=1, breaks=[(0, leaves - 1)])
        program.add_mode(work, tomorrows[leaves], 1)
    if has_setups:
        for machine, row in zip(machines, on_machine, strict=True):
            _add_setups(instance, program, machine, row)
    program.set_objective(weight_total_tardiness=weights.tardiness, weight_tardy_jobs=weights.tardy)
    return program


def _weigh(instance: Instance) -> Weights:
    objective = instance.objective
    if objective.tardiness <= 0:
        raise ValueError("this formulation prices leaving a task by its tardiness, which must cost something")
    second, late = Fraction(repr(float(objective.tardiness))) / 60, Fraction(repr(float(objective.late)))
    common = math.gcd(second.numerator * late.denominator, late.numerator * second.denominator)
    tardiness = second.numerator * late.denominator // common
    tardy = late.numerator * second.denominator // common
    most = MAX_VALUE * tardiness * max(1.0, float(instance.task_weight.sum()))
    return Weights(
        tardiness=tardiness,
        tardy=tardy,
        parts=tardiness / second,
        shares=max(1, min(MOST_SHARES, int(LARGEST / 2 / most))),
    )


def _leave(instance: Instance, task: int, weights: Weights, last: int) -> tuple[int, int, int]:
    """Return the weight and the due date of a job, and the instant at which its task ends if it is left."""
    charge = float(charge_leaving(task, get_charges(instance)))
    weight, due = float(instance.task_weight[task]), int(instance.task_due[task])
    carry_over = int(instance.task_carry_over[task])
    after = max(last, carry_over) + 2
    if due < carry_over and weight > 0:
        # An overdue task is tardy whatever is done, which is the same for all plans and no part of its charge.
        late = instance.objective.late * weight if due >= 0 else 0.0
        base = max(0, due)
        minutes = (charge - late) / (instance.objective.tardiness * weight)
        return round(weight * weights.shares), base, max(last + 2, base + round(60 * minutes))
    # It cannot be tardy by any plan of the day: leaving it is to be tardy by a second, and its weight is its charge.
    return round(charge * weights.shares * float(weights.parts) / (weights.tardiness + weights.tardy)), after - 1, after


def _list_breaks(shift: ShiftWork, beyond: int) -> list[tuple[int, int]]:
    edges = [0, *(edge for interval in shift.intervals for edge in interval), beyond]
    return [(since, until) for since, until in zip(edges[::2], edges[1::2], strict=True) if until > since]


def _add_setups(instance: Instance, program: Model, machine: Machine, row: list[tuple[int, Task]]) -> None:
    teams = instance.type_team
    for kind, work in row:
        for other, follower in row:
            if kind != other:
                is_move = teams[kind] != teams[other]
                setup = int(instance.setup_other_team if is_move else instance.setup_same_team)
                if setup > 0:
                    program.add_setup_time(machine, work, follower, setup)
