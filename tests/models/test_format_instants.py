"""Instants as text: ISO 8601 with an offset, in whole seconds, and nothing that only looks like it."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.time import FIRST_INSTANT, LAST_INSTANT, SECONDS_PER_DAY, format_instant, parse_instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T08:00:00+00:00",
        "2026-03-02T08:00:00Z",
        "2026-03-02T08:00Z",
        "2026-03-02 08:00:00+00:00",
        "2026-03-02T08:00:00.000+00:00",
        "2026-03-02T08:00:00,0Z",
        "2026-03-02T10:00:00+02:00",
        "2026-03-02T10:00:00+0200",
        "2026-03-02T10:00:00+02",
        "2026-03-01T22:30:00-09:30",
        "20260302T080000Z",
        "2026-W10-1T08:00:00+00:00",
    ],
)
def test_an_instant_may_be_written_in_many_ways(text: str) -> None:
    assert parse_instant(text) == 1772438400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "an ISO 8601 instant with an offset"),
        ("now", "an ISO 8601 instant with an offset"),
        ("2026-03-02", "this one has no offset"),
        ("2026-03-02T08:00:00", "this one has no offset"),
        ("2026-03-02x08:00:00Z", "an ISO 8601 instant with an offset"),
        (" 2026-03-02T08:00:00Z", "an ISO 8601 instant with an offset"),
        ("2026-02-30T08:00:00Z", "an ISO 8601 instant with an offset"),
        ("2026-03-02T08:00:60Z", "an ISO 8601 instant with an offset"),
        ("2026-03-02T08:00:00+25:00", "an ISO 8601 instant with an offset"),
        ("2026-03-02T08:00:00+00:00:30", "an ISO 8601 instant with an offset"),
        ("2026-03-02T08:00:00+00:00:00.5", "an ISO 8601 instant with an offset"),
        ("٢٠٢٦-03-02T08:00:00Z", "an ISO 8601 instant with an offset"),
        ("2026-03-02T08:00:00.5Z", "an instant in whole seconds"),
        ("2026-03-02T08:00:00.0000000000001Z", "an instant in whole seconds"),
        ("0001-01-01T00:00:00+00:01", "an instant of the years 1 to 9999 in UTC"),
        ("9999-12-31T23:59:59-00:01", "an instant of the years 1 to 9999 in UTC"),
    ],
)
def test_what_is_no_instant_is_refused_and_told_what_is(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        parse_instant(text)


@given(st.integers(FIRST_INSTANT, LAST_INSTANT))
def test_an_instant_comes_back_from_its_text(epoch_s: int) -> None:
    assert parse_instant(format_instant(epoch_s)) == epoch_s


@given(st.integers(FIRST_INSTANT + SECONDS_PER_DAY, LAST_INSTANT - SECONDS_PER_DAY), st.integers(-23 * 60, 23 * 60))
def test_an_instant_comes_back_from_its_text_with_any_offset(epoch_s: int, offset_minutes: int) -> None:
    zone = timezone(timedelta(minutes=offset_minutes))
    assert parse_instant(format_instant(epoch_s, zone)) == epoch_s
