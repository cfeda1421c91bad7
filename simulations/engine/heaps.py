"""Heaps of what happens next: tasks that end, streams that bring, tasks that lose patience."""

from simulations.engine.bundles import inner
from simulations.engine.columns import LEAVES_AT, PLACE
from simulations.engine.layout import Reals, Wholes


@inner
def push_event(at: Reals, item: Wholes, size: int, instant: float, what: int) -> int:
    """Put an event on a heap of so many and return the new size."""
    _rise_event(at, item, size, instant, what)
    return size + 1


@inner
def _rise_event(at: Reals, item: Wholes, n: int, instant: float, what: int) -> None:
    while n > 0:
        above = (n - 1) >> 1
        if at[above] <= instant:
            break
        at[n] = at[above]
        item[n] = item[above]
        n = above
    at[n] = instant
    item[n] = what


@inner
def replace_first(at: Reals, item: Wholes, size: int, instant: float, what: int) -> None:
    """Put an event in the place of the first.

    The hole goes down to the bottom, and the event rises from there: a new event is nearly always late, and a
    processor guesses that way right.

    References
    ----------
    Wegener (1993), Bottom-up-heapsort, a new variant of heapsort. Theoretical Computer Science 118, 81-98.
    """
    n = 0
    child = 1
    while child + 1 < size:
        child += int(at[child + 1] < at[child])
        at[n] = at[child]
        item[n] = item[child]
        n = child
        child = 2 * n + 1
    if child < size:
        at[n] = at[child]
        item[n] = item[child]
        n = child
    _rise_event(at, item, n, instant, what)


@inner
def drop_first(at: Reals, item: Wholes, size: int) -> int:
    """Take the first event off a heap of so many and return the new size."""
    size -= 1
    if size > 0:
        replace_first(at, item, size, at[size], item[size])
    return size


@inner
def get_second(at: Reals, size: int) -> float:
    """Return the instant of the event after the first; one before all others where there is none."""
    if size < 2:
        return -1.0
    return min(at[1], at[2]) if size > 2 else at[1]


@inner
def replace_stream(at: Reals, stream: Wholes, size: int, instant: float) -> None:
    """Give the first stream of a heap its next instant; streams of one instant stand in their order."""
    what, n = stream[0], 0
    while True:
        child = 2 * n + 1
        if child >= size:
            break
        if child + 1 < size and (
            at[child + 1] < at[child] or (at[child + 1] == at[child] and stream[child + 1] < stream[child])
        ):
            child += 1
        if at[child] > instant or (at[child] == instant and stream[child] > what):
            break
        at[n] = at[child]
        stream[n] = stream[child]
        n = child
    at[n] = instant
    stream[n] = what


@inner
def push_patient(heap: Wholes, size: int, slot: int, slot_real: Reals, slot_whole: Wholes) -> int:
    """Note when a waiting task leaves, and return the new number of those that may."""
    _rise(heap, size, slot, slot_real, slot_whole)
    return size + 1


@inner
def drop_patient(heap: Wholes, size: int, slot: int, slot_real: Reals, slot_whole: Wholes) -> int:
    """Forget when a task would leave, and return the new number of those that may."""
    n = slot_whole[slot, PLACE]
    size -= 1
    last = heap[size]
    if n == size:
        return size
    leaves = slot_real[last, LEAVES_AT]
    while True:
        child = 2 * n + 1
        if child >= size:
            break
        if child + 1 < size and slot_real[heap[child + 1], LEAVES_AT] < slot_real[heap[child], LEAVES_AT]:
            child += 1
        if slot_real[heap[child], LEAVES_AT] >= leaves:
            break
        heap[n] = heap[child]
        slot_whole[heap[n], PLACE] = n
        n = child
    _rise(heap, n, last, slot_real, slot_whole)
    return size


@inner
def _rise(heap: Wholes, n: int, slot: int, slot_real: Reals, slot_whole: Wholes) -> None:
    leaves = slot_real[slot, LEAVES_AT]
    while n > 0:
        above = (n - 1) >> 1
        if slot_real[heap[above], LEAVES_AT] <= leaves:
            break
        heap[n] = heap[above]
        slot_whole[heap[n], PLACE] = n
        n = above
    heap[n] = slot
    slot_whole[slot, PLACE] = n
