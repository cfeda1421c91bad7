"""Time that counts: an agent's shift less its breaks, or office hours."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Stretches:
    """Disjoint stretches of time that count, `[start, end)`: an agent's shift less its breaks, or office hours."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(stretch for stretch in stretches if stretch[0] < stretch[1])
        self._starts = [start for start, _ in ordered]
        self._ends = [end for _, end in ordered]
        self._counted_by_end = list(accumulate(end - start for start, end in ordered))

    def holds(self, instant: int) -> bool:
        """Whether the second that begins at an instant counts."""
        position = bisect_right(self._starts, instant) - 1
        return position >= 0 and instant < self._ends[position]

    def before(self, instant: int) -> int:
        """Return how many seconds count before an instant."""
        position = bisect_right(self._starts, instant) - 1
        return 0 if position < 0 else self._counted_by_end[position] - max(0, self._ends[position] - instant)

    def between(self, start: int, end: int) -> int:
        """Return how many seconds count from one instant to another."""
        return self.before(end) - self.before(start) if start < end else 0

    def after(self, start: int, seconds: int) -> int | None:
        """Return the first instant by which so many seconds have counted since `start`; None where there is none."""
        wanted = self.before(start) + seconds
        position = bisect_left(self._counted_by_end, wanted)
        if position == len(self._ends):
            return None
        return self._ends[position] - (self._counted_by_end[position] - wanted)
