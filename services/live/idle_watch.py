"""A background duty: who is free although work waits is noted in the log, once, with the reason."""

import structlog

from models.database import Database
from services.live.acting import read_clock
from services.live.following import Follower
from services.live.idling import find_idle_pairs
from services.settings import Settings

EVERY_S = 2.0
"""Seconds from one look to the next: with the grace, less than five from when an agent is free until that is found."""
_LOG = structlog.get_logger(__name__)


class IdleWatch:
    """Looks at the queue again and again. It keeps one of its own, in a thread of its own: no duty waits for it."""

    def __init__(self) -> None:
        self._follower: Follower | None = None
        self._told: set[tuple[str, int]] = set()

    def look(self, database: Database, settings: Settings, now: int) -> int:
        """Note who is free although work waits; return how many there are, none before the queue is read."""
        if self._follower is None:
            self._follower = Follower(database, settings, clock=read_clock)
            self._follower.start()
        queue = self._follower.peek()
        pairs = [] if queue is None else find_idle_pairs(queue, now)
        found = {(pair.agent_id, pair.since): pair for pair in pairs}
        for key in found.keys() - self._told:
            pair = found[key]
            _LOG.info(
                "idle-agent",
                agent=pair.agent_id,
                since=pair.since,
                task=pair.task_id,
                doable=pair.num_doable,
                blocked={block.word: count for block, count in pair.blocked.items()},
                why=pair.why,
            )
        self._told = set(found)
        return len(pairs)

    def stop(self) -> None:
        """End the thread."""
        if self._follower is not None:
            self._follower.stop()
