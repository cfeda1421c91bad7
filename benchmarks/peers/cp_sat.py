"""The daily plan as one formulation in CP-SAT, as its users write it: optional intervals, and no two at once.

A task has an optional interval for each shift of everybody who may do it, in working seconds of that shift, so that
breaks vanish; the end by the clock follows from which stretch between two breaks the interval ends in. With
`has_setups`, a circuit through each shift carries setups and charges moves; that takes a literal for each pair of
tasks in a shift. Not in it: most moves, least stays, `after`, four eyes, what is in progress, office hours.
"""

import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.peers.deciding import Decision, decide_nothing
from benchmarks.peers.dispatching import decide_by_rule
from models.vocabulary import Rule
from optimizer.exact.shifts import ShiftWork, list_candidates, list_shifts
from optimizer.exact.whole_costs import WholeCosts, count_costs
from optimizer.instance import NEVER, Instance

HOME = 0
"""The node of a circuit at which a shift begins and ends; task i is node i + 1."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A task in one shift: whether it is there, from which position on, for how many seconds, ending in which stretch.

    `first` is the least position; of each stretch, `stretches` are position, offset, and the literal of ending in it.
    """

    is_there: Any
    start: Any
    first: int
    seconds: int
    stretches: list[tuple[int, int, Any]]


@dataclass(kw_only=True)
class Formulation:
    """The formulation, and what of it is needed to hint at a plan and to read one."""

    instance: Instance
    shifts: list[ShiftWork]
    costs: WholeCosts
    program: cp_model.CpModel
    options: dict[tuple[int, int], Option] = field(default_factory=dict)
    is_left: list[Any] = field(default_factory=list)
    ends: list[Any] = field(default_factory=list)
    tardy: list[Any] = field(default_factory=list)
    charges: list[tuple[int, int, Any]] = field(default_factory=list)
    arcs: dict[tuple[int, int, int], Any] = field(default_factory=dict)


def decide_by_cp_sat(
    instance: Instance, *, seconds: float, threads: int, seed: int, has_setups: bool, has_hint: bool
) -> Decision | None:
    """Return the best decision found within so many seconds, building included; None where there is none.

    Parameters
    ----------
    has_setups
        Whether circuits carry setups and moves.
    has_hint
        Whether it begins from the plan of ATC with its best look-ahead.
    """
    ends_at = time.monotonic() + seconds
    made = formulate(instance, has_setups=has_setups)
    if has_hint:
        hint(made, decide_by_rule(instance, Rule.ATC))
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        return None
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = left_s
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    if solver.solve(made.program) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = decide_nothing(instance.num_tasks)
    for (task, n), option in made.options.items():
        if solver.boolean_value(option.is_there):
            shift = made.shifts[n]
            found.agent[task], found.start[task] = shift.agent, shift.start_at(solver.value(option.start))
    return found


def formulate(instance: Instance, *, has_setups: bool) -> Formulation:
    """Return the formulation of an instance."""
    shifts = list_shifts(instance)
    last = max((shift.intervals[-1][1] for shift in shifts), default=0)
    horizon = max(0, last, int(instance.task_carry_over.max(initial=0)))
    made = Formulation(
        instance=instance, shifts=shifts, costs=count_costs(instance, horizon), program=cp_model.CpModel()
    )
    intervals: list[list[Any]] = [[] for _ in shifts]
    terms = [_add_task(made, task, horizon, intervals) for task in range(instance.num_tasks)]
    for row in intervals:
        made.program.add_no_overlap(row)
    if has_setups:
        terms += [_order_shift(made, n) for n in range(len(shifts))]
    made.program.minimize(cp_model.LinearExpr.sum(terms))
    return made


def _add_task(made: Formulation, task: int, horizon: int, intervals: list[list[Any]]) -> Any:
    """Let a task be in one shift or left; return what that costs."""
    program, instance, costs = made.program, made.instance, made.costs
    candidates, release = list_candidates(instance, task), int(instance.task_release[task])
    end, is_left = program.new_int_var(0, horizon, ""), program.new_bool_var("")
    carry_over = max(0, int(instance.task_carry_over[task]))
    program.add(end == carry_over).only_enforce_if(is_left)
    base = max(0, int(instance.task_due[task]))
    # The sum of the least tardiness of each choice makes the linear relaxation see which choice is late.
    terms, least = [costs.left[task] * is_left], [max(0, carry_over - base) * is_left]
    literals = [is_left]
    for n, shift in enumerate(made.shifts):
        seconds = candidates.get(shift.agent)
        first = shift.worked_before(release)
        if seconds is None or first + seconds > shift.seconds:
            continue
        option = _add_option(made, shift, end, first, seconds)
        made.options[task, n] = option
        intervals[n].append(program.new_optional_fixed_size_interval_var(option.start, seconds, option.is_there, ""))
        literals.append(option.is_there)
        if charge := _charge_agent(made, task, shift.agent, seconds):
            terms.append(charge * option.is_there)
        least += [
            max(0, offset + max(at + 1, first + seconds) - base) * literal for at, offset, literal in option.stretches
        ]
    program.add_exactly_one(literals)
    tardy = program.new_int_var(0, max(0, horizon - base), "")
    program.add(tardy >= end - base)
    program.add(tardy >= cp_model.LinearExpr.sum(least))
    terms.append(costs.rate[task] * tardy)
    due, must_by = int(instance.task_due[task]), int(instance.task_must_by[task])
    for charge, limit in ((costs.late[task], due), (costs.missed, must_by)):
        if charge > 0 and limit < NEVER:
            is_charged = program.new_bool_var("")
            program.add(end <= limit).only_enforce_if(~is_charged)
            terms.append(charge * is_charged)
            made.charges.append((task, limit, is_charged))
    made.is_left.append(is_left)
    made.ends.append(end)
    made.tardy.append(tardy)
    return cp_model.LinearExpr.sum(terms)


def _add_option(made: Formulation, shift: ShiftWork, end: Any, first: int, seconds: int) -> Option:
    """Let a task be in a shift, and tie its end by the clock to its position there."""
    program = made.program
    start, is_there = program.new_int_var(first, shift.seconds - seconds, ""), program.new_bool_var("")
    bounds = [*(at for at, _ in shift.offsets), shift.seconds]
    reached = [(at, offset, bounds[n + 1]) for n, (at, offset) in enumerate(shift.offsets)]
    reached = [row for row in reached if row[2] >= first + seconds]
    stretches = [(at, offset, is_there if len(reached) == 1 else program.new_bool_var("")) for at, offset, _ in reached]
    for (_, offset, literal), (at, _, until) in zip(stretches, reached, strict=True):
        program.add_linear_constraint(start, max(first, at + 1 - seconds), until - seconds).only_enforce_if(literal)
        program.add(end == start + seconds + offset).only_enforce_if(literal)
    if len(stretches) > 1:
        program.add(cp_model.LinearExpr.sum([literal for *_, literal in stretches]) == is_there)
    return Option(is_there=is_there, start=start, first=first, seconds=seconds, stretches=stretches)


def _charge_agent(made: Formulation, task: int, agent: int, seconds: int) -> int:
    instance, costs = made.instance, made.costs
    preferred = instance.preferred_agent[instance.preferred_ptr[task] : instance.preferred_ptr[task + 1]].tolist()
    cost = costs.preferred * bool(preferred and agent not in preferred)
    cost += costs.reassigned * (int(instance.task_published[task]) not in (-1, agent))
    if instance.type_team[instance.task_type[task]] != instance.agent_home[agent]:
        cost += costs.away_cost(seconds)
    return int(cost)


def _order_shift(made: Formulation, n: int) -> Any:
    """Say what follows what in a shift; return what its moves cost."""
    program, instance, shift = made.program, made.instance, made.shifts[n]
    tasks = [task for task, m in made.options if m == n]
    state = int(instance.state_type[shift.agent]) if shift.is_open else -1
    moves: list[Any] = []
    if not tasks:
        return 0
    made.arcs[n, HOME, HOME] = program.new_bool_var("")
    arcs = [(HOME, HOME, made.arcs[n, HOME, HOME])]
    for task in tasks:
        option, kind = made.options[task, n], int(instance.task_type[task])
        arcs.append((task + 1, task + 1, ~option.is_there))
        for node, other in ((HOME, task + 1), (task + 1, HOME)):
            made.arcs[n, node, other] = program.new_bool_var("")
            arcs.append((node, other, made.arcs[n, node, other]))
        if state >= 0:
            setup, is_move = _change(instance, state, kind)
            program.add(option.start >= setup).only_enforce_if(made.arcs[n, HOME, task + 1])
            moves += [made.arcs[n, HOME, task + 1]] * is_move
        for other in tasks:
            if other == task:
                continue
            setup, is_move = _change(instance, kind, int(instance.task_type[other]))
            arc = made.arcs[n, task + 1, other + 1] = program.new_bool_var("")
            program.add(made.options[other, n].start >= option.start + option.seconds + setup).only_enforce_if(arc)
            arcs.append((task + 1, other + 1, arc))
            moves += [arc] * is_move
    program.add_circuit(arcs)
    return made.costs.move * cp_model.LinearExpr.sum(moves)


def _change(instance: Instance, before: int, kind: int) -> tuple[int, bool]:
    """Return the setup between two types in seconds, and whether it is a move."""
    if before == kind:
        return 0, False
    if instance.type_team[before] == instance.type_team[kind]:
        return int(instance.setup_same_team), False
    return int(instance.setup_other_team), True


def hint(made: Formulation, plan: Decision) -> None:
    """Tell every variable its value in a feasible plan."""
    program, instance = made.program, made.instance
    ends = [max(0, int(instant)) for instant in instance.task_carry_over]
    for (task, n), option in made.options.items():
        shift, begin = made.shifts[n], int(plan.start[task])
        is_there = bool(plan.agent[task] == shift.agent and shift.intervals[0][0] <= begin < shift.intervals[-1][1])
        program.add_hint(option.is_there, is_there)
        position = shift.worked_before(begin) if is_there else 0
        program.add_hint(option.start, position if is_there else option.first)
        if is_there:
            ends[task] = shift.end_at(position + option.seconds)
        if len(option.stretches) > 1:
            reached = max((at for at, _, _ in option.stretches if at < position + option.seconds), default=-1)
            for at, _, literal in option.stretches:
                program.add_hint(literal, is_there and at == reached)
    for task, end in enumerate(ends):
        program.add_hint(made.is_left[task], bool(plan.agent[task] < 0))
        program.add_hint(made.ends[task], end)
        program.add_hint(made.tardy[task], max(0, end - max(0, int(instance.task_due[task]))))
    for task, limit, is_charged in made.charges:
        program.add_hint(is_charged, ends[task] > limit)
    _hint_order(made, plan)


def _hint_order(made: Formulation, plan: Decision) -> None:
    followed: set[tuple[int, int, int]] = set()
    if made.arcs:
        for n, shift in enumerate(made.shifts):
            since, until = shift.intervals[0][0], shift.intervals[-1][1]
            tasks = [task for task, m in made.options if m == n and plan.agent[task] == shift.agent]
            tasks = sorted((t for t in tasks if since <= plan.start[t] < until), key=lambda task: int(plan.start[task]))
            nodes = [HOME, *(task + 1 for task in tasks), HOME]
            followed |= {(n, *pair) for pair in pairwise(nodes)}
    for key, arc in made.arcs.items():
        made.program.add_hint(arc, key in followed)
