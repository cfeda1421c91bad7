"""Tasks in threads: the usual way, as compiled code runs beside other threads."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from services.running.runner import Argument, Result, check_cancelled


class ThreadRunner:
    """Runs tasks in threads of this process."""

    def __init__(self, num_threads: int = 1) -> None:
        self.num_slots = num_threads
        self._pool = ThreadPoolExecutor(max_workers=num_threads)

    def run(
        self,
        function: Callable[[Argument], Result],
        tasks: Iterable[tuple[int, Argument]],
        *,
        cancel: threading.Event | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yield each task's id with its result; see `Runner`."""
        pending: dict[Future[Result], int] = {}
        coming = iter(tasks)
        try:
            while True:
                check_cancelled(cancel)
                while len(pending) < self.num_slots and (task := next(coming, None)) is not None:
                    pending[self._pool.submit(function, task[1])] = task[0]
                if not pending:
                    return
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    yield pending.pop(future), future.result()
        finally:
            for future in pending:
                future.cancel()
            wait(pending)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def __enter__(self) -> Self:
        """Return the runner itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()
