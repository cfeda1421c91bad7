"""A small office as CSV files to fill in: every table, every column, and rows that import and plan as they stand."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from models.calendar import WEEKDAYS
from models.errors import InputError, UsageError
from models.formats.offices.raw_tables import ATTRIBUTE_PREFIX
from models.formats.offices.table_writing import write_csv
from models.formats.offices.tables import TABLES

Row = Mapping[str, str | int]


def write_template_folder(folder: Path, *, today: date) -> list[Path]:
    """Write a CSV file for each table into a folder, which is made where it is not there; return the files.

    Parameters
    ----------
    today
        The examples are rostered on the next working day after it.

    Raises
    ------
    UsageError
        If the folder holds one of the files already.
    InputError
        If they cannot be written.
    """
    day = next_working_day(today)
    files = [folder / f"{table.name}.csv" for table in TABLES]
    there = [file.name for file in files if file.exists()]
    if there:
        raise UsageError(f"{folder} holds {', '.join(there)} already; name a folder without them")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError.of(str(folder), f"is no folder that can be made: {error.strerror or error}") from error
    for table, file in zip(TABLES, files, strict=True):
        rows = _examples(day, before=previous_working_day(today))[table.name]
        known = [column.name for column in table.columns]
        header = known + sorted({name for row in rows for name in row if name.startswith(ATTRIBUTE_PREFIX)})
        write_csv(file, header, [[row.get(name) for name in header] for row in rows])
    return files


def next_working_day(today: date) -> date:
    """Return the first day after one that is not on a weekend."""
    return today + timedelta(days={4: 3, 5: 2}.get(today.weekday(), 1))


def previous_working_day(day: date) -> date:
    """Return the last day before one that is not on a weekend."""
    return day - timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))


def _examples(day: date, *, before: date) -> dict[str, Sequence[Row]]:
    following = next_working_day(day)
    return {
        "office": [{"name": "Example office", "timezone": "Europe/Madrid", "country": "ES", "subdivision": "MD"}],
        "office_hours": [{"weekday": weekday, "opens": "08:00", "closes": "18:00"} for weekday in WEEKDAYS[:5]],
        "holidays": [{"date": f"{day.year}-12-24", "name": "Christmas Eve"}],
        "clients": [
            {"id": "acme", "name": "Acme Energy", "needs_clearance": "no"},
            {"id": "bolt", "name": "Bolt Insurance", "needs_clearance": "yes"},
        ],
        "teams": [{"id": "billing", "name": "Billing resolution"}, {"id": "claims", "name": "Claim approval"}],
        "skills": [
            {"id": "billing", "name": "Billing"},
            {"id": "claims", "name": "Claims"},
            {"id": "spanish", "name": "Spanish"},
        ],
        "agents": [
            {"id": "ana", "name": "Ana Ruiz", "team": "billing", "swing_teams": "claims", "clients": "bolt",
             "max_moves": 2, "min_stay_minutes": 60},
            {"id": "ben", "name": "Ben Otto", "team": "claims", "clients": "bolt", "valid_from": "2024-09-01"},
            {"id": "chloe", "name": "Chloe Martin", "team": "billing"},
        ],
        "agent_skills": [
            {"agent": "ana", "skill": "billing", "level": 4, "speed": "1.1"},
            {"agent": "ana", "skill": "claims", "level": 2},
            {"agent": "ana", "skill": "spanish", "level": 3},
            {"agent": "ben", "skill": "claims", "level": 4},
            {"agent": "chloe", "skill": "billing", "level": 2, "speed": "0.9"},
        ],
        "shifts": [
            {"agent": "ana", "date": str(day), "start": "08:00", "end": "16:30",
             "breaks": "12:00-12:30 lunch; 15:00-15:30 meeting"},
            {"agent": "ben", "date": str(day), "start": "09:00", "end": "17:30", "breaks": "13:00-13:30 lunch"},
            {"agent": "chloe", "date": str(day), "start": "08:00", "end": "13:00", "breaks": "10:30-10:45 break paid"},
        ],
        "absences": [
            {"agent": "ben", "start": f"{day} 16:00", "end": f"{day} 17:30", "reason": "doctor"},
            {"agent": "chloe", "start": str(following), "end": str(following), "reason": "holiday"},
        ],
        "task_types": [
            {"id": "invoice-dispute", "name": "Invoice dispute", "team": "billing", "skill": "billing",
             "min_level": 2, "handling_minutes": 14, "sla_minutes": 960, "weight": 2},
            {"id": "claim-approval", "name": "Claim approval", "team": "claims", "skill": "claims", "min_level": 1,
             "handling_minutes": 25, "sla_minutes": 1440, "weight": 3, "is_estimated": "yes"},
        ],
        "tasks": [
            {"id": "T1", "type": "invoice-dispute", "title": "Charged twice in January", "client": "acme",
             "case": "C-1001", "source": "mail", "external_id": "88123", "quantity": 1,
             "arrived": f"{before} 15:12", "due": f"{day} 12:00", "weight": 4, "also_requires": "spanish:1",
             "attr.amount": "125.40"},
            {"id": "T2", "type": "claim-approval", "title": "Water damage, kitchen", "client": "bolt",
             "case": "C-1002", "step": "approve", "arrived": f"{before} 09:30", "due": str(day),
             "must_by": f"{following} 18:00", "excluded_agents": "ana", "attr.amount": 2300},
            {"id": "T3", "type": "claim-approval", "title": "Stolen bicycle", "client": "acme", "case": "C-1003",
             "arrived": f"{before} 11:05", "preferred_agents": "ben", "separate_from": "T2", "attr.amount": 640},
        ],
    }  # fmt: skip
