"""Replications that a job has made, kept with it: whoever goes on makes only those that are missing."""

import hashlib
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, cast
from weakref import WeakKeyDictionary

import numpy as np

from services.jobs.lease import Lease
from services.running.release import get_release
from services.running.runner import Argument, Result, Runner
from services.simulating.replicator import Batch, Replicator

SAVE_EVERY_S = 2.0
MOST_BYTES = 256 * 1024**2
"""What is kept of a job at most; replications beyond it are made again, if it comes to that."""


class RememberingRunner:
    """Runs replications with another runner, and keeps them as parts of a job's checkpoint.

    A replication is known by its scenario, seed, warm-up and number, and by the release of the product, since only
    the same one gives the same bits. What is known is handed out without being made.
    """

    def __init__(self, inner: Runner, lease: Lease) -> None:
        self._inner, self._lease = inner, lease
        self._known: dict[str, dict[int, Batch]] = {}
        self._keys: WeakKeyDictionary[Replicator, str] = WeakKeyDictionary()
        self._unsaved: list[tuple[str, Batch]] = []
        self._num_parts = 0
        self._num_bytes = 0
        self._saved_at = time.monotonic()
        self.num_remembered = 0
        for name, raw in sorted(lease.read_saved().items()):
            self._num_parts = max(self._num_parts, int(name.rpartition("-")[2]) + 1)
            self._num_bytes += len(raw)
            for key, batch in _unpack(raw):
                for single in _split(batch):
                    self._known.setdefault(key, {})[single.numbers[0]] = single

    @property
    def num_slots(self) -> int:
        """How many tasks run at a time."""
        return self._inner.num_slots

    def run(
        self,
        function: Callable[[Argument], Result],
        tasks: Iterable[tuple[int, Argument]],
        *,
        cancel: threading.Event | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yield each task's id with its result; see `Runner`."""
        replicator: Any = function
        if not isinstance(replicator, Replicator):
            yield from self._inner.run(function, tasks, cancel=cancel)
            return
        key = self._keys.get(replicator)
        if key is None:
            key = self._keys[replicator] = _key(replicator)
        known = self._known.get(key, {})
        found: list[tuple[int, Batch]] = []

        def missing() -> Iterator[tuple[int, Argument]]:
            for name, argument in tasks:
                numbers = cast("Sequence[int]", argument)
                if all(number in known for number in numbers):
                    found.append((name, _join([known[number] for number in numbers])))
                else:
                    yield name, argument

        for name, result in self._inner.run(function, missing(), cancel=cancel):
            self._keep(key, cast("Batch", result))
            yield name, result
            yield from self._hand_out(found)
        yield from self._hand_out(found)

    def save(self) -> None:
        """Write what was made since this was done last."""
        if not self._unsaved:
            return
        raw = _pack(self._unsaved)
        self._unsaved = []
        if self._num_bytes + len(raw) <= MOST_BYTES:
            self._lease.save(f"replications-{self._num_parts:06d}", raw)
            self._num_parts += 1
            self._num_bytes += len(raw)

    def close(self) -> None:
        """End what was started."""
        self._inner.close()

    def __enter__(self) -> Self:
        """Return the runner itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _hand_out(self, found: list[tuple[int, Batch]]) -> Iterator[tuple[int, Any]]:
        while found:
            self.num_remembered += len(found[0][1].numbers)
            yield found.pop(0)

    def _keep(self, key: str, batch: Batch) -> None:
        self._unsaved.append((key, batch))
        begun = time.monotonic()
        if begun - self._saved_at >= SAVE_EVERY_S:
            self.save()
            # Where writing is slow it is done less often: no more than a tenth of the time goes into it.
            self._saved_at = time.monotonic() + 9 * (time.monotonic() - begun)


def _key(replicator: Replicator) -> str:
    """Return the digest of all that decides a replication besides its number; how many there are to be does not."""
    question, warm_up_days, seed, has_log = replicator.asked
    scenario = replace(question.scenario, name="", replications=1, precision=None, staffing=None)
    told = (get_release(), scenario, sorted(question.traces.items()), warm_up_days, seed, has_log)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _split(batch: Batch) -> list[Batch]:
    each_s = batch.seconds / len(batch.numbers)
    return [
        Batch(
            numbers=[number],
            figures=batch.figures[n : n + 1],
            series=batch.series[n : n + 1],
            outcomes=(),
            seconds=each_s,
        )
        for n, number in enumerate(batch.numbers)
    ]


def _join(batches: Sequence[Batch]) -> Batch:
    return Batch(
        numbers=[number for batch in batches for number in batch.numbers],
        figures=np.concatenate([batch.figures for batch in batches]),
        series=np.concatenate([batch.series for batch in batches]),
        outcomes=(),
        seconds=sum(batch.seconds for batch in batches),
    )


def _pack(batches: Sequence[tuple[str, Batch]]) -> bytes:
    arrays: dict[str, Any] = {"keys": np.array([key for key, _ in batches], str)}
    for n, (_, batch) in enumerate(batches):
        arrays |= {
            f"numbers{n}": np.array(batch.numbers, np.int64),
            f"figures{n}": batch.figures,
            f"series{n}": batch.series,
            f"seconds{n}": np.array(batch.seconds),
        }
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _unpack(raw: bytes) -> Iterator[tuple[str, Batch]]:
    with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
        for n, key in enumerate(kept["keys"].tolist()):
            yield (
                key,
                Batch(
                    numbers=kept[f"numbers{n}"].tolist(),
                    figures=kept[f"figures{n}"],
                    series=kept[f"series{n}"],
                    outcomes=(),
                    seconds=float(kept[f"seconds{n}"]),
                ),
            )
