"""Writing sheets that people work with: typed cells, a header that stays in sight, filters, widths, print set-up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from typing import IO, Any
from zoneinfo import ZoneInfo

from models.formats.sheets.columns import EMPTY, ColumnSheet, ColumnWorkbook
from models.formats.sheets.grids import escape_formula

MIN_WIDTH, MAX_WIDTH = 8, 60
_A4 = 9
_NUM_MEASURED_ROWS = 2_000
_TEXTS, _NUMBERS = frozenset({str, type(None)}), frozenset({int, float, type(None)})


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
    return ColumnWorkbook(stream, options)


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
    listed = list(rows)
    columns = list(zip_longest(*listed)) + [(None,) * len(listed)] * len(header)
    widths = [len(name) + 3 for name in header]
    encoded = []
    for column, (name, cells) in enumerate(zip(header, columns, strict=False)):
        sheet.write_string(first_row, column, escape_formula(name), styles.header)
        text_style = styles.wrapped if name in wrapped else styles.text
        encoded.append(_encode(sheet, cells, styles, text_style=text_style, date_style=shown_as.get(name)))
        widths[column] = max([widths[column], *map(_width, cells[:_NUM_MEASURED_ROWS])])
    sheet.write_columns(first_row + 1, encoded)
    row = first_row + len(listed)
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
    text_style = styles.wrapped if is_wrapped else styles.text
    shown, style = _as_shown(cell, styles, text_style=text_style, date_style=date_style)
    if isinstance(shown, str):
        sheet.write_string(row, column, shown, style)
    elif isinstance(shown, int | float):
        sheet.write_number(row, column, shown, style)
    else:
        sheet.write_datetime(row, column, shown, style)


def _encode(
    sheet: ColumnSheet, cells: Sequence[object], styles: SheetStyles, *, text_style: Any, date_style: Any
) -> list[str]:
    """Return the cells of a column as the sheet takes them, each as `write_cell` would write it."""
    kinds = set(map(type, cells))
    if kinds <= _TEXTS:
        escaped = [escape_formula(cell) if isinstance(cell, str) else None for cell in cells]
        return sheet.encode_texts(escaped, text_style)
    if kinds <= _NUMBERS:
        return sheet.encode_numbers(cells, styles.number)  # type: ignore[arg-type]  # as was just seen
    encoded = []
    for cell in cells:
        if cell is None:
            encoded.append(EMPTY)
            continue
        shown, style = _as_shown(cell, styles, text_style=text_style, date_style=date_style)
        if isinstance(shown, str):
            encoded += sheet.encode_texts([shown], style)
        elif isinstance(shown, int | float):
            encoded += sheet.encode_numbers([shown], style)
        else:
            encoded += sheet.encode_dates([shown], style)
    return encoded


def _as_shown(
    cell: object, styles: SheetStyles, *, text_style: Any, date_style: Any
) -> tuple[str | float | date | time, Any]:
    """Return what a sheet shows of a cell, by its type, and in which format."""
    if isinstance(cell, bool):
        return ("yes" if cell else "no"), styles.text
    if isinstance(cell, int | float):
        return cell, styles.number
    if isinstance(cell, datetime):
        shown = _wall_clock(cell)
        if isinstance(shown, str):
            return shown, styles.text
        return shown, date_style or (styles.exact_instant if shown.second else styles.instant)
    if isinstance(cell, date):
        return cell, styles.date
    if isinstance(cell, time):
        return cell, styles.clock
    return escape_formula(str(cell)), text_style


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
