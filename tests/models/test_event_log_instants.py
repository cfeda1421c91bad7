"""Instants of a log's cells."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from models.formats.event_logs.instants import guess_zone, parse_instants

BERLIN = ZoneInfo("Europe/Berlin")


def parsed(*cells: str, **options: object) -> list[str]:
    found = parse_instants(pd.Series(cells, dtype="str"), zone=BERLIN, **options)  # type: ignore[arg-type]
    return [str(value) for value in found.values]


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2011-10-17T08:07:54.451", "2011-10-17T06:07:54.451000"),
        ("2011-10-17T08:07:54", "2011-10-17T06:07:54.000000"),
        ("2011-10-17T08:07:54,451", "2011-10-17T06:07:54.451000"),
        ("2011-10-17 08:07", "2011-10-17T06:07:00.000000"),
        ("2011-10-17T08:07:54.451123456", "2011-10-17T06:07:54.451123"),
        ("2011-10-17T08:07:54.451+02:00", "2011-10-17T06:07:54.451000"),
        ("2011-12-06 01:06:40.010000+01:00", "2011-12-06T00:06:40.010000"),
        ("2011-10-17T08:07:54-0530", "2011-10-17T13:37:54.000000"),
        ("2011-10-17 08:07:54 +02", "2011-10-17T06:07:54.000000"),
        ("2011-10-17 08:07Z", "2011-10-17T08:07:00.000000"),
        ("20111017T080754+0200", "2011-10-17T06:07:54.000000"),
        ("1318838874", "2011-10-17T08:07:54.000000"),
        ("1318838874451", "2011-10-17T08:07:54.451000"),
        (" 2011-01-17 ", "2011-01-16T23:00:00.000000"),
    ],
)
def test_every_usual_form_is_read(cell: str, instant: str) -> None:
    assert parsed(cell) == [instant]


def test_forms_may_be_mixed_in_one_column() -> None:
    cells = ("2011-10-17T08:07:54.451", "2011-10-17 08:07", "2011-10-17T08:07:54+02:00", "", "NOT_SET")
    found = parse_instants(pd.Series(cells, dtype="str"), zone=BERLIN)
    assert found.is_naive.tolist() == [True, True, False, False, False]
    assert found.has_fraction.tolist() == [True, False, False, False, False]
    assert np.isnat(found.values).tolist() == [False, False, False, True, True]
    assert not found.is_unreadable.any()


@pytest.mark.parametrize("cell", ["yesterday", "17.10.2011 08:00", "2011-13-01", "2011-10-17+02:00", "08:00", "12"])
def test_what_is_no_instant_is_unreadable(cell: str) -> None:
    assert parse_instants(pd.Series([cell], dtype="str"), zone=BERLIN).is_unreadable.tolist() == [True]


@pytest.mark.parametrize("cell", ["0001-01-01T00:00:00", "1970-01-01T00:00:00.000+01:00", "9999-12-31", "1900-01-01"])
def test_placeholders_are_blank(cell: str) -> None:
    found = parse_instants(pd.Series([cell], dtype="str"), zone=BERLIN)
    assert np.isnat(found.values[0])
    assert found.is_placeholder.tolist() == [True]
    assert not found.is_unreadable.any()


def test_a_form_of_its_own_is_read_by_its_format() -> None:
    assert parsed("17.10.2011 08:07", time_format="%d.%m.%Y %H:%M") == ["2011-10-17T06:07:00.000000"]
    assert parsed("17.10.2011 08:07 +0000", time_format="%d.%m.%Y %H:%M %z") == ["2011-10-17T08:07:00.000000"]


def test_clock_times_that_do_not_exist_or_exist_twice_follow_the_products_rule() -> None:
    found = parse_instants(pd.Series(["2011-03-27 02:30", "2011-10-30 02:30:00.5"], dtype="str"), zone=BERLIN)
    assert [str(value) for value in found.values] == ["2011-03-27T01:30:00.000000", "2011-10-30T00:30:00.500000"]
    assert found.is_at_clock_change.all()


def test_a_due_date_is_the_end_of_its_day() -> None:
    assert parsed("2011-01-17", is_due=True) == ["2011-01-17T22:59:59.000000"]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "Pacific/Auckland"]
)
def test_a_zone_is_recognised_by_a_year_of_its_offsets(zone: str) -> None:
    moments = [datetime(2025, month, 15, 12, tzinfo=UTC).astimezone(ZoneInfo(zone)) for month in range(1, 13)]
    found = parse_instants(pd.Series([moment.isoformat() for moment in moments], dtype="str"), zone=None)
    assert guess_zone(found.values, found.offsets) == zone


def test_offsets_of_no_usual_zone_are_not_guessed() -> None:
    found = parse_instants(pd.Series(["2025-01-15T12:00:00+08:45"], dtype="str"), zone=None)
    assert guess_zone(found.values, found.offsets) is None
