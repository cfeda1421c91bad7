"""What reports say of agents, kept for a while: each takes the server seconds, and says much the same minutes later."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from api.store import Generation

FRESH_S = 900
MAX_KEPT = 1_000
Rows = Sequence[Mapping[str, Any]]
Key = tuple[Generation, str, str, str]
"""Which database, which report, of whom, from which day on."""


class _Kept:
    """What was found, or is being found by whoever holds the lock."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.rows: Rows = ()
        self.made_at = 0


class KeptFigures:
    """The rows of agents that were asked for last; who asks meanwhile for what is being made waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def get(self, key: Key, now: int, make: Callable[[], Rows], on_kept: Callable[[], None]) -> Rows:
        """Return what a report says of an agent.

        Parameters
        ----------
        make
            Finds it, where it is not kept or was found too long ago.
        on_kept
            Called where it is kept: who looks leaves a trace each time, as in making it.
        """
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        with kept.lock:
            if kept.rows and 0 <= now - kept.made_at <= FRESH_S:  # nothing to say may be something a minute later
                on_kept()
            else:
                kept.rows, kept.made_at = make(), now
            return kept.rows


KEPT_FIGURES = KeptFigures()
