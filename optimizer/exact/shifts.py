"""Shifts as stretches of work without their breaks: positions in working seconds, and the instants they stand for."""

from dataclasses import dataclass

import numpy as np

from optimizer.instance import Instance
from optimizer.timeline import compute_duration


@dataclass(frozen=True, kw_only=True)
class ShiftWork:
    """The working time of one shift from `now` on.

    Attributes
    ----------
    agent : whose shift it is
    order : which one of that agent's shifts, from 0
    is_open : whether it is open at `now`
    intervals : working intervals, ascending
    """

    agent: int
    order: int
    is_open: bool
    intervals: tuple[tuple[int, int], ...]

    @property
    def seconds(self) -> int:
        """Working seconds in all."""
        return sum(end - start for start, end in self.intervals)

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Of each interval, the position at which it begins, and what an instant in it is beyond its position."""
        found, worked = [], 0
        for start, end in self.intervals:
            found.append((worked, start - worked))
            worked += end - start
        return found

    def worked_before(self, instant: int) -> int:
        """Return the working seconds before an instant."""
        return sum(max(0, min(end, instant) - start) for start, end in self.intervals)

    def start_at(self, position: int) -> int:
        """Return the instant at which work that starts at a position starts."""
        return position + max(o for at, o in self.offsets if at <= position)

    def end_at(self, position: int) -> int:
        """Return the instant at which work that ends at a position ends: before a break, not after it."""
        return position + max(o for at, o in self.offsets if at < position)


def list_shifts(instance: Instance) -> list[ShiftWork]:
    """Return the shifts that have working time left."""
    found = []
    for agent in range(instance.num_agents):
        first, last = instance.agent_shift_ptr[agent], instance.agent_shift_ptr[agent + 1]
        for shift in range(first, last):
            rows = range(instance.shift_work_ptr[shift], instance.shift_work_ptr[shift + 1])
            pairs = [(max(0, int(instance.work_start[n])), int(instance.work_end[n])) for n in rows]
            intervals = tuple((start, end) for start, end in pairs if end > start)
            if intervals:
                is_open = bool(instance.shift_start[shift] <= 0)
                found.append(ShiftWork(agent=agent, order=int(shift - first), is_open=is_open, intervals=intervals))
    return found


def list_candidates(instance: Instance, task: int) -> dict[int, int]:
    """Return who may do a task, and how many seconds each takes."""
    kind = instance.task_class[task]
    rows = slice(int(instance.class_ptr[kind]), int(instance.class_ptr[kind + 1]))
    excluded = instance.excluded_agent[instance.excluded_ptr[task] : instance.excluded_ptr[task + 1]]
    pinned = int(instance.task_pinned[task])
    return {
        agent: int(compute_duration(float(instance.task_handling[task]), speed))
        for agent, speed in zip(instance.class_agent[rows].tolist(), instance.class_speed[rows].tolist(), strict=True)
        if pinned in (-1, agent) and not np.isin(agent, excluded)
    }
