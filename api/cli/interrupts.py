"""Ctrl-C on long work: once, it is asked to stop and to hand over what it has; twice, it is dropped."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Generic, TypeVar

from models.errors import CancelledError

_Result = TypeVar("_Result")

_POLL_S = 0.05


def run_interruptibly(work: Callable[[threading.Event], _Result], *, message: str) -> _Result:
    """Return what `work` returns, run in a thread of its own so that signals are heard while compiled code runs.

    Parameters
    ----------
    work
        Gets the event that is set at the first interrupt, and ends soon after.
    message
        What to say then on standard error.

    Raises
    ------
    CancelledError
        At the second interrupt; the thread is left behind.
    """
    cancel = threading.Event()
    outcome = _Outcome(work, cancel)
    with _listening(cancel, message) as num_interrupts:
        outcome.start()
        while not outcome.finished.wait(_POLL_S):
            if num_interrupts() > 1:
                raise CancelledError("stopped; nothing was written")
    return outcome.result()


class _Outcome(threading.Thread, Generic[_Result]):
    def __init__(self, work: Callable[[threading.Event], _Result], cancel: threading.Event) -> None:
        super().__init__(name="work", daemon=True)
        self.finished = threading.Event()
        self._work = work
        self._cancel = cancel
        self._results: list[_Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work(self._cancel))
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            self._error = error
        finally:
            self.finished.set()

    def result(self) -> _Result:
        if self._error is not None:
            raise self._error
        return self._results[0]


@contextmanager
def _listening(cancel: threading.Event, message: str) -> Iterator[Callable[[], int]]:
    count = 0

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count == 1:
            cancel.set()
            print(f"swingdesk: {message}", file=sys.stderr, flush=True)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: count
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
