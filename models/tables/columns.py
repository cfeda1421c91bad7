"""What the tables share: their base, their column types, and the dates that mean always."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Dialect, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from models.time import epoch_second, to_datetime

EARLIEST = date(1, 1, 1)
"""`valid_from` of what has always held."""
LATEST = date(9999, 12, 31)
"""`valid_to` of what holds for good."""

_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """Base of all rows. Every constraint has a name, so that a migration can change it on any database."""


class Instant(TypeDecorator[int]):
    """An instant, in Python an epoch second: a timestamp with time zone on PostgreSQL, in UTC; a number on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column's type on a database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what turns an epoch second into what the database takes; nothing need be done for SQLite."""
        return _to_timestamp if dialect.name == "postgresql" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002 (theirs)
        """Return what turns what the database gives into an epoch second."""
        return _from_timestamp if dialect.name == "postgresql" else None


def _to_timestamp(value: int | None) -> datetime | None:
    if value is None:
        return None
    return datetime.fromtimestamp(value, UTC) if value >= 0 else to_datetime(value)


def _from_timestamp(value: datetime | None) -> int | None:
    return None if value is None else epoch_second(value)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value; on PostgreSQL one that can be compared and indexed."""

PlainJson = JSON(none_as_null=True)
"""A JSON value that is only kept: PostgreSQL takes it as the text that it is, which is several times as fast."""


to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
"""Returns the one JSON text of a value, so that equal values are equal text."""


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the constraint that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def not_empty(*columns: str) -> tuple[CheckConstraint, ...]:
    """Return the constraints that texts are not empty."""
    return tuple(CheckConstraint(f"{column} <> ''", name=column) for column in columns)


def in_order(first: str, second: str, *, may_equal: bool = False) -> CheckConstraint:
    """Return the constraint that one column lies before another."""
    return CheckConstraint(f"{first} {'<=' if may_equal else '<'} {second}", name=f"{first}_{second}")


def partial_index(table: str, column: str) -> Index:
    """Return an index of the rows in which a column has a value: most have none, and none is never looked for."""
    has_value = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=has_value, postgresql_where=has_value)
