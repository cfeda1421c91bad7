"""Audit: changes, the seals over them and over the events, and the secrets of personal digests."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("at", columns.instant(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("before", columns.json(), nullable=True),
        sa.Column("after", columns.json(), nullable=True),
        sa.CheckConstraint("what <> ''", name=op.f("ck_changes_what")),
        sa.CheckConstraint("subject_kind <> ''", name=op.f("ck_changes_subject_kind")),
        sa.CheckConstraint("subject_id <> ''", name=op.f("ck_changes_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("position", name=op.f("uq_changes_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_changes_at"), "changes", ["at"], unique=False)
    op.create_index(op.f("ix_changes_principal_id_id"), "changes", ["principal_id", "id"], unique=False)
    op.create_index(
        op.f("ix_changes_subject_kind_subject_id_id"), "changes", ["subject_kind", "subject_id", "id"], unique=False
    )
    is_unsealed = sa.text("position IS NULL")
    op.create_index(
        "ix_changes_unsealed",
        "changes",
        ["id"],
        unique=False,
        sqlite_where=is_unsealed,
        postgresql_where=is_unsealed,
    )
    op.create_table(
        "seals",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", columns.instant(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("num_events", sa.Integer(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("num_changes", sa.Integer(), nullable=False),
        sa.Column("row_marks", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("digest <> ''", name=op.f("ck_seals_digest")),
        sa.CheckConstraint("num_events >= 0 AND num_changes >= 0", name=op.f("ck_seals_num_rows")),
        sa.CheckConstraint("last_event >= num_events AND last_change >= num_changes", name=op.f("ck_seals_last_rows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
    op.create_table(
        "personal_keys",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("subject_kind <> ''", name=op.f("ck_personal_keys_subject_kind")),
        sa.CheckConstraint("subject_id <> ''", name=op.f("ck_personal_keys_subject_id")),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_personal_keys")),
    )
    op.create_table(
        "lineage",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("began_at", columns.instant(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_lineage_name")),
        sa.CheckConstraint("id = 1", name=op.f("ck_lineage_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("lineage")
    op.drop_table("personal_keys")
    op.drop_table("seals")
    op.drop_table("changes")
