"""What the ranking reads: the waiting tasks as columns, and what one agent may do of each kind of demand at an instant.

Instants are epoch seconds as floats, exact to the second. A *demand* is what a task asks of its agent: its type (with
the type's team), its skill at a level, and every further skill. Tasks of one demand may be done by the same agents at
the same speeds, so that an agent is compared with some hundred demands instead of with every task.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Floats, Ints

NOBODY = -1
"""No agent, case or type."""

CHUNK = 64
"""Slots that lie together, those of one demand if any: what an agent cannot do is passed over by the chunk."""

MIXED = -1
"""The demand of a chunk with tasks of several, or of none."""

NO_INSTANT = float(2**40)
"""An absent must-by; no instant in seconds reaches it."""

NO_RATE = -1e18
"""The logarithm of the rate of a task without weight."""

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]


class TaskColumns(NamedTuple):
    """The tasks of the desk by slot. N slots, a multiple of `CHUNK`, most of them with a task that waits.

    Attributes
    ----------
    chunk_demand : (N / CHUNK,) the demand of all tasks of a chunk, `MIXED` where they differ
    chunk_waiting : (N / CHUNK,) how many tasks of a chunk wait
    is_waiting : (N,) 1 where the task waits for an agent
    demand : (N,) what it asks of its agent
    standard_s : (N,) expected handling at speed 1, in seconds
    weight : (N,) importance
    log_rate : (N,) the logarithm of weight by standard seconds; anything below that of every other where there is none
    enabled : (N,) instant since which it could have been done
    due, must_by : (N,) instants; `NO_DUE` and `NO_INSTANT` where there is none
    earliest : (N,) instant before which it may not start
    case : (N,) case, `NOBODY` where none
    pinned : (N,) the only agent who may do it, `NOBODY` where anybody may
    planned, planned_at : (N,) whom the published plan gives it to, and when it starts there
    num_before : (N,) tasks that must be done before and are not
    num_preferred : (N,) agents it would rather go to
    order : (N,) what breaks the last ties, alike wherever it is asked: a digest of the id
    id_high, id_low : (N,) the digest of the id that the digest of a set is summed from
    """

    chunk_demand: Ints
    chunk_waiting: Ints
    is_waiting: Bytes
    demand: Ints
    standard_s: Floats
    weight: Floats
    log_rate: Floats
    enabled: Floats
    due: Floats
    must_by: Floats
    earliest: Floats
    case: Ints
    pinned: Ints
    planned: Ints
    planned_at: Floats
    num_before: Ints
    num_preferred: Ints
    order: NDArray[np.int64]
    id_high: Words
    id_low: Words


class AgentView(NamedTuple):
    """What one agent may do at an instant, and what ties single tasks to the agent. D demands, N slots.

    Attributes
    ----------
    block : (D,) code of what keeps the agent from a demand at this instant, `ELIGIBLE` where nothing does
    speed, log_speed : (D,) speed at the demand, and its logarithm; anything where it is blocked
    setup_s : (D,) seconds to change over to it
    room_s : (D,) working seconds that are left of the shift after that
    price : (D,) what a minute of this agent is worth elsewhere beyond what one for the demand's type is worth
    is_away, is_move : (D,) 1 where its team is not the home team, and where doing it is a change of team
    barred : (N,) code of what keeps the agent from a single task, `ELIGIBLE` where nothing does
    is_preferred : (N,) 1 where the task would rather go to this agent
    case_agent : (C,) who last worked on a case
    is_expected : (A,) 1 for agents who are at work or still to come, so that what is planned for them is theirs
    """

    block: Bytes
    speed: Floats
    log_speed: Floats
    setup_s: Floats
    room_s: Floats
    price: Floats
    is_away: Floats
    is_move: Floats
    barred: Bytes
    is_preferred: Bytes
    case_agent: Ints
    is_expected: Bytes


class Circumstances(NamedTuple):
    """Who asks, when, and by which policy; costs are those of the planner's objective.

    Attributes
    ----------
    agent, last_case : position of who asks, and the case that this agent worked on last
    now : epoch second
    rule : code of the index
    scale_s : look-ahead, in seconds
    plan_window_s : a planned start holds where it is no further than this from `now`
    tardiness, late, missed, carried_over, away, move, preferred, reassigned, continuity : costs of a unit of each;
        the last is what it is worth that a case stays with its agent
    """

    agent: int
    last_case: int
    now: float
    rule: int
    scale_s: float
    plan_window_s: float
    tardiness: float
    late: float
    missed: float
    carried_over: float
    away: float
    move: float
    preferred: float
    reassigned: float
    continuity: float


def empty_columns(num_slots: int) -> TaskColumns:
    """Return the columns of slots in which no task waits.

    Raises
    ------
    ValueError
        If the slots do not make up whole chunks.
    """
    if num_slots % CHUNK:
        raise ValueError(f"{num_slots} slots are no multiple of {CHUNK}")
    floats, positions = np.float64, np.int32
    return TaskColumns(
        chunk_demand=np.full(num_slots // CHUNK, MIXED, positions),
        chunk_waiting=np.zeros(num_slots // CHUNK, positions),
        is_waiting=np.zeros(num_slots, np.uint8),
        demand=np.zeros(num_slots, positions),
        standard_s=np.ones(num_slots, floats),
        weight=np.zeros(num_slots, floats),
        log_rate=np.full(num_slots, NO_RATE, floats),
        enabled=np.zeros(num_slots, floats),
        due=np.full(num_slots, NO_INSTANT, floats),
        must_by=np.full(num_slots, NO_INSTANT, floats),
        earliest=np.zeros(num_slots, floats),
        case=np.full(num_slots, NOBODY, positions),
        pinned=np.full(num_slots, NOBODY, positions),
        planned=np.full(num_slots, NOBODY, positions),
        planned_at=np.zeros(num_slots, floats),
        num_before=np.zeros(num_slots, positions),
        num_preferred=np.zeros(num_slots, positions),
        order=np.zeros(num_slots, np.int64),
        id_high=np.zeros(num_slots, np.uint64),
        id_low=np.zeros(num_slots, np.uint64),
    )


def grow_columns(columns: TaskColumns, num_slots: int) -> TaskColumns:
    """Return the columns with room for more slots."""
    grown = empty_columns(num_slots)
    for name in TaskColumns._fields:
        old: NDArray[Any] = getattr(columns, name)
        getattr(grown, name)[: len(old)] = old
    return grown
