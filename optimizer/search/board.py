"""All arrays of one search, handed to the kernels as one."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Floats, Ints, Seconds

Records = NDArray[Any]


class Board(NamedTuple):
    """The state of a search: T tasks, A agents, K types, C classes of demand, L lanes.

    Attributes
    ----------
    slots : the sequences of all agents, each behind the slot of its entry state, then room for candidates
    starts, gains : for each slot, the start of its task, and what its removal would save (`UNKNOWN` = not computed)
    delays : (D,) seconds, ascending
    delay_costs : for each slot and delay, what it would cost to start its task and all behind it so much later
    spans, agents, tasks, rules, office : records
    task_agent : (T,) agent, -1 where unscheduled
    able : (A * words,) bits: the classes of demand an agent can meet
    speeds : (A * K,) speed of each agent at each type
    excluded_ptr, excluded_agent, preferred_ptr, preferred_agent, separate_ptr, separate_task : lists of the instance
    lanes, offers, sides : (L,), (L,) and (2 * L,) records
    lane_agents : the agents, lane by lane
    pool : unscheduled tasks, lane by lane
    member_ptr, members : agents of a lane who can meet a class; row = lane * C + class
    """

    slots: Records
    starts: Ints
    gains: Seconds
    delays: Seconds
    delay_costs: Floats
    spans: Records
    agents: Records
    tasks: Records
    rules: Records
    office: Records
    task_agent: Ints
    able: NDArray[np.uint32]
    speeds: Floats
    excluded_ptr: Ints
    excluded_agent: Ints
    preferred_ptr: Ints
    preferred_agent: Ints
    separate_ptr: Ints
    separate_task: Ints
    lanes: Records
    offers: Records
    sides: Records
    lane_agents: Ints
    pool: Ints
    member_ptr: Ints
    members: Ints
