"""Does the background duties, in one process of many at a time."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable

import structlog

from models.database import Database
from models.errors import SwingdeskError
from models.repositories.live.leases import drop_lease, lease_holder, take_lease
from models.repositories.live.turns import in_turn
from services.live.acting import read_clock
from services.live.duties import STANDARD_DUTIES, Duty
from services.settings import Settings

LEASE = "keeper"
LEASE_S = 10
PAUSE_S = 0.1
ASK_AGAIN_S = 2.0
_log = structlog.get_logger()


class Keeper:
    """Takes turns with the keepers of other processes: whoever holds the lease does the duties.

    Parameters
    ----------
    duties
        What there is to do; those of the desk where None.
    clock, timer
        Return the present as epoch second, and a time in seconds that only grows.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        duties: Iterable[Duty] | None = None,
        clock: Callable[[], int] = read_clock,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.owner = uuid.uuid4().hex
        self._database = database
        self._settings = settings
        self._duties = STANDARD_DUTIES if duties is None else tuple(duties)
        self._clock = clock
        self._timer = timer
        self._due = {duty.name: float("-inf") for duty in self._duties}
        self._seen: dict[str, str | None] = {}
        self._lease_until = 0
        self._ask_at = float("-inf")
        self._is_stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def do_what_is_due(self) -> dict[str, int]:
        """Do the duties whose time has come, if the lease is ours; return how much each found to do.

        A duty that fails is told to the log and tried again when its time comes; the others are done.
        """
        done: dict[str, int] = {}
        if not self._holds_lease():
            return done
        for duty in self._duties:
            now = self._timer()
            if now < self._due[duty.name]:
                continue
            self._due[duty.name] = now + duty.every_s
            try:
                mark = self._database.commit_mark() if duty.is_after_commits else None
                if mark is not None and mark == self._seen.get(duty.name):
                    continue
                done[duty.name] = duty.do(self._database, self._settings, self._clock())
                self._seen[duty.name] = mark  # what was committed meanwhile has changed it again
            except SwingdeskError as error:
                _log.warning("a duty failed", duty=duty.name, error=str(error))
            except Exception:  # noqa: BLE001 - one duty that fails must not end the others
                _log.exception("a duty failed", duty=duty.name)
        return done

    def run(self) -> None:
        """Do the duties until `stop` is called, then give up the lease."""
        while not self._is_stopped.wait(PAUSE_S):
            self.do_what_is_due()
        try:
            in_turn(self._database, lambda session: drop_lease(session.connection(), LEASE, self.owner))
        except SwingdeskError as error:
            _log.warning("the keeper's lease runs out by itself", error=str(error))

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let what is being done end, and give up the lease."""
        self._is_stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _holds_lease(self) -> bool:
        now = self._clock()
        if now < self._lease_until - LEASE_S // 2 and now > self._lease_until - 2 * LEASE_S:
            return True
        if self._timer() < self._ask_at:
            return False
        until = now + LEASE_S
        try:
            is_ours = in_turn(
                self._database,
                lambda session: take_lease(session.connection(), LEASE, self.owner, now=now, until=until),
            )
        except SwingdeskError as error:
            _log.warning("the keeper cannot take its lease", error=str(error))
            is_ours = False
        self._lease_until = until if is_ours else 0
        self._ask_at = float("-inf") if is_ours else self._timer() + ASK_AGAIN_S
        return is_ours


def has_keeper(database: Database, now: int) -> bool:
    """Return whether some process does the background duties now."""
    with database.reading() as session:
        return lease_holder(session.connection(), LEASE, now=now) is not None
