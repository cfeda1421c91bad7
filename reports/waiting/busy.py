"""What each person was at: stretches of work, each with the oldest of the tasks that were open in it."""

from dataclasses import dataclass

import numpy as np

from optimizer.kernels import kernel
from reports.waiting.history import NOBODY, Flags, Integers, WorkHistory


@dataclass(frozen=True, kw_only=True, eq=False)
class BusyStretches:
    """Stretches of work, disjoint for each agent, by agent and start.

    Attributes
    ----------
    first : (A + 1,) positions
        Where the stretches of each agent begin.
    start, end : (B,) microseconds
    oldest : (B,) positions
        The instance that was enabled first of those that the agent had open.
    """

    first: Integers
    start: Integers
    end: Integers
    oldest: Integers


def find_busy(history: WorkHistory, enabled: Integers, pauses: Integers | None = None) -> BusyStretches:
    """Return when people were at work.

    Parameters
    ----------
    enabled : (I,) microseconds
        Of two open tasks the one enabled earlier counts; of those enabled at once, the one that stands first.
    pauses : (P, 3)
        Instance, from, until (microseconds) of suspensions, in which nobody was at it; disjoint for each instance.
    """
    owner, start, end = _find_stints(history, pauses)
    rank = np.empty(len(history), dtype=np.int64)
    rank[np.lexsort((np.arange(len(history)), enabled))] = np.arange(len(history))
    agent = history.agent[owner]
    order = np.lexsort((rank[owner], start, agent))
    owner, start, end, agent = owner[order], start[order], end[order], agent[order]
    first = np.searchsorted(agent, np.arange(len(history.agent_names) + 1)).astype(np.int64)
    room = max(1, 2 * len(owner))
    made = (np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64))
    made_first = np.zeros(len(first), dtype=np.int64)
    _cut(first, start, end, owner, rank, np.empty(max(1, len(owner)), dtype=np.int64), *made, made_first)
    count = int(made_first[-1])
    return BusyStretches(first=made_first, start=made[0][:count], end=made[1][:count], oldest=made[2][:count])


def _find_stints(history: WorkHistory, pauses: Integers | None) -> tuple[Integers, Integers, Integers]:
    """Return the stints of work by known people: instance, from, until; those of no length left out."""
    is_work = (history.agent != NOBODY) & (history.end > history.start)
    if pauses is None or not len(pauses):
        owner = np.flatnonzero(is_work)
        return owner, history.start[owner], history.end[owner]
    # Between two pauses lies a stint: the starts of stints are the instance's start and the ends of its pauses.
    owner = np.concatenate([np.flatnonzero(is_work), pauses[:, 0]])
    start = np.concatenate([history.start[is_work], pauses[:, 2]])
    stop_owner = np.concatenate([pauses[:, 0], np.flatnonzero(is_work)])
    stop = np.concatenate([pauses[:, 1], history.end[is_work]])
    by_start, by_stop = np.lexsort((start, owner)), np.lexsort((stop, stop_owner))
    owner, start, end = owner[by_start], start[by_start], stop[by_stop]
    is_stint: Flags = is_work[owner] & (end > start)
    return owner[is_stint], start[is_stint], end[is_stint]


@kernel
def _cut(
    first: Integers,
    start: Integers,
    end: Integers,
    owner: Integers,
    rank: Integers,
    open_: Integers,
    made_start: Integers,
    made_end: Integers,
    made_oldest: Integers,
    made_first: Integers,
) -> None:
    """Sweep each agent's stints in order of starts; `open_` holds those that run."""
    count = 0
    for who in range(len(first) - 1):
        made_first[who] = count
        num_open = 0
        now = 0
        at = first[who]
        while at < first[who + 1] or num_open > 0:
            if num_open == 0:
                now = start[at]
            while at < first[who + 1] and start[at] <= now:
                open_[num_open] = at
                num_open += 1
                at += 1
            until = end[open_[0]]
            oldest = owner[open_[0]]
            for position in range(1, num_open):
                stint = open_[position]
                until = min(until, end[stint])
                if rank[owner[stint]] < rank[oldest]:
                    oldest = owner[stint]
            if at < first[who + 1]:
                until = min(until, start[at])
            if until > now:
                previous = count - 1
                if count > made_first[who] and made_end[previous] == now and made_oldest[previous] == oldest:
                    made_end[previous] = until
                else:
                    made_start[count], made_end[count], made_oldest[count] = now, until, oldest
                    count += 1
            now = until
            kept = 0
            for position in range(num_open):
                if end[open_[position]] > now:
                    open_[kept] = open_[position]
                    kept += 1
            num_open = kept
    made_first[len(first) - 1] = count
