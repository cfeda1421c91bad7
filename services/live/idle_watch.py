"""A background duty: who is free although work waits is noted in the log, once, with the reason."""

import structlog

from models.database import Database
from services.live.following import Follower
from services.live.idling import find_idle_pairs
from services.settings import Settings

EVERY_S = 2.0
"""Seconds from one look to the next: whoever has been free for five is found within the five, but for as much."""
_LOG = structlog.get_logger(__name__)


class IdleWatch:
    """Looks at the queue again and again; it keeps a queue of its own."""

    def __init__(self) -> None:
        self._follower: Follower | None = None
        self._told: set[tuple[str, int]] = set()
        self._now = 0

    def look(self, database: Database, settings: Settings, now: int) -> int:
        """Note who is free although work waits; return how many there are."""
        self._now = now
        if self._follower is None:
            self._follower = Follower(database, settings, clock=lambda: self._now)
        self._follower.catch_up()
        pairs = find_idle_pairs(self._follower.queue, now)
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
