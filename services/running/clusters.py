"""Tasks on many machines: a Dask cluster that somebody runs. The one module that knows Dask."""

import importlib.util
import pickle
import queue
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from models.errors import UnavailableError, UsageError
from services.running.release import get_release
from services.running.runner import Argument, Result, check_cancelled

CONNECT_S = 10.0
TASKS_PER_SLOT = 2
"""How many tasks are on their way for each thread of the cluster, so that none waits for the network."""

_POLL_S = 0.1
_LOST = ("cancelled", "lost")


class ClusterRunner:
    """Runs tasks on the machines of a Dask scheduler, which may come and go; what one loses another does again.

    Raises
    ------
    UsageError
        If Dask is not installed.
    UnavailableError
        If nothing answers at the address.
    """

    def __init__(self, address: str, *, connect_s: float = CONNECT_S) -> None:
        if importlib.util.find_spec("distributed") is None:
            raise UsageError("--runner dask needs Dask: pip install 'swingdesk[dask]'")
        import distributed  # noqa: PLC0415 - two seconds that only a cluster's user pays

        self.address = address
        try:
            make: Any = distributed.Client
            self._client: Any = make(address, timeout=connect_s, set_as_default=False, name="swingdesk")
        except (OSError, ValueError) as error:
            raise UnavailableError(f"--address {address}: no Dask scheduler answers there: {error}") from error

    @property
    def num_slots(self) -> int:
        """How many threads the cluster has now; at least 1, as it may still be growing."""
        return max(1, sum(int(num) for num in self._client.nthreads().values()))

    def run(
        self,
        function: Callable[[Argument], Result],
        tasks: Iterable[tuple[int, Argument]],
        *,
        cancel: threading.Event | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yield each task's id with its result; see `Runner`.

        The function goes to the cluster once, and is made again from its pickle where a machine that had it is lost.

        Raises
        ------
        UnavailableError
            If the cluster is lost, if it loses the machines that have a task time and again, or if it runs another
            release of the product.
        """
        check_cancelled(cancel)
        name = f"swingdesk-{secrets.token_hex(8)}"
        packed = pickle.dumps(function, protocol=pickle.HIGHEST_PROTOCOL)
        shared = self._client.submit(_unpack, packed, get_release(), key=f"{name}-function")
        pending: dict[Any, int] = {}
        said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        coming = iter(tasks)
        try:
            while True:
                room = TASKS_PER_SLOT * self.num_slots
                while len(pending) < room and (task := next(coming, None)) is not None:
                    future = self._client.submit(_do, shared, task[1], key=f"{name}-{task[0]}")
                    pending[future] = task[0]
                    future.add_done_callback(said.put)
                if not pending:
                    return
                future = self._hear(said, cancel)
                yield pending.pop(future), self._take(future)
        finally:
            if pending:
                self._client.cancel([*pending, shared])

    def close(self) -> None:
        """Leave the cluster; it goes on for others."""
        self._client.close()

    def __enter__(self) -> Self:
        """Return the runner itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _hear(self, said: "queue.SimpleQueue[Any]", cancel: threading.Event | None) -> Any:
        """Return the next future that is done."""
        while True:
            check_cancelled(cancel)
            try:
                return said.get(timeout=_POLL_S)
            except queue.Empty:
                if self._client.status not in {"running", "connecting"}:
                    raise UnavailableError(f"the Dask cluster at {self.address} is gone") from None

    def _take(self, future: Any) -> Any:
        from distributed import KilledWorker  # noqa: PLC0415

        if future.status in _LOST:
            raise UnavailableError(f"the Dask cluster at {self.address} has lost what it was asked")
        try:
            return future.result()
        except KilledWorker as error:
            raise UnavailableError(
                f"the Dask cluster lost the machines that had a task, time and again: {error}"
            ) from error


def _unpack(packed: bytes, release: str) -> Any:
    if get_release() != release:
        raise UnavailableError(
            "the cluster runs another release of Swingdesk or of its libraries: install the same on all its machines"
        )
    return pickle.loads(packed)  # noqa: S301 (a cluster runs what its users send, as Dask does)


def _do(function: Callable[[Any], Any], argument: Any) -> Any:
    return function(argument)
