"""A live state as a planning question: columns sliced from the layout, instants in whole seconds from now."""

import math
from dataclasses import dataclass

import numpy as np

from models.time import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from optimizer.instance import NEVER, NO_LIMIT, Instance, Objective
from simulations.engine import columns as c
from simulations.engine.layout import Layout, Reals, Wholes
from simulations.planning.live import LiveState
from simulations.randomness.residuals import expect_rest

LONGEST_DAY_S = float(SECONDS_PER_DAY)
"""What counts as a day of people who never leave."""

INTO_NEXT_DAY_S = 4.0 * SECONDS_PER_HOUR
"""What a plan leaves is expected to be done so long after people come again."""

NEXT_DAY_S = 12.0 * SECONDS_PER_HOUR
"""How far into the next day a plan looks, from when people come: who plans today alone leaves for tomorrow more than
tomorrow can hold."""

_START, _END = range(2)


@dataclass(frozen=True, kw_only=True)
class Question:
    """An instance, and what its positions stand for.

    Attributes
    ----------
    agents : positions in the layout of the instance's agents
    tasks : positions among what waits, of the instance's first tasks; the others are in somebody's hands
    """

    instance: Instance
    agents: Wholes
    tasks: Wholes


@dataclass(frozen=True, kw_only=True)
class _Duty:
    """The shifts of those who are there today or come tomorrow, and when that is over."""

    agents: list[int]
    shifts: list[list[tuple[float, float, list[tuple[float, float]]]]]
    until: float


class Questioner:
    """Turns states of one layout into questions.

    Parameters
    ----------
    margin_s
        How much earlier than it is something is taken to be due: some of the time goes to what comes until then, and
        to tasks that take longer than expected.
    """

    def __init__(self, layout: Layout, *, margin_s: float) -> None:
        self._layout = layout
        self._margin_s = margin_s
        num_types = len(layout.type_whole)
        self._speed: Reals = layout.class_speed[layout.agent_whole[:, c.AGENT_CLASS], :num_types]
        self._homes = layout.class_whole[layout.agent_whole[:, c.AGENT_CLASS], c.CLASS_HOME]
        self._starts = np.unique(layout.shift_real[:, _START])

    def ask(self, live: LiveState) -> Question:
        """Return what to plan: all that waits, by those who are there today or come tomorrow."""
        layout, now = self._layout, live.now
        duty = self._list_duty(live)
        agents = np.array(duty.agents, dtype=np.int64)
        speed = self._speed[agents]
        fastest = speed.max(axis=0, initial=0.0)
        waiting = np.flatnonzero(fastest[live.task_type] > 0)
        keeps = layout.switches[c.RESUMES] == 1  # who is in overtime has done the task before the next shift
        is_held = (live.held_type >= 0) & ((live.agent_shift >= 0) | keeps)
        held = [n for n, agent in enumerate(duty.agents) if is_held[agent]]
        held_agents = agents[held]
        kinds = np.concatenate([live.task_type[waiting], live.held_type[held_agents]])
        minutes = layout.type_real[live.task_type[waiting], c.TYPE_MEAN] / SECONDS_PER_MINUTE
        rests = [self._expect_rest(live, duty, n) / SECONDS_PER_MINUTE for n in held]
        num, num_waiting = len(kinds), len(waiting)
        carry_over = self._next_start(duty.until) + INTO_NEXT_DAY_S - now
        due = np.full(num, carry_over + SECONDS_PER_DAY)
        due[:num_waiting] = np.minimum(self._bring_forward(live.task_due[waiting] - now), carry_over + SECONDS_PER_DAY)
        weight = np.concatenate([live.task_weight[waiting], np.ones(len(held))])
        classes, task_class = np.unique(kinds, return_inverse=True)
        members = [np.flatnonzero(speed[:, kind] > 0) for kind in classes]
        pinned = np.full(num, -1, np.int32)
        pinned[num_waiting:] = held
        nothing, nobody = np.zeros(num + 1, np.int32), np.zeros(0, np.int32)
        spans = [span for shifts in duty.shifts for _, _, stretches in shifts for span in stretches]
        edges = [(start, end) for shifts in duty.shifts for start, end, _ in shifts]
        is_open = live.agent_shift[agents] >= 0
        instance = Instance(
            num_teams=layout.class_next.shape[1],
            type_team=layout.type_whole[:, c.TYPE_TEAM].astype(np.int32),
            agent_home=self._homes[agents].astype(np.int32),
            agent_max_moves=np.minimum(layout.agent_whole[agents, c.MAX_MOVES], NO_LIMIT).astype(np.int32),
            agent_min_stay=np.zeros(len(agents), np.int64),
            state_type=np.where(is_open, live.agent_last_type[agents], -1).astype(np.int32),
            state_moves=np.where(is_open, live.agent_moves[agents], 0).astype(np.int32),
            state_team_since=np.full(len(agents), -NEVER, np.int64),
            agent_shift_ptr=_pointers(len(shifts) for shifts in duty.shifts),
            shift_start=_seconds([start - now for start, _ in edges]),
            shift_end=_seconds([end - now for _, end in edges]),
            shift_work_ptr=_pointers(len(stretches) for shifts in duty.shifts for _, _, stretches in shifts),
            work_start=_seconds([start - now for start, _ in spans]),
            work_end=_seconds([end - now for _, end in spans]),
            task_type=kinds.astype(np.int32),
            task_class=task_class.astype(np.int32),
            class_ptr=_pointers(len(row) for row in members),
            class_agent=np.concatenate([*members, np.zeros(0, np.int64)]).astype(np.int32),
            class_speed=np.concatenate([*(speed[row, kind] for row, kind in zip(members, classes, strict=True)), []]),
            task_handling=np.concatenate([np.maximum(minutes, 1 / SECONDS_PER_MINUTE), rests]),
            task_arrived=_seconds(
                np.concatenate([np.floor(live.task_enabled[waiting] - now), np.full(len(held), -1.0)])
            ),
            task_due=_seconds(due),
            task_release=np.zeros(num, np.int64),
            task_carry_over=np.full(num, math.floor(carry_over), np.int64),
            task_must_by=np.full(num, NEVER, np.int64),
            task_weight=weight,
            task_pinned=pinned,
            task_published=np.full(num, -1, np.int32),
            task_in_progress=np.arange(num) >= num_waiting,
            excluded_ptr=nothing.copy(),
            excluded_agent=nobody.copy(),
            preferred_ptr=nothing.copy(),
            preferred_agent=nobody.copy(),
            separate_ptr=nothing.copy(),
            separate_task=nobody.copy(),
            after_ptr=nothing.copy(),
            after_task=nobody.copy(),
            office_start=np.zeros(0, np.int64),
            office_end=np.zeros(0, np.int64),
            setup_same_team=math.floor(layout.amounts[c.SETUP_SAME] + 0.5),
            setup_other_team=math.floor(layout.amounts[c.SETUP_OTHER] + 0.5),
            objective=Objective(),
        )
        return Question(instance=instance, agents=agents, tasks=waiting)

    def _bring_forward(self, due: Reals) -> Reals:
        """Return dues that leave some time for what nobody knows yet; what is late already is as late as it is."""
        floor = np.floor(due)
        return np.where(floor > 0, np.maximum(0.0, floor - self._margin_s), floor)

    def _list_duty(self, live: LiveState) -> _Duty:
        layout, now = self._layout, live.now
        ends = [float(layout.shift_real[shift, _END]) for shift in live.agent_shift.tolist() if shift >= 0]
        leaves = min(max(ends, default=now), now + LONGEST_DAY_S)
        until = self._next_start(leaves) + NEXT_DAY_S
        latest = max(until, now + LONGEST_DAY_S)
        agents: list[int] = []
        listed: list[list[tuple[float, float, list[tuple[float, float]]]]] = []
        for agent, shift in enumerate(live.agent_shift.tolist()):
            shifts = []
            low, high = layout.agent_whole[agent, c.STRETCH_LOW : c.STRETCH_HIGH + 1].tolist()
            of_stretch = layout.stretch_shift[low:high]
            for other in np.unique(of_stretch).tolist():
                start, end = layout.shift_real[other].tolist()
                if other == shift or now < start < until:
                    stretches = layout.stretch_real[low:high][of_stretch == other]
                    stretches = np.minimum(stretches[stretches[:, _END] > now], latest)
                    stretches = stretches[stretches[:, _START] < stretches[:, _END]]
                    if len(stretches):
                        shifts.append(
                            (start, min(end, latest), [(float(low_s), float(high_s)) for low_s, high_s in stretches])
                        )
            if shifts:
                agents.append(agent)
                listed.append(shifts)
        return _Duty(agents=agents, shifts=listed, until=until)

    def _expect_rest(self, live: LiveState, duty: _Duty, n: int) -> float:
        """Return the seconds at speed 1 that the task in hand is expected to take yet, as far as the shift lasts."""
        layout, agent = self._layout, duty.agents[n]
        kind = int(live.held_type[agent])
        speed = float(self._speed[agent, kind])
        spent = round(float(live.held_spent_s[agent]), 6) * speed
        real = layout.type_real[kind]
        code = int(layout.type_whole[kind, c.TYPE_HANDLING])
        rest = expect_rest(code, float(real[c.HANDLING_A]), float(real[c.HANDLING_B]), layout.values, spent)
        rest += round(float(live.held_setup_s[agent]), 6) * speed
        _, _, stretches = duty.shifts[n][0]
        room = sum(math.floor(end - live.now) - max(0.0, math.ceil(start - live.now)) for start, end in stretches)
        return max(1.0, min(rest, (room - 1.0) * speed))

    def _next_start(self, until: float) -> float:
        """Return when somebody comes after an instant; a day after it where nobody does."""
        place = int(np.searchsorted(self._starts, until, side="right"))
        return float(self._starts[place]) if place < len(self._starts) else until + SECONDS_PER_DAY


def _seconds(values: Reals | list[float]) -> np.ndarray:
    return np.rint(np.asarray(values, dtype=np.float64)).astype(np.int64)


def _pointers(lengths: object) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(list(lengths))]).astype(np.int32)  # type: ignore[call-overload]
