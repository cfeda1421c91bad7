# ruff: noqa: DTZ001 - the dates of spreadsheets have no zone
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import WINDOWS_EPOCH

from models.calendar import OfficeCalendar
from models.formats.offices.cell_times import (
    DateOrder,
    Occurrence,
    constant_offset,
    epoch_at_offset,
    epoch_of_wall_clock,
    infer_date_order,
)
from models.formats.offices.cells import CellReader, Remark
from models.formats.offices.tables import Column, Kind
from models.formats.sheets.grids import clean_text, column_letters, escape_formula, unescape_formula
from models.formats.sheets.xlsx_sheet import column_position
from models.time import from_wall_clock, parse_instant

MADRID = ZoneInfo("Europe/Madrid")


def read(kind: Kind, cell: object, *, order: DateOrder | None = None, serials: bool = False, **bounds: Any) -> object:
    """Return what a cell comes to, or the words that say why it does not."""
    reader = CellReader(calendar=OfficeCalendar(zone=MADRID), epoch=WINDOWS_EPOCH if serials else None, order=order)
    column = Column(name="x", kind=kind, meaning="", **bounds)
    values, faults = reader.read_column(column, [cell])
    return faults[0][1] if faults else values[0]


def remarks(kind: Kind, *cells: object, order: DateOrder | None = None) -> dict[Remark, int]:
    reader = CellReader(calendar=OfficeCalendar(zone=MADRID), order=order)
    _, faults = reader.read_column(Column(name="x", kind=kind, meaning=""), cells)
    assert not faults
    return {remark: count for (_, remark), count in reader.remarks.items()}


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.ID, "T1", "T1"),
        (Kind.ID, 1001, "1001"),
        (Kind.ID, 1001.0, "1001"),
        (Kind.TEXT, "tab\tand\nline", "tab\tand\nline"),
        (Kind.TEXT, 12.5, "12.5"),
        (Kind.INTEGER, "3", 3),
        (Kind.INTEGER, 3.0, 3),
        (Kind.NUMBER, "12.5", 12.5),
        (Kind.NUMBER, "12,5", 12.5),
        (Kind.NUMBER, "-1e3", -1000.0),
        (Kind.FLAG, "Yes", True),
        (Kind.FLAG, "0", False),
        (Kind.FLAG, True, True),
        (Kind.DATE, "2026-03-02", date(2026, 3, 2)),
        (Kind.DATE, "2026-3-2", date(2026, 3, 2)),
        (Kind.DATE, datetime(2026, 3, 2), date(2026, 3, 2)),
        (Kind.CLOCK, "08:30", time(8, 30)),
        (Kind.CLOCK, "8:30", time(8, 30)),
        (Kind.CLOCK, "8", time(8)),
        (Kind.CLOCK, 8, time(8)),
        (Kind.CLOCK, "4:30 PM", time(16, 30)),
        (Kind.CLOCK, "12 am", time(0)),
        (Kind.CLOCK, "24:00", time(0)),
        (Kind.CLOCK, time(8, 30), time(8, 30)),
        (Kind.CLOCK, datetime(1899, 12, 30, 8, 30), time(8, 30)),
        (Kind.INSTANT, "2026-03-02T08:00:00+00:00", parse_instant("2026-03-02T08:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02 08:00Z", parse_instant("2026-03-02T08:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02 8:00", parse_instant("2026-03-02T07:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02 8:00 +0200", parse_instant("2026-03-02T06:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02T08:00:00.250", parse_instant("2026-03-02T07:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02", parse_instant("2026-03-01T23:00:00+00:00")),
        (Kind.INSTANT, "2026-03-02 24:00", parse_instant("2026-03-02T23:00:00+00:00")),
        (Kind.INSTANT, datetime(2026, 3, 2, 8), parse_instant("2026-03-02T07:00:00+00:00")),
        (
            Kind.INSTANT,
            datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=5))),
            parse_instant("2026-03-02T03:00:00+00:00"),
        ),
        (Kind.DUE, "2026-03-02", parse_instant("2026-03-02T17:00:00+00:00")),
        (Kind.DUE, date(2026, 3, 7), parse_instant("2026-03-09T17:00:00+00:00")),
        (Kind.DUE, "2026-03-02 00:00", parse_instant("2026-03-01T23:00:00+00:00")),
        (Kind.IDS, "a; b;a", ("a", "b")),
        (Kind.IDS, "a, b", ("a", "b")),
        (Kind.IDS, "Smith, Ann;", ("Smith, Ann",)),
        (Kind.IDS, ["a", "b"], ("a", "b")),
        (Kind.IDS, 7, ("7",)),
        (Kind.LEVELS, "spanish:1; authority:3", {"spanish": 1, "authority": 3}),
        (Kind.LEVELS, "spanish", {"spanish": 1}),
        (Kind.BREAKS, "12:00-12:30 lunch", ((time(12), time(12, 30), "lunch", False),)),
        (
            Kind.BREAKS,
            "12:00 - 12:30 Lunch paid; 15:00-15:15",
            ((time(12), time(12, 30), "lunch", True), (time(15), time(15, 15), "break", True)),
        ),
        (Kind.BREAKS, "9-10 phone-duty unpaid", ((time(9), time(10), "phone duty", False),)),
    ],
)
def test_cells_come_to_values(kind: Kind, cell: object, value: object) -> None:
    read_value = read(kind, cell)
    assert read_value == value
    assert type(read_value) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (Kind.ID, "a;b", "without a semicolon"),
        (Kind.ID, "a\x07", "printable"),
        (Kind.ID, datetime(2026, 3, 2).astimezone, "text"),
        (Kind.TEXT, "a\x00b", "zero bytes"),
        (Kind.INTEGER, "3.5", "a whole number"),
        (Kind.INTEGER, True, "a whole number"),
        (Kind.NUMBER, "1,234", "nothing between thousands"),
        (Kind.NUMBER, "1,234.5", "a number"),
        (Kind.NUMBER, "nan", "a number"),
        (Kind.NUMBER, float("inf"), "a number"),
        (Kind.NUMBER, "12 min", "a number"),
        (Kind.NUMBER, "\u0661\u0662", "a number"),  # Arabic digits
        (Kind.FLAG, "maybe", "yes or no"),
        (Kind.DATE, "2026-02-30", "a day that the calendar has"),
        (Kind.DATE, "2026-03-02 08:00", "without a time"),
        (Kind.DATE, "03/02/2026", "--dates"),
        (Kind.DATE, 46083, "a date such as"),
        (Kind.CLOCK, "25:00", "a time of day"),
        (Kind.CLOCK, "13 pm", "a time of day"),
        (Kind.CLOCK, datetime(2026, 3, 2, 8), "without a date"),
        (Kind.INSTANT, "46083.5", "spreadsheet's number for 2026-03-02"),
        (Kind.INSTANT, "soon", "a date such as"),
        (Kind.INSTANT, "9999-12-31", "a year from"),
        (Kind.INSTANT, "2026-03-29 02:30", "clocks in Europe/Madrid skip it"),
        (Kind.INSTANT, "2026-03-02T08:00+99:00", "offset"),
        (Kind.DUE, "9999-12-31", "a year from"),
        (Kind.LEVELS, "spanish:9", "a level from 1 to 5"),
        (Kind.BREAKS, "12:00-12:30 siesta", "breaks such as"),
        (Kind.BREAKS, "noon", "breaks such as"),
    ],
)
def test_cells_that_come_to_nothing_say_what_was_expected(kind: Kind, cell: object, expected: str) -> None:
    assert expected in str(read(kind, cell))


@pytest.mark.parametrize(
    ("bounds", "cell", "expected"),
    [
        ({"least": 0}, "-1", "a number of 0 or more"),
        ({"above": 0}, "0", "a number above 0"),
        ({"least": 1, "most": 5}, 6, "a number from 1 to 5"),
    ],
)
def test_bounds_are_kept(bounds: dict[str, Any], cell: object, expected: str) -> None:
    assert read(Kind.NUMBER, cell, **bounds) == expected


def test_numbers_are_dates_only_in_a_spreadsheet() -> None:
    assert read(Kind.DATE, 46083, serials=True) == date(2026, 3, 2)
    assert read(Kind.INSTANT, 46083.5, serials=True) == parse_instant("2026-03-02T11:00:00+00:00")
    assert read(Kind.CLOCK, 0.354166666666667, serials=True) == time(8, 30)


def test_an_end_that_is_a_date_is_the_end_of_that_day() -> None:
    assert read(Kind.INSTANT, "2026-03-02", ends_day=True) == parse_instant("2026-03-02T23:00:00+00:00")


def test_what_was_made_of_cells_is_counted() -> None:
    assert remarks(Kind.DUE, "2026-03-02", "2026-03-07", "2026-03-07", "2026-03-02 10:00") == {
        Remark.DUE_WITHOUT_TIME: 3,
        Remark.DUE_WHEN_CLOSED: 2,
    }
    assert remarks(Kind.INSTANT, "2026-10-25 02:30", "2026-10-25 02:30+01:00") == {Remark.SHOWN_TWICE: 1}
    assert remarks(Kind.NUMBER, "1,5", "1,5", "1.5") == {Remark.DECIMAL_COMMA: 2}
    assert remarks(Kind.DATE, "23.03.2026", order=DateOrder.DAY_FIRST) == {Remark.DAY_FIRST: 1}


def test_a_wrong_cell_leaves_no_remark_behind() -> None:
    reader = CellReader(calendar=OfficeCalendar(zone=MADRID))
    column = Column(name="x", kind=Kind.NUMBER, meaning="", least=0)
    values, faults = reader.read_column(column, ["-1,5", "2"])
    assert (values, [at for at, _ in faults]) == ([None, 2.0], [0])
    assert not reader.remarks


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["23/03/2026", "02/03/2026"], DateOrder.DAY_FIRST),
        (["03/23/2026", "02/03/2026 10:00"], DateOrder.MONTH_FIRST),
        (["02.03.2026"], DateOrder.DAY_FIRST),
        (["02/03/2026"], None),
        (["23/03/2026", "03/23/2026"], None),
        (["2026-03-23"], None),
    ],
)
def test_the_order_of_dates_is_read_off_those_that_show_it(texts: list[str], order: DateOrder | None) -> None:
    assert infer_date_order(texts) is order


def test_an_order_that_is_given_counts() -> None:
    assert read(Kind.DATE, "02/03/2026", order=DateOrder.DAY_FIRST) == date(2026, 3, 2)
    assert read(Kind.DATE, "02/03/2026", order=DateOrder.MONTH_FIRST) == date(2026, 2, 3)


ZONES = st.sampled_from(["Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]).map(
    ZoneInfo
)


@given(instant=st.datetimes(datetime(1980, 1, 1), datetime(2037, 12, 31)), zone=ZONES)
def test_wall_clocks_are_those_of_the_zone(instant: datetime, zone: ZoneInfo) -> None:
    day, clock = instant.date(), instant.time().replace(microsecond=0)
    epoch, occurrence = epoch_of_wall_clock(day, clock, zone)
    assert epoch == from_wall_clock(day, clock, zone)
    offset = constant_offset(day, zone)
    if offset is not None:
        assert epoch_at_offset(day, clock, offset) == epoch
        assert occurrence is Occurrence.ONCE
    shown = datetime.fromtimestamp(epoch, zone)
    assert ((shown.date(), shown.time()) == (day, clock)) == (occurrence is not Occurrence.NEVER)


@given(text=st.text(st.sampled_from("'=+-@\tab\r"), max_size=6))
def test_escaping_formulas_can_be_undone(text: str) -> None:
    escaped = escape_formula(text)
    assert not escaped.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescape_formula(escaped) == text


@given(position=st.integers(0, 20_000))
def test_column_letters_and_positions_are_inverse(position: int) -> None:
    assert column_position(column_letters(position)) == position


def test_invisible_characters_are_no_text() -> None:
    assert clean_text("\ufeff\xa0 T1\u200b ") == "T1"
    assert clean_text(" \xa0\u200b\ufeff ") is None
    assert clean_text("a\xa0b") == "a b"
