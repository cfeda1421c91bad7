"""Choice sets keep what could be chosen as plain JSON: a claim need not wait while PostgreSQL takes it to pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Go forward."""
    _change(sa.JSON(none_as_null=True), "json")


def downgrade() -> None:
    """Go back."""
    _change(postgresql.JSONB(none_as_null=True), "jsonb")


def _change(kind: sa.types.TypeEngine[object], name: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has one JSON
        op.alter_column("choice_sets", "entries", type_=kind, postgresql_using=f"entries::{name}")
