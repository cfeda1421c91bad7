"""The database behind the server: opened once it is there, and anew where it was replaced."""

from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from time import monotonic

from models.database import Database
from models.repositories.audit import read_lineage
from services.database import open_database
from services.settings import Settings

SQLITE = "sqlite:///"
LOOK_S = 1.0
"""Seconds for which it is remembered what the database holds."""
Generation = tuple[str, int]
Edition = tuple[Generation, str]


class Store:
    """The database of the settings; nothing is opened before the first request that needs it.

    A server may start before there is a database, and a file that another process has replaced (a demo that ran
    again, a restored backup) is opened anew.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._opened = ExitStack()
        self._database: Database | None = None
        self._generation: Generation | None = None
        self._edition: Edition | None = None
        self._looked_at = 0.0

    @property
    def generation(self) -> Generation:
        """What tells one database from another: its address, and the file's identity on SQLite."""
        url = self._settings.database_url
        if not url.startswith(SQLITE):
            return url, 0
        path = Path(url.removeprefix(SQLITE))
        return url, path.stat().st_ino if path.exists() else 0

    @property
    def edition(self) -> Edition:
        """What is stored now: another one after a backup was restored over it, when numbers may mean other things.

        Raises
        ------
        NotFoundError
            If there is no database yet.
        """
        database, generation, now = self.database(), self.generation, monotonic()
        if self._edition is None or self._edition[0] != generation or now - self._looked_at >= LOOK_S:
            with database.reading() as session:
                self._edition, self._looked_at = (generation, read_lineage(session)), now
        return self._edition

    def database(self) -> Database:
        """Return the database, opened.

        Raises
        ------
        NotFoundError
            If there is none yet.
        ConflictError
            If its tables are of another version.
        """
        with self._lock:
            generation = self.generation
            if self._database is None or generation != self._generation:
                self._close()
                self._database = self._opened.enter_context(open_database(self._settings))
                self._generation = generation
            return self._database

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        self._database = None
        self._opened.close()
