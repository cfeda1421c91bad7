"""What reports say of agents, made for all of them at once and kept for a while: it takes the server seconds."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from api.store import Edition

FRESH_S = 900
NOTHING_FRESH_S = 5
"""How long it holds that there is nothing to say of somebody: there may be something a minute later."""
FEW_OF_THE_TIME = 20
"""At most one part in so many of the time is spent on making it again for those of whom there is nothing to say."""
LONGEST_WAIT_S = 1.0
"""How long who asks waits for what is being made, before they are told so."""
MAX_KEPT = 24
Rows = Sequence[Mapping[str, Any]]
Key = tuple[Edition, str, str]
"""Which database, which report, from which day on."""


class _Kept:
    """What was found, and what is being found."""

    def __init__(self) -> None:
        self.rows: Mapping[str, Rows] | None = None
        self.made_at = 0.0
        self.took_s = 0.0
        self.making: Event | None = None
        self.failure: Exception | None = None

    def is_fresh_for(self, agent_id: str, now: float) -> bool:
        """Return whether what is kept may be shown to an agent without being made again."""
        if self.rows is None:
            return False
        holds_s = FRESH_S if self.rows.get(agent_id) else max(NOTHING_FRESH_S, FEW_OF_THE_TIME * self.took_s)
        return now - self.made_at <= holds_s


class KeptFigures:
    """The rows of the reports that agents asked for last, one made at a time and beside the requests.

    Who asks is shown what was made last, if it is no older than twice its time, and else waits for a moment.
    """

    def __init__(self) -> None:
        self._lock, self._turn = Lock(), Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def get(self, key: Key, agent_id: str, make: Callable[[], Mapping[str, Rows]]) -> Rows | None:
        """Return what a report says of an agent; None where it is still being made.

        Parameters
        ----------
        make
            Finds what it says of each agent.

        Raises
        ------
        Exception
            What kept it from being made.
        """
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            now = monotonic()
            if not kept.is_fresh_for(agent_id, now) and kept.making is None:
                kept.making, kept.failure = Event(), None
                Thread(target=self._make, args=(kept, kept.making, make), name="own-figures", daemon=True).start()
            rows = () if kept.rows is None else kept.rows.get(agent_id, ())
            if kept.making is None or (rows and now - kept.made_at <= 2 * FRESH_S):
                return rows
            making = kept.making
        making.wait(LONGEST_WAIT_S)
        with self._lock:
            if kept.making is making:
                return None
            if kept.failure is not None:
                raise kept.failure
            return () if kept.rows is None else kept.rows.get(agent_id, ())

    def _make(self, kept: _Kept, making: Event, make: Callable[[], Mapping[str, Rows]]) -> None:
        rows: Mapping[str, Rows] | None = None
        failure: Exception | None = None
        with self._turn:
            began = monotonic()
            try:
                rows = make()
            except Exception as error:  # noqa: BLE001 - it is raised to whoever asks
                failure = error
            ended = monotonic()
        with self._lock:
            if rows is not None:
                kept.rows, kept.made_at, kept.took_s = rows, ended, ended - began
            kept.failure, kept.making = failure, None
        making.set()


KEPT_FIGURES = KeptFigures()
