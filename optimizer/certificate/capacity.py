"""How much work agents can do until an instant: shifts less breaks, at each one's speed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Floats, Instance, Ints, Seconds

SPLIT_BELOW_S = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Duty:
    """The working intervals of all agents from `now` on.

    Attributes
    ----------
    ptr : (A + 1,) the intervals of an agent
    start, end : (W,) an interval is `[start, end)`, start >= 0
    """

    ptr: NDArray[np.int64]
    start: Seconds
    end: Seconds

    @property
    def last_end(self) -> int:
        """The instant at which the last interval ends; 0 where there is none."""
        return int(self.end.max(initial=0))

    @cached_property
    def progress(self) -> list[tuple[Seconds, Seconds]]:
        """For each agent the instants at which work begins or ends, and the seconds worked until each."""
        at = np.stack((self.start, self.end), axis=1).ravel()
        worked = np.stack((np.zeros(len(self.start), np.int64), self.end - self.start), axis=1).ravel()
        pairs = zip(self.ptr[:-1].tolist(), self.ptr[1:].tolist(), strict=True)
        return [(at[2 * first : 2 * until], worked[2 * first : 2 * until].cumsum()) for first, until in pairs]

    def seconds_between(self, grid: Seconds) -> NDArray[np.int64]:
        """Return, (A, len(grid) - 1), the seconds that each agent works between neighbours of an ascending grid."""
        until = np.clip(grid[None, :] - self.start[:, None], 0, (self.end - self.start)[:, None])
        total = np.concatenate((np.zeros((1, len(grid)), np.int64), np.cumsum(until, axis=0)))
        by_agent: NDArray[np.int64] = total[self.ptr[1:]] - total[self.ptr[:-1]]
        return by_agent[:, 1:] - by_agent[:, :-1]


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Work that some agents can do from `now` until an instant: piecewise linear, never falling.

    Attributes
    ----------
    at : (P,) instants, ascending, the first 0
    done : (P,) seconds of work at speed 1 until each
    """

    at: Floats
    done: Floats

    def until(self, instants: Seconds | Floats) -> Floats:
        """Return the work that can be done until each instant."""
        return np.interp(np.maximum(instants, 0), self.at, self.done)

    def latest(self, work: Floats) -> Floats:
        """Return the latest instant until which no more than each amount can be done; `work` below the whole."""
        after = np.searchsorted(self.done, work + SPLIT_BELOW_S, "right")
        after = np.clip(after, 1, len(self.at) - 1) if len(self.at) > 1 else after * 0
        before = np.maximum(after - 1, 0)
        rise, run = self.done[after] - self.done[before], self.at[after] - self.at[before]
        share = np.divide(work - self.done[before], rise, out=np.zeros_like(work), where=rise > 0)
        return self.at[before] + np.clip(share, 0, 1) * run


def find_duty(instance: Instance) -> Duty:
    """Return the working intervals of an instance, cut at `now`."""
    first = instance.shift_work_ptr[instance.agent_shift_ptr]
    agent = np.repeat(np.arange(instance.num_agents), np.diff(first))
    rows = np.flatnonzero(instance.work_end > 0)
    counts = np.bincount(agent[rows], minlength=instance.num_agents)
    return Duty(
        ptr=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        start=np.maximum(instance.work_start[rows], 0),
        end=instance.work_end[rows],
    )


def draw_curve(duty: Duty, agents: Ints, speeds: Floats) -> Curve:
    """Return how much work agents can do together, each at a speed."""
    counts = duty.ptr[agents + 1] - duty.ptr[agents]
    rows = np.concatenate(
        [np.zeros(0, np.int64), *(np.arange(duty.ptr[agent], duty.ptr[agent + 1]) for agent in agents.tolist())]
    )
    pace = np.repeat(speeds, counts)
    at, place = np.unique(np.concatenate(([0], duty.start[rows], duty.end[rows])), return_inverse=True)
    change = np.zeros(len(at))
    np.add.at(change, place[1 : 1 + len(rows)], pace)
    np.add.at(change, place[1 + len(rows) :], -pace)
    rate = np.maximum(np.cumsum(change)[:-1], 0.0)
    return Curve(at=at.astype(np.float64), done=np.concatenate(([0.0], np.cumsum(rate * np.diff(at)))))
