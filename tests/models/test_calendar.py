from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import OfficeCalendar, is_known_region
from models.time import from_wall_clock

MADRID = ZoneInfo("Europe/Madrid")
MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)


def at(day: date, hour: int, minute: int = 0) -> int:
    return from_wall_clock(day, time(hour, minute), MADRID)


def test_business_closes_at_the_last_hour_of_the_day() -> None:
    hours = {0: ((time(8), time(12)), (time(13), time(17, 30)))}
    calendar = OfficeCalendar(zone=MADRID, hours=hours)
    assert calendar.close_of_business(MONDAY) == at(MONDAY, 17, 30)


def test_a_closed_day_closes_with_the_next_open_one() -> None:
    calendar = OfficeCalendar(zone=MADRID, closed=frozenset({date(2026, 3, 9)}))
    assert not calendar.is_open_on(SATURDAY)
    assert calendar.close_of_business(SATURDAY) == at(date(2026, 3, 10), 18)


def test_public_holidays_of_the_country_and_its_part_are_kept() -> None:
    spain = OfficeCalendar(zone=MADRID, country="ES")
    madrid = OfficeCalendar(zone=MADRID, country="ES", subdivision="MD")
    assert not spain.is_open_on(date(2026, 1, 6))
    assert spain.is_open_on(date(2026, 5, 4))
    assert not madrid.is_open_on(date(2027, 5, 3))


def test_hours_may_pass_midnight() -> None:
    calendar = OfficeCalendar(zone=MADRID, hours={0: ((time(22), time(6)),)})
    assert calendar.close_of_business(MONDAY) == at(date(2026, 3, 3), 6)
    assert calendar.open_stretches(at(date(2026, 3, 3), 0), at(date(2026, 3, 3), 12)) == [
        (at(date(2026, 3, 3), 0), at(date(2026, 3, 3), 6))
    ]


def test_a_day_with_a_clock_change_has_its_own_length() -> None:
    sunday = date(2026, 3, 29)
    calendar = OfficeCalendar(zone=MADRID, hours={6: ((time(0), time(12)),)})
    ((start, end),) = calendar.open_stretches(at(sunday, 0), at(sunday, 23))
    assert end - start == 11 * 3600


def test_an_office_that_never_opens_is_told() -> None:
    calendar = OfficeCalendar(zone=MADRID, hours={})
    with pytest.raises(ValueError, match="does not open"):
        calendar.close_of_business(MONDAY)
    with pytest.raises(ValueError, match="does not open"):
        calendar.after_open_minutes(at(MONDAY, 8), 1)
    assert calendar.open_stretches(at(MONDAY, 8), at(SATURDAY, 8)) == []


def test_regions() -> None:
    assert is_known_region("ES")
    assert is_known_region("ES", "MD")
    assert not is_known_region("ES", "XX")
    assert not is_known_region("Spain")


@given(start=st.integers(0, 10 * 86400), minutes=st.integers(0, 5000))
def test_open_minutes_are_the_open_time_that_passes(start: int, minutes: int) -> None:
    calendar = OfficeCalendar(zone=MADRID)
    begin = at(MONDAY, 0) + start
    end = calendar.after_open_minutes(begin, minutes)
    passed = sum(closes - opens for opens, closes in calendar.open_stretches(begin, end))
    assert passed == minutes * 60
    if minutes:  # the last minute is an open one
        assert calendar.open_stretches(end - 60, end) == [(end - 60, end)]
