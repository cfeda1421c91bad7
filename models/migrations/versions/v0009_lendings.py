"""What leads decide about plans: moves between teams that both leads agree on, and plans that are not to be shown."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "lendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("from_team_id", sa.String(), nullable=False),
        sa.Column("to_team_id", sa.String(), nullable=False),
        sa.Column("starts_at", columns.instant(), nullable=False),
        sa.Column("ends_at", columns.instant(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("giving_said_by", sa.String(), nullable=True),
        sa.Column("giving_said_at", columns.instant(), nullable=True),
        sa.Column("taking_said_by", sa.String(), nullable=True),
        sa.Column("taking_said_at", columns.instant(), nullable=True),
        sa.Column("refused_by", sa.String(), nullable=True),
        sa.Column("refused_at", columns.instant(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('suggested', 'accepted', 'agreed', 'refused')", name=op.f("ck_lendings_state")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_lendings_starts_at_ends_at")),
        sa.CheckConstraint("from_team_id <> to_team_id", name=op.f("ck_lendings_to_team_id")),
        sa.CheckConstraint(
            "(giving_said_at IS NULL) = (giving_said_by IS NULL)", name=op.f("ck_lendings_giving_said_at")
        ),
        sa.CheckConstraint(
            "(taking_said_at IS NULL) = (taking_said_by IS NULL)", name=op.f("ck_lendings_taking_said_at")
        ),
        sa.CheckConstraint("(state = 'refused') = (refused_at IS NOT NULL)", name=op.f("ck_lendings_refused_at")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_lendings_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["from_team_id"], ["teams.id"], name=op.f("fk_lendings_from_team_id")),
        sa.ForeignKeyConstraint(["to_team_id"], ["teams.id"], name=op.f("fk_lendings_to_team_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_lendings_plan_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["giving_said_by"], ["principals.id"], name=op.f("fk_lendings_giving_said_by")),
        sa.ForeignKeyConstraint(["taking_said_by"], ["principals.id"], name=op.f("fk_lendings_taking_said_by")),
        sa.ForeignKeyConstraint(["refused_by"], ["principals.id"], name=op.f("fk_lendings_refused_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lendings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lendings_agent_id_starts_at"), "lendings", ["agent_id", "starts_at"])
    op.create_index(op.f("ix_lendings_starts_at"), "lendings", ["starts_at"])
    op.create_index(op.f("ix_lendings_plan_id"), "lendings", ["plan_id"])
    op.create_table(
        "discarded_plans",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("discarded_at", columns.instant(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_discarded_plans_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_discarded_plans_principal_id")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_discarded_plans")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("discarded_plans")
    op.drop_table("lendings")
