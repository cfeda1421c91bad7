"""The search's records: one cache line for each place in a sequence, so that a candidate touches few of them.

Times are whole seconds from `now`, costs whole units of `1 / scale` of the objective: an evaluation that stops early
must never be mistaken for a cheap one, and sums must not depend on their order.
"""

import numpy as np

FAR = 2**30
"""An instant beyond every roster, and the value of absent deadlines."""

NEVER_FITS = 2**60
"""The cost of what cannot be done."""

UNKNOWN = -(2**60)
"""A gain that has to be computed again."""

NUM_DELAYS = 5
"""Delays for which each agent's table tells the cost."""

TYPE_BITS = 17
"""A kind is a team and a type in one number; these low bits are the type."""

MOST_TYPES, MOST_TEAMS = 2**TYPE_BITS, 2 ** (31 - TYPE_BITS)

FRESH = -1
"""The kind that stands before the first task of a shift: nothing to set up from."""

IN_PROGRESS = 1
EXCLUDES = 2
PREFERS = 4
SEPARATE = 8
BLOCKED = 16
HELD = 32

SLOT = np.dtype(
    [
        ("cost", np.int64),  # of the sequence up to and with this slot
        ("task", np.int32),
        ("kind", np.int32),  # type and team: equal kinds need no setup, equal high bits are one team
        ("release", np.int32),
        ("duration", np.int32),
        ("due", np.int32),
        ("rate", np.int32),  # per second of tardiness
        ("late", np.int32),  # once, when past due
        ("must_by", np.int32),
        ("latest", np.int32),  # must have ended by then
        ("fixed", np.int32),  # away, preferred and reassigned, for this agent
        ("end", np.int32),
        ("span", np.int32),  # working interval in which it ends
        ("moves", np.int32),  # in its shift, with its own
        ("since", np.int32),  # start of the last move
    ]
)
"""A place in a sequence: the task's facts for this agent, and the state in which the agent leaves it. 64 bytes."""

TASK = np.dtype(
    [
        ("work", np.float64),  # seconds at speed 1, not rounded
        ("left", np.int64),  # cost of leaving it unscheduled
        ("kind", np.int32),
        ("demand", np.int32),  # class of demand
        ("release", np.int32),
        ("latest", np.int32),
        ("due", np.int32),
        ("rate", np.int32),
        ("late", np.int32),
        ("must_by", np.int32),
        ("pinned", np.int32),
        ("published", np.int32),
        ("flags", np.int32),
        ("lane", np.int32),
    ]
)
"""What a task asks for, whoever does it. 64 bytes."""

AGENT = np.dtype(
    [
        ("base", np.int32),  # slot of the state before the first task; that of place p is base + p
        ("size", np.int32),  # tasks in the sequence
        ("room", np.int32),  # most tasks the row can hold
        ("first", np.int32),  # first place that may change hands: 2 behind a task in progress, else 1
        ("progress", np.int32),  # task in progress, -1 where none
        ("home", np.int32),  # home team
        ("limited", np.int32),  # whether moves are limited in number or by a least stay
        ("most_moves", np.int32),
        ("stay", np.int32),
        ("is_tabulated", np.int32),  # whether its table of delays is up to date
        ("entry_end", np.int32),  # the state before the first task, as a slot keeps it
        ("entry_span", np.int32),
        ("entry_kind", np.int32),
        ("entry_moves", np.int32),
        ("entry_since", np.int32),
    ]
)

SPAN = np.dtype(
    [
        ("start", np.int32),
        ("end", np.int32),
        ("left", np.int32),  # working seconds of its shift after it
        ("next", np.int32),  # first interval of the next shift
    ]
)
"""A working interval. Those of an agent stand in a row, closed by one from `FAR` to `FAR`."""

RULES = np.dtype(
    [
        ("same", np.int32),  # setup seconds within a team
        ("other", np.int32),  # setup seconds between teams
        ("move", np.int64),
        ("missed", np.int64),
        ("away", np.float64),  # per second
        ("preferred", np.int64),
        ("reassigned", np.int64),
        ("words", np.int64),  # of `able` for each agent
        ("num_types", np.int64),
        ("office", np.int64),  # number of office intervals, 0 where all time counts
    ]
)

OFFICE = np.dtype([("start", np.int32), ("end", np.int32), ("before", np.int32)])
"""An interval in which tardiness counts, and how many counted seconds precede it."""

LANE = np.dtype(
    [
        ("key", np.uint64),  # of its random stream
        ("drawn", np.uint64),  # numbers taken from it
        ("change", np.int64),  # of the total since the lanes were drawn
        ("evaluated", np.int64),
        ("accepted", np.int64),
        ("agent_from", np.int32),
        ("agent_to", np.int32),
        ("pool_from", np.int32),
        ("pool_size", np.int32),
        ("stage", np.int32),  # first of its slots for candidates
        ("spare", np.int32),  # first of its slots for rows under change
    ]
)

SIDE = np.dtype(
    [
        ("agent", np.int32),
        ("kept", np.int32),  # its first tasks, unchanged
        ("from_1", np.int32),  # then three stretches of slots
        ("to_1", np.int32),
        ("from_2", np.int32),
        ("to_2", np.int32),
        ("from_3", np.int32),
        ("to_3", np.int32),
        ("tail", np.int32),  # then its own from this place on
        ("known", np.int32),  # whether its change of cost is part of the offer's already
    ]
)
"""What a candidate makes of one agent's sequence."""

OFFER = np.dtype(
    [
        ("change", np.int64),  # of the total, as far as known before the sides are walked
        ("second", np.int64),  # least change that the second side will bring
        ("num_sides", np.int32),
        ("taken", np.int32),  # place in the pool of the task that is scheduled, -1 where none
        ("given", np.int32),  # task that goes to the pool, -1 where none
    ]
)
"""A candidate move of a lane; its sides are records of their own."""
