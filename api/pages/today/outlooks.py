"""Today's outlook for requests: worked out once for all who look within the same seconds."""

from threading import Lock
from weakref import WeakKeyDictionary

from services.live.queue import LiveQueue
from services.today.outlook import Outlook, look_ahead

FRESH_S = 5


class Outlooks:
    """The outlook that was worked out last of each queue."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: WeakKeyDictionary[LiveQueue, tuple[tuple[int, int], Outlook]] = WeakKeyDictionary()

    def get(self, queue: LiveQueue, now: int, *, plannable_share: float) -> Outlook:
        """Return the outlook of a queue: as old as a few seconds where no task has changed since."""
        key = queue.num_changes, now // FRESH_S
        with self._lock:
            kept = self._kept.get(queue)
            if kept is None or kept[0] != key:
                kept = key, look_ahead(queue, now, plannable_share=plannable_share)
                self._kept[queue] = kept
            return kept[1]


OUTLOOKS = Outlooks()
