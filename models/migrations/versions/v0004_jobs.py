"""Jobs: long work, leased; and which plans were published."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0004"
down_revision: str | None = "0003"

_PARTS = ("job_inputs", "job_checkpoints")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("question", columns.json(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", columns.json(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", columns.instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("started_at", columns.instant(), nullable=True),
        sa.Column("ended_at", columns.instant(), nullable=True),
        sa.Column("result_ref", columns.json(), nullable=True),
        sa.Column("problem", columns.json(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_jobs_kind")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'cancelling', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.CheckConstraint(
            "(state IN ('running', 'cancelling')) = (lease_owner IS NOT NULL)", name=op.f("ck_jobs_lease_owner")
        ),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_jobs_lease_until")),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)", name=op.f("ck_jobs_ended_at")
        ),
        sa.CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name=op.f("ck_jobs_problem")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_jobs_attempts")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_jobs_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_jobs_principal_id"), "jobs", ["principal_id"], unique=False)
    op.create_index(op.f("ix_jobs_ended_at"), "jobs", ["ended_at"], unique=False)
    is_queued, is_leased = sa.text("state = 'queued'"), sa.text("lease_until IS NOT NULL")
    op.create_index("ix_jobs_queued", "jobs", ["id"], unique=False, sqlite_where=is_queued, postgresql_where=is_queued)
    op.create_index(
        "ix_jobs_lease_until",
        "jobs",
        ["lease_until"],
        unique=False,
        sqlite_where=is_leased,
        postgresql_where=is_leased,
    )
    for name in _PARTS:
        op.create_table(
            name,
            sa.Column("job_id", sa.Integer(), nullable=False),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.CheckConstraint("name <> ''", name=op.f(f"ck_{name}_name")),
            sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f(f"fk_{name}_job_id"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("job_id", "name", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "job_results",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("media_type <> ''", name=op.f("ck_job_results_media_type")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_results_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_results")),
    )
    op.create_table(
        "published_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("published_at", columns.instant(), nullable=False),
        sa.Column("until", columns.instant(), nullable=True),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_published_plans_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_published_plans_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_plans")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_published_plans_plan_id"), "published_plans", ["plan_id"], unique=False)
    op.create_index(op.f("ix_published_plans_principal_id"), "published_plans", ["principal_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("published_plans")
    op.drop_table("job_results")
    for name in reversed(_PARTS):
        op.drop_table(name)
    op.drop_table("jobs")
