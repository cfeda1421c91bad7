"""What a problem's records must hold together: references, intervals, cycles. Reports every fault, not the first."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from models.errors import Fault, shown
from models.formats.problem import Agent, Problem, Shift, Task
from models.time import format_instant


def find_faults(problem: Problem, *, file: str) -> list[Fault]:
    """Return everything in which the records of a problem contradict each other."""

    def fault(record: str, field: str, expected: str, value: object = None) -> Fault:
        return Fault(
            file=file,
            record=record,
            field=field,
            expected=expected,
            value=None if value is None else shown(value),
        )

    faults = list(_references(problem, fault))
    faults += _intervals(problem, fault)
    faults += _carry_over(problem, fault)
    faults += _in_progress(problem, fault)
    if not faults:
        faults += _cycles(problem.tasks, fault)
    return faults


_Fault = Callable[..., Fault]


def _duplicates(collection: str, ids: Iterable[str], fault: _Fault) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, item in enumerate(ids):
        if item in seen:
            yield fault(
                f"{collection}[{position}] ({item!r})", "id", "an id that no other record of its list has", item
            )
        seen.add(item)


def _references(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    teams = {team.id for team in problem.teams}
    types = {kind.id for kind in problem.task_types}
    agents = {agent.id for agent in problem.agents}
    tasks = {task.id for task in problem.tasks}
    for collection, ids in (
        ("teams", [team.id for team in problem.teams]),
        ("task_types", [kind.id for kind in problem.task_types]),
        ("agents", [agent.id for agent in problem.agents]),
        ("tasks", [task.id for task in problem.tasks]),
    ):
        yield from _duplicates(collection, ids, fault)

    def unknown(known: set[str], names: Sequence[str | None], what: str, record: str, field: str) -> Iterator[Fault]:
        for name in names:
            if name is not None and name not in known:
                yield fault(record, field, f"the id of {what} of this problem", name)

    for kind in problem.task_types:
        yield from unknown(teams, [kind.team], "a team", f"task_types ({kind.id!r})", "team")
    for agent in problem.agents:
        record = f"agents ({agent.id!r})"
        yield from unknown(teams, [agent.team], "a team", record, "team")
        yield from unknown(teams, agent.swing_teams, "a team", record, "swing_teams")
        if agent.state is not None:
            yield from unknown(types, [agent.state.type], "a task type", record, "state.type")
    for task in problem.tasks:
        record = f"tasks ({task.id!r})"
        yield from unknown(types, [task.type], "a task type", record, "type")
        yield from unknown(agents, [task.pinned_agent], "an agent", record, "pinned_agent")
        yield from unknown(agents, [task.published_agent], "an agent", record, "published_agent")
        yield from unknown(agents, task.preferred_agents, "an agent", record, "preferred_agents")
        yield from unknown(agents, task.excluded_agents, "an agent", record, "excluded_agents")
        yield from unknown(tasks, task.separate_from, "a task", record, "separate_from")
        yield from unknown(tasks, task.after, "a task", record, "after")
        if task.id in task.separate_from:
            yield fault(record, "separate_from", "the ids of other tasks; it names its own", task.id)


def _stretch(start: int, end: int, record: str, field: str, fault: _Fault) -> Iterator[Fault]:
    if end <= start:
        text = f"{format_instant(start)} to {format_instant(end)}"
        yield fault(record, field, "an end after its start", text)


def _disjoint(
    stretches: Iterable[tuple[int, int]], record: str, field: str, what: str, fault: _Fault
) -> Iterator[Fault]:
    ordered = sorted(stretches)
    for (_, end), (start, _) in zip(ordered, ordered[1:], strict=False):
        if start < end:
            yield fault(record, field, f"{what} that do not overlap", f"one from {format_instant(start)}")


def _shift(agent: Agent, position: int, shift: Shift, fault: _Fault) -> Iterator[Fault]:
    record, field = f"agents ({agent.id!r})", f"shifts[{position}]"
    yield from _stretch(shift.start, shift.end, record, field, fault)
    for item in shift.breaks:
        yield from _stretch(item.start, item.end, record, f"{field}.breaks", fault)
        if item.start < shift.start or item.end > shift.end:
            yield fault(
                record, f"{field}.breaks", "breaks inside their shift", f"one from {format_instant(item.start)}"
            )
    yield from _disjoint([(b.start, b.end) for b in shift.breaks], record, f"{field}.breaks", "breaks", fault)


def _intervals(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    for start, end in problem.office_hours:
        yield from _stretch(start, end, "", "office_hours", fault)
    yield from _disjoint(problem.office_hours, "", "office_hours", "pairs", fault)
    for agent in problem.agents:
        for position, shift in enumerate(agent.shifts):
            yield from _shift(agent, position, shift, fault)
        yield from _disjoint(
            [(s.start, s.end) for s in agent.shifts], f"agents ({agent.id!r})", "shifts", "shifts", fault
        )


def _carry_over(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    dated = [("", problem.carry_over)]
    dated += [(f"task_types ({k.id!r})", k.carry_over) for k in problem.task_types if k.carry_over is not None]
    dated += [(f"tasks ({t.id!r})", t.carry_over) for t in problem.tasks if t.carry_over is not None]
    for record, instant in dated:
        if instant < problem.now:
            yield fault(record, "carry_over", "an instant not before now", format_instant(instant))


def _in_progress(problem: Problem, fault: _Fault) -> Iterator[Fault]:
    open_task: dict[str, str] = {}
    for task in problem.tasks:
        if not task.in_progress:
            continue
        record = f"tasks ({task.id!r})"
        if task.pinned_agent is None:
            yield fault(record, "in_progress", "a pinned_agent beside it, who has the task open", True)
        elif task.pinned_agent in open_task:
            other = open_task[task.pinned_agent]
            yield fault(
                record, "in_progress", f"one open task an agent; {task.pinned_agent!r} has {other!r} open too", True
            )
        else:
            open_task[task.pinned_agent] = task.id


def _cycles(tasks: Sequence[Task], fault: _Fault) -> Iterator[Fault]:
    """Report the tasks that wait for themselves: what is left when those free of predecessors are taken away."""
    waits_for = {task.id: set(task.after) for task in tasks if task.after}
    followers: dict[str, list[str]] = {}
    for name, before in waits_for.items():
        for other in before:
            followers.setdefault(other, []).append(name)
    ready = [task.id for task in tasks if not task.after]
    while ready:
        done = ready.pop()
        for name in followers.get(done, ()):
            waits_for[name].discard(done)
            if not waits_for[name]:
                del waits_for[name]
                ready.append(name)
    if waits_for:
        name = min(waits_for)
        path = [name]
        while True:
            path.append(min(other for other in waits_for[path[-1]] if other in waits_for))
            if path[-1] in path[:-1]:
                break
        loop = path[path.index(path[-1]) :]
        yield fault(f"tasks ({loop[0]!r})", "after", "no cycle; this task waits for itself", " after ".join(loop))
