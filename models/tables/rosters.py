"""Who is on duty when, what they do there besides tasks, and who is away."""

from datetime import date

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from models.tables.columns import Instant, Row, in_order, not_empty


class ShiftRow(Row, table=True):
    """One stretch of duty. `day` is the date on which it starts by the clocks of `timezone`."""

    __tablename__ = "shifts"
    __table_args__ = (in_order("starts_at", "ends_at"), *not_empty("timezone"))

    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
    starts_at: int = Field(primary_key=True, sa_type=Instant)
    ends_at: int = Field(sa_type=Instant, index=True)
    day: date = Field(index=True)
    timezone: str


class ShiftBlockRow(Row, table=True):
    """A part of a shift in which no tasks are done: lunch, break, meeting, training, phone duty; paid or not."""

    __tablename__ = "shift_blocks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agent_id", "shift_starts_at"], ["shifts.agent_id", "shifts.starts_at"], ondelete="CASCADE"
        ),
        in_order("starts_at", "ends_at"),
        in_order("shift_starts_at", "starts_at", may_equal=True),
        *not_empty("kind"),
    )

    agent_id: str = Field(primary_key=True)
    shift_starts_at: int = Field(primary_key=True, sa_type=Instant)
    starts_at: int = Field(primary_key=True, sa_type=Instant)
    ends_at: int = Field(sa_type=Instant)
    kind: str
    is_paid: bool = True


class AbsenceRow(Row, table=True):
    """A stretch in which an agent is away although on a roster."""

    __tablename__ = "absences"
    __table_args__ = (in_order("starts_at", "ends_at"),)

    agent_id: str = Field(primary_key=True, foreign_key="agents.id", ondelete="CASCADE")
    starts_at: int = Field(primary_key=True, sa_type=Instant)
    ends_at: int = Field(sa_type=Instant, index=True)
    reason: str = ""
