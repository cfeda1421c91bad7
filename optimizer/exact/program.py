"""The whole problem as a constraint program over working seconds, in the words of CP-SAT.

A task in a shift is an optional interval of positions; a circuit through each shift says what follows what, so that
setups, moves and stays hold between neighbours. Tardiness, charges and instants are tied to positions by steps: one
literal per working interval or stretch of office time, true where the task ends (or starts) beyond its beginning.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from optimizer.bounds.costs import office_seconds
from optimizer.exact.shifts import ShiftWork, list_candidates, list_shifts
from optimizer.exact.whole_costs import WholeCosts, count_costs
from optimizer.instance import NEVER, Instance
from optimizer.solution import Solution

HOME = 0
"""The node of a circuit at which a shift begins and ends; task i is node i + 1."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One task in one shift: whether it is there, from which position on, for how many seconds."""

    is_there: Any
    start: Any
    seconds: int


@dataclass(kw_only=True)
class Program:
    """A constraint program and what of it is needed to read an answer."""

    instance: Instance
    shifts: list[ShiftWork]
    costs: WholeCosts
    program: cp_model.CpModel
    places: dict[tuple[int, int], Place] = field(default_factory=dict)
    is_left: list[Any] = field(default_factory=list)
    arcs: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    begins: dict[int, Any] = field(default_factory=dict)
    objective: Any = None


def build_program(instance: Instance, least: float) -> Program:
    """Return the program of an instance whose total is known to be at least `least`."""
    shifts = list_shifts(instance)
    last = max((shift.intervals[-1][1] for shift in shifts), default=0)
    horizon = int(max(last, instance.task_carry_over.max(initial=0)))
    made = Program(instance=instance, shifts=shifts, costs=count_costs(instance, horizon), program=cp_model.CpModel())
    _place_tasks(made)
    terms = [_cost_of(made, task, horizon) for task in range(instance.num_tasks)]
    _tie_instants(made, horizon)
    terms += [_order_shift(made, n) for n in range(len(shifts))]
    _tie_tasks(made)
    made.objective = sum(terms, start=cp_model.LinearExpr.sum([]))
    floor = int((least - float(made.costs.error)) * made.costs.parts * (1 - 1e-12)) - 1
    if made.costs.error == 0 and floor > 0:
        made.program.add(made.objective >= floor)
    made.program.minimize(made.objective)
    return made


def _place_tasks(made: Program) -> None:
    """Let each task be in one shift of somebody who may do it, or left."""
    program, instance = made.program, made.instance
    intervals: list[list[Any]] = [[] for _ in made.shifts]
    for task in range(instance.num_tasks):
        candidates = list_candidates(instance, task)
        literals = []
        for n, shift in enumerate(made.shifts):
            seconds = candidates.get(shift.agent)
            if seconds is None:
                continue
            first, last = shift.worked_before(int(instance.task_release[task])), shift.seconds - seconds
            if first > last:
                continue
            is_there = program.new_bool_var(f"there_{task}_{n}")
            start = program.new_int_var(first, last, f"start_{task}_{n}")
            intervals[n].append(
                program.new_optional_fixed_size_interval_var(start, seconds, is_there, f"work_{task}_{n}")
            )
            made.places[task, n] = Place(is_there=is_there, start=start, seconds=seconds)
            literals.append(is_there)
        is_left = program.new_bool_var(f"left_{task}")
        program.add_exactly_one([*literals, is_left])
        made.is_left.append(is_left)
    for row in intervals:
        program.add_no_overlap(row)


def _places_of(made: Program, task: int) -> Iterable[tuple[ShiftWork, Place]]:
    for n, shift in enumerate(made.shifts):
        if (task, n) in made.places:
            yield shift, made.places[task, n]


def _cost_of(made: Program, task: int, horizon: int) -> Any:
    """Return what a task costs, moves apart, and tie its tardiness and charges to where it ends."""
    instance, costs, program = made.instance, made.costs, made.program
    due, must_by = int(instance.task_due[task]), int(instance.task_must_by[task])
    base = _counted(instance, max(due, 0))
    carry_over = int(instance.task_carry_over[task])
    tardy_if_left = max(0, _counted(instance, max(carry_over, 0)) - base)
    left = costs.left[task] + costs.rate[task] * tardy_if_left
    left += costs.late[task] * (carry_over > due) + costs.missed * (carry_over > must_by)
    terms = [left * made.is_left[task]]
    preferred = instance.preferred_agent[instance.preferred_ptr[task] : instance.preferred_ptr[task + 1]].tolist()
    team, published = int(instance.type_team[instance.task_type[task]]), int(instance.task_published[task])
    for shift, place in _places_of(made, task):
        cost = costs.preferred * bool(preferred and shift.agent not in preferred)
        cost += costs.reassigned * (published not in (-1, shift.agent))
        if team != instance.agent_home[shift.agent]:
            cost += costs.away_cost(place.seconds)
        terms.append(cost * place.is_there)
    for charge, limit, name in ((costs.late[task], due, "late"), (costs.missed, must_by, "missed")):
        if charge > 0 and limit < NEVER:
            is_charged = program.new_bool_var(f"{name}_{task}")
            for shift, place in _places_of(made, task):
                in_time = shift.worked_before(limit) - place.seconds
                program.add(place.start <= in_time).only_enforce_if(place.is_there, ~is_charged)
            terms.append(charge * is_charged)
    if costs.rate[task] > 0:
        tardy = program.new_int_var(0, horizon, f"tardy_{task}")
        at_least = []
        for shift, place in _places_of(made, task):
            _tie_tardiness(made, shift, place, base, tardy)
            first = shift.worked_before(int(instance.task_release[task])) + place.seconds
            at_least.append(max(0, _counted(instance, shift.end_at(first)) - base) * place.is_there)
        if at_least:
            program.add(tardy >= sum(at_least[1:], start=at_least[0]))
        terms.append(costs.rate[task] * tardy)
    return sum(terms[1:], start=terms[0])


def _counted(instance: Instance, instant: int) -> int:
    """Return the office seconds between `now` and an instant."""
    return int(office_seconds(instance, np.array([instant], np.int64))[0])


def _stretches(instance: Instance, shift: ShiftWork) -> list[tuple[int, int, int]]:
    """Return the stretches of a shift in which the clock of tardiness runs or stands still.

    Returns
    -------
    Position at which it begins, office seconds counted by then, and whether the clock runs in it: 1 or 0.
    """
    found: list[tuple[int, int, int]] = []
    worked = 0
    edges = [*instance.office_start.tolist(), *instance.office_end.tolist()]
    for start, end in shift.intervals:
        cuts = sorted({start, *(edge for edge in edges if start < edge < end)})
        for at, to in zip(cuts, [*cuts[1:], end], strict=True):
            counted = _counted(instance, at)
            found.append((worked, counted, int(_counted(instance, to) > counted)))
            worked += to - at
    return found


def _tie_tardiness(made: Program, shift: ShiftWork, place: Place, base: int, tardy: Any) -> None:
    """Make a task at a place as tardy as its end makes it."""
    program, end = made.program, place.start + place.seconds
    stretches = _stretches(made.instance, shift)
    literals: list[Any] = [_is_beyond(made, place, at) for at, _, _ in stretches]
    for n, (at, counted, runs) in enumerate(stretches):
        given = [place.is_there, literals[n]]
        if n + 1 < len(stretches):
            given.append(~literals[n + 1])
        program.add(tardy >= counted - base + runs * (end - at)).only_enforce_if(given)


def _is_beyond(made: Program, place: Place, position: int) -> Any:
    """Return a literal that is true where the task ends after a position, false where it ends by then."""
    program = made.program
    if position == 0:
        return program.new_constant(1)
    literal = program.new_bool_var("")
    end = place.start + place.seconds
    program.add(end <= position).only_enforce_if(place.is_there, ~literal)
    program.add(end > position).only_enforce_if(place.is_there, literal)
    return literal


def _tie_instants(made: Program, horizon: int) -> None:
    """Let no task start before those that it follows have ended."""
    program, instance = made.program, made.instance
    ends: dict[int, Any] = {}
    for task in range(instance.num_tasks):
        before = instance.after_task[instance.after_ptr[task] : instance.after_ptr[task + 1]].tolist()
        if not before:
            continue
        begin = program.new_int_var(0, horizon, f"begin_{task}")
        for shift, place in _places_of(made, task):
            offsets = shift.offsets
            for n, (_, offset) in enumerate(offsets):
                given = [place.is_there]
                if n + 1 < len(offsets):
                    is_later = program.new_bool_var("")
                    program.add(place.start >= offsets[n + 1][0]).only_enforce_if(is_later)
                    given.append(~is_later)
                program.add(begin <= place.start + offset).only_enforce_if(given)
        for other in before:
            if other not in ends:
                ends[other] = program.new_int_var(0, horizon, f"end_{other}")
                for shift, place in _places_of(made, other):
                    for at, offset in shift.offsets:
                        given = [place.is_there, _is_beyond(made, place, at)]
                        program.add(ends[other] >= place.start + place.seconds + offset).only_enforce_if(given)
            program.add_implication(made.is_left[other], made.is_left[task])
            program.add(begin >= ends[other]).only_enforce_if(~made.is_left[task])


def _tie_tasks(made: Program) -> None:
    """Keep apart what must have different agents, and put what is in progress first."""
    program, instance = made.program, made.instance
    for task in range(instance.num_tasks):
        for other in instance.separate_task[instance.separate_ptr[task] : instance.separate_ptr[task + 1]].tolist():
            for agent in {shift.agent for shift, _ in _places_of(made, task)} if task < other else ():
                both = [
                    place.is_there
                    for one in (task, other)
                    for shift, place in _places_of(made, one)
                    if shift.agent == agent
                ]
                program.add_at_most_one(both)
        if instance.task_in_progress[task]:
            for shift, place in _places_of(made, task):
                for (other, n), elsewhere in made.places.items():
                    earlier = made.shifts[n].agent == shift.agent and made.shifts[n].order < shift.order
                    if earlier and other != task:
                        program.add_implication(place.is_there, ~elsewhere.is_there)


def _order_shift(made: Program, n: int) -> Any:
    """Say what follows what in a shift; return what its moves cost."""
    program, instance, shift = made.program, made.instance, made.shifts[n]
    tasks = [task for task, m in made.places if m == n]
    if not tasks:
        return 0
    state = int(instance.state_type[shift.agent]) if shift.is_open else -1
    moves: list[Any] = []
    arcs: list[tuple[int, int, Any]] = [(HOME, HOME, program.new_bool_var(""))]
    for task in tasks:
        place, type_ = made.places[task, n], int(instance.task_type[task])
        arcs.append((task + 1, task + 1, ~place.is_there))
        arcs.append((task + 1, HOME, made.arcs.setdefault((n, task + 1, HOME), program.new_bool_var(""))))
        arc = made.arcs.setdefault((n, HOME, task + 1), program.new_bool_var(""))
        arcs.append((HOME, task + 1, arc))
        if state >= 0:
            program.add(place.start >= _setup(instance, state, type_)).only_enforce_if(arc)
            moves += [arc] * _is_move(instance, state, type_)
        for other in tasks:
            follower = made.places[other, n]
            if other == task or instance.task_in_progress[other]:
                continue
            gap = place.seconds + _setup(instance, type_, int(instance.task_type[other]))
            arc = program.new_bool_var("")
            made.arcs[n, task + 1, other + 1] = arc
            program.add(follower.start >= place.start + gap).only_enforce_if(arc)
            arcs.append((task + 1, other + 1, arc))
            moves += [arc] * _is_move(instance, type_, int(instance.task_type[other]))
    program.add_circuit(arcs)
    if not moves:
        return 0
    made_before = int(instance.state_moves[shift.agent]) if shift.is_open else 0
    program.add(sum(moves) <= max(0, int(instance.agent_max_moves[shift.agent]) - made_before))
    if instance.agent_min_stay[shift.agent] > 0 or (shift.is_open and instance.state_team_since[shift.agent] > 0):
        _hold_stays(made, n, tasks, state)
    return made.costs.move * sum(moves)


def _hold_stays(made: Program, n: int, tasks: list[int], state: int) -> None:
    """Let an agent stay in a team for as long as was agreed before moving again."""
    program, instance, shift = made.program, made.instance, made.shifts[n]
    stay, last = int(instance.agent_min_stay[shift.agent]), shift.intervals[-1][1]
    since = int(instance.state_team_since[shift.agent]) if shift.is_open else -NEVER
    since = max(since, -stay)  # whatever lies further back holds nothing up
    begins, moved = {}, {}
    for task in tasks:
        place = made.places[task, n]
        begins[task] = program.new_int_var(0, last, "")
        moved[task] = program.new_int_var(-stay, max(last, since), "")
        literals = []
        bounds = [*(at for at, _ in shift.offsets), shift.seconds]
        for m, (at, offset) in enumerate(shift.offsets):
            is_in = program.new_bool_var("")
            program.add(place.start >= at).only_enforce_if(is_in)
            program.add(place.start < bounds[m + 1]).only_enforce_if(is_in)
            program.add(begins[task] == place.start + offset).only_enforce_if(is_in)
            literals.append(is_in)
        program.add_exactly_one(literals)
    for task in tasks:
        type_ = int(instance.task_type[task])
        into: list[tuple[Any, int, Any]] = [(made.arcs[n, HOME, task + 1], state, since)]
        into += [
            (made.arcs[n, other + 1, task + 1], int(instance.task_type[other]), moved[other])
            for other in tasks
            if (n, other + 1, task + 1) in made.arcs
        ]
        for arc, before, moved_at in into:
            if before >= 0 and _is_move(instance, before, type_):
                program.add(begins[task] >= moved_at + stay).only_enforce_if(arc)
                program.add(moved[task] >= begins[task]).only_enforce_if(arc)
            else:
                program.add(moved[task] >= moved_at).only_enforce_if(arc)


def _is_move(instance: Instance, before: int, type_: int) -> bool:
    return bool(instance.type_team[before] != instance.type_team[type_])


def _setup(instance: Instance, before: int, type_: int) -> int:
    if before == type_:
        return 0
    return int(instance.setup_other_team if _is_move(instance, before, type_) else instance.setup_same_team)


def hint(made: Program, start: Solution) -> None:
    """Tell the program of a plan to begin from."""
    for (task, n), place in made.places.items():
        shift = made.shifts[n]
        begin = int(start.task_start[task])
        is_there = start.task_agent[task] == shift.agent and shift.intervals[0][0] <= begin < shift.intervals[-1][1]
        made.program.add_hint(place.is_there, bool(is_there))
        if is_there:
            made.program.add_hint(place.start, shift.worked_before(begin))
    for task, is_left in enumerate(made.is_left):
        made.program.add_hint(is_left, bool(start.task_agent[task] < 0))
