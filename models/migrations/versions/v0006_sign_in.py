"""Sign-in: passwords, attempts, accounts at providers, single sign-ons under way, what is told of sessions."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Go forward."""
    op.add_column("sessions", sa.Column("proof", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("browser", sa.String(), nullable=True))
    op.create_table(
        "passwords",
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("set_at", columns.instant(), nullable=False),
        sa.CheckConstraint("hash <> ''", name=op.f("ck_passwords_hash")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_passwords_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("principal_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("num_attempts", sa.Integer(), nullable=False),
        sa.Column("last_at", columns.instant(), nullable=False),
        sa.Column("locked_until", columns.instant(), nullable=True),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_sign_in_attempts_subject")),
        sa.CheckConstraint("num_attempts > 0", name=op.f("ck_sign_in_attempts_num_attempts")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_last_at"), "sign_in_attempts", ["last_at"])
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("connected_at", columns.instant(), nullable=False),
        sa.Column("used_at", columns.instant(), nullable=True),
        sa.CheckConstraint("issuer <> ''", name=op.f("ck_identities_issuer")),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_identities_subject")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_identities_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_principal_id"), "identities", ["principal_id"])
    op.create_table(
        "sign_ons",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("browser_digest", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("expires_at", columns.instant(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_sign_ons_digest")),
        sa.CheckConstraint("length(browser_digest) = 64", name=op.f("ck_sign_ons_browser_digest")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_sign_ons_created_at_expires_at")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_sign_ons_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_ons")),
    )
    op.create_index(op.f("ix_sign_ons_principal_id"), "sign_ons", ["principal_id"])
    op.create_index(op.f("ix_sign_ons_expires_at"), "sign_ons", ["expires_at"])


def downgrade() -> None:
    """Go back."""
    for table in ("sign_ons", "identities", "sign_in_attempts", "passwords"):
        op.drop_table(table)
    op.drop_column("sessions", "browser")
    op.drop_column("sessions", "proof")
