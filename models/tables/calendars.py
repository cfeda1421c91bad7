"""The office itself: its zone, its opening hours and the days on which it is closed."""

from datetime import date, time

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.tables.columns import Row, not_empty

THE_OFFICE = 1


class OfficeRow(Row, table=True):
    """The office: one a database. Its zone is that of every wall clock and date in the database."""

    __tablename__ = "offices"
    __table_args__ = (CheckConstraint(f"id = {THE_OFFICE}", name="only_one"), *not_empty("timezone"))

    id: int = Field(default=THE_OFFICE, primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    timezone: str
    country: str | None = None
    subdivision: str | None = None


class OfficeHoursRow(Row, table=True):
    """A stretch in which the office is open on a weekday, Monday being 0.

    One that does not end after it starts ends on the next day.
    """

    __tablename__ = "office_hours"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    office_id: int = Field(default=THE_OFFICE, primary_key=True, foreign_key="offices.id", ondelete="CASCADE")
    weekday: int = Field(primary_key=True)
    opens: time = Field(primary_key=True)
    closes: time


class HolidayRow(Row, table=True):
    """A day on which the office is closed, besides the public holidays of its country."""

    __tablename__ = "holidays"

    office_id: int = Field(default=THE_OFFICE, primary_key=True, foreign_key="offices.id", ondelete="CASCADE")
    day: date = Field(primary_key=True)
    name: str = ""
