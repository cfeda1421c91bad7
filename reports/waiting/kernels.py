"""The inner loops of the splits: each instant of waiting is given to exactly one cause.

They stand in one module, as what was compiled is kept for as long as its own source stays.
"""

import numpy as np

from optimizer.kernels import inner, kernel
from optimizer.policy import ATC, evaluate
from reports.waiting.history import Flags, Integers, Reals

NEAR_TIE = 0.95
"""An index that is at least this share of another's is as good: no order was broken."""

_CUSTOMER, _BATCHING, _CONTENTION, _JUSTIFIED, _DISCRETIONARY, _UNJUDGED = range(6)
_CLOSED, _GAP, _ABSENT, _SAME, _COLLEAGUE = range(6, 11)
_STATE_FREE, _STATE_BUSY, _STATE_CLOSED, _STATE_GAP = range(4)  # of `reports.waiting.pools`
_NO_INSTANT = -(2**63)


@kernel
def split_by_person(
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
    """Fill `parts` : (I, 5) microseconds, by the paper's causes in their order.

    Parameters
    ----------
    order, first
        Instances of known people by agent and start, and where those of each agent begin.
    latest
        For each place of `order`, the latest end of its agent's instances up to there.
    """
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


@kernel
def split_by_pool(
    waiting: Integers,
    members: Flags,
    seg_start: Integers,
    seg_state: "np.ndarray[tuple[int], np.dtype[np.int8]]",
    seg_latest: Integers,
    agent: Integers,
    start: Integers,
    enabled: Integers,
    ready: Integers,
    began: Integers,
    due: Integers,
    weight: Reals,
    handling_s: Reals,
    scale_s: float,
    held_first: Integers,
    held_from: Integers,
    held_until: Integers,
    free_first: Integers,
    free_start: Integers,
    free_end: Integers,
    free_before: Integers,
    parts: Integers,
    behind: Integers,
) -> None:
    """Fill `parts` : (I, 11) microseconds of the instances that wait for one pool, and what they waited behind.

    Parameters
    ----------
    waiting
        These instances.
    members : (A,)
        Who belongs to the pool.
    seg_start, seg_state, seg_latest
        The pool's timeline.
    held_first, held_from, held_until
        When each instance waited for a customer.
    free_first, free_start, free_end, free_before
        When each agent was on duty and at no work.
    """
    for number in range(len(waiting)):
        one = waiting[number]
        now = enabled[one]
        longest = 0
        held = held_first[one]
        while now < start[one]:
            while held < held_first[one + 1] and held_until[held] <= now:
                held += 1
            until = start[one]
            if held < held_first[one + 1] and held_from[held] < until:
                if held_from[held] <= now:  # a customer has to answer
                    until = min(until, held_until[held])
                    parts[one, _CUSTOMER] += until - now
                    now = until
                    continue
                until = held_from[held]
            if now < ready[one]:
                until = min(until, ready[one])
                parts[one, _BATCHING] += until - now
                now = until
                continue
            since = ready[one]
            if began[one] < start[one]:  # a batch: once it has begun, its own place in it counts
                if now >= began[one]:
                    since = enabled[one]
                else:
                    until = min(until, began[one])
            low, high = 0, len(seg_start)  # the segment that holds `now`
            while high - low > 1:
                middle = (low + high) // 2
                if seg_start[middle] <= now:
                    low = middle
                else:
                    high = middle
            free_time = 0
            begun = now
            segment = low
            while now < until:
                closes = until
                if segment + 1 < len(seg_start):
                    closes = min(until, seg_start[segment + 1])
                state = seg_state[segment]
                if state == _STATE_FREE:
                    free_time += closes - now
                elif state == _STATE_BUSY:
                    other = seg_latest[segment]
                    cause = _CONTENTION
                    if enabled[other] > since:
                        cause = _judge(one, other, start, enabled, due, weight, handling_s, scale_s)
                    parts[one, cause] += closes - now
                    if closes - now > longest:
                        longest = closes - now
                        behind[one] = other
                elif state == _STATE_CLOSED:
                    parts[one, _CLOSED] += closes - now
                elif state == _STATE_GAP:
                    parts[one, _GAP] += closes - now
                else:
                    parts[one, _ABSENT] += closes - now
                now = closes
                segment += 1
            # Whoever did it belongs to the pool: while that person was free, so was the pool.
            own = 0
            who = agent[one]
            if free_time > 0 and who >= 0 and members[who]:
                own = _within(begun, until, free_first[who], free_first[who + 1], free_start, free_end, free_before)
            parts[one, _SAME] += own
            parts[one, _COLLEAGUE] += free_time - own


@inner
def _judge(
    one: int,
    other: int,
    start: Integers,
    enabled: Integers,
    due: Integers,
    weight: Reals,
    handling_s: Reals,
    scale_s: float,
) -> int:
    """Return the kind of prioritization of `other`, which came later and was begun while `one` waited."""
    if due[one] == _NO_INSTANT or due[other] == _NO_INSTANT:
        return _UNJUDGED
    now = start[other] / 1e6
    mine = evaluate(ATC, now, enabled[one] / 1e6, due[one] / 1e6, weight[one], handling_s[one], scale_s)
    theirs = evaluate(ATC, now, enabled[other] / 1e6, due[other] / 1e6, weight[other], handling_s[other], scale_s)
    bar = mine * NEAR_TIE if mine > 0 else mine
    return _JUSTIFIED if theirs >= bar else _DISCRETIONARY


@inner
def _within(since: int, until: int, low: int, high: int, opens: Integers, closes: Integers, before: Integers) -> int:
    """Return how much of `[since, until)` lies in the stretches from `low` to `high`."""
    return _up_to(until, low, high, opens, closes, before) - _up_to(since, low, high, opens, closes, before)


@inner
def _up_to(instant: int, low: int, high: int, opens: Integers, closes: Integers, before: Integers) -> int:
    begin = low
    while low < high:  # the first that opens after the instant
        middle = (low + high) // 2
        if opens[middle] > instant:
            high = middle
        else:
            low = middle + 1
    if low == begin:
        return 0
    return int(before[low - 1] + min(instant, closes[low - 1]) - opens[low - 1])


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
    """Return how much of `[since, until)` an agent was off duty; nothing where the hours are unknown."""
    if not is_known[who]:
        return 0
    low, high = duty_first[who], duty_first[who + 1]
    return until - since - _within(since, until, low, high, duty_start, duty_end, duty_before)
