"""Two binary heaps: of numbers, and of agents by their next event."""

from optimizer.instance import Ints, Seconds
from optimizer.kernels import inner


@inner
def push(heap: Seconds, size: int, item: int) -> int:
    """Put an item on a heap of so many and return the new size."""
    n = size
    while n > 0 and heap[(n - 1) >> 1] > item:
        heap[n] = heap[(n - 1) >> 1]
        n = (n - 1) >> 1
    heap[n] = item
    return size + 1


@inner
def pop(heap: Seconds, size: int) -> int:
    """Take the least item off a heap of so many and return the new size."""
    size -= 1
    item, n = heap[size], 0
    while True:
        child = 2 * n + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= item:
            break
        heap[n] = heap[child]
        n = child
    heap[n] = item
    return size


@inner
def set_event(agent: int, instant: int, event_at: Seconds, rank: Ints, heap: Ints, place: Ints) -> None:
    """Set the instant of an agent's next event; the heap holds every agent, ordered by instant, then by rank."""
    event_at[agent] = instant
    order = rank[agent]
    n = place[agent]
    while n > 0:
        other = heap[(n - 1) >> 1]
        if event_at[other] < instant or (event_at[other] == instant and rank[other] < order):
            break
        heap[n] = other
        place[other] = n
        n = (n - 1) >> 1
    while True:
        child = 2 * n + 1
        if child >= len(heap):
            break
        other = heap[child]
        if child + 1 < len(heap):
            third = heap[child + 1]
            if event_at[third] < event_at[other] or (event_at[third] == event_at[other] and rank[third] < rank[other]):
                child, other = child + 1, third
        if event_at[other] > instant or (event_at[other] == instant and rank[other] > order):
            break
        heap[n] = other
        place[other] = n
        n = child
    heap[n] = agent
    place[agent] = n
