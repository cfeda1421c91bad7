"""How much history there is, what is offered of it, and what is refused rather than read thin."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from api.language.texts import Texts
from api.pages.what_if.extents import HistoryGiven, offer_history, read_asked
from models.database import Database
from models.errors import UsageError
from models.formats.offices.office import Office
from services.importing.store import store_office
from services.settings import Settings
from services.what_if.histories import Extent, find_extent

TEXTS = Texts()
MONDAY_8 = 1772434800
HOUR, DAY = 3600, 86_400
MONDAY = date(2026, 3, 2)


def extent(num_days: int) -> Extent:
    return Extent(first=MONDAY - timedelta(days=num_days), until=MONDAY)


@pytest.mark.parametrize(("num_days", "offered"), [(1, "1"), (11, "11"), (28, "28"), (90, "28")])
def test_no_more_days_are_offered_than_there_are(num_days: int, offered: str) -> None:
    form = offer_history(extent(num_days), (), TEXTS)
    assert (form.days, form.most, form.is_empty) == (offered, num_days, False)
    assert str(num_days) in form.told
    assert read_asked(HistoryGiven(days=form.days), extent(num_days), TEXTS).days == int(offered)


@pytest.mark.parametrize("none", [None, extent(0)])
def test_where_there_is_none_it_is_said_and_nothing_is_read(none: Extent | None) -> None:
    form = offer_history(none, (), TEXTS)
    assert form.is_empty
    assert form.told.startswith("There is no history yet")
    with pytest.raises(UsageError, match="There is no history yet"):
        read_asked(HistoryGiven(days="7"), none, TEXTS)


@pytest.mark.parametrize(
    ("days", "until", "said"),
    [
        ("12", "", "there are only 11, from"),
        ("5", "2026-02-23", "there are only 4, from"),
        ("1", "2026-02-19", "Ends before this day"),
        ("1", "2026-03-03", "Ends before this day"),
        ("1", "monday", "write it as 2026-03-02"),
        ("1", "1900-01-01", "write it as 2026-03-02"),
        ("", "", "write a whole number"),
        ("-3", "", "write a whole number"),
        ("٣", "", "write a whole number"),
    ],
)
def test_what_is_not_there_is_refused(days: str, until: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_asked(HistoryGiven(days=days, until=until), extent(11), TEXTS)


def test_what_was_written_stands_there_again() -> None:
    given = HistoryGiven(days="90", until="2026-02-25", teams=("claims",))
    form = offer_history(extent(11), (("billing", "Billing"), ("claims", "Claims")), TEXTS, given)
    assert (form.days, form.until, form.is_narrowed) == ("90", "2026-02-25", True)
    assert form.teams == (("billing", "Billing", False), ("claims", "Claims", True))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_days_are_those_of_what_was_done(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], dialect: str
) -> None:
    def done(name: str, closed: int, **fields: Any) -> dict[str, Any]:
        return {"id": name, "type": "claim", "arrived": closed - 20 * DAY, "closed": closed, **fields}

    tasks = [
        {"id": "C1", "type": "claim", "arrived": MONDAY_8 - 30 * DAY},
        done("C2", MONDAY_8 - 4 * DAY, done_by="ben"),
        done("C3", MONDAY_8 - 3 * DAY, done_by="ben"),
    ]
    with Database(make_database_url(dialect)) as database:
        assert find_extent(database, Settings(), now=MONDAY_8) is None
        with database.writing() as session:
            store_office(session, make_office(tasks=tasks[:1]), kind="tables", now=MONDAY_8)
        arrived = find_extent(database, Settings(), now=MONDAY_8)
        assert arrived is not None
        assert arrived.num_days == 0
        with database.writing() as session:
            store_office(session, make_office(tasks=tasks), kind="tables", now=MONDAY_8)
        found = find_extent(database, Settings(), now=MONDAY_8)
    assert found is not None
    assert (found.first, found.last, found.num_days) == (MONDAY - timedelta(days=4), MONDAY - timedelta(days=3), 2)
