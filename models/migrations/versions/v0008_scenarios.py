"""Scenarios that planners keep, their earlier forms, and the jobs that were asked about them."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("traces", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("changed_at", columns.instant(), nullable=False),
        sa.Column("archived_at", columns.instant(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_scenarios_name")),
        sa.CheckConstraint("origin IN ('history', 'file', 'copy', 'variant')", name=op.f("ck_scenarios_origin")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_scenarios_revision")),
        sa.ForeignKeyConstraint(["base_id"], ["scenarios.id"], name=op.f("fk_scenarios_base_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_scenarios_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scenarios_base_id"), "scenarios", ["base_id"])
    op.create_index(op.f("ix_scenarios_principal_id"), "scenarios", ["principal_id"])
    op.create_table(
        "scenario_revisions",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", columns.instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_scenario_revisions_scenario_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", "number", name=op.f("pk_scenario_revisions")),
    )
    op.create_table(
        "scenario_runs",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("archived_at", columns.instant(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_scenario_runs_name")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_scenario_runs_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_scenario_runs_scenario_id")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_scenario_runs")),
    )
    op.create_index(op.f("ix_scenario_runs_scenario_id"), "scenario_runs", ["scenario_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("scenario_runs", "scenario_revisions", "scenarios"):
        op.drop_table(table)
