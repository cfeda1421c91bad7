"""Access: roles, keys, requests that were answered, sessions."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "principal_roles",
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role IN ('agent', 'lead', 'planner', 'analyst', 'admin')", name=op.f("ck_principal_roles_role")
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_principal_roles_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("principal_id", "role", name=op.f("pk_principal_roles")),
    )
    op.create_table(
        "led_teams",
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_led_teams_principal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_led_teams_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("principal_id", "team_id", name=op.f("pk_led_teams")),
    )
    op.create_index(op.f("ix_led_teams_team_id"), "led_teams", ["team_id"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("roles", columns.json(), nullable=False),
        sa.Column("teams", columns.json(), nullable=True),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("expires_at", columns.instant(), nullable=False),
        sa.Column("revoked_at", columns.instant(), nullable=True),
        sa.Column("last_used_at", columns.instant(), nullable=True),
        sa.CheckConstraint("id <> ''", name=op.f("ck_api_keys_id")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_api_keys_digest")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_api_keys_created_at_expires_at")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_api_keys_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_index(op.f("ix_api_keys_principal_id"), "api_keys", ["principal_id"])
    op.create_table(
        "answered_requests",
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("repeat_key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("held_until", columns.instant(), nullable=False),
        sa.Column("at", columns.instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", columns.json(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("repeat_key <> ''", name=op.f("ck_answered_requests_repeat_key")),
        sa.CheckConstraint("status BETWEEN 100 AND 599", name=op.f("ck_answered_requests_status")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_answered_requests_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("principal_id", "repeat_key", name=op.f("pk_answered_requests")),
    )
    op.create_index(op.f("ix_answered_requests_at"), "answered_requests", ["at"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("seen_at", columns.instant(), nullable=False),
        sa.Column("expires_at", columns.instant(), nullable=False),
        sa.Column("revoked_at", columns.instant(), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_sessions_digest")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_sessions_created_at_expires_at")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_sessions_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_index(op.f("ix_sessions_principal_id"), "sessions", ["principal_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("expires_at", columns.instant(), nullable=False),
        sa.Column("used_at", columns.instant(), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_sign_in_links_digest")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_sign_in_links_created_at_expires_at")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.id"], name=op.f("fk_sign_in_links_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_links")),
    )
    op.create_index(op.f("ix_sign_in_links_principal_id"), "sign_in_links", ["principal_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("sign_in_links", "sessions", "answered_requests", "api_keys", "led_teams", "principal_roles"):
        op.drop_table(table)
