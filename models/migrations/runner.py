"""Where a database stands in the history of the tables, and the way to the newest."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from models.database import Database
from models.errors import ConflictError
from models.tables.schema import METADATA

# Any number will do, as long as every Swingdesk takes the same lock for the same thing.
_UPGRADE_LOCK = 0x5D0001


@dataclass(frozen=True, kw_only=True)
class SchemaState:
    """Where a database stands: its revision (None: it has no tables of ours), and the newest there is."""

    revision: str | None
    newest: str
    is_known: bool

    @property
    def is_current(self) -> bool:
        """Whether the tables are those that this version of the product works with."""
        return self.revision == self.newest


def read_revision(database: Database) -> str | None:
    """Return the revision of a database's tables, from the database alone; None where it has none of ours."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def read_state(database: Database) -> SchemaState:
    """Return where a database stands."""
    with database.reading() as session:
        return _state(session.connection())


def upgrade(database: Database) -> SchemaState:
    """Bring a database to the newest tables, creating them where there are none, and return where it stood before.

    Raises
    ------
    ConflictError
        If the database is newer than this version of the product.
    """
    database.create_file()
    with database.migrating() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        before = _state(connection)
        if not before.is_known:
            raise ConflictError(
                f"the database {database.address} is at {before.revision!r}, which this version does not know: "
                "it was written by a newer Swingdesk"
            )
        if not before.is_current:
            config = make_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before


def migrate(connection: Connection, revision: str) -> None:
    """Bring tables from wherever they are to those of a revision, older or newer.

    What the older tables have no place for is lost: this is for tables that are empty, or about to be.

    Raises
    ------
    ConflictError
        If this version of the product does not know the revision, or that of the tables.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = make_config()
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    order = [script.revision for script in scripts.walk_revisions()]  # the newest first
    current = _state(connection).revision
    for one in (revision, current):
        if one is not None and one not in order:
            raise ConflictError(f"tables of revision {one!r} are not known here: they are of a newer Swingdesk")
    if current is None or order.index(revision) < order.index(current):
        command.upgrade(config, revision)
    elif revision != current:
        command.downgrade(config, revision)


def newest_revision() -> str:
    """Return the revision of the tables that this version of the product works with."""
    return _read_history()[0]


def find_differences(connection: Connection) -> list[object]:
    """Return in what the tables of a database differ from those in the code; what `alembic check` would list."""
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def make_config() -> Config:
    """Return Alembic's settings, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")  # a module's name cannot begin with a digit
    return config


def _state(connection: Connection) -> SchemaState:
    newest, known = _read_history()
    revision = MigrationContext.configure(connection).get_current_revision()
    return SchemaState(revision=revision, newest=newest, is_known=revision is None or revision in known)


@cache
def _read_history() -> tuple[str, frozenset[str]]:
    """Return the newest revision and all there are: reading them from their files takes longer than all else here."""
    scripts = ScriptDirectory.from_config(make_config())
    newest = scripts.get_current_head()
    assert newest is not None  # noqa: S101 - the package always holds its migrations
    return newest, frozenset(script.revision for script in scripts.walk_revisions())
