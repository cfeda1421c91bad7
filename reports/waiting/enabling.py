"""When each task could first be worked on: types that run side by side do not wait for one another.

References
----------
Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas (2023), Why am I waiting? Data-driven analysis of waiting times in
business processes, section 3.1; arXiv 2212.01392.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.kernels import kernel
from reports.waiting.history import NAT, Flags, Integers, WorkHistory


@dataclass(frozen=True, kw_only=True, eq=False)
class Enabling:
    """When instances were enabled, and by what.

    Attributes
    ----------
    enabled : (I,) microseconds
        Not after the start.
    by : (I,) positions
        The instance whose end enabled it; -1 where none did.
    """

    enabled: Integers
    by: Integers


def find_concurrent(history: WorkHistory) -> Flags:
    """Return which types are concurrent, log-wide : (K, K) bool, symmetric.

    Two types are where some case has instances of them that overlap, or where each directly follows the other
    somewhere: by their starts, then their ends, within a case.
    """
    num_types = len(history.type_names)
    follows = np.zeros((num_types, num_types), dtype=np.bool_)
    overlaps = np.zeros((num_types, num_types), dtype=np.bool_)
    order, first = _group(history.case, len(history.case_names))
    _relate(order, first, history.type, history.start, history.end, follows, overlaps)
    concurrent: Flags = overlaps | overlaps.T | (follows & follows.T)
    np.fill_diagonal(concurrent, False)
    return concurrent


def find_enabling(history: WorkHistory, concurrent: Flags) -> Enabling:
    """Return when instances were enabled: by the latest end of a predecessor whose type is not concurrent with theirs.

    A predecessor is an instance of the same case that was finished by the start, and stands before it where both are
    instants of the same moment. Where there is none, as for the first of a case, an instance is enabled at its start.
    """
    enabled = history.start.copy()
    by = np.full(len(history), -1, dtype=np.int64)
    order, first = _group(history.case, len(history.case_names))
    by_end = order[np.lexsort((order, history.end[order], history.case[order]))]
    num_types = len(history.type_names)
    _enable(
        order,
        by_end,
        first,
        history.type,
        history.start,
        history.end,
        history.has_end,
        concurrent,
        np.full(num_types, -1, dtype=np.int64),
        np.empty(num_types, dtype=np.int64),
        enabled,
        by,
    )
    return Enabling(enabled=enabled, by=by)


def take_told(history: WorkHistory, enabling: Enabling) -> Enabling:
    """Return when instances were enabled where the source's own word, if there is one, goes first."""
    is_told = history.told != NAT
    return Enabling(enabled=np.where(is_told, history.told, enabling.enabled), by=enabling.by)


def _group(keys: Integers, num_groups: int) -> tuple[Integers, Integers]:
    """Return positions by group, in their order within it, and where each group begins : (G + 1,)."""
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], np.arange(num_groups + 1))
    return order.astype(np.int64), first.astype(np.int64)


@kernel
def _relate(
    order: Integers,
    first: Integers,
    kind: Integers,
    start: Integers,
    end: Integers,
    follows: Flags,
    overlaps: Flags,
) -> None:
    for case in range(len(first) - 1):
        for at in range(first[case], first[case + 1]):
            one = order[at]
            if at + 1 < first[case + 1]:
                follows[kind[one], kind[order[at + 1]]] = True
            for ahead in range(at + 1, first[case + 1]):
                other = order[ahead]
                if start[other] >= end[one]:
                    break  # in order of starts: no later one overlaps either
                if start[one] < end[other]:
                    overlaps[kind[one], kind[other]] = True


@kernel
def _enable(
    order: Integers,
    by_end: Integers,
    first: Integers,
    kind: Integers,
    start: Integers,
    end: Integers,
    has_end: Flags,
    concurrent: Flags,
    latest: Integers,
    seen: Integers,
    enabled: Integers,
    by: Integers,
) -> None:
    """Sweep each case in order of starts; `latest` holds the last instance of each type that has ended by then."""
    for case in range(len(first) - 1):
        num_seen = 0
        ended = first[case]
        for at in range(first[case], first[case + 1]):
            one = order[at]
            while ended < first[case + 1] and end[by_end[ended]] <= start[one]:
                other = by_end[ended]
                ended += 1
                # An instant enters when its turn comes, so that of two at one moment the first enables the second.
                if has_end[other] and start[other] < end[other]:
                    if latest[kind[other]] < 0:
                        seen[num_seen] = kind[other]
                        num_seen += 1
                        latest[kind[other]] = other
                    elif end[other] >= end[latest[kind[other]]]:
                        latest[kind[other]] = other
            source = -1
            for position in range(num_seen):
                other = latest[seen[position]]
                if not concurrent[kind[one], kind[other]] and (
                    source < 0 or end[other] > end[source] or (end[other] == end[source] and other > source)
                ):
                    source = other
            if source >= 0:
                enabled[one] = end[source]
                by[one] = source
            if has_end[one] and start[one] == end[one]:
                if latest[kind[one]] < 0:
                    seen[num_seen] = kind[one]
                    num_seen += 1
                latest[kind[one]] = one
        for position in range(num_seen):
            latest[seen[position]] = -1
