"""Problems become instances, and solutions become plans: the one place where ids and instants change their form."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.formats.plan import Assignment, Plan, Unscheduled
from models.formats.plan import Objective as PlanObjective
from models.formats.problem import Agent, AgentState, Problem, Task
from models.vocabulary import PlanStatus
from optimizer.instance import NEVER, NO_LIMIT, Instance, Objective
from optimizer.objective import score
from optimizer.solution import Solution

RELATIVE_TOLERANCE = 1e-6

_Ints = NDArray[np.int32]
_Seconds = NDArray[np.int64]
_Floats = NDArray[np.float64]


class _Lists(NamedTuple):
    """Rows of positions: those of row `r` are `item[ptr[r]:ptr[r + 1]]`."""

    ptr: _Ints
    item: _Ints


class _Roster(NamedTuple):
    agent_shift_ptr: _Ints
    shift_start: _Seconds
    shift_end: _Seconds
    shift_work_ptr: _Ints
    work_start: _Seconds
    work_end: _Seconds


class _Classes(NamedTuple):
    task_class: _Ints
    ptr: _Ints
    agent: _Ints
    speed: _Floats


def assemble_instance(problem: Problem) -> Instance:
    """Return the columns of a problem. Positions are those of the problem's lists."""
    now = problem.now
    team_of = {team.id: position for position, team in enumerate(problem.teams)}
    type_of = {kind.id: position for position, kind in enumerate(problem.task_types)}
    agent_of = {agent.id: position for position, agent in enumerate(problem.agents)}
    task_of = {task.id: position for position, task in enumerate(problem.tasks)}
    tasks, agents = problem.tasks, problem.agents
    kinds = [problem.task_types[type_of[task.type]] for task in tasks]
    states = [agent.state or AgentState() for agent in agents]
    roster = _roster(agents, now)
    classes = _classes(problem, type_of)
    excluded = _lists([agent_of[agent] for agent in task.excluded_agents] for task in tasks)
    preferred = _lists([agent_of[agent] for agent in task.preferred_agents] for task in tasks)
    separate = _lists(_separate(tasks, task_of))
    after = _lists([task_of[other] for other in task.after] for task in tasks)

    return Instance(
        num_teams=len(problem.teams),
        type_team=_ints(team_of[kind.team] for kind in problem.task_types),
        agent_home=_ints(team_of[agent.team] for agent in agents),
        agent_max_moves=_ints(
            NO_LIMIT if agent.max_moves is None else min(agent.max_moves, NO_LIMIT) for agent in agents
        ),
        agent_min_stay=_seconds(_whole_seconds(agent.min_stay_minutes) for agent in agents),
        state_type=_ints(-1 if state.type is None else type_of[state.type] for state in states),
        state_moves=_ints(min(state.moves, NO_LIMIT - 1) for state in states),
        state_team_since=_seconds(-NEVER if state.team_since is None else state.team_since - now for state in states),
        agent_shift_ptr=roster.agent_shift_ptr,
        shift_start=roster.shift_start,
        shift_end=roster.shift_end,
        shift_work_ptr=roster.shift_work_ptr,
        work_start=roster.work_start,
        work_end=roster.work_end,
        task_type=_ints(type_of[task.type] for task in tasks),
        task_class=classes.task_class,
        class_ptr=classes.ptr,
        class_agent=classes.agent,
        class_speed=classes.speed,
        task_handling=_floats(
            kind.handling_minutes if task.handling_minutes is None else task.handling_minutes
            for task, kind in zip(tasks, kinds, strict=True)
        ),
        task_arrived=_seconds(task.arrived - now for task in tasks),
        task_due=_seconds(task.due - now for task in tasks),
        task_release=_seconds(
            max(0, task.arrived - now, (task.arrived if task.earliest_start is None else task.earliest_start) - now)
            for task in tasks
        ),
        task_carry_over=_seconds(
            next(i for i in (task.carry_over, kind.carry_over, problem.carry_over) if i is not None) - now
            for task, kind in zip(tasks, kinds, strict=True)
        ),
        task_must_by=_seconds(NEVER if task.must_by is None else task.must_by - now for task in tasks),
        task_weight=_floats(task.weight for task in tasks),
        task_pinned=_ints(-1 if task.pinned_agent is None else agent_of[task.pinned_agent] for task in tasks),
        task_published=_ints(-1 if task.published_agent is None else agent_of[task.published_agent] for task in tasks),
        task_in_progress=np.fromiter((task.in_progress for task in tasks), np.bool_, len(tasks)),
        excluded_ptr=excluded.ptr,
        excluded_agent=excluded.item,
        preferred_ptr=preferred.ptr,
        preferred_agent=preferred.item,
        separate_ptr=separate.ptr,
        separate_task=separate.item,
        after_ptr=after.ptr,
        after_task=after.item,
        office_start=_seconds(start - now for start, _ in sorted(problem.office_hours)),
        office_end=_seconds(end - now for _, end in sorted(problem.office_hours)),
        setup_same_team=_whole_seconds(problem.setup.same_team_minutes),
        setup_other_team=_whole_seconds(problem.setup.other_team_minutes),
        objective=Objective(**{name: getattr(problem.objective, name) for name in Objective.__dataclass_fields__}),
    )


def assemble_plan(
    problem: Problem,
    instance: Instance,
    solution: Solution,
    *,
    unscheduled: Sequence[Unscheduled],
    seed: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Plan:
    """Return a solution as a plan, by agent and start, with the terms of its objective."""
    scheduled = np.flatnonzero(solution.task_agent >= 0)
    order = scheduled[np.lexsort((solution.task_start[scheduled], solution.task_agent[scheduled]))]
    terms = score(instance, solution.task_agent, solution.task_start, solution.task_end)
    # A bound can exceed the total by rounding alone; a plan that reports so would be untrue.
    lower_bound = max(0.0, min(solution.lower_bound, terms.total))
    is_optimal = abs(terms.total - lower_bound) <= RELATIVE_TOLERANCE * abs(terms.total)
    return Plan(
        assignments=tuple(
            Assignment(
                task=problem.tasks[position].id,
                agent=problem.agents[solution.task_agent[position]].id,
                start=problem.now + int(solution.task_start[position]),
                end=problem.now + int(solution.task_end[position]),
            )
            for position in order.tolist()
        ),
        unscheduled=tuple(unscheduled),
        objective=PlanObjective(**asdict(terms)),
        lower_bound=lower_bound,
        status=PlanStatus.OPTIMAL if is_optimal else PlanStatus.FEASIBLE,
        solve_seconds=solution.seconds,
        seed=seed,
        extra=dict(extra or {}),
    )


def assemble_solution(problem: Problem, instance: Instance, plan: Plan) -> Solution:
    """Return the assignments of a plan as a solution to start from.

    What the plan says of tasks and agents that the problem does not have is left out, since the day may have changed
    since it was made; the solver takes from it who does what in which order, and sets the times anew.
    """
    task_of = {task.id: position for position, task in enumerate(problem.tasks)}
    agent_of = {agent.id: position for position, agent in enumerate(problem.agents)}
    task_agent = np.full(instance.num_tasks, -1, np.int32)
    task_start = np.zeros(instance.num_tasks, np.int64)
    task_end = np.zeros(instance.num_tasks, np.int64)
    for item in plan.assignments:
        position, agent = task_of.get(item.task), agent_of.get(item.agent)
        if position is not None and agent is not None:
            task_agent[position] = agent
            task_start[position], task_end[position] = item.start - problem.now, item.end - problem.now
    return Solution(task_agent=task_agent, task_start=task_start, task_end=task_end, total=plan.objective.total)


def _whole_seconds(minutes: float) -> int:
    return math.floor(60 * minutes + 0.5)


def _ints(values: Iterable[int]) -> NDArray[np.int32]:
    return np.fromiter(values, np.int32)


def _seconds(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)


def _floats(values: Iterable[float]) -> NDArray[np.float64]:
    return np.fromiter(values, np.float64)


def _lists(rows: Iterable[Iterable[int]]) -> _Lists:
    """Return rows of positions as pointers and items, each row ascending and without repeats."""
    pointers, items = [0], []
    for row in rows:
        items.extend(sorted(set(row)))
        pointers.append(len(items))
    return _Lists(ptr=_ints(pointers), item=_ints(items))


def _roster(agents: Sequence[Agent], now: int) -> _Roster:
    agent_shift_ptr, shift_work_ptr = [0], [0]
    shifts: list[tuple[int, int]] = []
    work: list[tuple[int, int]] = []
    for agent in agents:
        for shift in sorted(agent.shifts, key=lambda item: item.start):
            if shift.end <= now:
                continue
            shifts.append((shift.start - now, shift.end - now))
            at = shift.start
            for pause in sorted(shift.breaks, key=lambda item: item.start):
                if pause.start > at:
                    work.append((at - now, pause.start - now))
                at = pause.end
            if at < shift.end:
                work.append((at - now, shift.end - now))
            shift_work_ptr.append(len(work))
        agent_shift_ptr.append(len(shifts))
    return _Roster(
        agent_shift_ptr=_ints(agent_shift_ptr),
        shift_start=_seconds(start for start, _ in shifts),
        shift_end=_seconds(end for _, end in shifts),
        shift_work_ptr=_ints(shift_work_ptr),
        work_start=_seconds(start for start, _ in work),
        work_end=_seconds(end for _, end in work),
    )


def _classes(problem: Problem, type_of: Mapping[str, int]) -> _Classes:
    """Group tasks by what they demand: team, skill, least level, and every further skill at its level."""
    class_of: dict[tuple[str, str, int, tuple[tuple[str, int], ...]], int] = {}
    task_class: list[int] = []
    for task in problem.tasks:
        kind = problem.task_types[type_of[task.type]]
        besides = dict(kind.also_requires)
        for skill, least in task.also_requires.items():
            besides[skill] = max(least, besides.get(skill, 0))
        least_level = kind.min_level if task.min_level is None else task.min_level
        demand = (kind.team, kind.skill, least_level, tuple(sorted(besides.items())))
        task_class.append(class_of.setdefault(demand, len(class_of)))

    skilled: dict[str, list[int]] = {}
    for position, agent in enumerate(problem.agents):
        for skill in agent.skills:
            skilled.setdefault(skill, []).append(position)

    pointers, members, speeds = [0], [], []
    for team, skill, least_level, further in class_of:
        for position in skilled.get(skill, ()):
            agent = problem.agents[position]
            if (
                agent.skills[skill].level >= least_level
                and (team == agent.team or team in agent.swing_teams)
                and all(name in agent.skills and agent.skills[name].level >= least for name, least in further)
            ):
                members.append(position)
                speeds.append(agent.skills[skill].speed)
        pointers.append(len(members))
    return _Classes(
        task_class=_ints(task_class),
        ptr=_ints(pointers),
        agent=_ints(members),
        speed=_floats(speeds),
    )


def _separate(tasks: Sequence[Task], task_of: dict[str, int]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in tasks]
    for position, task in enumerate(tasks):
        for other in task.separate_from:
            rows[position].append(task_of[other])
            rows[task_of[other]].append(position)
    return rows
