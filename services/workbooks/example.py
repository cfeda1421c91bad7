"""The example workbook of `swingdesk import template plan.xlsx`: it plans as it stands, and says what to fill in."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from models.errors import UsageError
from models.formats.documents import write_atomically
from models.formats.offices.tables import Kind
from models.formats.sheets.writing import SheetStyles, new_workbook, set_up_print, write_rows
from services.importing.templates import next_working_day, previous_working_day
from services.workbooks.sheets import ITEMS, PEOPLE, PRIORITIES, SHEETS, TYPES, SheetSpec

LAST_ROW = 10_000
_ITEM_COLUMNS = ("id", "type", "due", "arrived", "minutes", "title", "client", "weight")
_HELP = (
    "Fill in the three sheets. Columns may stand in any order, others are left aside; paste rows from an export.",
    "Then:  swingdesk plan --workbook THIS.xlsx -o day.xlsx   (--at 2026-03-02T08:00 plans from another instant)",
    "The answer has a summary, what will be late or is left and why, who is lent where, and a list for each person.",
    "Dates and times are the office's wall clock: --timezone Europe/Madrid says which; without it, this machine's.",
    "A due date without a time is the close of business: the last end of work on People.",
)


def write_example_workbook(path: Path, *, today: date) -> None:
    """Write the example; its items came in before `today` and are due on the next working day after it.

    Raises
    ------
    UsageError
        If there is such a file already.
    InputError
        If it cannot be written.
    """
    if path.exists():
        raise UsageError(f"{path} is there already; name another file")
    day = next_working_day(today)
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        book.set_properties({"title": "Day to plan", "created": datetime.combine(today, time(0))})
        styles = SheetStyles(book)
        items = book.add_worksheet(ITEMS.name)
        write_rows(items, _ITEM_COLUMNS, _items(day, before=previous_working_day(today)), styles)
        people = book.add_worksheet(PEOPLE.name)
        write_rows(people, _names(PEOPLE), _people(), styles)
        types = book.add_worksheet(TYPES.name)
        write_rows(types, _names(TYPES), _types(), styles)
        _validate(items, people, types, styles)
        _write_help(book.add_worksheet("Help"), styles)
        items.activate()
    write_atomically(path, stream.getvalue())


def _names(spec: SheetSpec) -> list[str]:
    return [item.column.name for item in spec.columns]


def _items(day: date, *, before: date) -> list[list[object]]:
    def at(on: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(on, time(hour, minute))

    rows: list[tuple[str, date | None, datetime, int | None, str, str, int | None]] = [
        ("Invoice dispute", at(day, 12), at(before, 15, 12), None, "Charged twice in January", "Acme Energy", 4),
        ("Invoice dispute", day, at(before, 9, 5), None, "Wrong tariff since May", "Acme Energy", None),
        ("Invoice dispute", at(day, 11), at(before, 16, 40), 25, "Three meters on one bill", "Bolt Insurance", 3),
        ("Payment plan", day, at(before, 10, 30), None, "Arrears of 340", "Acme Energy", None),
        ("Payment plan", None, at(before, 11, 10), None, "Wants to pay in four parts", "Corso Water", 1),
        ("Claim approval", at(day, 15), at(before, 8, 20), None, "Water damage, kitchen", "Bolt Insurance", 5),
        ("Claim approval", day, at(before, 13), None, "Stolen bicycle", "Bolt Insurance", None),
        ("Claim approval", at(day, 10), at(before, 9, 45), 45, "Fire in a garage", "Bolt Insurance", 8),
        ("Claim approval", day, at(before, 14, 25), None, "Broken window", "Bolt Insurance", None),
        ("Claim approval", at(before, 16), at(before, 8, 30), None, "Lost luggage", "Bolt Insurance", 3),
        ("Data change", day, at(before, 15), None, "New address", "Corso Water", None),
        ("Data change", at(day, 13), at(before, 15, 30), None, "New account holder", "Corso Water", None),
    ]
    return [[f"W-{number}", *row] for number, row in enumerate(rows, start=101)]


def _people() -> list[list[object]]:
    return [
        ["Ana Ruiz", "Billing", "Billing; Claim approval", time(8), time(16, 30), "12:00-12:30", "Claims", 1.1],
        ["Ben Otto", "Claims", "Claim approval", time(9), time(17, 30), "13:00-13:30", None, None],
        ["Chloe Martin", "Billing", None, time(8), time(13), None, None, 0.9],
        ["Dev Patel", "Claims", None, time(8), time(16), "12:30", "Billing", None],
    ]


def _types() -> list[list[object]]:
    return [
        ["Invoice dispute", "Billing", 14, 2, None],
        ["Payment plan", "Billing", 20, 1, None],
        ["Data change", "Billing", 6, 1, None],
        ["Claim approval", "Claims", 25, 3, None],
    ]


def _validate(items: Any, people: Any, types: Any, styles: SheetStyles) -> None:
    """Offer types and teams as lists to choose from, and refuse numbers and times that make no sense."""
    warning = {"error_type": "warning", "ignore_blank": True}
    at = {name: position for position, name in enumerate(_ITEM_COLUMNS)}
    items.data_validation(1, at["type"], LAST_ROW, at["type"],
        {**warning, "validate": "list", "source": f"={TYPES.name}!$A$2:$A$200",
         "error_title": "No such type", "error_message": "Add a row for it on the sheet Types."})  # fmt: skip
    for column in ("due", "arrived"):
        items.set_column(at[column], at[column], 18, styles.instant)
        items.data_validation(1, at[column], LAST_ROW, at[column],
            {**warning, "validate": "date", "criteria": ">", "value": date(2000, 1, 1),
             "error_message": "A date, with or without a time."})  # fmt: skip
    items.data_validation(1, at["minutes"], LAST_ROW, at["minutes"],
        {**warning, "validate": "decimal", "criteria": ">", "value": 0})  # fmt: skip
    names = _names(PEOPLE)
    for column in ("start", "end"):
        position = names.index(column)
        people.set_column(position, position, 10, styles.clock)
        people.data_validation(1, position, 500, position,
            {**warning, "validate": "time", "criteria": "between", "minimum": time(0),
             "maximum": time(23, 59)})  # fmt: skip
    position = names.index("team")
    people.data_validation(1, position, 500, position,
        {**warning, "validate": "list", "source": f"={TYPES.name}!$B$2:$B$200"})  # fmt: skip
    types.data_validation(1, 2, 200, 2, {**warning, "validate": "decimal", "criteria": ">", "value": 0})


def _write_help(sheet: Any, styles: SheetStyles) -> None:
    sheet.write_string(0, 0, "How to use this workbook", styles.title)
    for row, line in enumerate(_HELP, start=1):
        sheet.write_string(row, 0, line)
    row = len(_HELP) + 2
    for position, name in enumerate(("sheet", "column", "holds", "also understood")):
        sheet.write_string(row, position, name, styles.header)
    for spec in SHEETS:
        for item in spec.columns:
            row += 1
            cells: Sequence[str] = (spec.name, item.column.name, _meaning(item.column), ", ".join(item.also))
            for position, cell in enumerate(cells):
                sheet.write_string(row, position, cell, styles.wrapped)
    sheet.write_string(row + 2, 0, "Priorities: " + ", ".join(f"{name} = {w:g}" for name, w in PRIORITIES.items()))
    for position, width in enumerate((14, 12, 70, 60)):
        sheet.set_column(position, position, width)
    set_up_print(sheet, repeated_row=len(_HELP) + 2)


def _meaning(column: Any) -> str:
    needed = "required: " if column.required else ""
    lists = " (several with semicolons between them)" if column.kind is Kind.IDS else ""
    return f"{needed}{column.meaning}{lists}"
