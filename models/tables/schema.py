"""All tables together: what migrations are made from and checked against."""

from sqlalchemy import MetaData, Table

from models.tables import (
    access,
    audit,
    calendars,
    imports,
    jobs,
    lendings,
    live,
    people,
    plans,
    rosters,
    scenarios,
    work,
)
from models.tables.columns import Row

FAMILIES = (people, calendars, rosters, work, imports, plans, live, access, jobs, audit, scenarios, lendings)
METADATA: MetaData = Row.metadata


def table_of(name: str) -> Table:
    """Return a table by its name; raises KeyError where there is none."""
    return METADATA.tables[name]
