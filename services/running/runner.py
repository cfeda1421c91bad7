"""What runs tasks, and how many replications make one."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

from models.errors import CancelledError

Argument = TypeVar("Argument")
Result = TypeVar("Result")

LEAST_CHUNK_S = 0.5
"""A task that crosses a process or a network lasts so long at least, so that the way there is nothing beside it."""


class Runner(Protocol):
    """Runs tasks, several at a time, and hands out each result with the task's id as it comes.

    Whoever runs them, a function of its argument alone gives the same results. `close` ends what was started.
    """

    @property
    def num_slots(self) -> int:
        """How many tasks run at a time."""

    def run(
        self,
        function: Callable[[Argument], Result],
        tasks: Iterable[tuple[int, Argument]],
        *,
        cancel: threading.Event | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yield each task's id with what the function makes of its argument, in the order in which they are done.

        Tasks are taken from the iterable only when there is room for them, so that it may learn from results.

        Raises
        ------
        CancelledError
            When `cancel` is set before all are done; nothing is begun any more.
        """

    def close(self) -> None:
        """End what was started."""

    def __enter__(self) -> Self:
        """Return the runner itself."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""


class Chunks:
    """Deals numbers out in runs that last long enough to be worth the way, by how long earlier ones took.

    The first ones have one number each; at the end the rest is dealt evenly, so that nobody waits for a long last one.
    """

    def __init__(self, numbers: Sequence[int], num_slots: int) -> None:
        self._numbers = numbers
        self._num_slots = max(1, num_slots)
        self._at = 0
        self._seconds = 0.0
        self._num_timed = 0

    def learn(self, num: int, seconds: float) -> None:
        """Take in how long so many numbers took."""
        self._num_timed += num
        self._seconds += seconds

    def __iter__(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield each chunk under its first number."""
        while self._at < len(self._numbers):
            chunk = self._numbers[self._at : self._at + self._size()]
            self._at += len(chunk)
            yield chunk[0], chunk

    def _size(self) -> int:
        if self._num_timed == 0:
            return 1
        left = len(self._numbers) - self._at
        each_s = max(self._seconds / self._num_timed, 1e-6)
        return max(1, min(-int(-LEAST_CHUNK_S // each_s), -(-left // self._num_slots)))


def check_cancelled(cancel: threading.Event | None) -> None:
    """Say that it was asked to stop.

    Raises
    ------
    CancelledError
        If it was.
    """
    if cancel is not None and cancel.is_set():
        raise CancelledError("stopped before all replications were done")
