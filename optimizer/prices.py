"""What time is worth: the prices of a proof, by agent, by type of task and by time of day."""

from dataclasses import dataclass, fields

import numpy as np

from optimizer.instance import Floats, Instance, Ints, Seconds

SLOT_S = 1800
"""Seconds of a slot."""

MOST_SLOTS = 14 * 48
"""Slots from `now` on that are priced."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prices:
    """What things are worth where a bound was found, in units of the objective. A agents, K types, T tasks, S slots.

    Attributes
    ----------
    slot_start, slot_end : (S,) seconds from `now`, ascending; slot s is `[start, end)`, each begins where the one
        before ends
    agent_value : (A, S) what a minute of work of each agent is worth within each slot, 0 where the agent does not work
    type_value : (K, S) the mean of that over the agents who can do tasks of a type and work then, 0 where nobody does
    task : (T,) what it would save if the task were taken off the list of those to do, beyond its own cost if left
    """

    slot_start: Seconds
    slot_end: Seconds
    agent_value: Floats
    type_value: Floats
    task: Floats

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).flags.writeable = False


def value_agent_time(prices: Prices, agent: int, start: int, end: int) -> float:
    """Return what it is worth that an agent works from `start` to `end`, which is working time of that agent."""
    return float(prices.agent_value[agent] @ _minutes_inside(prices, start, end))


def value_type_time(prices: Prices, type_: int, start: int, end: int) -> float:
    """Return what one more agent for a type, as good as the mean of those there are, is worth from `start` to `end`."""
    return float(prices.type_value[type_] @ _minutes_inside(prices, start, end))


def slot_ends(instance: Instance) -> Seconds:
    """Return where the slots end: the first begins at `now`, the last covers the end of the last shift."""
    last = int(instance.work_end.max(initial=0))
    return np.arange(1, min(MOST_SLOTS, -(-last // SLOT_S)) + 1, dtype=np.int64) * SLOT_S


def worked_seconds(ends: Seconds, num_agents: int, owner: Ints, work_start: Seconds, work_end: Seconds) -> Seconds:
    """Return (A, S): the seconds that each agent works within each slot, from working intervals and whose they are."""
    worked = np.zeros((num_agents, len(ends)), np.int64)
    for slot, end in enumerate(ends.tolist()):
        inside = np.maximum(0, np.minimum(work_end, end) - np.maximum(work_start, end - SLOT_S))
        worked[:, slot] = np.bincount(owner, weights=inside, minlength=num_agents)
    return worked


def make_prices(
    instance: Instance, ends: Seconds, task: Floats, earned: Floats, worked: Seconds, pairs: tuple[Ints, Ints]
) -> Prices:
    """Return the prices of what agents earn.

    Parameters
    ----------
    ends : (S,) where the slots end
    earned : (A, S) what each agent's time within each slot is worth in all
    worked : (A, S) seconds worked
    pairs : types and agents who can do tasks of them, each pair once
    """
    per_minute = np.where(worked > 0, earned * 60 / np.maximum(worked, 1), 0.0)
    by_type, present = np.zeros((2, instance.num_types, len(ends)))
    types, agents = pairs
    np.add.at(by_type, types, per_minute[agents])
    np.add.at(present, types, (worked > 0)[agents])
    return Prices(
        slot_start=ends - SLOT_S,
        slot_end=ends,
        agent_value=per_minute,
        type_value=by_type / np.maximum(present, 1),
        task=task.copy(),
    )


def _minutes_inside(prices: Prices, start: int, end: int) -> Floats:
    inside: Floats = (np.minimum(prices.slot_end, end) - np.maximum(prices.slot_start, start)) / 60
    return np.maximum(0.0, inside)
