"""The database that an import writes to, or rehearses on."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from models.database import Database
from models.errors import NotFoundError
from services.database import open_database
from services.settings import Settings


@contextmanager
def open_target(settings: Settings, *, is_dry_run: bool) -> Iterator[Database]:
    """Open the database to write to; a rehearsal on one that is not there yet takes an empty one of its own."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_database(settings, create=not is_dry_run))
        except NotFoundError:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            aside = settings.model_copy(update={"database_url": f"sqlite:///{folder}/rehearsal.sqlite3"})
            database = stack.enter_context(open_database(aside, create=True))
        yield database
