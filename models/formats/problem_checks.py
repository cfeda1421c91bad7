"""What a problem's records must hold together: references, intervals, cycles. Reports every fault, not the first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from models.errors import Fault
from models.formats.places import name_record, quoted
from models.formats.problem import Agent, Problem, Shift, Task
from models.time import format_instant

LISTS = ("teams", "task_types", "agents", "tasks")

Known = Mapping[str, Sequence[object]]
"""The ids that stand in each list, in its order; a list that is missing here is not known."""

_Fault = Callable[[str, str, str, str], Fault]


def find_faults(problem: Problem, *, file: str, known: Known | None = None) -> list[Fault]:
    """Return everything in which the records of a problem contradict each other.

    Parameters
    ----------
    problem
        The records; where others of the same file were faulty, the sound ones.
    file
        Names the file in the faults.
    known
        The ids of the file, where `problem` does not hold all of its records.
    """

    def fault(record: str, field: str, value: str, expected: str) -> Fault:
        return Fault(file=file, record=record, field=field, value=value, expected=expected)

    if known is None:
        known = {collection: [record.id for record in getattr(problem, collection)] for collection in LISTS}
    faults = list(_repeated_ids(known, fault))
    faults += _references(problem, known, fault)
    faults += _intervals(problem, fault)
    faults += _carry_over(problem, fault)
    faults += _in_progress(problem, fault)
    faults += _cycles(problem.tasks, fault)
    return faults


def _repeated_ids(known: Known, fault: _Fault) -> Iterator[Fault]:
    for collection, ids in known.items():
        seen: dict[object, int] = {}
        for position, name in enumerate(ids):
            if not isinstance(name, str):
                continue
            if name in seen:
                first = f"{collection}[{seen[name]}]"
                record = f"{name_record(collection, name, position)} ({collection}[{position}])"
                yield fault(record, "id", quoted(name), f"an id of its own; {first} has it too")
            else:
                seen[name] = position


def _references(problem: Problem, known: Known, fault: _Fault) -> Iterator[Fault]:
    words = {"teams": "a team", "task_types": "a task type", "agents": "an agent", "tasks": "a task"}
    ids = {collection: {name for name in names if isinstance(name, str)} for collection, names in known.items()}

    def unknown(collection: str, names: Iterable[str | None], record: str, field: str) -> Iterator[Fault]:
        if collection not in ids:
            return
        for name in names:
            if name is not None and name not in ids[collection]:
                yield fault(record, field, quoted(name), f"the id of {words[collection]} of this problem")

    for kind in problem.task_types:
        yield from unknown("teams", [kind.team], f"task type {quoted(kind.id)}", "team")
    for agent in problem.agents:
        record = _agent(agent)
        yield from unknown("teams", [agent.team], record, "team")
        yield from unknown("teams", agent.swing_teams, record, "swing_teams")
        if agent.state is not None:
            yield from unknown("task_types", [agent.state.type], record, "state.type")
    for task in problem.tasks:
        record = _task(task)
        yield from unknown("task_types", [task.type], record, "type")
        yield from unknown("agents", [task.pinned_agent], record, "pinned_agent")
        yield from unknown("agents", [task.published_agent], record, "published_agent")
        yield from unknown("agents", task.preferred_agents, record, "preferred_agents")
        yield from unknown("agents", task.excluded_agents, record, "excluded_agents")
        yield from unknown("tasks", task.separate_from, record, "separate_from")
        yield from unknown("tasks", task.after, record, "after")
        if task.id in task.separate_from:
            yield fault(record, "separate_from", quoted(task.id), "the ids of other tasks, not its own")


def _intervals(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    yield from _disjoint(problem.office_hours, "", "office_hours", fault)
    for agent in problem.agents:
        record = _agent(agent)
        yield from _disjoint([(shift.start, shift.end) for shift in agent.shifts], record, "shifts", fault)
        for position, shift in enumerate(agent.shifts):
            yield from _breaks(shift, record, f"shifts[{position}].breaks", fault)


def _breaks(shift: Shift, record: str, field: str, fault: _Fault) -> Iterator[Fault]:
    yield from _disjoint([(pause.start, pause.end) for pause in shift.breaks], record, field, fault)
    for position, pause in enumerate(shift.breaks):
        if pause.start < shift.start or pause.end > shift.end:
            inside = f"a break inside its shift, {_stretch((shift.start, shift.end))}"
            yield fault(record, f"{field}[{position}]", _stretch((pause.start, pause.end)), inside)


def _disjoint(stretches: Sequence[tuple[int, int]], record: str, field: str, fault: _Fault) -> Iterator[Fault]:
    """Report the stretches that end before they start, are empty, or overlap an earlier one; any order is fine."""
    reach: tuple[int, int] | None = None
    for (start, end), position in sorted((stretch, position) for position, stretch in enumerate(stretches)):
        if end <= start:
            yield fault(record, f"{field}[{position}]", _stretch((start, end)), "an end after its start")
            continue
        if reach is not None and start < reach[1]:
            yield fault(record, f"{field}[{position}]", _stretch((start, end)), f"no overlap with {_stretch(reach)}")
        if reach is None or end > reach[1]:
            reach = (start, end)


def _carry_over(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    dated: list[tuple[str, int | None]] = [("", problem.carry_over)]
    dated += [(f"task type {quoted(kind.id)}", kind.carry_over) for kind in problem.task_types]
    dated += [(_task(task), task.carry_over) for task in problem.tasks if task.carry_over is not None]
    for record, instant in dated:
        if instant is not None and instant < problem.now:
            expected = f"an instant not before now, {format_instant(problem.now)}"
            yield fault(record, "carry_over", format_instant(instant), expected)


def _in_progress(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    open_task: dict[str, str] = {}
    for task in problem.tasks:
        if not task.in_progress:
            continue
        agent = task.pinned_agent
        if agent is None:
            yield fault(_task(task), "in_progress", "true", "a pinned_agent beside it, who has the task open")
        elif agent in open_task:
            other = f"one open task an agent; {quoted(agent)} has {quoted(open_task[agent])} open too"
            yield fault(_task(task), "in_progress", "true", other)
        else:
            open_task[agent] = task.id


def _cycles(tasks: Sequence[Task], fault: _Fault) -> Iterator[Fault]:
    """Report the circles in which tasks wait for themselves, each task in one circle at most."""
    waits_for = {task.id: {*task.after} for task in tasks if task.after}
    followers: dict[str, list[str]] = {}
    for name, before in waits_for.items():
        for other in before:
            followers.setdefault(other, []).append(name)

    def release(ready: list[str]) -> None:
        while ready:
            done = ready.pop()
            for name in followers.get(done, ()):
                if name in waits_for:
                    waits_for[name].discard(done)
                    if not waits_for[name]:
                        del waits_for[name]
                        ready.append(name)

    release([name for name in followers if name not in waits_for])
    for task in tasks:
        while task.id in waits_for:
            circle = _circle(waits_for, task.id)
            first, *rest = [quoted(name) for name in circle]
            value = " after ".join([first, *(rest if len(rest) < 4 else [*rest[:3], "..."]), first])
            yield fault(f"task {first}", "after", value, "no circle: a task cannot wait for itself")
            for name in circle:
                del waits_for[name]
            release(circle)


def _circle(waits_for: Mapping[str, Collection[str]], start: str) -> list[str]:
    """Return a circle that is met on the way from `start`, where each task waits for another."""
    path: dict[str, int] = {}
    at = start
    while at not in path:
        path[at] = len(path)
        at = min(waits_for[at])
    circle = list(path)[path[at] :]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def _agent(agent: Agent) -> str:
    return f"agent {quoted(agent.id)}"


def _task(task: Task) -> str:
    return f"task {quoted(task.id)}"


def _stretch(stretch: tuple[int, int]) -> str:
    return f"{format_instant(stretch[0])} to {format_instant(stretch[1])}"
