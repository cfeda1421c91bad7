"""What can be said of a plan's entries one by one. Rule numbers are those of `docs/formats/problem.md`."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.formats.places import quoted
from models.formats.plan import Assignment
from models.formats.problem import Agent, Shift, Task, TaskType
from models.time import format_instant
from optimizer.refereeing.court import Court, bar
from optimizer.refereeing.stretches import Stretches


@dataclass(frozen=True, kw_only=True)
class Stint:
    """An assignment of a task to an agent who may do it, begun on duty."""

    agent: Agent
    task: Task
    kind: TaskType
    start: int
    end: int
    shift: Shift
    duty: Stretches
    away_seconds: int


def check_lists(court: Court) -> Iterator[str]:
    """Every task of the problem is in exactly one of the two lists, once."""
    found = Counter(item.task for item in court.plan.assignments)
    found.update(item.task for item in court.plan.unscheduled)
    for name in found:
        if name not in court.tasks:
            yield f"task {quoted(name)}: is not in the problem"
    for name in court.tasks:
        if found[name] != 1:
            yield f"task {quoted(name)}: is in the plan {found[name]} times; expected once"


def check_reasons(court: Court) -> Iterator[str]:
    """A reason that the records can disprove is true."""
    qualified: dict[object, list[Agent]] = {}  # by what a task demands: many tasks are left for the same reason
    for item in court.plan.unscheduled:
        task = court.tasks.get(item.task)
        if task is None:
            continue
        if item.reason == "no-eligible-agent":
            demand = (task.type, task.min_level, frozenset(task.also_requires.items()))
            if demand not in qualified:
                skilled = court.agents_by_skill.get(court.kinds[task.type].skill, ())
                qualified[demand] = [agent for agent in skilled if not court.shortfall(task, agent)]
            able = next((agent for agent in qualified[demand] if not bar(task, agent)), None)
            if able is not None:
                yield f"task {quoted(task.id)}: is left for no-eligible-agent, but {quoted(able.id)} may do it"
        elif item.reason == "predecessor-unscheduled" and all(name in court.placed for name in task.after):
            yield f"task {quoted(task.id)}: is left for predecessor-unscheduled, but no predecessor is unscheduled"


def check_assignments(court: Court) -> tuple[Mapping[str, Sequence[Stint]], list[str]]:
    """Judge each assignment by itself: rules 1, 2, 4 and 5. Returns those that an agent can hold, in order of time."""
    stints: dict[str, list[Stint]] = defaultdict(list)
    broken: list[str] = []
    for item in court.placed.values():
        task = court.tasks[item.task]
        named = f"task {quoted(task.id)}"
        broken += [f"{named}: {sentence}" for sentence in _order(court, task, item)]
        agent = court.agents.get(item.agent)
        if agent is None:
            broken.append(f"{named}: goes to {quoted(item.agent)}, who is no agent of the problem")
            continue
        if obstacle := court.shortfall(task, agent) or bar(task, agent):
            broken.append(f"{named}: {quoted(agent.id)} may not do it: {obstacle}")
            continue
        duties = court.duties[agent.id]
        position = bisect_right(duties, item.start, key=lambda duty: duty[0].start) - 1
        if position < 0 or not duties[position][1].holds(item.start):
            broken.append(f"{named}: {quoted(agent.id)} does not work at its start, {format_instant(item.start)}")
            continue
        shift, duty = duties[position]
        seconds = court.duration(task, agent)
        end = duty.after(item.start, seconds)
        if item.end != end:
            true = "are more than the shift has left" if end is None else f"end at {format_instant(end)}"
            broken.append(
                f"{named}: ends at {format_instant(item.end)}; "
                f"{seconds} working seconds of {quoted(agent.id)} from {format_instant(item.start)} {true}"
            )
        kind = court.kinds[task.type]
        away_seconds = 0 if kind.team == agent.team else seconds
        stints[agent.id].append(
            Stint(
                agent=agent,
                task=task,
                kind=kind,
                start=item.start,
                end=item.end,
                shift=shift,
                duty=duty,
                away_seconds=away_seconds,
            )
        )
    for sequence in stints.values():
        sequence.sort(key=lambda stint: (stint.start, stint.end))
    return stints, broken


def _order(court: Court, task: Task, item: Assignment) -> Iterator[str]:
    """Rules 4 and 5: what a task must wait for, and whose agent must not be its own."""
    instants = (court.problem.now, task.arrived, task.earliest_start)
    earliest = max(instant for instant in instants if instant is not None)
    if item.start < earliest:
        yield f"starts at {format_instant(item.start)}, before {format_instant(earliest)}"
    for name in task.after:
        if name not in court.placed:
            yield f"is scheduled, but its predecessor {quoted(name)} is not"
        elif court.placed[name].end > item.start:
            yield f"starts before its predecessor {quoted(name)} has ended"
    for name in task.separate_from:
        if name in court.placed and court.placed[name].agent == item.agent:
            yield f"has the same agent as {quoted(name)}, {quoted(item.agent)}; they must differ"
