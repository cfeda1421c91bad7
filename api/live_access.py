"""The live desk for requests: opened when first asked for, followed in a thread of its own, closed with the server."""

from dataclasses import dataclass
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.store import Generation, Store
from models.database import Database
from models.errors import ConflictError, NotFoundError, UnavailableError
from optimizer.next_task import warm_up
from services.live.acting import read_clock
from services.live.desk import Desk
from services.live.following import Follower
from services.live.next_task import NextTask
from services.live.queue import LiveQueue
from services.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OpenDesk:
    """A desk on a database: what changes it, what follows it, and what offers tasks."""

    database: Database
    desk: Desk
    follower: Follower
    next_task: NextTask

    @property
    def queue(self) -> LiveQueue:
        """The queue as it is now."""
        return self.follower.queue


class LiveDesk:
    """The desk of the server's database; one that was replaced is opened anew."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._lock = Lock()
        self._opened: OpenDesk | None = None
        self._generation: Generation | None = None

    def get(self) -> OpenDesk:
        """Return the desk, opened.

        Raises
        ------
        NotFoundError
            If there is no database yet.
        ConflictError
            If its tables are of another version.
        """
        database = self._store.database()
        with self._lock:
            if self._opened is None or self._generation != self._store.generation:
                self._stop()
                self._opened = self._open(database)
                self._generation = self._store.generation
            return self._opened

    def current(self) -> OpenDesk | None:
        """Return the desk where it is open already, without waiting for anything."""
        opened = self._opened
        return opened if opened is not None and self._generation == self._store.generation else None

    def prepare(self) -> None:
        """Open the desk ahead of the first request, if there is a database yet: it takes a while to read."""
        try:
            self.get()
        except (NotFoundError, ConflictError, UnavailableError):
            return  # the first request that finds one opens it, or is told what is wrong

    def close(self) -> None:
        """End what follows the database."""
        with self._lock:
            self._stop()

    def _open(self, database: Database) -> OpenDesk:
        warm_up()
        follower = Follower(database, self._settings, clock=read_clock)
        desk = Desk(database, self._settings, listeners=[follower.hear])
        follower.catch_up()
        follower.start()
        return OpenDesk(
            database=database,
            desk=desk,
            follower=follower,
            next_task=NextTask(database, desk, follower, clock=read_clock),
        )

    def _stop(self) -> None:
        if self._opened is not None:
            self._opened.follower.stop()
            self._opened = None


async def _opened(request: Request) -> OpenDesk:
    # A request that finds the desk open, as all but the first do, need not go by way of another thread.
    live: LiveDesk = request.app.state.live
    found = live.current()
    return await run_in_threadpool(live.get) if found is None else found


Live = Annotated[OpenDesk, Depends(_opened)]
