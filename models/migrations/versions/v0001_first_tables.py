"""First tables: the office, its people, rosters and work, imports and plans."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "clients",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("needs_clearance", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id <> ''", name=op.f("ck_clients_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.CheckConstraint("timezone <> ''", name=op.f("ck_offices_timezone")),
        sa.CheckConstraint("id = 1", name=op.f("ck_offices_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_table(
        "principals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", columns.instant(), nullable=False),
        sa.Column("disabled_at", columns.instant(), nullable=True),
        sa.CheckConstraint("id <> ''", name=op.f("ck_principals_id")),
        sa.CheckConstraint("kind IN ('person', 'key', 'system')", name=op.f("ck_principals_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principals")),
    )
    op.create_table(
        "problems",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("digest <> ''", name=op.f("ck_problems_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_problems")),
    )
    op.create_table(
        "skills",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("id <> ''", name=op.f("ck_skills_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
    )
    op.create_table(
        "task_types",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("id <> ''", name=op.f("ck_task_types_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_types")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("id <> ''", name=op.f("ck_teams_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "agents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("max_moves", sa.Integer(), nullable=True),
        sa.Column("min_stay_minutes", sa.Float(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint("id <> ''", name=op.f("ck_agents_id")),
        sa.CheckConstraint("max_moves >= 0", name=op.f("ck_agents_max_moves")),
        sa.CheckConstraint("min_stay_minutes >= 0", name=op.f("ck_agents_min_stay_minutes")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_agents_valid_from_valid_to")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_agents_principal_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_agents_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("principal_id", name=op.f("uq_agents_principal_id")),
    )
    op.create_index(op.f("ix_agents_team_id"), "agents", ["team_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.CheckConstraint("id <> ''", name=op.f("ck_cases_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_cases_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_client_id"), "cases", ["client_id"], unique=False)
    op.create_table(
        "holidays",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_holidays_office_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office_id", "day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("imported_at", columns.instant(), nullable=False),
        sa.Column("counts", columns.json(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_import_batches_kind")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_import_batches_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_index(op.f("ix_import_batches_digest"), "import_batches", ["digest"], unique=False)
    op.create_index(op.f("ix_import_batches_principal_id"), "import_batches", ["principal_id"], unique=False)
    op.create_table(
        "office_hours",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_office_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_office_hours_office_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "weekday", "opens", name=op.f("pk_office_hours")),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", columns.instant(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("problem_digest", sa.String(), nullable=False),
        sa.Column("planned_from", columns.instant(), nullable=False),
        sa.Column("carry_over_at", columns.instant(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("teams", columns.json(), nullable=True),
        sa.Column("settings", columns.json(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("terms", columns.json(), nullable=False),
        sa.Column("lower_bound", sa.Float(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("solve_seconds", sa.Float(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("sunk", sa.Float(), nullable=True),
        sa.Column("extra", columns.json(), nullable=False),
        sa.Column("figures", columns.json(), nullable=False),
        sa.Column("comparisons", columns.json(), nullable=False),
        sa.CheckConstraint("status IN ('optimal', 'feasible')", name=op.f("ck_plans_status")),
        sa.CheckConstraint("timezone <> ''", name=op.f("ck_plans_timezone")),
        sa.CheckConstraint("lower_bound >= 0", name=op.f("ck_plans_lower_bound")),
        sa.CheckConstraint("planned_from <= carry_over_at", name=op.f("ck_plans_planned_from_carry_over_at")),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name=op.f("fk_plans_principal_id")),
        sa.ForeignKeyConstraint(["problem_digest"], ["problems.digest"], name=op.f("fk_plans_problem_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_made_at"), "plans", ["made_at"], unique=False)
    op.create_index(op.f("ix_plans_planned_from"), "plans", ["planned_from"], unique=False)
    op.create_index(op.f("ix_plans_principal_id"), "plans", ["principal_id"], unique=False)
    op.create_index(op.f("ix_plans_problem_digest"), "plans", ["problem_digest"], unique=False)
    op.create_table(
        "task_type_attributes",
        sa.Column("task_type_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'flag', 'date', 'other')", name=op.f("ck_task_type_attributes_kind")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_task_type_attributes_name")),
        sa.ForeignKeyConstraint(
            ["task_type_id"], ["task_types.id"], name=op.f("fk_task_type_attributes_task_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_type_id", "name", name=op.f("pk_task_type_attributes")),
    )
    op.create_table(
        "task_type_standards",
        sa.Column("task_type_id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column("min_level", sa.Integer(), nullable=False),
        sa.Column("handling_minutes", sa.Float(), nullable=False),
        sa.Column("also_requires", columns.json(), nullable=True),
        sa.Column("sla_minutes", sa.Float(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.Column("is_sla_estimated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("handling_minutes > 0", name=op.f("ck_task_type_standards_handling_minutes")),
        sa.CheckConstraint("min_level BETWEEN 1 AND 5", name=op.f("ck_task_type_standards_min_level")),
        sa.CheckConstraint("sla_minutes > 0", name=op.f("ck_task_type_standards_sla_minutes")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_task_type_standards_weight")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_task_type_standards_skill_id")),
        sa.ForeignKeyConstraint(
            ["task_type_id"], ["task_types.id"], name=op.f("fk_task_type_standards_task_type_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_task_type_standards_team_id")),
        sa.PrimaryKeyConstraint("task_type_id", "valid_from", name=op.f("pk_task_type_standards")),
    )
    op.create_index(op.f("ix_task_type_standards_skill_id"), "task_type_standards", ["skill_id"], unique=False)
    op.create_index(op.f("ix_task_type_standards_team_id"), "task_type_standards", ["team_id"], unique=False)
    op.create_table(
        "absences",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("starts_at", columns.instant(), nullable=False),
        sa.Column("ends_at", columns.instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absences_starts_at_ends_at")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_absences_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "starts_at", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_ends_at"), "absences", ["ends_at"], unique=False)
    op.create_table(
        "agent_clearances",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_clearances_agent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_agent_clearances_client_id")),
        sa.PrimaryKeyConstraint("agent_id", "client_id", name=op.f("pk_agent_clearances")),
    )
    op.create_index(op.f("ix_agent_clearances_client_id"), "agent_clearances", ["client_id"], unique=False)
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_agent_skills_level")),
        sa.CheckConstraint("speed > 0", name=op.f("ck_agent_skills_speed")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_agent_skills_valid_from_valid_to")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_skills_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_agent_skills_skill_id")),
        sa.PrimaryKeyConstraint("agent_id", "skill_id", "valid_from", name=op.f("pk_agent_skills")),
    )
    op.create_index(op.f("ix_agent_skills_skill_id"), "agent_skills", ["skill_id"], unique=False)
    op.create_table(
        "agent_swing_teams",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_swing_teams_agent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_agent_swing_teams_team_id")),
        sa.PrimaryKeyConstraint("agent_id", "team_id", name=op.f("pk_agent_swing_teams")),
    )
    op.create_index(op.f("ix_agent_swing_teams_team_id"), "agent_swing_teams", ["team_id"], unique=False)
    op.create_table(
        "shifts",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("starts_at", columns.instant(), nullable=False),
        sa.Column("ends_at", columns.instant(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.CheckConstraint("timezone <> ''", name=op.f("ck_shifts_timezone")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_starts_at_ends_at")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_shifts_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "starts_at", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_day"), "shifts", ["day"], unique=False)
    op.create_index(op.f("ix_shifts_ends_at"), "shifts", ["ends_at"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task_type_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("arrived_at", columns.instant(), nullable=False),
        sa.Column("due_at", columns.instant(), nullable=True),
        sa.Column("must_by", columns.instant(), nullable=True),
        sa.Column("earliest_start", columns.instant(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("handling_minutes", sa.Float(), nullable=True),
        sa.Column("min_level", sa.Integer(), nullable=True),
        sa.Column("also_requires", columns.json(), nullable=True),
        sa.Column("pinned_agent_id", sa.String(), nullable=True),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("pended_until", columns.instant(), nullable=True),
        sa.Column("attributes", columns.json(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", columns.instant(), nullable=True),
        sa.Column("closed_at", columns.instant(), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=True),
        sa.Column("done_by_id", sa.String(), nullable=True),
        sa.Column("import_batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (state = 'closed') = (closed_reason IS NOT NULL)",
            name=op.f("ck_tasks_closed"),
        ),
        sa.CheckConstraint("closed_reason IN ('completed', 'cancelled', 'gone')", name=op.f("ck_tasks_closed_reason")),
        sa.CheckConstraint("id <> ''", name=op.f("ck_tasks_id")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_tasks_state")),
        sa.CheckConstraint("NOT in_progress OR pinned_agent_id IS NOT NULL", name=op.f("ck_tasks_in_progress")),
        sa.CheckConstraint("handling_minutes > 0", name=op.f("ck_tasks_handling_minutes")),
        sa.CheckConstraint("min_level BETWEEN 1 AND 5", name=op.f("ck_tasks_min_level")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_tasks_quantity")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_tasks_weight")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_tasks_client_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["agents.id"], name=op.f("fk_tasks_done_by_id")),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batches.id"], name=op.f("fk_tasks_import_batch_id")),
        sa.ForeignKeyConstraint(["pinned_agent_id"], ["agents.id"], name=op.f("fk_tasks_pinned_agent_id")),
        sa.ForeignKeyConstraint(["task_type_id"], ["task_types.id"], name=op.f("fk_tasks_task_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_case_id"), "tasks", ["case_id"], unique=False)
    op.create_index(
        "ix_tasks_closed_at",
        "tasks",
        ["closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_done_by_id",
        "tasks",
        ["done_by_id"],
        unique=False,
        sqlite_where=sa.text("done_by_id IS NOT NULL"),
        postgresql_where=sa.text("done_by_id IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["task_type_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_tasks_pinned_agent_id",
        "tasks",
        ["pinned_agent_id"],
        unique=False,
        sqlite_where=sa.text("pinned_agent_id IS NOT NULL"),
        postgresql_where=sa.text("pinned_agent_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_tasks_source_external_id"), "tasks", ["source", "external_id"], unique=False)
    op.create_table(
        "plan_assignments",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("starts_at", columns.instant(), nullable=False),
        sa.Column("ends_at", columns.instant(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_plan_assignments_starts_at_ends_at")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_plan_assignments_agent_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_assignments_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_plan_assignments_task_id")),
        sa.PrimaryKeyConstraint("plan_id", "task_id", name=op.f("pk_plan_assignments")),
    )
    op.create_index(op.f("ix_plan_assignments_agent_id"), "plan_assignments", ["agent_id"], unique=False)
    op.create_index(
        op.f("ix_plan_assignments_plan_id_agent_id_starts_at"),
        "plan_assignments",
        ["plan_id", "agent_id", "starts_at"],
        unique=False,
    )
    op.create_index(op.f("ix_plan_assignments_task_id"), "plan_assignments", ["task_id"], unique=False)
    op.create_table(
        "plan_unscheduled",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('no-eligible-agent', 'no-capacity', 'predecessor-unscheduled', 'not-worth-it')",
            name=op.f("ck_plan_unscheduled_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_unscheduled_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_plan_unscheduled_task_id")),
        sa.PrimaryKeyConstraint("plan_id", "task_id", name=op.f("pk_plan_unscheduled")),
    )
    op.create_index(op.f("ix_plan_unscheduled_task_id"), "plan_unscheduled", ["task_id"], unique=False)
    op.create_table(
        "shift_blocks",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("shift_starts_at", columns.instant(), nullable=False),
        sa.Column("starts_at", columns.instant(), nullable=False),
        sa.Column("ends_at", columns.instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_shift_blocks_kind")),
        sa.CheckConstraint("shift_starts_at <= starts_at", name=op.f("ck_shift_blocks_shift_starts_at_starts_at")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shift_blocks_starts_at_ends_at")),
        sa.ForeignKeyConstraint(
            ["agent_id", "shift_starts_at"],
            ["shifts.agent_id", "shifts.starts_at"],
            name=op.f("fk_shift_blocks_agent_id_shift_starts_at"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agent_id", "shift_starts_at", "starts_at", name=op.f("pk_shift_blocks")),
    )
    op.create_table(
        "task_agents",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('preferred', 'excluded')", name=op.f("ck_task_agents_kind")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_task_agents_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_agents_task_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "kind", "agent_id", name=op.f("pk_task_agents")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_task_agents_agent_id"), "task_agents", ["agent_id"], unique=False)
    op.create_table(
        "task_links",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('after', 'separate_from')", name=op.f("ck_task_links_kind")),
        sa.ForeignKeyConstraint(["other_id"], ["tasks.id"], name=op.f("fk_task_links_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_links_task_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "kind", "other_id", name=op.f("pk_task_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_task_links_other_id"), "task_links", ["other_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("task_links")
    op.drop_table("task_agents")
    op.drop_table("shift_blocks")
    op.drop_table("plan_unscheduled")
    op.drop_table("plan_assignments")
    op.drop_table("tasks")
    op.drop_table("shifts")
    op.drop_table("agent_swing_teams")
    op.drop_table("agent_skills")
    op.drop_table("agent_clearances")
    op.drop_table("absences")
    op.drop_table("task_type_standards")
    op.drop_table("task_type_attributes")
    op.drop_table("plans")
    op.drop_table("office_hours")
    op.drop_table("import_batches")
    op.drop_table("holidays")
    op.drop_table("cases")
    op.drop_table("agents")
    op.drop_table("teams")
    op.drop_table("task_types")
    op.drop_table("skills")
    op.drop_table("problems")
    op.drop_table("principals")
    op.drop_table("offices")
    op.drop_table("clients")
