"""Who acts, who works, what they can do, and for whom."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.tables.columns import EARLIEST, LATEST, Instant, Row, in_order, not_empty, one_of
from models.vocabulary import PrincipalKind


class PrincipalRow(Row, table=True):
    """Somebody or something that acts: a person who signs in, a key that a program uses, the product itself.

    An agent is not a principal: most agents of an imported office never sign in, and a planner need not be an agent.
    """

    __tablename__ = "principals"
    __table_args__ = (*not_empty("id"), one_of("kind", PrincipalKind))

    id: str = Field(primary_key=True)
    kind: str
    name: str = ""
    created_at: int = Field(sa_type=Instant)
    disabled_at: int | None = Field(default=None, sa_type=Instant)


class ClientRow(Row, table=True):
    """Whom the office works for."""

    __tablename__ = "clients"
    __table_args__ = not_empty("id")

    id: str = Field(primary_key=True)
    name: str = ""
    needs_clearance: bool = False


class TeamRow(Row, table=True):
    """A team that owns task types."""

    __tablename__ = "teams"
    __table_args__ = not_empty("id")

    id: str = Field(primary_key=True)
    name: str = ""


class SkillRow(Row, table=True):
    """What agents can do."""

    __tablename__ = "skills"
    __table_args__ = not_empty("id")

    id: str = Field(primary_key=True)
    name: str = ""


class AgentRow(Row, table=True):
    """A person who does tasks, from the first to the last day of that."""

    __tablename__ = "agents"
    __table_args__ = (
        *not_empty("id"),
        in_order("valid_from", "valid_to", may_equal=True),
        CheckConstraint("max_moves >= 0", name="max_moves"),
        CheckConstraint("min_stay_minutes >= 0", name="min_stay_minutes"),
    )

    id: str = Field(primary_key=True)
    name: str = ""
    team_id: str = Field(foreign_key="teams.id", index=True)
    principal_id: str | None = Field(default=None, foreign_key="principals.id", unique=True)
    max_moves: int | None = None
    min_stay_minutes: float = 0.0
    valid_from: date = EARLIEST
    valid_to: date = LATEST


class AgentSwingTeamRow(Row, table=True):
    """A team that an agent may be lent to."""

    __tablename__ = "agent_swing_teams"

    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
    team_id: str = Field(primary_key=True, foreign_key="teams.id", index=True)


class AgentClearanceRow(Row, table=True):
    """A client that an agent is cleared for."""

    __tablename__ = "agent_clearances"

    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
    client_id: str = Field(primary_key=True, foreign_key="clients.id", index=True)


class AgentSkillRow(Row, table=True):
    """A skill of an agent, its level and speed, from the first to the last day on which they hold."""

    __tablename__ = "agent_skills"
    __table_args__ = (
        in_order("valid_from", "valid_to", may_equal=True),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("speed > 0", name="speed"),
        Index(None, "skill_id"),
    )

    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
    skill_id: str = Field(primary_key=True, foreign_key="skills.id")
    valid_from: date = Field(default=EARLIEST, primary_key=True)
    valid_to: date = LATEST
    level: int
    speed: float = 1.0
