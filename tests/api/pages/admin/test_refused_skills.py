"""A form of skills that is refused stands there again as it was written."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.importing.store import store_office

MONDAY_8 = 1772434800
LEVELS = re.compile(r'<select name="level".*?</select>')


def chosen(select: str) -> str:
    found = re.search(r'<option value="(\d)" selected>', select)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("level", "speed", "further"),
    [("4", "fast", ("", "", "1")), ("", "1.2", ("", "", "1")), ("4", "0", ("spanish", "2", "0.7"))],
)
def test_levels_and_speeds_stay_as_they_were_written(
    make_database_url: Callable[..., str],
    make_office: Callable[..., Office],
    make_api: Callable[..., Any],
    level: str,
    speed: str,
    further: tuple[str, str, str],
) -> None:
    url = make_database_url("sqlite")
    with Database(url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=MONDAY_8)
    api = make_api(url)
    key = api.key(Role.ADMIN, principal="root")
    page = api.get("/office/people/ana", key=key).text
    version = re.search(r'name="version" value="([^"]+)"', page)
    held = re.findall(r'name="skill" value="([^"]+)"', page)
    assert version is not None
    assert held
    num = len(held)
    form = {
        "version": version[1],
        "skill": [*held, further[0]],
        "level": [*[level] * num, further[1]],
        "speed": [*[speed] * num, further[2]],
        "valid_from": [""] * (num + 1),
    }
    refused = api.post("/office/people/ana/skills", key=key, data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 422
    assert [chosen(select) for select in LEVELS.findall(refused.text)] == [*[level] * num, further[1]]
    assert re.findall(r'name="speed"[^>]*value="([^"]*)"', refused.text) == [*[speed] * num, further[2]]
    assert (f'<option value="{further[0]}" selected>' in refused.text) == bool(further[0])
