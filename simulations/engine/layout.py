"""What stays the same in every replication of a scenario: its facts as frozen columns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]
Words = NDArray[np.uint64]


class Layout(NamedTuple):
    """A scenario as columns. Times are seconds from its start; positions follow the order of the scenario.

    T teams, Y task types, Q queues (a queue is what waits of one type and weight), C classes of agents (alike in what
    they may do now), A agents in order of their ids, G groups, N steps (the first Y are single tasks), W weights.

    Attributes
    ----------
    switches, amounts : the policy, see `columns`
    type_whole, type_real : (Y, 4), (Y, 6)
    step_whole : (N, 4) type, process or -1, branches
    branch_step, branch_until : (B,) step that follows, and the uniform number up to which it does
    process_whole, process_real : (P,) calendar, (P,) SLA
    queue_whole, queue_weight : (Q, 3), (Q,)
    queue_of : (W, Y) queue of a type for a case of that weight; weight 0 is the type's own
    queue_classes : (Q, words) classes that may take from a queue
    queue_unheld : (Q, words) those of them that the threshold does not hold
    class_whole : (C, 5)
    class_queues : (C, 3, words) queues that a class takes from, tier by tier
    class_engaged : (C, 3) whether a tier is held to the threshold
    class_all : (C, words) queues that a class may take from at all
    class_speed : (C, Q) speed, 0 where it may not
    class_premium : (C, Q) what an hour is worth beyond the cheapest that could do it, see `optimizer.terms`
    class_next : (C, T, 2) class after work in a team, with moves left or without
    agent_whole, agent_absence : (A, 7), (A,)
    agent_live : (A, 3) where people stand in a shift that is under way at the start; -1 where nobody knows
    group_ptr : (G + 1,) agents of a group
    stretch_real, stretch_shift : (S, 2), (S,) working time between breaks, by group, in order
    shift_real, shift_whole : (H, 2), (H, 2)
    event_at, event_whole : (E,), (E, 4) what the rosters do, in order
    stream_whole, stream_shape : (M, 8), (M,) what comes in, and the gamma shape of its days, 0 where all are alike
    piece_real, piece_day : (K, 3), (K,) stretches of constant rate
    trace_real, trace_whole : (R, 3), (R, 2)
    backlog_real, backlog_whole : (O, 5), (O, 5) what waits at the start, or is in somebody's hands; `nan` is drawn
    open_real : (I, 3) start, end and open seconds before, by calendar
    calendar_ptr : rows of a calendar
    values : empirical durations, in seconds
    """

    switches: Wholes
    amounts: Reals
    type_whole: Wholes
    type_real: Reals
    step_whole: Wholes
    branch_step: Wholes
    branch_until: Reals
    process_whole: Wholes
    process_real: Reals
    queue_whole: Wholes
    queue_weight: Reals
    queue_of: Wholes
    queue_classes: Words
    queue_unheld: Words
    class_whole: Wholes
    class_queues: Words
    class_engaged: Wholes
    class_all: Words
    class_speed: Reals
    class_premium: Reals
    class_next: Wholes
    agent_whole: Wholes
    agent_absence: Reals
    agent_live: Wholes
    group_ptr: Wholes
    stretch_real: Reals
    stretch_shift: Wholes
    shift_real: Reals
    shift_whole: Wholes
    event_at: Reals
    event_whole: Wholes
    stream_whole: Wholes
    stream_shape: Reals
    piece_real: Reals
    piece_day: Wholes
    trace_real: Reals
    trace_whole: Wholes
    backlog_real: Reals
    backlog_whole: Wholes
    open_real: Reals
    calendar_ptr: Wholes
    values: Reals


def freeze(layout: Layout) -> Layout:
    """Return the same columns, contiguous and read-only."""
    for column in layout:
        column.setflags(write=False)
    return layout
