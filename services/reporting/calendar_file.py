"""Hours of people as a file gives them: `{person: {mon: [["10:00", "18:00"]]}}`."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from models.calendar import WEEKDAYS
from models.errors import Fault, InputError, shown
from models.formats.documents import read_document

WeeklyHours = Mapping[str, Mapping[int, tuple[tuple[time, time], ...]]]
"""By person and weekday (Monday is 0), stretches in order; one that does not end after it starts ends the next day."""

MIDNIGHT = ("00:00", "24:00", "24:00:00")


def read_calendar_file(path: Path) -> WeeklyHours:
    """Return the hours of people by weekday.

    Raises
    ------
    InputError
        With everything that is wrong in it.
    """
    document = read_document(path)
    faults: list[Fault] = []
    hours: dict[str, dict[int, tuple[tuple[time, time], ...]]] = {}
    for person, week in document.items():
        if not isinstance(week, dict):
            faults.append(_fault(path, person, "", week, 'hours by weekday, such as {"mon": [["10:00", "18:00"]]}'))
            continue
        of_person = hours.setdefault(person, {})
        for day, stretches in week.items():
            if day not in WEEKDAYS:
                faults.append(_fault(path, person, day, day, f"one of {', '.join(WEEKDAYS)}"))
                continue
            read = [_read_stretch(stretch) for stretch in stretches] if isinstance(stretches, list) else [None]
            if any(stretch is None for stretch in read):
                faults.append(_fault(path, person, day, stretches, 'stretches such as [["10:00", "18:00"]]'))
                continue
            of_person[WEEKDAYS.index(day)] = tuple(sorted(stretch for stretch in read if stretch is not None))
    if not hours and not faults:
        faults.append(Fault(file=str(path), expected='hours of at least one person: {person: {"mon": [[from, to]]}}'))
    if faults:
        raise InputError(faults)
    return hours


def _read_stretch(stretch: Any) -> tuple[time, time] | None:
    if not (isinstance(stretch, list) and len(stretch) == 2 and all(isinstance(clock, str) for clock in stretch)):
        return None
    try:
        opens = time.fromisoformat(stretch[0])
        closes = time(0) if stretch[1] in MIDNIGHT else time.fromisoformat(stretch[1])
    except ValueError:
        return None
    return None if opens.tzinfo or closes.tzinfo else (opens, closes)


def _fault(path: Path, person: str, field: str, value: object, expected: str) -> Fault:
    return Fault(file=str(path), record=f"person {person!r}", field=field, value=shown(value), expected=expected)
