"""From a lead's three lists to an office: teams, people with what they can do, types with minutes, open items."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from models.calendar import WEEKDAYS, OfficeCalendar
from models.errors import Fault, InputError
from models.formats.offices.cell_times import DateOrder
from models.formats.offices.office import Office
from models.formats.sheets.xlsx import read_workbook
from models.time import to_datetime
from services.workbooks.fault_groups import group_faults
from services.workbooks.lists import SheetRows, find_sheets, read_sheet_rows
from services.workbooks.people import PeopleReader, home_team
from services.workbooks.sheets import ITEMS, MAX_LISTED, PEOPLE, PRIORITIES, TYPES, list_names, plain
from services.workbooks.teams import check_teams

ONLY_TEAM = "Team"
NO_DUE_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class WorkbookOffice:
    """An office read from a workbook.

    Attributes
    ----------
    office
        For `services.office.question_from_office`.
    at
        The instant to plan from.
    notes
        What was taken for granted, for the lead to see.
    warnings
        What the lead probably did not mean.
    """

    office: Office
    at: int
    notes: Sequence[str]
    warnings: Sequence[str] = ()


def read_workbook_office(
    path: Path, *, zone: ZoneInfo, now: int, at: int | None = None, order: DateOrder | None = None
) -> WorkbookOffice:
    """Return the office of a workbook on the day of an instant.

    Parameters
    ----------
    zone
        Of the workbook's dates and times.
    now
        The present.
    at
        The instant to plan from; where None, the present if somebody still works today, else the start of the next
        working day.

    Raises
    ------
    InputError
        With everything that is wrong, by sheet, row and column.
    """
    grids = read_workbook(path, file=path.name)
    found, faults, notes = find_sheets(grids, file=path.name)
    if faults:
        raise InputError(faults)
    usual = OfficeCalendar(zone=zone)
    people = read_sheet_rows(found[PEOPLE.name], PEOPLE, calendar=usual, order=order)
    opens, closes = _hours(people)
    calendar = OfficeCalendar(zone=zone, hours=dict.fromkeys(range(5), ((opens, closes),)))
    asked = _instant(people, calendar, now=now, at=at, notes=notes)
    day = to_datetime(asked, zone).date()
    if day.weekday() not in calendar.hours:  # who plans a Saturday is open on it
        hours = {**calendar.hours, day.weekday(): ((opens, closes),)}
        calendar = OfficeCalendar(zone=zone, hours=hours)
    types = read_sheet_rows(found[TYPES.name], TYPES, calendar=calendar, order=order)
    items = read_sheet_rows(found[ITEMS.name], ITEMS, calendar=calendar, order=order)
    made = _Office(items, people, types, calendar=calendar, day=day, at=asked)
    tables = made.tables()
    faults = [*items.faults, *people.faults, *types.faults]
    if faults:
        raise InputError(group_faults(faults))
    notes = [*notes, *items.notes, *people.notes, *types.notes]
    return WorkbookOffice(office=Office(tables=tables, source=path.name), at=asked, notes=notes, warnings=made.warnings)


def _hours(people: SheetRows) -> tuple[time, time]:
    """Return the office's hours: from the first start to the last end of anybody."""
    starts = [clock for clock in people.columns["start"] if clock is not None]
    pairs = zip(people.columns["start"], people.columns["end"], strict=True)
    ends = [end for start, end in pairs if start is not None and end is not None and end > start]
    opens = min(starts, default=time(8))
    return opens, max([end for end in ends if end > opens], default=time(0))


def _instant(people: SheetRows, calendar: OfficeCalendar, *, now: int, at: int | None, notes: list[str]) -> int:
    if at is not None:
        return at
    local = to_datetime(now, calendar.zone)
    ends = [end for end in people.columns["end"] if end is not None]
    is_day = calendar.is_open_on(local.date())
    if is_day and any(end > local.time() for end in ends):
        return now
    day = calendar.next_open_day(local.date() + timedelta(days=1) if is_day else local.date())
    start = calendar.open_stretches(
        round(datetime.combine(day, time(0), calendar.zone).timestamp()),
        round(datetime.combine(day + timedelta(days=1), time(0), calendar.zone).timestamp()),
    )[0][0]
    notes.append(f"nobody works any more today: planned for {day.isoformat()}; say --at for another instant")
    return start


class _Office:
    """Turns the lists into an office's tables, noting on the lists what is wrong."""

    def __init__(
        self, items: SheetRows, people: SheetRows, types: SheetRows, *, calendar: OfficeCalendar, day: date, at: int
    ) -> None:
        self._items, self._people, self._types = items, people, types
        self._calendar, self._day, self._at = calendar, day, at
        self.warnings: list[str] = []
        self._teams = self._find_teams()
        self._type_ids = [name for name in types.columns["type"] if name is not None]
        self._skill_of = {
            name: skill or name
            for name, skill in zip(types.columns["type"], types.columns["skill"], strict=True)
            if name is not None
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables; `warnings` are known then."""
        type_rows = self._task_types()
        reader = PeopleReader(sheet=self._people, teams=self._teams, types=type_rows, day=self._day)
        agents, skills, shifts = reader.read()
        task_rows = self._tasks()
        self.warnings = check_teams(self._people, agents, type_rows, task_rows)
        rows: dict[str, list[dict[str, Any]]] = {
            "office": [{"name": "Workbook", "timezone": self._calendar.zone.key}],
            "office_hours": [
                {"weekday": WEEKDAYS[weekday], "opens": opens, "closes": closes}
                for weekday, stretches in sorted(self._calendar.hours.items())
                for opens, closes in stretches
            ],
            "teams": [{"id": team} for team in self._teams],
            "skills": [{"id": skill} for skill in dict.fromkeys(self._skill_of.values())],
            "agents": agents,
            "agent_skills": skills,
            "shifts": shifts,
            "task_types": type_rows,
            "tasks": task_rows,
        }
        return {name: pd.DataFrame(listed, dtype=object) for name, listed in rows.items() if listed}

    def _find_teams(self) -> list[str]:
        """Return the teams, as they are first written; People and Types may differ in case."""
        named = [*self._types.columns["team"], *self._people.columns["team"]]
        teams: dict[str, str] = {}
        for name in named:
            if name is not None:
                teams.setdefault(plain(name), name)
        return list(teams.values()) or [ONLY_TEAM]

    def _task_types(self) -> list[dict[str, Any]]:
        sheet = self._types
        own = {
            plain(kind)
            for kind, minutes in zip(self._items.columns["type"], self._items.columns["minutes"], strict=True)
            if kind is not None and minutes is None
        }
        rows: list[dict[str, Any]] = []
        seen: dict[str, int] = {}
        for at, name in enumerate(sheet.columns["type"]):
            if name is None:
                continue
            first = seen.setdefault(plain(name), at)
            if first != at:
                sheet.fault(at, "type", f"one row for each type; row {sheet.numbers[first]} has the same", name)
                continue
            minutes = sheet.columns["minutes"][at]
            if minutes is None and plain(name) in own:
                sheet.fault(at, "minutes", f"how many minutes does one {name!r} take? a guess will do")
            rows.append(
                {
                    "id": name,
                    "team": home_team(sheet, at, self._teams),
                    "skill": self._skill_of[name],
                    "handling_minutes": 1.0 if minutes is None else minutes,
                    "weight": sheet.columns["weight"][at],
                }
            )
        return rows

    def _tasks(self) -> list[dict[str, Any]]:
        sheet = self._items
        columns = sheet.columns
        types = {plain(name): name for name in self._type_ids}
        unknown: Counter[str] = Counter()
        rows: list[dict[str, Any]] = []
        seen: dict[str, int] = {}
        num_without_due = 0
        for at, number in enumerate(sheet.numbers):
            name = columns["id"][at]
            if name is None:
                if "id" in sheet.present:
                    sheet.fault(at, "id", "what the item is known by; or take the column away")
                name = f"row {number}"
            first = seen.setdefault(name, at)
            if first != at:
                sheet.fault(at, "id", f"an id of its own; row {sheet.numbers[first]} has the same", name)
            kind, due = columns["type"][at], columns["due"][at]
            if kind is not None and plain(kind) not in types:
                unknown[kind] += 1
            num_without_due += due is None
            rows.append(
                {
                    "id": name,
                    "type": types.get(plain(kind or "")),
                    "title": columns["title"][at],
                    "client": columns["client"][at],
                    "arrived": self._at if columns["arrived"][at] is None else columns["arrived"][at],
                    "due": self._far_due() if due is None else due,
                    "weight": self._weight(at),
                    "handling_minutes": columns["minutes"][at],
                }
            )
        if unknown:
            self._ask_for_types(unknown)
        if not rows:
            sheet.faults.append(Fault(file=sheet.file, expected="holds no items below its header"))
        if num_without_due:
            sheet.notes.append(f"{sheet.file}: due: {num_without_due} without one: taken as due in {NO_DUE_DAYS} days")
        num_later = sum(row["arrived"] > self._at for row in rows)
        if num_later:
            verb = "arrives" if num_later == 1 else "arrive"
            sheet.notes.append(f"{sheet.file}: arrived: {num_later} {verb} only after the plan's instant: not planned")
        return rows

    def _far_due(self) -> int:
        return self._calendar.close_of_business(self._day + timedelta(days=NO_DUE_DAYS))

    def _weight(self, at: int) -> float | None:
        weight, priority = self._items.columns["weight"][at], self._items.columns["priority"][at]
        if weight is not None or priority is None:
            return weight  # type: ignore[no-any-return]
        if plain(priority) in PRIORITIES:
            return PRIORITIES[plain(priority)]
        self._items.fault(
            at,
            "priority",
            f"one of {', '.join(PRIORITIES)}; for numbers name the column `weight`, where more counts more",
            priority,
        )
        return None

    def _ask_for_types(self, unknown: Mapping[str, int]) -> None:
        """Say in one sentence which types of items have no row on Types, with how often each occurs."""
        named = sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0]))
        told = ", ".join(f"{name!r} ({count})" for name, count in named[:MAX_LISTED])
        more = f" and {len(named) - MAX_LISTED} more" if len(named) > MAX_LISTED else ""
        known = f"; it has {list_names(self._type_ids)}" if self._type_ids else ""
        noun = "types are" if len(named) > 1 else "type is"
        self._items.faults.append(
            Fault(
                file=self._items.file,
                field="type",
                expected=f"{len(named)} {noun} not on the sheet Types: {told}{more}. Add a row for each, with its team "
                f"and a guess of its minutes{known}",
            )
        )
