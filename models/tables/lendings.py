"""What leads decide about plans: who may be lent to whom today, and which plans are not to be shown."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.tables.columns import Instant, Row, in_order, one_of
from models.vocabulary_lending import LendingState


class LendingRow(Row, table=True):
    """A move of an agent to another team for some hours, and what the leads of both teams say to it.

    The agent and the teams are those of the office; a lending goes with its agent. `version` counts changes.
    """

    __tablename__ = "lendings"
    __table_args__ = (
        one_of("state", LendingState),
        in_order("starts_at", "ends_at"),
        CheckConstraint("from_team_id <> to_team_id", name="to_team_id"),
        CheckConstraint("(giving_said_at IS NULL) = (giving_said_by IS NULL)", name="giving_said_at"),
        CheckConstraint("(taking_said_at IS NULL) = (taking_said_by IS NULL)", name="taking_said_at"),
        CheckConstraint("(state = 'refused') = (refused_at IS NOT NULL)", name="refused_at"),
        Index(None, "agent_id", "starts_at"),
        Index(None, "starts_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE")
    from_team_id: str = Field(foreign_key="teams.id")
    to_team_id: str = Field(foreign_key="teams.id")
    starts_at: int = Field(sa_type=Instant)
    ends_at: int = Field(sa_type=Instant)
    plan_id: int | None = Field(default=None, foreign_key="plans.id", ondelete="SET NULL", index=True)
    state: str = LendingState.SUGGESTED
    giving_said_by: str | None = Field(default=None, foreign_key="principals.id")
    giving_said_at: int | None = Field(default=None, sa_type=Instant)
    taking_said_by: str | None = Field(default=None, foreign_key="principals.id")
    taking_said_at: int | None = Field(default=None, sa_type=Instant)
    refused_by: str | None = Field(default=None, foreign_key="principals.id")
    refused_at: int | None = Field(default=None, sa_type=Instant)
    reason: str = ""
    version: int = 1


class DiscardedPlanRow(Row, table=True):
    """A plan that somebody looked at and does not want to show; it stays stored."""

    __tablename__ = "discarded_plans"

    plan_id: int = Field(primary_key=True, foreign_key="plans.id", ondelete="CASCADE")
    discarded_at: int = Field(sa_type=Instant)
    principal_id: str | None = Field(default=None, foreign_key="principals.id")
