from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import OfficeCalendar
from models.time import load_zone, parse_instant
from services.office_deadlines import due_after_open_minutes

MADRID = OfficeCalendar(zone=load_zone("Europe/Madrid"), closed=frozenset({date(2026, 3, 30)}))
NIGHTS = OfficeCalendar(
    zone=load_zone("America/New_York"),
    hours={0: ((time(8), time(12)), (time(13), time(13, 30))), 5: ((time(22), time(6)),)},
)
YEAR = st.integers(parse_instant("2026-01-01T00:00:00Z"), parse_instant("2026-12-31T00:00:00Z"))


@settings(max_examples=40, deadline=None)
@given(
    calendar=st.sampled_from([MADRID, NIGHTS]),
    asked=st.lists(st.tuples(YEAR, st.floats(0.01, 20_000)), min_size=1, max_size=5),
)
def test_many_at_once_as_one_by_one(calendar: OfficeCalendar, asked: list[tuple[int, float]]) -> None:
    found = due_after_open_minutes(calendar, [at for at, _ in asked], [minutes for _, minutes in asked])
    assert found.tolist() == [calendar.after_open_minutes(at, minutes) for at, minutes in asked]


def test_nothing_asked() -> None:
    assert due_after_open_minutes(MADRID, [], []).tolist() == []


def test_an_office_that_never_opens() -> None:
    never = OfficeCalendar(zone=MADRID.zone, hours={})
    with pytest.raises(ValueError, match="within a year"):
        due_after_open_minutes(never, [0], [1.0])
