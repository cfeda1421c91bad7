"""Who can do what, and until when: the people of the desk by position, and what each may do of each kind of demand."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.calendar import OfficeCalendar
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.formats.problem import Agent
from models.repositories.live.waiting import OpenTask
from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from optimizer.next_task import Block
from optimizer.next_task.columns import NO_INSTANT
from services.hour_values import HourValues
from services.office_duty import CLEARANCE, make_agent, read_duty, skills_on, valid_agents
from services.office_work import Standards, read_standards

EARLY_S = 4 * SECONDS_PER_HOUR
"""Who is there so long before a shift is taken to work until its end."""


class Demand(NamedTuple):
    """What a task asks of its agent: its type, the team whose it is, and every skill with its least level."""

    task_type: str
    team: str
    skill: str
    min_level: int
    further: tuple[tuple[str, int], ...]


class Reach(NamedTuple):
    """What one agent may do of each demand, whatever the hour. D demands.

    Attributes
    ----------
    block, speed, log_speed : (D,)
    """

    block: NDArray[np.uint8]
    speed: NDArray[np.float64]
    log_speed: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Room:
    """How long an agent can still work on tasks: seconds, and the end of the shift; none known where off the roster."""

    seconds: float
    shift_end: int | None


class Crew:
    """The people of an office near an instant.

    Parameters
    ----------
    at
        Whoever belongs to the office on its day is there.
    """

    def __init__(self, office: Office, *, at: int) -> None:
        self.calendar: OfficeCalendar = calendar_of(office)
        self.day = self.calendar.local_day(at)
        duty, skills = read_duty(office, self.calendar), skills_on(office, self.day)
        nearby = {"first": self.day - timedelta(days=1), "last": self.day + timedelta(days=1)}
        self.agents: Sequence[Agent] = tuple(
            make_agent(row, skills.get(row["id"], {}), duty.within(row["id"], at=0, **nearby))
            for row in sorted(valid_agents(office, self.day), key=lambda row: str(row["id"]))
        )
        self.position: Mapping[str, int] = {agent.id: at for at, agent in enumerate(self.agents)}
        self.standards: Standards = read_standards(office)
        self.kinds: Mapping[str, dict[str, Any]] = self.standards.current(self.day)
        self.team_names: Mapping[str, str] = {row["id"]: row["name"] or row["id"] for row in office.rows("teams")}
        self.skill_names: Mapping[str, str] = {row["id"]: row["name"] or row["id"] for row in office.rows("skills")}
        clients = office.rows("clients")
        self.client_names: Mapping[str, str] = {row["id"]: row["name"] or row["id"] for row in clients}
        self._guarded = {row["id"] for row in clients if row["needs_clearance"]}
        self._ends = [[shift.end for shift in agent.shifts] for agent in self.agents]

    def name(self, agent_id: str) -> str:
        """Return what an agent is called."""
        position = self.position.get(agent_id)
        return agent_id if position is None else self.agents[position].name or agent_id

    def demand_of(self, task: OpenTask) -> Demand:
        """Return what a task asks of its agent.

        Raises
        ------
        KeyError
            If its type has no standard yet.
        """
        kind = self.kinds[task.type]
        wanted: dict[str, int] = dict(kind["also_requires"] or {})
        for skill, least in (task.also_requires or {}).items():
            wanted[skill] = max(least, wanted.get(skill, 0))
        if task.client in self._guarded:
            wanted[f"{CLEARANCE}{task.client}"] = 1
        return Demand(
            task_type=task.type,
            team=task.team or kind["team"],
            skill=kind["skill"],
            min_level=kind["min_level"] if task.min_level is None else task.min_level,
            further=tuple(sorted(wanted.items())),
        )

    def standard_seconds(self, task: OpenTask) -> float:
        """Return the expected handling of a task at speed 1."""
        minutes = task.handling_minutes
        if minutes is None:
            minutes = self.kinds[task.type]["handling_minutes"] * task.quantity
        return max(1.0, float(minutes) * SECONDS_PER_MINUTE)

    def weight(self, task: OpenTask) -> float:
        """Return the importance of a task."""
        return float(self.kinds[task.type]["weight"] if task.weight is None else task.weight)

    def reach(self, position: int, demands: Sequence[Demand]) -> Reach:
        """Return what the agent at a position may do of some demands."""
        agent = self.agents[position]
        codes = np.fromiter((self.find_gap(agent, demand)[0] for demand in demands), np.uint8, len(demands))
        speed = np.fromiter(
            (agent.skills[demand.skill].speed if demand.skill in agent.skills else 1.0 for demand in demands),
            np.float64,
            len(demands),
        )
        return Reach(codes, speed, np.log(speed))

    @staticmethod
    def find_gap(agent: Agent, demand: Demand) -> tuple[Block, str]:
        """Return what keeps an agent from a demand whatever the hour, and the team, skill or client it is about."""
        if demand.team != agent.team and demand.team not in agent.swing_teams:
            return Block.TEAM, demand.team
        for skill, least in ((demand.skill, demand.min_level), *demand.further):
            held = agent.skills.get(skill)
            if held is None or held.level < least:
                is_client = skill.startswith(CLEARANCE)
                return (Block.CLEARANCE if is_client else Block.SKILL), skill.removeprefix(CLEARANCE)
        return Block.ELIGIBLE, ""

    def room(self, position: int, now: int) -> Room:
        """Return how long the agent at a position can still work on tasks; breaks of the roster are left out."""
        ends = self._ends[position]
        nth = bisect_right(ends, now)
        if nth == len(ends):
            return Room(seconds=NO_INSTANT, shift_end=None)
        shift = self.agents[position].shifts[nth]
        if shift.start - now > EARLY_S:
            return Room(seconds=NO_INSTANT, shift_end=None)
        begin = max(now, shift.start)
        seconds = shift.end - begin
        for pause in shift.breaks:
            seconds -= max(0, pause.end - max(pause.start, begin))
        return Room(seconds=float(seconds), shift_end=shift.end)

    def next_start(self, position: int, now: int) -> int | None:
        """Return when the shift that runs, or else the next one, starts; None where there is none."""
        ends = self._ends[position]
        nth = bisect_right(ends, now)
        return None if nth == len(ends) else self.agents[position].shifts[nth].start


def price_elsewhere(
    values: HourValues | None, agent_id: str, demands: Sequence[Demand], now: int
) -> NDArray[np.float64]:
    """Return, by demand, what a minute of an agent is worth elsewhere beyond what one for that type is worth.

    Parameters
    ----------
    values
        What the published plan says that hours are worth; nothing is dearer than anything else where it is silent.
    """
    price = np.zeros(len(demands))
    if values is None or agent_id not in values.agents:
        return price
    nth = bisect_right(values.begins, now) - 1
    if nth < 0 or now >= values.begins[nth] + SECONDS_PER_HOUR:
        return price
    own = values.agents[agent_id][nth]
    for at, demand in enumerate(demands):
        row = values.task_types.get(demand.task_type)
        price[at] = max(0.0, own - (0.0 if row is None else row[nth])) / (SECONDS_PER_HOUR / SECONDS_PER_MINUTE)
    return price
