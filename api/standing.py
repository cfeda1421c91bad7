"""How the server stands: whether its database answers and is current, its keeper lives, and it is not about to end."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from api.store import Store
from models.errors import ConflictError, NotFoundError, SwingdeskError, UnavailableError
from models.migrations.runner import newest_revision, read_revision

REMEMBERED_S = 1.0


class DatabaseStanding(StrEnum):
    """How the database stands."""

    CURRENT = "current"
    MISSING = "missing"
    OUTDATED = "outdated"
    UNREACHABLE = "unreachable"


class KeeperStanding(StrEnum):
    """Whether a process does the background duties."""

    ALIVE = "alive"
    MISSING = "missing"
    NOT_NEEDED = "not needed"


@dataclass
class Standing:
    """What a server knows of how it stands.

    Attributes
    ----------
    is_draining
        Whether it ends: it answers what it has begun, and should be sent nothing more.
    is_keeper_alive
        Says whether somebody does the background duties; None where this server is not meant to have that done.
    """

    store: Store
    is_draining: bool = False
    is_keeper_alive: Callable[[], bool] | None = None
    _asked_at: float = field(default=float("-inf"), init=False)
    _has_keeper: bool = field(default=False, init=False)
    _found: DatabaseStanding = field(default=DatabaseStanding.MISSING, init=False)

    def database(self) -> DatabaseStanding:
        """Return how the database stands, asked within the last second."""
        self._refresh()
        return self._found

    def keeper(self) -> KeeperStanding:
        """Return whether the background duties are done, asked within the last second."""
        self._refresh()
        if self.is_keeper_alive is None:
            return KeeperStanding.NOT_NEEDED
        return KeeperStanding.ALIVE if self._has_keeper else KeeperStanding.MISSING

    def _refresh(self) -> None:
        if time.monotonic() - self._asked_at <= REMEMBERED_S:
            return
        self._found = self._ask()
        self._has_keeper = False
        if self._found is DatabaseStanding.CURRENT and self.is_keeper_alive is not None:
            try:
                self._has_keeper = self.is_keeper_alive()
            except SwingdeskError:  # the database has gone between one question and the next
                self._found = DatabaseStanding.UNREACHABLE
        self._asked_at = time.monotonic()

    def _ask(self) -> DatabaseStanding:
        try:
            revision = read_revision(self.store.database())
        except NotFoundError:
            return DatabaseStanding.MISSING
        except UnavailableError:
            return DatabaseStanding.UNREACHABLE
        except ConflictError:
            return DatabaseStanding.OUTDATED
        return DatabaseStanding.CURRENT if revision == _newest() else DatabaseStanding.OUTDATED


@cache
def _newest() -> str:
    return newest_revision()
