"""Forms of one person take nothing other than it was meant: nights, changes of the clocks, half-filled lines."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.importing.store import store_office

MONDAY_8 = 1772434800
ZONE = ZoneInfo("Europe/Madrid")
TOMORROW = (datetime.now(ZONE) + timedelta(days=1)).date()


def find_calm(first: date) -> date:
    """Return the first day from one on in which, and in the nights around which, no clock changes."""
    while True:
        noons = (datetime.combine(first + timedelta(days=days), clock_time(12), ZONE) for days in (-1, 0, 1))
        if len({noon.utcoffset() for noon in noons}) == 1:
            return first
        first += timedelta(days=1)


CALM = find_calm(TOMORROW)
ANA = "/office/people/ana"


class Pages:
    """The pages of an administrator of the small office."""

    def __init__(self, api: Any) -> None:
        self.api, self.key = api, api.key(Role.ADMIN, principal="root")

    def get(self, path: str = ANA) -> str:
        return str(self.api.get(path, key=self.key).text)

    def post(self, part: str, **fields: Any) -> Any:
        return self.api.post(f"{ANA}/{part}", key=self.key, data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    def shift(self, date: object, start: str, end: str) -> Any:
        return self.post("shifts", date=str(date), start=start, end=end)


@pytest.fixture
def office(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], make_api: Callable[..., Any]
) -> Pages:
    url = make_database_url("sqlite")
    with Database(url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=MONDAY_8)
    return Pages(make_api(url))


def said(answer: Any) -> str:
    return unquote(answer.headers["set-cookie"])


def test_a_shift_over_midnight_says_so(office: Pages) -> None:
    night = office.shift(CALM, "22:00", "06:00")
    assert night.headers["location"] == f"{ANA}#shifts"
    assert "from 22:00 to " in said(night)
    assert "06:00, 8\u00a0h." in said(night)
    page = office.get()
    assert re.search(r"22:00</td><td class=\"t\">[^<]+, 06:00</td>", page)
    assert "another time than" not in office.get()


@pytest.mark.parametrize(
    ("start", "end"), [("09:00", "09:00"), ("9:00", "09:00"), ("00:00", "24:00"), ("9 am", "09:00:00")]
)
def test_a_shift_of_a_whole_day_is_refused_however_it_is_written(office: Pages, start: str, end: str) -> None:
    refused = office.shift(CALM, start, end)
    assert refused.status_code == 422
    assert "another time than the one it begins at" in refused.text
    assert "No shift" in office.get()


@pytest.mark.parametrize(
    ("day", "start", "end", "told"),
    [
        (CALM.isoformat(), "9:00", "17:30", "from 09:00 to 17:30, 8\u00a0h\u00a030\u00a0min."),
        (CALM.isoformat(), "24:00", "6", "from 00:00 to 06:00, 6\u00a0h."),
        (f"{CALM:%d.%m.%Y}", "1 pm", "17:00", "from 13:00 to 17:00, 4\u00a0h."),
    ],
)
def test_what_is_stored_is_said_however_it_was_written(
    office: Pages, day: str, start: str, end: str, told: str
) -> None:
    assert told in said(office.shift(day, start, end))


def test_a_shift_far_ahead_is_seen_and_an_hour_that_the_clocks_skip_is_said(office: Pages) -> None:
    far = TOMORROW + timedelta(days=60)
    office.shift(far, "08:00", "16:00")
    assert "One shift later on" in office.get()
    year = TOMORROW.year + 1
    skipped = max(day for day in range(25, 32) if datetime(year, 3, day, tzinfo=ZONE).weekday() == 6)
    told = said(office.shift(f"{year}-03-{skipped}", "02:30", "09:00"))
    assert "from 03:30 to 09:00, 5\u00a0h\u00a030\u00a0min." in told


def test_an_absence_of_days_is_shown_as_it_was_asked_for(office: Pages) -> None:
    last = TOMORROW + timedelta(days=1)
    answer = office.post("absences", start=str(TOMORROW), end=str(last), reason="ill")
    assert answer.headers["location"] == f"{ANA}#absences"
    days = re.findall(r'<th scope="row">([^<]+)</th><td class="t">([^<]+)</td><td>ill', office.get())
    assert [[f" {TOMORROW.day} " in f" {first} ", f" {last.day} " in f" {until} "] for first, until in days] == [
        [True, True]
    ]
    assert "00:00" not in "".join(days[0])


def test_a_skill_without_a_level_is_asked_for_and_other_fields_are_called_as_the_form_calls_them(
    office: Pages,
) -> None:
    page = office.get()
    version = re.search(r'name="version" value="([^"]+)"', page)
    held = re.findall(r'name="skill" value="([^"]+)"', page)
    assert version is not None
    num = len(held)
    answer = office.post(
        "skills",
        version=version[1],
        skill=[*held, "spanish"],
        level=[*["3"] * num, ""],
        speed=["1"] * (num + 1),
        valid_from=[""] * (num + 1),
    )
    assert answer.status_code == 422
    assert "Choose a level for spanish." in answer.text
    fields = {"id": "zoe", "team": "billing", "valid_from": "2026-12-31", "valid_to": "2026-01-01"}
    told = office.api.post(
        "/office/people/check", key=office.key, data=fields, headers={"Sec-Fetch-Site": "same-origin"}
    ).text
    assert "Last day: a day not before “First day”" in told
