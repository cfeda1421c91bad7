"""What people call things: names instead of ids, the clock of the office instead of seconds."""

from collections.abc import Sequence
from datetime import tzinfo

from models.formats.problem import Agent, Problem
from models.time import load_zone, to_datetime

DAYS_PER_WEEK = 7
MAX_NAMES = 3


class Names:
    """The names of a problem, and its instants as a clock on the wall shows them.

    Parameters
    ----------
    zone_name
        IANA zone of the clock.
    """

    def __init__(self, problem: Problem, *, zone_name: str = "UTC") -> None:
        self._now = problem.now
        self._zone = load_zone(zone_name)
        self._agents = {agent.id: name_agent(agent) for agent in problem.agents}
        self._task_types = {kind.id: kind.name or kind.id for kind in problem.task_types}
        self._teams = {team.id: team.name or team.id for team in problem.teams}

    def agent(self, agent: str) -> str:
        """Return what an agent is called."""
        return self._agents[agent]

    def knows(self, agent: str) -> bool:
        """Return whether the problem has an agent; a plan of an earlier day may name others."""
        return agent in self._agents

    def team(self, team: str) -> str:
        """Return what a team is called."""
        return self._teams[team]

    def task_type(self, task_type: str) -> str:
        """Return what a type of task is called."""
        return self._task_types[task_type]

    def clock(self, instant: int) -> str:
        """Return what the clock shows at an epoch second, with the day where it is not today."""
        return show_clock(instant, now=self._now, zone=self._zone)

    def span(self, start: int, end: int) -> str:
        """Return a stretch of time: ``from 09:00 to 09:20``."""
        return f"from {self.clock(start)} to {self.clock(end)}"


def show_clock(instant: int, *, now: int, zone: tzinfo) -> str:
    """Return what the clock shows at an epoch second: with the day in the week to come, else with the date."""
    shown = to_datetime(instant, zone)
    days = (shown.date() - to_datetime(now, zone).date()).days
    if days == 0:
        return f"{shown:%H:%M}"
    return f"{shown:%a %H:%M}" if 0 < days < DAYS_PER_WEEK else f"{shown:%a} {shown.day} {shown:%b %H:%M}"


def name_agent(agent: Agent) -> str:
    """Return what an agent is called."""
    return agent.name or agent.id


def listed(names: Sequence[str], *, most: int = MAX_NAMES) -> str:
    """Return names as a sentence has them: ``a, b and c``, or ``a, b, c and 4 more``."""
    shown, more = list(names[:most]), len(names) - most
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def amount(value: float) -> str:
    """Return a cost as a sentence has it: whole where it is large, never -0."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.3g}"


def lasting(seconds: float) -> str:
    """Return how long something takes or is late: ``12 min``, ``3 h 20 min``, ``2 days``."""
    minutes = round(abs(seconds) / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} min" if minutes else "less than a minute"
