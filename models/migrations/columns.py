"""Column types as the migrations create them, frozen: what is done to a database does not change with the code."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def instant() -> sa.types.TypeEngine[int]:
    """Return the type of an instant: a timestamp with time zone on PostgreSQL, an epoch second on SQLite."""
    return sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def json() -> sa.types.TypeEngine[Any]:
    """Return the type of a JSON value."""
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
