"""Who changed what, and the seals under which changes and events lie: a chain in which no row can be altered unseen."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, text
from sqlmodel import Field

from models.tables.columns import Instant, Json, Row, not_empty

_IS_UNSEALED = text("position IS NULL")


class ChangeRow(Row, table=True):
    """One change of something that is not an event: who, of what, before and after.

    It refers to nothing by a foreign key: the trail outlives what it tells of. `position` is its place in the chain,
    given when it is sealed. Personal fields are in `before` and `after` only as keyed digests.
    """

    __tablename__ = "changes"
    __table_args__ = (
        *not_empty("what", "subject_kind", "subject_id"),
        Index(None, "subject_kind", "subject_id", "id"),
        Index(None, "principal_id", "id"),
        Index("ix_changes_unsealed", "id", sqlite_where=_IS_UNSEALED, postgresql_where=_IS_UNSEALED),
        {"sqlite_autoincrement": True},  # the number of a deleted row is never given again
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger().with_variant(Integer(), "sqlite"),
    )
    position: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    at: int = Field(sa_type=Instant, index=True)
    principal_id: str | None = None
    what: str
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)


class SealRow(Row, table=True):
    """One link of the chain: a digest over rows that were committed, and over the link before it.

    `row_marks` are the first eight bytes of each row's digest, the events' before the changes': where a digest no
    longer holds, they tell which row it is.
    """

    __tablename__ = "seals"
    __table_args__ = (
        *not_empty("digest"),
        CheckConstraint("num_events >= 0 AND num_changes >= 0", name="num_rows"),
        CheckConstraint("last_event >= num_events AND last_change >= num_changes", name="last_rows"),
    )

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    sealed_at: int = Field(sa_type=Instant)
    last_event: int = Field(sa_type=BigInteger)
    num_events: int
    last_change: int = Field(sa_type=BigInteger)
    num_changes: int
    row_marks: bytes = Field(sa_type=LargeBinary)
    digest: str


class PersonalKeyRow(Row, table=True):
    """The secret under which one person's fields are digested in the trail; without it the digests tell nothing."""

    __tablename__ = "personal_keys"
    __table_args__ = not_empty("subject_kind", "subject_id")

    subject_kind: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    secret: bytes = Field(sa_type=LargeBinary)


class LineageRow(Row, table=True):
    """Which history the database holds: a new one begins when a backup is restored over it.

    Whoever keeps a copy of rows in memory and follows the events by position has to begin anew when the name differs.
    """

    __tablename__ = "lineage"
    __table_args__ = (*not_empty("name"), CheckConstraint("id = 1", name="only_one"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    began_at: int = Field(sa_type=Instant)
