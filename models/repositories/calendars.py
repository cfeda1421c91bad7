"""The office, its opening hours and its holidays: in and out as an office's frames."""

import pandas as pd
from sqlalchemy import Connection, select

from models.calendar import WEEKDAYS
from models.formats.offices.office import frame_of
from models.repositories.changes import TableChanges, replace_rows, tally, write_rows
from models.repositories.people import to_frame
from models.tables.calendars import THE_OFFICE
from models.tables.schema import table_of

UNNAMED = "Office"


def write_office_row(connection: Connection, frame: pd.DataFrame, *, source: str) -> TableChanges:
    """Write the office itself: a frame of one row."""
    columns = {"id": [THE_OFFICE] * len(frame)} | {str(name): frame[name].tolist() for name in frame.columns}
    return tally(len(frame), write_rows(connection, "offices", columns, source=source))


def has_office(connection: Connection) -> bool:
    """Return whether an office was ever written."""
    return connection.scalar(select(table_of("offices").c.id)) is not None


def ensure_office(connection: Connection, timezone: str) -> str:
    """Return the zone of the stored office; one without a name is made where there is none yet."""
    table = table_of("offices")
    stored = connection.execute(select(table.c.timezone)).scalar()
    if stored is not None:
        return str(stored)
    connection.execute(table.insert().values(id=THE_OFFICE, name=UNNAMED, timezone=timezone))
    return timezone


def write_office_hours(connection: Connection, frame: pd.DataFrame, *, source: str, adds: bool = False) -> TableChanges:
    """Write opening hours; the frame holds all of them, unless it only adds some."""
    table = table_of("office_hours")
    columns = {
        "office_id": [THE_OFFICE] * len(frame),
        "weekday": [WEEKDAYS.index(name) for name in frame["weekday"]],
        "opens": frame["opens"].tolist(),
        "closes": frame["closes"].tolist(),
    }
    written = replace_rows(
        connection,
        "office_hours",
        columns,
        source=source,
        is_replaced=None if adds else lambda _: table.c.office_id == THE_OFFICE,
    )
    return tally(len(frame), written)


def write_holidays(connection: Connection, frame: pd.DataFrame, *, source: str, adds: bool = False) -> TableChanges:
    """Write days on which the office is closed; the frame holds all from its first day to its last, or only adds."""
    if not len(frame):
        return TableChanges()
    table = table_of("holidays")
    days = frame["date"].tolist()
    columns = {"office_id": [THE_OFFICE] * len(frame), "day": days, "name": frame["name"].tolist()}
    written = replace_rows(
        connection,
        "holidays",
        columns,
        source=source,
        is_replaced=None if adds else lambda _: table.c.day.between(min(days), max(days)),
    )
    return tally(len(frame), written)


def read_calendar(connection: Connection) -> dict[str, pd.DataFrame]:
    """Return the frames `office`, `office_hours` and `holidays`, those that have rows."""
    offices, hours, holidays = table_of("offices"), table_of("office_hours"), table_of("holidays")
    names = ["name", "timezone", "country", "subdivision"]
    opened = connection.execute(
        select(hours.c.weekday, hours.c.opens, hours.c.closes).order_by(hours.c.weekday, hours.c.opens)
    ).all()
    frames = {
        "office": to_frame(connection.execute(select(*(offices.c[name] for name in names))), names),
        "office_hours": frame_of(
            {
                "weekday": [WEEKDAYS[row.weekday] for row in opened],
                "opens": [row.opens for row in opened],
                "closes": [row.closes for row in opened],
            },
            num_rows=len(opened),
        ),
        "holidays": to_frame(
            connection.execute(select(holidays.c.day, holidays.c.name).order_by(holidays.c.day)), ["date", "name"]
        ),
    }
    return {name: frame for name, frame in frames.items() if len(frame)}
