"""Writing sheets that people work with: typed cells, a header that stays in sight, filters, widths, print set-up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter

from models.formats.sheets.grids import escape_formula

MIN_WIDTH, MAX_WIDTH = 8, 60
_A4 = 9
_NUM_MEASURED_ROWS = 2_000


class SheetStyles:
    """The cell formats of one workbook, made once."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.header = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "top"})
        self.text = book.add_format({"valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.late = book.add_format({"bg_color": "#F9D7D2", "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
        self.percent = book.add_format({"num_format": "0.0%", "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.clock = book.add_format({"num_format": "hh:mm", "valign": "top", "align": "left"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self.day_clock = book.add_format({"num_format": "ddd hh:mm", "valign": "top", "align": "left"})
        self.exact_instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top", "align": "left"})


def new_workbook(stream: IO[bytes]) -> Any:
    """Return a workbook that is written to a stream when it is closed; text never becomes a formula or a link."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(stream, options)


def write_rows(
    sheet: Any,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    styles: SheetStyles,
    *,
    first_row: int = 0,
    wrapped: Sequence[str] = (),
    date_styles: Mapping[str, Any] | None = None,
) -> int:
    """Write a table with its header frozen, filters, widths by content, and pages that repeat the header.

    Parameters
    ----------
    wrapped
        Columns whose long texts go on in the next line.
    date_styles
        Formats of columns of dates that are shown in their own way.

    Returns
    -------
    int
        The row below the last one.
    """
    shown_as = date_styles or {}
    widths = [len(name) + 3 for name in header]
    for column, name in enumerate(header):
        sheet.write_string(first_row, column, escape_formula(name), styles.header)
    row = first_row
    for row, cells in enumerate(rows, start=first_row + 1):
        for column, cell in enumerate(cells):
            write_cell(
                sheet,
                row,
                column,
                cell,
                styles,
                is_wrapped=header[column] in wrapped,
                date_style=shown_as.get(header[column]),
            )
            if row - first_row <= _NUM_MEASURED_ROWS:
                widths[column] = max(widths[column], _width(cell))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(MAX_WIDTH, max(MIN_WIDTH, width)))
    sheet.freeze_panes(first_row + 1, 0)
    if header:
        sheet.autofilter(first_row, 0, max(row, first_row + 1), len(header) - 1)
    set_up_print(sheet, repeated_row=first_row)
    return row + 1


def write_cell(
    sheet: Any,
    row: int,
    column: int,
    cell: object,
    styles: SheetStyles,
    *,
    is_wrapped: bool = False,
    date_style: Any = None,
) -> None:
    """Write a cell by its type; an instant with a zone is written as the zone's wall clock."""
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_string(row, column, "yes" if cell else "no", styles.text)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, styles.number)
    elif isinstance(cell, datetime):
        shown = _wall_clock(cell)
        if isinstance(shown, str):
            sheet.write_string(row, column, shown, styles.text)
        else:
            style = date_style or (styles.exact_instant if shown.second else styles.instant)
            sheet.write_datetime(row, column, shown, style)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, styles.date)
    elif isinstance(cell, time):
        sheet.write_datetime(row, column, cell, styles.clock)
    else:
        sheet.write_string(row, column, escape_formula(str(cell)), styles.wrapped if is_wrapped else styles.text)


def set_up_print(sheet: Any, *, repeated_row: int) -> None:
    """Print on A4 across, one page wide, with the header and the page's number on each page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(repeated_row)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)


def _wall_clock(instant: datetime) -> datetime | str:
    """Return an instant as a spreadsheet's date; as text with its offset where the zone's clocks show it twice."""
    naive = instant.replace(tzinfo=None)
    if instant.tzinfo is None:
        return naive
    if (
        isinstance(instant.tzinfo, ZoneInfo)
        and instant.replace(fold=0).utcoffset() != instant.replace(fold=1).utcoffset()
    ):
        return instant.isoformat()
    return naive


def _width(cell: object) -> int:
    if isinstance(cell, datetime):
        return 17
    if isinstance(cell, date):
        return 11
    if isinstance(cell, str):
        return max((len(line) for line in cell.splitlines()), default=0) + 1
    return len(str(cell)) + 2 if cell is not None else 0
