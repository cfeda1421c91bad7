"""Why a task is left for later, in a sentence that a team lead understands."""

from collections.abc import Sequence

from models.formats.problem import Agent, Problem, Task, TaskType
from models.time import load_zone
from models.vocabulary import UnscheduledReason
from optimizer.solution import Explanation
from services.names import show_clock

MAX_NAMES = 3


class Narrator:
    """Says what the solver knows of an unscheduled task, with the ids and names of the problem.

    Parameters
    ----------
    problem
        The problem that was solved; positions in explanations are those of its lists.
    zone_name
        IANA zone in which clock times are told; UTC where it is not given.
    """

    def __init__(self, problem: Problem, *, zone_name: str = "UTC") -> None:
        self._problem = problem
        self._zone = load_zone(zone_name)
        self._kinds = {kind.id: kind for kind in problem.task_types}
        self._team_names = {team.id: team.name or team.id for team in problem.teams}

    def tell(self, task: Task, explanation: Explanation) -> str:
        """Return the sentence for one unscheduled task."""
        if explanation.reason is UnscheduledReason.NO_ELIGIBLE_AGENT:
            return self._nobody(task)
        if explanation.reason is UnscheduledReason.PREDECESSOR_UNSCHEDULED:
            return self._predecessor(explanation)
        if explanation.reason is UnscheduledReason.NOT_WORTH_IT:
            able = self._agents(explanation.eligible_agents)
            able = able if explanation.agent is None else self._agents((explanation.agent,))
            cost = "" if explanation.extra_cost is None else f" by {explanation.extra_cost:,.0f}"
            return f"{able} could fit it in, but that would cost more than it gains: the total would grow{cost}."
        said = self._full(explanation)
        if explanation.separated_agents:
            said.append(f"Four eyes keep it from {self._agents(explanation.separated_agents)}.")
        if explanation.move_limited_agents:
            said.append(f"With one more move there would be room: {self._agents(explanation.move_limited_agents)}.")
        return " ".join(said)

    def _full(self, explanation: Explanation) -> list[str]:
        """Return who is on duty and full, and who could do it but is not on duty."""
        present = [agent for agent in explanation.eligible_agents if self._is_on_duty(agent)]
        absent = [agent for agent in explanation.eligible_agents if not self._is_on_duty(agent)]
        none_of_them = "none of them " if len(present) > 1 else ""
        if not present:
            return [f"{self._agents(absent)} could do it, but {'is' if len(absent) == 1 else 'are'} not on duty."]
        if explanation.full_from is None:
            short = "is on duty" if none_of_them else "is not on duty"
            said = [f"{self._agents(present)} could do it, but {none_of_them}{short} long enough once it could start."]
        else:
            room = "has room" if none_of_them else "has no room"
            since = self._clock(explanation.full_from)
            said = [f"{self._agents(present)} could do it, but from {since} on {none_of_them}{room} for it."]
        if absent:
            said.append(f"{self._agents(absent)} could as well, but {'is' if len(absent) == 1 else 'are'} not on duty.")
        return said

    def _is_on_duty(self, agent: int) -> bool:
        return any(shift.end > self._problem.now for shift in self._problem.agents[agent].shifts)

    def _nobody(self, task: Task) -> str:
        kind = self._kinds[task.type]
        level = kind.min_level if task.min_level is None else task.min_level
        team = self._team_names[kind.team]
        if task.pinned_agent is not None:
            return f"It is pinned to {task.pinned_agent}, who may not do it{self._lacking(task, kind, level)}."
        wanted = [f"{kind.skill} at level {level}"]
        wanted += [f"{skill} at level {least}" for skill, least in _besides(task, kind).items()]
        return f"Nobody who works for {team} has {' and '.join(wanted)} and may take it{self._nearest(task, kind)}."

    def _lacking(self, task: Task, kind: TaskType, level: int) -> str:
        agent = next(agent for agent in self._problem.agents if agent.id == task.pinned_agent)
        if agent.id in task.excluded_agents:
            return ": excluded from it"
        if not _works_for(agent, kind.team):
            return f": works neither for {self._team_names[kind.team]} nor may be lent there"
        held = agent.skills.get(kind.skill)
        if held is None or held.level < level:
            return f": has {kind.skill} at level {0 if held is None else held.level}, and it wants {level}"
        too_low, without = _find_gaps(agent, task, kind)
        lacks = [f"{skill} at level {least}" for skill, least in (too_low | without).items()]
        return f": lacks {' and '.join(lacks)}"

    def _nearest(self, task: Task, kind: TaskType) -> str:
        """Return the fact that would help most: who lacks least of what is wanted, and what that is."""
        skilled = [agent for agent in self._problem.agents if kind.skill in agent.skills]
        if not skilled:
            return f"; nobody at all has {kind.skill}"
        nearest = max(skilled, key=lambda agent: _closeness(agent, task, kind))
        too_low, without = _find_gaps(nearest, task, kind)
        held = [f"{skill} at level {nearest.skills[skill].level} (wanted: {least})" for skill, least in too_low.items()]
        faults = [f"has {' and '.join(f'no {skill}' for skill in without)}"] if without else []
        if not _works_for(nearest, kind.team):
            faults.append(f"neither works for {self._team_names[kind.team]} nor may be lent there")
        if nearest.id in task.excluded_agents:
            faults.append("is excluded from it")
        return (
            f"; nearest is {_name(nearest)} of {self._team_names[nearest.team]}"
            f"{' with ' if held else ''}{' and '.join(held)}{', who ' if faults else ''}{' and '.join(faults)}"
        )

    def _predecessor(self, explanation: Explanation) -> str:
        if explanation.predecessor is None:
            return "It waits for a task that this plan leaves for later."
        before = self._problem.tasks[explanation.predecessor]
        title = before.name or str(before.attributes.get("title", ""))
        return f"It waits for {before.id}{f' ({title})' if title else ''}, which this plan leaves for later."

    def _agents(self, positions: Sequence[int]) -> str:
        return _names([self._problem.agents[position] for position in positions])

    def _clock(self, seconds: int) -> str:
        now = self._problem.now
        return show_clock(now + seconds, now=now, zone=self._zone)


def _besides(task: Task, kind: TaskType) -> dict[str, int]:
    wanted = dict(kind.also_requires)
    for skill, least in task.also_requires.items():
        wanted[skill] = max(least, wanted.get(skill, 0))
    return wanted


def _find_gaps(agent: Agent, task: Task, kind: TaskType) -> tuple[dict[str, int], dict[str, int]]:
    """Return the skills that an agent has at too low a level, and those not had at all, with the levels wanted."""
    wanted = _besides(task, kind)
    least = kind.min_level if task.min_level is None else task.min_level
    wanted = {kind.skill: max(least, wanted.pop(kind.skill, 0)), **wanted}
    without = {skill: least for skill, least in wanted.items() if skill not in agent.skills}
    too_low = {
        skill: least for skill, least in wanted.items() if skill in agent.skills and agent.skills[skill].level < least
    }
    return too_low, without


def _closeness(agent: Agent, task: Task, kind: TaskType) -> tuple[int, int, bool, int, str]:
    """Return what is the greater, the less keeps an agent from a task."""
    too_low, without = _find_gaps(agent, task, kind)
    barred = (not _works_for(agent, kind.team)) + (agent.id in task.excluded_agents)
    levels = sum(least - agent.skills[skill].level for skill, least in too_low.items()) + sum(without.values())
    hurdles = len(too_low) + len(without) + barred
    return -hurdles, -levels, agent.team == kind.team, agent.skills[kind.skill].level, agent.id


def _works_for(agent: Agent, team: str) -> bool:
    return team in (agent.team, *agent.swing_teams)


def _name(agent: Agent) -> str:
    return agent.name or agent.id


def _names(agents: Sequence[Agent]) -> str:
    if not agents:
        return "Nobody on duty"
    shown = [_name(agent) for agent in agents[:MAX_NAMES]]
    more = len(agents) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
