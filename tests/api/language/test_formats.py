"""Figures, days and times as people of each language write them."""

import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents.render import page_environment
from api.language.texts import Texts

MADRID = ZoneInfo("Europe/Madrid")
NOON = int(datetime(2026, 3, 2, 11, tzinfo=UTC).timestamp())  # twelve o'clock in Madrid, a Monday
HOUR, DAY = 3600, 86400
ENGLISH, SPANISH = (Texts(language, MADRID, lambda: NOON) for language in ("en", "es"))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


def test_figures() -> None:
    assert [plain(ENGLISH.number(value, 1)) for value in (12345.67, -0.5, None, math.nan)] == [
        "12,345.7",
        "-0.5",
        "–",
        "–",
    ]
    assert [plain(SPANISH.number(value, 1)) for value in (12345.67, 1234.5)] == ["12.345,7", "1.234,5"]
    assert [plain(ENGLISH.share(value)) for value in (0.914, 1.0, 0.9994, None)] == ["91 %", "100 %", "99.9 %", "–"]
    assert plain(SPANISH.share(0.9996, 1)) == "99,9 %"


@given(st.floats(0, 1), st.integers(0, 2))
def test_only_all_is_written_as_all(share: float, digits: int) -> None:
    assert (plain(ENGLISH.share(share, digits)).startswith("100")) == (share == 1)


@pytest.mark.parametrize(
    ("after_s", "english", "spanish"),
    [
        (0, "12:00", "12:00"),
        (-3 * HOUR, "09:00", "09:00"),
        (DAY, "Tue 12:00", "mar 12:00"),
        (-2 * DAY, "Sat 12:00", "sáb 12:00"),
        (10 * DAY, "Thu 12 Mar 12:00", "jue 12 mar 12:00"),
        (-90 * DAY, "Tue 2 Dec 2025 12:00", "mar 2 dic 2025 12:00"),
    ],
)
def test_a_moment_says_no_more_than_is_needed(after_s: int, english: str, spanish: str) -> None:
    assert ENGLISH.moment(NOON + after_s) == english
    assert SPANISH.moment(NOON + after_s) == spanish


def test_days_and_clocks_are_those_of_the_office() -> None:
    late = NOON + 11 * HOUR + 1800  # half past eleven at night in Madrid
    assert ENGLISH.clock_time(late) == "23:30"
    assert ENGLISH.day(late) == "Mon 2 Mar"
    assert SPANISH.day(date(2026, 3, 2), is_long=True) == "lunes, 2 de marzo de 2026"
    assert ENGLISH.day(NOON, is_long=True) == "Monday, 2 March 2026"
    assert Texts("en", UTC, lambda: late).today == date(2026, 3, 2)
    assert ENGLISH.dated_moment(NOON, has_year=True) == "Mon 2 Mar 2026 12:00"
    assert [ENGLISH.moment(None), ENGLISH.day(None), ENGLISH.clock_time(None)] == ["–"] * 3


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 min"),
        (40, "40 s"),
        (59.7, "1 min"),
        (90 * 60, "1 h 30 min"),
        (3 * HOUR, "3 h"),
        (3599, "1 h"),
        (DAY - 20, "1 d"),
        (2 * DAY + 5 * HOUR + 40 * 60, "2 d 5 h"),
        (-25 * 60, "-25 min"),
        (None, "–"),
    ],
)
def test_lengths_of_time(seconds: float | None, told: str) -> None:
    assert plain(ENGLISH.duration(seconds)) == told


def test_plurals_and_values() -> None:
    said = [SPANISH.ngettext("One entry cannot be used:", "%(num)s entries cannot be used:", n) for n in (1, 1200)]
    assert said == ["Un dato no es válido:", "1.200 datos no son válidos:"]
    counted = '{{ ngettext("%(num)s due today", "%(num)s due today", 33594) }}'
    pages = [page_environment(texts).from_string(counted).render() for texts in (ENGLISH, SPANISH)]
    assert pages == ["33,594 due today", "33.594 vencen hoy"]
    assert SPANISH.pgettext("state", "Late") == "Con retraso"
    assert ENGLISH.told("Tardiness") == "Tardiness"
    assert SPANISH.told("Tardiness") == "Tardanza"
    assert plain(SPANISH.told("What no catalogue has, 5 %")) == "What no catalogue has, 5 %"


@pytest.mark.parametrize("texts", [ENGLISH, SPANISH])
def test_no_line_ends_before_a_percent_sign(texts: Texts) -> None:
    assert texts.told("Nobody has heard of 96 % of it") == "Nobody has heard of 96\N{NO-BREAK SPACE}% of it"
