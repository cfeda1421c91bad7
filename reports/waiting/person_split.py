"""The waiting of each task split by what the person who did it was doing meanwhile: the paper's definitions.

References
----------
Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas (2023), Why am I waiting? Data-driven analysis of waiting times in
business processes, section 3; arXiv 2212.01392.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.kernels import inner, kernel
from reports.waiting.batching import Batches
from reports.waiting.duty import Duty
from reports.waiting.history import NOBODY, Flags, Integers, WorkHistory

PAPER_CAUSES = ("batching", "contention", "prioritization", "unavailability", "extraneous")
"""In the order in which an instant of waiting is given to the first that holds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Waiting by cause.

    Attributes
    ----------
    causes
        Names, in order.
    parts : (I, C) microseconds
        Waiting of each instance by cause; a row sums to its start less when it was enabled.
    """

    causes: tuple[str, ...]
    parts: Integers


def split_by_person(history: WorkHistory, enabled: Integers, batches: Batches, duty: Duty) -> Split:
    """Return the waiting of every instance, from `enabled` to its start, by the paper's causes.

    From enabled to the batch's *ready* it is batching. Then it is contention while the same person is busy with work
    that was enabled no later than *ready* (earlier members of the same batch: than the task itself), prioritization
    while busy with other work, unavailability outside the person's hours, and extraneous else. Where nobody is known,
    neither are work and hours.
    """
    known = np.flatnonzero(history.agent != NOBODY)
    order = known[np.lexsort((known, history.agent[known]))]
    first = np.searchsorted(history.agent[order], np.arange(len(history.agent_names) + 1)).astype(np.int64)
    parts = np.zeros((len(history), len(PAPER_CAUSES)), dtype=np.int64)
    _split(
        order,
        first,
        _latest_end_so_far(history.end[order], first),
        history.agent,
        history.start,
        history.end,
        enabled,
        batches.batch,
        batches.ready,
        duty.first,
        duty.start,
        duty.end,
        duty.before,
        duty.is_known,
        parts,
    )
    return Split(causes=PAPER_CAUSES, parts=parts)


def _latest_end_so_far(end: Integers, first: Integers) -> Integers:
    """Return for each position the latest end of its agent's instances up to there."""
    latest = end.copy()
    for begin, after in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        np.maximum.accumulate(latest[begin:after], out=latest[begin:after])
    return latest


@kernel
def _split(
    order: Integers,
    first: Integers,
    latest: Integers,
    agent: Integers,
    start: Integers,
    end: Integers,
    enabled: Integers,
    batch: Integers,
    ready: Integers,
    duty_first: Integers,
    duty_start: Integers,
    duty_end: Integers,
    duty_before: Integers,
    is_known: Flags,
    parts: Integers,
) -> None:
    for one in range(len(start)):
        parts[one, 0] = ready[one] - enabled[one]
        since, until = ready[one], start[one]
        if until <= since:
            continue
        who = agent[one]
        if who < 0:  # nobody known
            parts[one, 4] = until - since
            continue
        contended = 0  # union of work that was enabled no later
        contended_until = since
        busy = 0  # union of all work
        busy_until = since
        away = 0
        low, high = first[who], first[who + 1]
        while low < high:  # the first that may last beyond `since`
            middle = (low + high) // 2
            if latest[middle] > since:
                high = middle
            else:
                low = middle + 1
        for at in range(low, first[who + 1]):
            other = order[at]
            if start[other] >= until:
                break
            if other == one or end[other] <= since:
                continue
            opens, closes = max(start[other], since), min(end[other], until)
            is_mate = batch[one] >= 0 and batch[other] == batch[one]
            if enabled[other] <= (enabled[one] if is_mate else ready[one]) and closes > contended_until:
                contended += closes - max(opens, contended_until)
                contended_until = closes
            if opens > busy_until:
                away += _time_away(busy_until, opens, who, duty_first, duty_start, duty_end, duty_before, is_known)
            if closes > busy_until:
                busy += closes - max(opens, busy_until)
                busy_until = closes
        if until > busy_until:
            away += _time_away(busy_until, until, who, duty_first, duty_start, duty_end, duty_before, is_known)
        parts[one, 1] = contended
        parts[one, 2] = busy - contended
        parts[one, 3] = away
        parts[one, 4] = until - since - busy - away


@inner
def _time_away(
    since: int,
    until: int,
    who: int,
    duty_first: Integers,
    duty_start: Integers,
    duty_end: Integers,
    duty_before: Integers,
    is_known: Flags,
) -> int:
    """Return how much of `[since, until)` an agent was off duty."""
    if not is_known[who]:
        return 0
    there = 0
    low, high = duty_first[who], duty_first[who + 1]
    if low < high:
        there = _duty_until(until, low, high, duty_start, duty_end, duty_before) - _duty_until(
            since, low, high, duty_start, duty_end, duty_before
        )
    return until - since - there


@inner
def _duty_until(
    instant: int, low: int, high: int, duty_start: Integers, duty_end: Integers, duty_before: Integers
) -> int:
    """Return the duty before an instant, of the stretches from `low` to `high`."""
    begin = low
    while low < high:  # the first that starts after the instant
        middle = (low + high) // 2
        if duty_start[middle] > instant:
            high = middle
        else:
            low = middle + 1
    if low == begin:
        return 0
    return duty_before[low - 1] + min(instant, duty_end[low - 1]) - duty_start[low - 1]
