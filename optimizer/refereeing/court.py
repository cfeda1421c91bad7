"""The problem and the plan by id, and what the records say of one agent and one task."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.formats.places import quoted
from models.formats.plan import Assignment, Plan
from models.formats.problem import Agent, Problem, Shift, Task, TaskType
from optimizer.refereeing.stretches import Stretches


@dataclass(frozen=True)
class Court:
    """The problem and the plan, by id."""

    problem: Problem
    plan: Plan

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks by id."""
        return {task.id: task for task in self.problem.tasks}

    @cached_property
    def kinds(self) -> Mapping[str, TaskType]:
        """The task types by id."""
        return {kind.id: kind for kind in self.problem.task_types}

    @cached_property
    def agents(self) -> Mapping[str, Agent]:
        """The agents by id."""
        return {agent.id: agent for agent in self.problem.agents}

    @cached_property
    def placed(self) -> Mapping[str, Assignment]:
        """The assignments of tasks that there are; of two of one task, the last."""
        return {item.task: item for item in self.plan.assignments if item.task in self.tasks}

    @cached_property
    def duties(self) -> Mapping[str, Sequence[tuple[Shift, Stretches]]]:
        """The shifts of each agent in order, each with its working time."""
        return {
            agent.id: [(shift, working_time(shift)) for shift in sorted(agent.shifts, key=lambda s: s.start)]
            for agent in self.problem.agents
        }

    @cached_property
    def agents_by_skill(self) -> Mapping[str, Sequence[Agent]]:
        """The agents who have a skill at any level."""
        made = defaultdict(list)
        for agent in self.problem.agents:
            for skill in agent.skills:
                made[skill].append(agent)
        return made

    def shortfall(self, task: Task, agent: Agent) -> str:
        """Return what skill or team an agent lacks for a task, or nothing (rule 1)."""
        kind = self.kinds[task.type]
        least = kind.min_level if task.min_level is None else task.min_level
        for skill, level in ((kind.skill, least), *kind.also_requires.items(), *task.also_requires.items()):
            if skill not in agent.skills:
                return f"lacks the skill {quoted(skill)}"
            if agent.skills[skill].level < level:
                return f"has level {agent.skills[skill].level} of the skill {quoted(skill)}, not {level}"
        if kind.team != agent.team and kind.team not in agent.swing_teams:
            return f"is neither of team {quoted(kind.team)} nor lent to it"
        return ""

    def duration(self, task: Task, agent: Agent) -> int:
        """Return the working seconds that an agent needs for a task."""
        kind = self.kinds[task.type]
        minutes = kind.handling_minutes if task.handling_minutes is None else task.handling_minutes
        return max(1, math.floor(60 * minutes / agent.skills[kind.skill].speed + 0.5))


def bar(task: Task, agent: Agent) -> str:
    """Return what keeps a qualified agent from a task, or nothing (rule 1)."""
    if agent.id in task.excluded_agents:
        return "is excluded from it"
    if task.pinned_agent not in (None, agent.id):
        return f"is not {quoted(task.pinned_agent)}, to whom it is pinned"
    return ""


def whole_seconds(minutes: float) -> int:
    """Return minutes as the whole seconds that setups and stays are counted in."""
    return math.floor(60 * minutes + 0.5)


def working_time(shift: Shift) -> Stretches:
    """Return a shift less its breaks."""
    edges = [shift.start]
    for pause in sorted(shift.breaks, key=lambda item: item.start):
        edges += [pause.start, pause.end]
    edges.append(shift.end)
    return Stretches(zip(edges[::2], edges[1::2], strict=True))
