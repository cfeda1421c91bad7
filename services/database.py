"""The database as a user sees it: bring it up to date, see where it stands, open it for work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.migrations.runner import SchemaState, read_state, upgrade
from models.repositories.plans import count_plans
from models.repositories.task_counts import count_open_tasks
from services.settings import Settings

UPGRADE = "`swingdesk database upgrade`"


@dataclass(frozen=True, kw_only=True)
class DatabaseStatus:
    """Where a database stands.

    Attributes
    ----------
    address
        Where it is, without a password.
    is_there
        Whether there is one with tables of ours.
    revision, newest
        Its tables' revision, and that which this version of the product works with.
    num_open_tasks, num_plans
        What it holds; None where its tables are not current.
    """

    address: str
    is_there: bool
    revision: str | None
    newest: str | None
    num_open_tasks: int | None = None
    num_plans: int | None = None

    @property
    def is_current(self) -> bool:
        """Whether it can be worked with."""
        return self.is_there and self.revision == self.newest


@contextmanager
def open_database(settings: Settings, *, create: bool = False) -> Iterator[Database]:
    """Open the database of the settings, with the tables that this version works with.

    Parameters
    ----------
    create
        Whether an empty database gets its tables; else it is an error, like one of another version.

    Raises
    ------
    NotFoundError
        If there is no database yet.
    ConflictError
        If its tables are of another version of the product.
    """
    with Database(settings.database_url) as database:
        if create and (not database.exists() or read_state(database).revision is None):
            upgrade(database)
        if not database.exists():
            raise NotFoundError(_nothing_yet(database))
        _check_state(database, read_state(database))
        yield database


def upgrade_database(settings: Settings) -> DatabaseStatus:
    """Create the database, or bring its tables up to date, and return where it stood before.

    Raises
    ------
    ConflictError
        If it was written by a newer version of the product.
    """
    with Database(settings.database_url) as database:
        before = upgrade(database)
        return DatabaseStatus(
            address=database.address,
            is_there=before.revision is not None,
            revision=before.revision,
            newest=before.newest,
        )


def database_status(settings: Settings) -> DatabaseStatus:
    """Return where the database stands; changes nothing."""
    with Database(settings.database_url) as database:
        if not database.exists():
            return DatabaseStatus(address=database.address, is_there=False, revision=None, newest=None)
        state = read_state(database)
        status = DatabaseStatus(
            address=database.address,
            is_there=state.revision is not None,
            revision=state.revision,
            newest=state.newest,
        )
        if not status.is_current:
            return status
        with database.reading() as session:
            return DatabaseStatus(
                address=status.address,
                is_there=True,
                revision=status.revision,
                newest=status.newest,
                num_open_tasks=count_open_tasks(session.connection()),
                num_plans=count_plans(session),
            )


def _check_state(database: Database, state: SchemaState) -> None:
    if state.revision is None:
        raise NotFoundError(_nothing_yet(database))
    if not state.is_known:
        raise ConflictError(
            f"the database {database.address} is at {state.revision!r}, which this version does not know: "
            "it was written by a newer Swingdesk"
        )
    if not state.is_current:
        raise ConflictError(f"the database {database.address} is of an older version; {UPGRADE} brings it up to date")


def _nothing_yet(database: Database) -> str:
    return (
        f"there is no database at {database.address} yet; take in your office with `swingdesk import tables FOLDER` "
        "(`swingdesk import template FOLDER` writes the files to start from)"
    )
