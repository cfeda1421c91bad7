"""What one agent may do of each demand at an instant: reach, room, moves and prices, as the ranking reads them."""

import numpy as np
from numpy.typing import NDArray

from models.formats.problem import Agent
from models.time import SECONDS_PER_MINUTE
from optimizer.instance import Floats
from optimizer.next_task import Block
from optimizer.next_task.columns import AgentView, Bytes
from services.hour_values import HourValues
from services.live.crew import Crew, Reach, price_elsewhere
from services.live.slots import TaskSlots
from services.live.stints import Stint


class AgentViews:
    """Makes views of the tasks that are open; a view holds until the next one is made.

    Parameters
    ----------
    setup
        Seconds to change over to another type of the same team, and to another team.
    """

    def __init__(self, crew: Crew, slots: TaskSlots, *, setup: tuple[int, int]) -> None:
        self.values: HourValues | None = None
        self._crew = crew
        self._slots = slots
        self._setup = setup
        self._reaches: dict[int, Reach] = {}
        self._names: dict[str, int] = {}
        self._teams = np.zeros(0, np.int32)
        self._types = np.zeros(0, np.int32)
        self._barred = np.zeros(0, np.uint8)
        self._is_preferred = np.zeros(0, np.uint8)

    def view(self, position: int, stint: Stint, now: int, is_expected: Bytes) -> AgentView:
        """Return what the agent at a position may do at an instant; no single task is barred yet."""
        crew, demands, num_slots = self._crew, self._slots.demands, len(self._slots.columns.is_waiting)
        reach = self._reaches.get(position)
        if reach is None or len(reach.block) != len(demands):
            reach = self._reaches[position] = crew.reach(position, demands)
        if len(self._barred) != num_slots:
            self._barred, self._is_preferred = np.zeros(num_slots, np.uint8), np.zeros(num_slots, np.uint8)
        if len(self._teams) != len(demands):
            self._teams = np.array([self._name(demand.team) for demand in demands], np.int32)
            self._types = np.array([self._name(demand.task_type) for demand in demands], np.int32)
        agent = crew.agents[position]
        setup, is_move = self._changes(stint)
        block = reach.block
        held_up = is_move & (block == Block.ELIGIBLE)
        if agent.max_moves is not None and stint.num_moves >= agent.max_moves:
            block = np.where(held_up, np.uint8(Block.MOVE_CAP), block)
        elif stays_until(agent, stint) > now + self._setup[1]:
            block = np.where(held_up, np.uint8(Block.DWELL), block)
        return AgentView(
            block=block,
            speed=reach.speed,
            log_speed=reach.log_speed,
            setup_s=setup,
            room_s=crew.room(position, now).seconds - setup,
            price=price_elsewhere(self.values, agent.id, demands, now),
            is_away=(self._teams != self._name(agent.team)).astype(np.float64),
            is_move=is_move.astype(np.float64),
            barred=self._barred,
            is_preferred=self._is_preferred,
            case_agent=self._slots.case_agent,
            is_expected=is_expected,
        )

    def _changes(self, stint: Stint) -> tuple[Floats, NDArray[np.bool_]]:
        """Return, by demand, the seconds to change over to it, and whether that is a change of team."""
        if stint.team is None:
            return np.zeros(len(self._teams)), np.zeros(len(self._teams), np.bool_)
        same_team, other_team = self._setup
        is_move = self._teams != self._name(stint.team)
        is_same = self._types == self._name(stint.task_type or "")
        return np.where(is_move, float(other_team), np.where(is_same, 0.0, float(same_team))), is_move

    def _name(self, name: str) -> int:
        """Return a number for a team or a type, the same each time."""
        return self._names.setdefault(name, len(self._names))


def stays_until(agent: Agent, stint: Stint) -> float:
    """Return until when an agent stays with the present team; an instant long past where nothing holds."""
    return -1.0 if stint.moved_at is None else stint.moved_at + agent.min_stay_minutes * SECONDS_PER_MINUTE
