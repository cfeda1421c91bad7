"""What Alembic runs for each command: on a connection it was given, or on the address in `-x url=...`."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection
from sqlmodel.sql.sqltypes import AutoString

from models.database import Database
from models.tables.columns import Instant
from models.tables.schema import METADATA


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | Literal[False]:
    """Return how a new migration writes our column types; everything else as Alembic does."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, Instant | JSON):
        autogen_context.imports.add("from models.migrations import columns")
        return "columns.instant()" if isinstance(item, Instant) else "columns.json()"
    return False


def run(connection: Connection) -> None:
    """Run the command's migrations on a connection, in its transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_item=render_item,
        render_as_batch=True,  # SQLite changes a table by making it anew
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with Database(context.get_x_argument(as_dictionary=True)["url"]) as database, database.migrating() as session:
        run(session.connection())
