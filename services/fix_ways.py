"""The ways in which a question may be eased for one task: for whom each is meant, and the changed question."""

from dataclasses import replace
from typing import Any

from models.formats.problem import Agent, Problem, Skill, Task, TaskType
from models.time import SECONDS_PER_MINUTE
from optimizer.draft import Draft, Place
from optimizer.instance import NEVER
from services.office_duty import CLEARANCE

Changed = tuple[Problem, dict[str, Any]]
"""The changed problem, and what a `services.fixes.Fix` says of the change."""


class Ways:
    """The ways to ease a problem for one of its tasks.

    Those that make a change take where the task goes, and the schedule with it there.
    """

    def __init__(self, problem: Problem, task_idx: int) -> None:
        self.problem, self.task_idx, self.task = problem, task_idx, problem.tasks[task_idx]
        self.kind = next(kind for kind in problem.task_types if kind.id == self.task.type)
        self.wanted = _wanted_skills(self.task, self.kind)

    def speed(self, agent: Agent) -> float:
        """Return how fast an agent does the task, or would: 1 where the skill is not held."""
        held = agent.skills.get(self.kind.skill)
        return 1.0 if held is None else held.speed

    def _lacking(self, agent: Agent) -> dict[str, int]:
        """Return the skills, with the levels held, that an agent lacks for the task."""
        levels = {name: held.level for name, held in agent.skills.items()}
        return {name: levels.get(name, 0) for name, least in self.wanted.items() if levels.get(name, 0) < least}

    def _is_of_team(self, agent: Agent) -> bool:
        return self.kind.team in (agent.team, *agent.swing_teams)

    def _is_unpinned(self, agent: Agent) -> bool:
        return self.task.pinned_agent in (None, agent.id)

    def may(self, agent: Agent) -> bool:
        """Return whether an agent may do the task, exclusions apart."""
        return self._is_of_team(agent) and self._is_unpinned(agent) and not self._lacking(agent)

    def may_without_pin(self, agent: Agent) -> bool:
        """Return whether only the pin on somebody else keeps an agent from it."""
        return self._is_of_team(agent) and not self._is_unpinned(agent) and not self._lacking(agent)

    def may_if_lent(self, agent: Agent) -> bool:
        """Return whether an agent has all it takes, and is only not lent to its team."""
        return not self._is_of_team(agent) and self._is_unpinned(agent) and not self._lacking(agent)

    def may_if_trained(self, agent: Agent) -> bool:
        """Return whether an agent of its team lacks just one skill."""
        return self._is_of_team(agent) and self._is_unpinned(agent) and len(self._lacking(agent)) == 1

    def may_if_waived(self, agent: Agent) -> bool:
        """Return whether an agent lacks one skill, and the task could do with the level that the agent has."""
        if not self.may_if_trained(agent):
            return False
        (name, held), *_ = self._lacking(agent).items()
        if name.startswith(CLEARANCE):
            return False  # whose matter it is does not change
        of_type = self.kind.also_requires.get(name, 0)
        return held > 0 if name == self.kind.skill and of_type <= held else of_type <= held

    def lengthen(self, place: Place, after: Draft) -> Changed:
        """Return the problem with the shift that the task goes into just as long as it takes, in whole minutes."""
        agent = self.problem.agents[place.agent]
        start = self.problem.now + int(after.instance.shift_start[place.shift])
        shift = next(shift for shift in agent.shifts if shift.start == start)
        last = max(
            int(after.sequences.end[task])
            for task in after.sequence_of(place.agent)
            if after.sequences.shift[task] == place.shift
        )
        seconds = max(self.problem.now + last - shift.end, 1)
        minutes = -(-seconds // SECONDS_PER_MINUTE)
        later = min((other.start for other in agent.shifts if other.start >= shift.end), default=NEVER)
        until = min(shift.end + minutes * SECONDS_PER_MINUTE, later)
        shifts = tuple(replace(other, end=until) if other == shift else other for other in agent.shifts)
        changed = self._with_agent(place.agent, replace(agent, shifts=shifts))
        return changed, {"overtime_minutes": minutes, "until": until}

    def allow_moves(self, place: Place, after: Draft) -> Changed:
        """Return the problem with as many moves for the agent as it takes."""
        agent = self.problem.agents[place.agent]
        moves = max(int(after.sequences.moves[task]) for task in after.sequence_of(place.agent))
        limit = max(moves, agent.max_moves or 0)
        return self._with_agent(place.agent, replace(agent, max_moves=limit)), {"moves": limit}

    def agree_on(self, due: int, _after: Draft) -> Changed:
        """Return the problem with another due of the task."""
        return self._with_task(due=due), {"due": due}

    def lift_pin(self, _place: Place, _after: Draft) -> Changed:
        """Return the problem with the task for anybody again."""
        return self._with_task(pinned_agent=None, in_progress=False), {}

    def lend(self, place: Place, _after: Draft) -> Changed:
        """Return the problem with the agent lent to the team of the task."""
        agent = self.problem.agents[place.agent]
        return self._with_agent(place.agent, replace(agent, swing_teams=(*agent.swing_teams, self.kind.team))), {}

    def waive(self, place: Place, _after: Draft) -> Changed:
        """Return the problem with the task content with the level that the agent has."""
        (name, held), *_ = self._lacking(self.problem.agents[place.agent]).items()
        facts: dict[str, Any] = {"skill": name, "level": held, "held_level": held}
        further = dict(self.task.also_requires)
        if further.get(name, 0) > held:
            del further[name]
            if held:
                further[name] = held
        level = self.task.min_level
        if name == self.kind.skill and (self.kind.min_level if level is None else level) > held:
            level = held
        return self._with_task(also_requires=further, min_level=level), facts

    def train(self, place: Place, _after: Draft) -> Changed:
        """Return the problem with the agent at the level that the task wants."""
        agent = self.problem.agents[place.agent]
        (name, held), *_ = self._lacking(agent).items()
        before = agent.skills.get(name)
        level = self.wanted[name]
        skills = {**agent.skills, name: Skill(level=level, speed=1.0 if before is None else before.speed)}
        changed = self._with_agent(place.agent, replace(agent, skills=skills))
        return changed, {"skill": name, "level": level, "held_level": held}

    def _with_task(self, **changes: Any) -> Problem:
        tasks = list(self.problem.tasks)
        tasks[self.task_idx] = replace(self.task, **changes)
        return replace(self.problem, tasks=tuple(tasks))

    def _with_agent(self, position: int, agent: Agent) -> Problem:
        agents = list(self.problem.agents)
        agents[position] = agent
        return replace(self.problem, agents=tuple(agents))


def _wanted_skills(task: Task, kind: TaskType) -> dict[str, int]:
    wanted = {kind.skill: kind.min_level if task.min_level is None else task.min_level}
    for further in (kind.also_requires, task.also_requires):
        for skill, least in further.items():
            wanted[skill] = max(least, wanted.get(skill, 0))
    return wanted
