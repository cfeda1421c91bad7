"""Who could have done it: sets of people by task type, and at each instant what the set was at.

A pool is *free* while one of its people is on duty and at no recorded work; else *busy* while one of them is at work;
else *off*. While it is busy, what counts is the person whose oldest open task was enabled last: if that came in later
than the task that waits, somebody took later work before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.kernels import kernel
from reports.waiting.busy import BusyStretches
from reports.waiting.duty import Duty, Stretch
from reports.waiting.history import NOBODY, Flags, Integers, WorkHistory

FREE, BUSY, CLOSED, GAP, ABSENT = range(5)
"""What a pool is at: somebody is free, all there are at work; nobody is there: the office is closed, it is open and
nobody of the pool is rostered, somebody would be but is absent."""

_FREE_END, _FREE_START, _BUSY_END, _BUSY_START, _AWAY_END, _AWAY_START, _CLOSES, _OPENS = range(8)


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """What a pool was at, from each start to the next; the first is before everything.

    Attributes
    ----------
    start : (S,) microseconds
    state : (S,) int8
    latest : (S,) positions
        While busy, the instance described above; else -1.
    """

    start: Integers
    state: "np.ndarray[tuple[int], np.dtype[np.int8]]"
    latest: Integers


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Everything that changes what people are at, in order of time; of no agent where it is the office's."""

    at: Integers
    kind: Integers
    agent: Integers
    instance: Integers


def find_pools(
    history: WorkHistory, is_person: Flags, qualified: Sequence[Sequence[int]] | None = None
) -> list[tuple[Flags, Integers]]:
    """Return the pools: which agents : (A,) bool, and the instances that wait for them.

    Parameters
    ----------
    is_person : (A,)
        Who is one; systems could do nothing.
    qualified : (K,)
        By type, the agents who may do it; whoever did it is added. None where nothing says: whoever did it may.
    """
    num_agents = len(history.agent_names)
    may = np.zeros((len(history.type_names), num_agents), dtype=np.bool_)
    known = history.agent != NOBODY
    may[history.type[known], history.agent[known]] = True
    for kind, agents in enumerate(qualified or ()):
        may[kind, list(agents)] = True
    may[:, ~is_person] = False
    may[~may.any(axis=1)] = is_person  # of work that nobody known ever did, nobody can tell who could not
    by_members: dict[bytes, list[int]] = {}
    for kind in range(len(may)):
        by_members.setdefault(may[kind].tobytes(), []).append(kind)
    order = np.argsort(history.type, kind="stable")
    bounds = np.searchsorted(history.type[order], np.arange(len(may) + 1))
    return [
        (may[kinds[0]], np.sort(np.concatenate([order[bounds[kind] : bounds[kind + 1]] for kind in kinds])))
        for kinds in by_members.values()
    ]


def gather_moments(
    busy: BusyStretches, free: Duty, *, away: Sequence[tuple[int, Stretch]] = (), office: Sequence[Stretch] = ()
) -> Moments:
    """Return all moments at which people, or the office, change.

    Parameters
    ----------
    away
        Absences: the agent, and from when until when (microseconds); disjoint for each agent.
    office
        When the office is open; always where there are none.
    """
    parts = []
    for stretches, opens, closes in ((free, _FREE_START, _FREE_END), (busy, _BUSY_START, _BUSY_END)):
        agent = np.repeat(np.arange(len(stretches.first) - 1), np.diff(stretches.first))
        told = stretches.oldest if isinstance(stretches, BusyStretches) else np.full(len(agent), -1, dtype=np.int64)
        parts.append((stretches.start, np.full(len(agent), opens), agent, told))
        parts.append((stretches.end, np.full(len(agent), closes), agent, told))
    absent = np.array([[agent, *stretch] for agent, stretch in away], dtype=np.int64).reshape(-1, 3)
    opened = np.array(office, dtype=np.int64).reshape(-1, 2)
    for when, what, who in (
        (absent[:, 1], _AWAY_START, absent[:, 0]),
        (absent[:, 2], _AWAY_END, absent[:, 0]),
        (opened[:, 0], _OPENS, np.full(len(opened), NOBODY)),
        (opened[:, 1], _CLOSES, np.full(len(opened), NOBODY)),
    ):
        parts.append((when, np.full(len(when), what), who, np.full(len(when), -1, dtype=np.int64)))
    at, kind, agent, instance = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    order = np.lexsort((agent, kind, at))
    return Moments(at=at[order], kind=kind[order], agent=agent[order], instance=instance[order])


def follow_pool(moments: Moments, members: Flags, rank: Integers, *, has_office: bool) -> Timeline:
    """Return what a pool was at over time.

    Parameters
    ----------
    rank : (I,)
        Place of each instance by when it was enabled.
    has_office
        Whether the office's hours are among the moments; it counts as open else.
    """
    is_own = moments.agent == NOBODY
    if len(members):
        is_own |= members[moments.agent]
    at, kind = moments.at[is_own], moments.kind[is_own]
    room = len(at) + 1
    start = np.empty(room, dtype=np.int64)
    state, latest = np.empty(room, dtype=np.int8), np.empty(room, dtype=np.int64)
    count = np.zeros(1, dtype=np.int64)
    _follow(
        at,
        kind,
        moments.agent[is_own],
        moments.instance[is_own],
        rank,
        np.flatnonzero(members),
        np.full(len(members), -1, dtype=np.int64),
        has_office,
        start,
        state,
        latest,
        count,
    )
    size = int(count[0])
    return Timeline(start=start[:size], state=state[:size], latest=latest[:size])


def find_free(duty: Duty, busy: BusyStretches, *, first: int, last: int) -> Duty:
    """Return when people were on duty and at no work; those whose hours are unknown count as there all the time."""
    room = len(duty.start) + len(busy.start) + len(duty.is_known)
    start, end = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    before, made_first = np.empty(room, dtype=np.int64), np.zeros(len(duty.first), dtype=np.int64)
    _subtract(
        duty.first, duty.start, duty.end, duty.is_known, busy.first, busy.start, busy.end,
        first, last, start, end, before, made_first,
    )  # fmt: skip
    count = int(made_first[-1])
    return Duty(first=made_first, start=start[:count], end=end[:count], before=before[:count], is_known=duty.is_known)


@kernel
def _follow(
    at: Integers,
    kind: Integers,
    agent: Integers,
    instance: Integers,
    rank: Integers,
    members: Integers,
    doing: Integers,
    has_office: bool,
    start: Integers,
    state: "np.ndarray[tuple[int], np.dtype[np.int8]]",
    latest: Integers,
    count: Integers,
) -> None:
    """`doing` holds what each member is at, -1 where at nothing."""
    num_free, num_busy, num_away = 0, 0, 0
    is_open = not has_office
    now_state, now_latest = GAP, -1
    if not is_open:
        now_state = CLOSED
    start[0], state[0], latest[0] = -(2**62), now_state, -1
    size = 1
    top, is_stale = -1, False
    for position in range(len(at)):
        what, who = kind[position], agent[position]
        if what == _FREE_START:
            num_free += 1
        elif what == _FREE_END:
            num_free -= 1
        elif what == _BUSY_START:
            num_busy += 1
            doing[who] = instance[position]
            if not is_stale and (top < 0 or rank[doing[who]] > rank[top]):
                top = doing[who]
        elif what == _BUSY_END:
            num_busy -= 1
            if doing[who] == top:
                is_stale = True
            doing[who] = -1
        elif what == _AWAY_START:
            num_away += 1
        elif what == _AWAY_END:
            num_away -= 1
        else:
            is_open = what == _OPENS
        if position + 1 < len(at) and at[position + 1] == at[position]:
            continue
        found = -1
        if num_free > 0:
            became = FREE
        elif num_busy > 0:
            became = BUSY
            if is_stale:
                top = -1
                for place in range(len(members)):
                    other = doing[members[place]]
                    if other >= 0 and (top < 0 or rank[other] > rank[top]):
                        top = other
                is_stale = False
            found = top
        elif not is_open:
            became = CLOSED
        elif num_away > 0:
            became = ABSENT
        else:
            became = GAP
        if became != now_state or found != now_latest:
            now_state, now_latest = became, found
            start[size], state[size], latest[size] = at[position], became, found
            size += 1
    count[0] = size


@kernel
def _subtract(
    duty_first: Integers,
    duty_start: Integers,
    duty_end: Integers,
    is_known: Flags,
    busy_first: Integers,
    busy_start: Integers,
    busy_end: Integers,
    first: int,
    last: int,
    start: Integers,
    end: Integers,
    before: Integers,
    made_first: Integers,
) -> None:
    count = 0
    for who in range(len(is_known)):
        made_first[who] = count
        total = 0
        busy = busy_first[who]
        low, high = duty_first[who], duty_first[who + 1]
        if not is_known[who]:
            low, high = 0, 1
        for stretch in range(low, high):
            opens, closes = first, last
            if is_known[who]:
                opens, closes = duty_start[stretch], duty_end[stretch]
            while opens < closes:
                while busy < busy_first[who + 1] and busy_end[busy] <= opens:
                    busy += 1
                until = closes
                resumes = closes
                if busy < busy_first[who + 1] and busy_start[busy] < closes:
                    until = max(opens, busy_start[busy])
                    resumes = busy_end[busy]
                if until > opens:
                    start[count], end[count], before[count] = opens, until, total
                    total += until - opens
                    count += 1
                opens = resumes
    made_first[len(is_known)] = count
