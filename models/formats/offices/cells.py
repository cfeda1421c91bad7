"""From a cell to its value, by the kind of its column: one parser a kind, each saying what it expected."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from models.calendar import OfficeCalendar
from models.formats.offices.cell_times import (
    DateOrder,
    Occurrence,
    WallClock,
    check_year,
    constant_offset,
    epoch_at_offset,
    epoch_of_wall_clock,
    is_national_date,
    parse_clock,
    parse_wall_clock,
)
from models.formats.offices.tables import Column, Kind
from models.formats.sheets.dates import FIRST_YEAR, date_of_serial
from models.formats.sheets.grids import Unreadable
from models.vocabulary import BlockKind

MAX_ID_CHARACTERS = 200
UNPAID_BLOCKS = frozenset({BlockKind.LUNCH})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
_BREAK = re.compile(r"(.+?)\s*(?:-|\u2013|\bto\b)\s*(\d[^\s]*(?:\s*[ap]m)?)(?:\s+(.*))?", re.IGNORECASE)
_YES = frozenset({"yes", "y", "true", "t", "1", "x"})
_NO = frozenset({"no", "n", "false", "f", "0"})
Break = tuple[time, time, str, bool]


class Remark(StrEnum):
    """What was made of cells that say a little less than they should; counted, so that nobody is surprised."""

    DUE_WITHOUT_TIME = "without a time: close of business of that day"
    DUE_WHEN_CLOSED = "on a day when the office is closed: close of business of the next open day"
    SHOWN_TWICE = "at a time that the clocks show twice that day: the first"
    FRACTION = "with a fraction of a second: dropped"
    SERIAL = "as a spreadsheet's number of days: read as a date"
    DECIMAL_COMMA = "with a decimal comma: read as a point"
    DAY_FIRST = "as day, month, year"
    MONTH_FIRST = "as month, day, year"


@dataclass(kw_only=True)
class CellReader:
    """Reads cells of one file.

    Attributes
    ----------
    calendar
        The office's, for times without an offset and dates without a time.
    epoch
        What numbers in columns of dates count from; None where they are no dates.
    order
        How to read 02/03/2026; None where nothing says so.
    remarks
        How often each remark applies, by column.
    """

    calendar: OfficeCalendar
    epoch: datetime | None = None
    order: DateOrder | None = None
    remarks: Counter[tuple[str, Remark]] = field(default_factory=Counter)
    _made: list[Remark] = field(default_factory=list, init=False)
    _offsets: dict[date, int | None] = field(default_factory=dict, init=False)

    def read_column(self, column: Column, cells: Sequence[object]) -> tuple[list[object], list[tuple[int, str]]]:
        """Return the values of a column (its default where a cell is empty or wrong), and what was expected where."""
        parse = _PARSERS[column.kind]
        default, is_required = column.default, column.required
        values: list[object] = []
        faults: list[tuple[int, str]] = []
        known: dict[str, tuple[object, tuple[Remark, ...]]] = {}
        remarks = self._made
        for position, cell in enumerate(cells):
            if cell is None:
                if is_required:
                    faults.append((position, "is required and empty"))
                values.append(default)
                continue
            if isinstance(cell, str):
                read = known.get(cell)
                if read is not None:
                    values.append(read[0])
                    if read[1]:
                        self._count(column, read[1])
                    continue
            try:
                if isinstance(cell, Unreadable):
                    raise ValueError(cell.expected)  # noqa: TRY004 - what a cell holds, not what a caller passed
                value = parse(self, column, cell)
            except (ValueError, OverflowError) as error:
                faults.append((position, str(error)))
                values.append(default)
                remarks.clear()
                continue
            values.append(value)
            made = tuple(remarks)
            if made:
                self._count(column, made)
                remarks.clear()
            if isinstance(cell, str):
                known[cell] = value, made
        return values, faults

    def _count(self, column: Column, remarks: Sequence[Remark]) -> None:
        for remark in remarks:
            self.remarks[column.name, remark] += 1

    def _id(self, column: Column, cell: object) -> str:
        text = self._text(column, cell)
        if not text.isprintable() or ";" in text or len(text) > MAX_ID_CHARACTERS:
            raise ValueError(f"an id of at most {MAX_ID_CHARACTERS} printable characters, without a semicolon")
        return text

    def _text(self, column: Column, cell: object) -> str:
        if isinstance(cell, str):
            if "\x00" in cell:
                raise ValueError("text without zero bytes")
            text = cell
        elif isinstance(cell, bool):
            text = "true" if cell else "false"
        elif isinstance(cell, int):
            text = str(cell)
        elif isinstance(cell, float) and math.isfinite(cell):
            text = str(int(cell)) if cell.is_integer() else repr(cell)
        elif isinstance(cell, date | time):
            text = cell.isoformat()
        else:
            raise ValueError("text")
        if column.choices and text.lower() not in column.choices:
            raise ValueError("one of " + ", ".join(column.choices))
        return text.lower() if column.choices else text

    def _number(self, column: Column, cell: object) -> float:
        if isinstance(cell, bool) or not isinstance(cell, int | float | str):
            raise ValueError(expectation(column))  # noqa: TRY004 - what a cell holds
        if isinstance(cell, str):
            text = cell
            if _DECIMAL_COMMA.fullmatch(text):
                if _THOUSANDS.fullmatch(text):
                    raise ValueError(
                        f"{expectation(column)}, with a decimal point and nothing between thousands; this could be two"
                    )
                text = text.replace(",", ".")
                self._made.append(Remark.DECIMAL_COMMA)
            if not _NUMBER.fullmatch(text):
                raise ValueError(expectation(column))
            number = float(text)
        else:
            number = float(cell)
        _check_bounds(column, number)
        return number

    def _integer(self, column: Column, cell: object) -> int:
        number = self._number(column, cell)
        if not number.is_integer() or abs(number) > 2**53:
            raise ValueError(expectation(column))
        return int(number)

    def _flag(self, column: Column, cell: object) -> bool:
        if isinstance(cell, bool):
            return cell
        text = str(cell).lower() if isinstance(cell, str | int) else ""
        if text in _YES or text in _NO:
            return text in _YES
        raise ValueError(expectation(column))

    def _date(self, column: Column, cell: object) -> date:
        said = self._said(column, cell)
        if said.clock not in (None, time(0)):
            raise ValueError("a date without a time, such as 2026-03-02")
        if column.required:  # a day of work; until when something holds may be as far off as systems like
            check_year(said.day)
        return said.day

    def _clock(self, column: Column, cell: object) -> time:
        if isinstance(cell, time):
            return cell.replace(microsecond=0)
        if isinstance(cell, datetime):
            if cell.year > FIRST_YEAR:
                raise ValueError("a time of day such as 08:30, without a date")
            return cell.time().replace(microsecond=0)
        if isinstance(cell, timedelta) and timedelta(0) <= cell <= timedelta(days=1):
            return (datetime(FIRST_YEAR, 1, 1) + cell).time()  # noqa: DTZ001 - only the clock counts
        if isinstance(cell, float) and 0 <= cell < 1 and self.epoch is not None:
            clock = date_of_serial(cell, self.epoch, has_time=True)
            if isinstance(clock, time):
                return clock
        if isinstance(cell, int) and not isinstance(cell, bool):
            return parse_clock(str(cell))
        if isinstance(cell, str):
            return parse_clock(cell)
        raise ValueError(expectation(column))

    def _instant(self, column: Column, cell: object) -> int:
        said = self._said(column, cell)
        check_year(said.day)
        if said.clock is None:
            day = said.day + timedelta(days=1) if column.ends_day else said.day
            return epoch_of_wall_clock(day, time(0), self.calendar.zone)[0]
        return self._epoch(said, said.clock)

    def _due(self, column: Column, cell: object) -> int:
        said = self._said(column, cell)
        check_year(said.day)
        if said.clock is not None:
            return self._epoch(said, said.clock)
        closes = self.calendar.close_of_business(said.day)
        self._made.append(Remark.DUE_WITHOUT_TIME)
        if not self.calendar.is_open_on(said.day):
            self._made.append(Remark.DUE_WHEN_CLOSED)
        return closes

    def _epoch(self, said: WallClock, clock: time) -> int:
        if clock.microsecond:
            self._made.append(Remark.FRACTION)
        if said.offset is not None:
            return epoch_at_offset(said.day, clock, round(said.offset.total_seconds()))
        if said.day not in self._offsets:
            self._offsets[said.day] = constant_offset(said.day, self.calendar.zone)
        offset = self._offsets[said.day]
        if offset is not None:
            return epoch_at_offset(said.day, clock, offset)
        instant, occurrence = epoch_of_wall_clock(said.day, clock, self.calendar.zone)
        if occurrence is Occurrence.NEVER:
            raise ValueError(
                f"a time that exists: clocks in {self.calendar.zone.key} skip it that day; or give it an offset"
            )
        if occurrence is Occurrence.TWICE:
            self._made.append(Remark.SHOWN_TWICE)
        return instant

    def _said(self, column: Column, cell: object) -> WallClock:
        """Return what a cell says of an instant, in whatever form its file keeps dates."""
        if isinstance(cell, str):
            said = parse_wall_clock(cell, self.order)
            if is_national_date(cell):
                self._made.append(Remark.DAY_FIRST if self.order is DateOrder.DAY_FIRST else Remark.MONTH_FIRST)
            return said
        if isinstance(cell, int | float) and not isinstance(cell, bool) and self.epoch is not None:
            read = date_of_serial(cell, self.epoch, has_time=False)
            if isinstance(read, date):
                self._made.append(Remark.SERIAL)
                cell = read
        if isinstance(cell, datetime):
            return WallClock(cell.date(), cell.time(), cell.utcoffset())
        if isinstance(cell, date):
            return WallClock(cell)
        raise ValueError(expectation(column))

    def _ids(self, column: Column, cell: object) -> tuple[str, ...]:
        parts: Sequence[object] = cell if isinstance(cell, list) else _split(self._text(column, cell))
        return tuple(dict.fromkeys(self._id(column, part) for part in parts))

    def _levels(self, column: Column, cell: object) -> dict[str, int] | None:
        levels: dict[str, int] = {}
        for part in _split(self._text(column, cell)):
            skill, _, level = (text.strip() for text in part.rpartition(":"))
            if not skill:
                skill, level = level, "1"
            if level not in {"1", "2", "3", "4", "5"}:
                raise ValueError(expectation(column))
            levels[self._id(column, skill)] = int(level)
        return levels or None

    def _breaks(self, column: Column, cell: object) -> tuple[Break, ...]:
        return tuple(_break(column, part) for part in _split(self._text(column, cell)))


_TIMES = frozenset({Kind.DATE, Kind.INSTANT, Kind.DUE})
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
_Parser = Callable[[CellReader, Column, object], object]
_PARSERS: dict[Kind, _Parser] = {
    Kind.ID: CellReader._id,
    Kind.TEXT: CellReader._text,
    Kind.INTEGER: CellReader._integer,
    Kind.NUMBER: CellReader._number,
    Kind.FLAG: CellReader._flag,
    Kind.DATE: CellReader._date,
    Kind.CLOCK: CellReader._clock,
    Kind.INSTANT: CellReader._instant,
    Kind.DUE: CellReader._due,
    Kind.IDS: CellReader._ids,
    Kind.LEVELS: CellReader._levels,
    Kind.BREAKS: CellReader._breaks,
}


def expectation(column: Column) -> str:
    """Return in words what the cells of a column hold."""
    if column.choices:
        return "one of " + ", ".join(column.choices)
    noun = {
        Kind.ID: "an id",
        Kind.TEXT: "text",
        Kind.INTEGER: "a whole number",
        Kind.NUMBER: "a number",
        Kind.FLAG: "yes or no",
        Kind.DATE: "a date such as 2026-03-02",
        Kind.CLOCK: "a time of day such as 08:30",
        Kind.INSTANT: "a date and time such as 2026-03-02 08:30",
        Kind.DUE: "a date such as 2026-03-02, or a date and time such as 2026-03-02 08:30",
        Kind.IDS: "ids with semicolons between them",
        Kind.LEVELS: "skills each with a level from 1 to 5, such as spanish:1; authority:3",
        Kind.BREAKS: "breaks such as 12:00-12:30 lunch; 15:00-15:30 meeting, each one of " + ", ".join(BlockKind),
    }[column.kind]
    return noun + _bounds(column)


def _bounds(column: Column) -> str:
    if column.least is not None and column.most is not None:
        return f" from {column.least:g} to {column.most:,.0f}"
    if column.above is not None and column.most is not None:
        return f" above {column.above:g} and at most {column.most:,.0f}"
    if column.least is not None:
        return f" of {column.least:g} or more"
    if column.most is not None:
        return f" of at most {column.most:g}"
    return "" if column.above is None else f" above {column.above:g}"


def _check_bounds(column: Column, number: float) -> None:
    if (
        not math.isfinite(number)
        or (column.least is not None and number < column.least)
        or (column.most is not None and number > column.most)
        or (column.above is not None and number <= column.above)
    ):
        raise ValueError(expectation(column))


def _split(text: str) -> list[str]:
    """Return the parts of a list in a cell: at semicolons or ends of lines, or at commas where there is neither."""
    separator = ";" if ";" in text or "\n" in text else ","
    return [part.strip() for part in text.replace("\n", separator).split(separator) if part.strip()]


def _break(column: Column, text: str) -> Break:
    match = _BREAK.fullmatch(text)
    if match is None:
        raise ValueError(expectation(column))
    try:
        start, end = parse_clock(match[1]), parse_clock(match[2])
    except ValueError:
        raise ValueError(expectation(column)) from None
    words = (match[3] or "").lower().split()
    paid = words.pop() if words and words[-1] in {"paid", "unpaid"} else None
    kind = " ".join(words).replace("_", " ").replace("-", " ") or BlockKind.BREAK
    if kind not in set(BlockKind):
        raise ValueError(expectation(column))
    return start, end, str(kind), (kind not in UNPAID_BLOCKS) if paid is None else paid == "paid"
