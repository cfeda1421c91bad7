"""The live desk: events, the state of tasks and agents, choice sets; whether a type's clock stops."""

import sqlalchemy as sa
from alembic import op

from models.migrations import columns

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "task_type_standards",
        sa.Column("pending_stops_clock", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("occurred_at", columns.instant(), nullable=False),
        sa.Column("recorded_at", columns.instant(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=True),
        sa.Column("policy_version", sa.String(), nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("dedup_key", sa.String(), nullable=True),
        sa.Column("details", columns.json(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('arrived', 'offered', 'claimed', 'started', 'paused', 'resumed', 'completed', 'returned', "
            "'cancelled', 'closed-elsewhere', 'reopened', 'reassigned', 'expired', 'pended', 'unpended', 'skipped', "
            "'checked', 'wrong-team', 'information-missing', 'help-asked', 'released', 'due-changed', 'prioritised', "
            "'signed-in', 'signed-out', 'off-task-began', 'off-task-ended', 'looking', 'plan-published', "
            "'office-changed', 'duplicate')",
            name=op.f("ck_events_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    for name, listed, where, is_unique in (
        ("ix_events_task_id_id", ["task_id", "id"], "task_id IS NOT NULL", False),
        ("ix_events_agent_id_id", ["agent_id", "id"], "agent_id IS NOT NULL", False),
        ("ix_events_unpositioned", ["id"], "position IS NULL", False),
        ("ix_events_position", ["position"], "position IS NOT NULL", True),
        ("ix_events_dedup_key", ["dedup_key"], "dedup_key IS NOT NULL", True),
    ):
        _index(name, "events", listed, where, unique=is_unique)
    op.create_table(
        "task_states",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("since", columns.instant(), nullable=False),
        sa.Column("claimed_at", columns.instant(), nullable=True),
        sa.Column("expires_at", columns.instant(), nullable=True),
        sa.Column("started_at", columns.instant(), nullable=True),
        sa.Column("worked_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.instant(), nullable=True),
        sa.Column("stopped_seconds", sa.Integer(), nullable=False),
        sa.Column("is_clock_stopped", sa.Boolean(), nullable=False),
        sa.Column("pend_reason", sa.String(), nullable=True),
        sa.Column("follow_up_at", columns.instant(), nullable=True),
        sa.Column("num_skips", sa.Integer(), nullable=False),
        sa.Column("num_returns", sa.Integer(), nullable=False),
        sa.Column("num_reopens", sa.Integer(), nullable=False),
        sa.Column("lead_reason", sa.String(), nullable=True),
        sa.Column("reserved_agent_id", sa.String(), nullable=True),
        sa.Column("queue_team_id", sa.String(), nullable=True),
        sa.Column("done_by_id", sa.String(), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("check_result", sa.String(), nullable=True),
        sa.Column("check_severity", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("task_id <> ''", name=op.f("ck_task_states_task_id")),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'started', 'paused', 'pended', 'lead', 'closed')",
            name=op.f("ck_task_states_state"),
        ),
        sa.CheckConstraint(
            "pend_reason IN ('customer', 'third-party', 'other-department', 'scheduled')",
            name=op.f("ck_task_states_pend_reason"),
        ),
        sa.CheckConstraint(
            "lead_reason IN ('skipped', 'signed-out', 'released', 'wrong-team', 'information-missing', 'help')",
            name=op.f("ck_task_states_lead_reason"),
        ),
        sa.CheckConstraint(
            "closed_reason IN ('completed', 'cancelled', 'gone')", name=op.f("ck_task_states_closed_reason")
        ),
        sa.CheckConstraint("closed_by IN ('desk', 'source')", name=op.f("ck_task_states_closed_by")),
        sa.CheckConstraint("check_result IN ('pass', 'fail')", name=op.f("ck_task_states_check_result")),
        sa.CheckConstraint(
            "check_severity IN ('minor', 'major', 'critical')", name=op.f("ck_task_states_check_severity")
        ),
        sa.CheckConstraint(
            "(state IN ('claimed', 'started', 'paused')) = (agent_id IS NOT NULL)",
            name=op.f("ck_task_states_agent_id_in_hand"),
        ),
        sa.CheckConstraint(
            "(state = 'lead') = (lead_reason IS NOT NULL)", name=op.f("ck_task_states_lead_reason_lead")
        ),
        sa.CheckConstraint(
            "(state = 'pended') = (follow_up_at IS NOT NULL)", name=op.f("ck_task_states_follow_up_at_pended")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_reason IS NOT NULL)", name=op.f("ck_task_states_closed_reason_closed")
        ),
        sa.CheckConstraint("worked_seconds >= 0", name=op.f("ck_task_states_worked_seconds")),
        sa.CheckConstraint("stopped_seconds >= 0", name=op.f("ck_task_states_stopped_seconds")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_states")),
    )
    for column in ("agent_id", "follow_up_at", "lead_reason"):
        _index(f"ix_task_states_{column}", "task_states", [column], f"{column} IS NOT NULL")
    op.create_table(
        "agent_states",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("off_task_code", sa.String(), nullable=True),
        sa.Column("since", columns.instant(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("num_in_hand", sa.Integer(), nullable=False),
        sa.Column("looking_since", columns.instant(), nullable=True),
        sa.Column("skips_today", sa.Integer(), nullable=False),
        sa.Column("skips_day", sa.Date(), nullable=True),
        sa.Column("last_task_type_id", sa.String(), nullable=True),
        sa.Column("last_case_id", sa.String(), nullable=True),
        sa.Column("last_team_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("agent_id <> ''", name=op.f("ck_agent_states_agent_id")),
        sa.CheckConstraint("presence IN ('out', 'free', 'busy', 'off-task')", name=op.f("ck_agent_states_presence")),
        sa.CheckConstraint(
            "off_task_code IN ('break', 'lunch', 'meeting', 'training', 'assisting', 'system-issue', 'no-work')",
            name=op.f("ck_agent_states_off_task_code"),
        ),
        sa.CheckConstraint(
            "(presence = 'off-task') = (off_task_code IS NOT NULL)",
            name=op.f("ck_agent_states_off_task_code_off_task"),
        ),
        sa.CheckConstraint("num_in_hand >= 0", name=op.f("ck_agent_states_num_in_hand")),
        sa.CheckConstraint("presence <> 'busy' OR task_id IS NOT NULL", name=op.f("ck_agent_states_task_id_busy")),
        sa.CheckConstraint("presence <> 'free' OR task_id IS NULL", name=op.f("ck_agent_states_task_id_free")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_states")),
    )
    op.create_table(
        "choice_sets",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=True),
        sa.Column("num_eligible", sa.Integer(), nullable=False),
        sa.Column("taken_rank", sa.Integer(), nullable=True),
        sa.Column("deviates", sa.Boolean(), nullable=False),
        sa.Column("leave", sa.String(), nullable=True),
        sa.Column("entries", columns.json(), nullable=False),
        sa.Column("index_counts", columns.json(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("shown", columns.json(), nullable=False),
        sa.CheckConstraint(
            "leave IN ('offered-alternate', 'skip-reason', 'continuity', 'end-of-shift', 'told-by-lead', 'near-tie')",
            name=op.f("ck_choice_sets_leave"),
        ),
        sa.CheckConstraint("num_eligible >= 0", name=op.f("ck_choice_sets_num_eligible")),
        sa.CheckConstraint("taken_rank >= 1", name=op.f("ck_choice_sets_taken_rank")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_choice_sets")),
    )
    op.create_table(
        "duty_leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", columns.instant(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_duty_leases_name")),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_duty_leases_owner")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty_leases")),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("duty_leases", "choice_sets", "agent_states", "task_states", "events"):
        op.drop_table(table)
    op.drop_column("task_type_standards", "pending_stops_clock")


def _index(name: str, table: str, listed: list[str], where: str, *, unique: bool = False) -> None:
    """Create an index of the rows under a condition."""
    op.create_index(name, table, listed, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
