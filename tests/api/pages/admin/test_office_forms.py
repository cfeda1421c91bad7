"""Forms of the office leave alone what nobody changed: numbers to their last digit, and what a page has no room for."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.office import frame, names, task_types
from api.pages.office.frame import write_number
from models.calendar import OfficeCalendar
from models.database import Database
from models.formats.offices.cells import CellReader
from models.formats.offices.office import Office
from models.formats.offices.tables import TABLES_BY_NAME
from models.repositories.office_pages import find_named, get_agent, list_task_types
from models.time import load_zone
from models.vocabulary import Role
from services.importing.store import store_office

MONDAY_8 = 1772434800
OURS = {"Sec-Fetch-Site": "same-origin"}
THIRDS, MANY = 22 / 3, 123456.75
WEIGHT = next(column for column in TABLES_BY_NAME["agents"].columns if column.name == "min_stay_minutes")
CLIENTS = [
    {"id": "acme", "name": "Acme", "needs_clearance": False},
    {"id": "bank", "name": "Bank", "needs_clearance": False},
    {"id": "clinic", "name": "Clinic", "needs_clearance": True},
]
ANA = {
    "id": "ana",
    "name": "Ana",
    "team": "billing",
    "swing_teams": ("claims",),
    "clients": ("clinic",),
    "min_stay_minutes": THIRDS,
}
KINDS = [
    {
        "id": "claim",
        "team": "claims",
        "skill": "claim",
        "handling_minutes": THIRDS,
        "sla_minutes": MANY,
        "weight": 1 / 3,
    },
    {"id": "dispute", "team": "billing", "skill": "bill", "handling_minutes": 18.0},
]


class Forms:
    """The forms of an administrator: read from their pages, and sent as a browser sends them."""

    def __init__(self, api: Any) -> None:
        self.api, self.key = api, api.key(Role.ADMIN, principal="root")

    def get(self, path: str, status: int = 200) -> str:
        answer = self.api.get(path, key=self.key)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def post(self, path: str, fields: Any, status: int = 303) -> str:
        answer = self.api.post(path, key=self.key, data=fields, headers=OURS)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def read(self, path: str, form: str) -> dict[str, list[str]]:
        """Return what a form sends as it stands."""
        text = self.get(path).partition(f'id="{form}"')[2].partition("</form>")[0]
        fields: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*>", text):
            kind, name = re.search(r'type="(\w+)"', tag), re.search(r' name="(\w+)"', tag)
            value = re.search(r' value="([^"]*)"', tag)
            if name is not None and (kind is None or kind[1] != "checkbox" or " checked" in tag):
                fields.setdefault(name[1], []).append(unescape(value[1] if value else ""))
        for name_of, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
            fields[name_of] = re.findall(r'<option value="([^"]*)" selected', options)
        return fields


@pytest.fixture
def forms(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], make_api: Callable[..., Any]
) -> Forms:
    url = make_database_url("sqlite")
    office = make_office(
        clients=CLIENTS,
        agents=[ANA, {"id": "ben", "name": "Ben", "team": "claims", "min_stay_minutes": 0.0}],
        task_types=KINDS,
    )
    with Database(url) as database, database.writing() as session:
        store_office(session, office, kind="tables", now=MONDAY_8)
    return Forms(make_api(url, rate_per_key=""))


@given(value=st.floats(min_value=0, max_value=1e300))
def test_a_number_that_a_form_shows_comes_back_as_the_same_number(value: float) -> None:
    read, faults = CellReader(calendar=OfficeCalendar(zone=load_zone("UTC"))).read_column(WEIGHT, [write_number(value)])
    assert (read, faults) == ([value], [])


@pytest.mark.parametrize(
    ("value", "written"), [(12.0, "12"), (0.5, "0.5"), (1234567.0, "1234567"), (MANY, "123456.75"), (100.0, "100")]
)
def test_a_number_is_written_as_people_do(value: float, written: str) -> None:
    assert write_number(value) == written


def test_forms_that_are_saved_as_they_stand_change_nothing(forms: Forms) -> None:
    def read() -> tuple[Any, Any]:
        with Database(forms.api.url) as database, database.reading() as session:
            connection = session.connection()
            return list_task_types(connection, limit=5), get_agent(connection, "ana")

    before = read()
    [standard] = before[0][0]["standards"]
    assert (standard["handling_minutes"], standard["sla_minutes"], standard["weight"]) == (THIRDS, MANY, 1 / 3)
    assert before[1]["min_stay_minutes"] == THIRDS
    forms.post("/office/task-types/claim", forms.read("/office/task-types/claim", "type"))
    forms.post("/office/people/ana/edit", forms.read("/office/people/ana/edit", "person"))
    assert read() == before


def test_what_a_page_has_no_room_for_is_known_all_the_same(forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((frame, "MOST_NAMES"), (names, "MOST"), (task_types, "MOST")):
        monkeypatch.setattr(module, name, 1)

    def find(table: str, one: str) -> Any:
        with Database(forms.api.url) as database, database.reading() as session:
            return find_named(session.connection(), table, one)

    clinic = {"id": "clinic", "name": "Clinic", "needs_clearance": True}
    for typed in ("clinic", " cli\u200bnic "):
        refused = forms.post("/office/names", {"table": "clients", "id": typed, "name": "Another"}, 422)
        assert "There is one of that id already, Clinic: change it in its row." in refused
        assert find("clients", "clinic") == clinic
    entered = forms.read("/office/names?table=clients&change=clinic", "named")
    forms.post("/office/names", {**entered, "name": ["The clinic"]})
    assert find("clients", "clinic") == {**clinic, "name": "The clinic"}
    forms.post("/office/names", {"table": "clients", "change": "nobody", "name": "Nobody"}, 404)
    assert find("clients", "nobody") is None
    forms.post("/office/names", {"table": "clients", "change": "a\0", "name": "NUL"}, 404)
    # All of them are reached, a page after the other.
    seen, path = [], "/office/names?table=clients"
    while path:
        page = forms.get(path)
        seen += re.findall(r'<th scope="row">([^<]+)</th>', page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(further[1]) if further else ""
    assert seen == ["acme", "bank", "clinic"]
    # What somebody is cleared for stays, and a task type is not taken for a new one.
    forms.post("/office/people/ana/edit", forms.read("/office/people/ana/edit", "person"))
    with Database(forms.api.url) as database, database.reading() as session:
        assert get_agent(session.connection(), "ana")["clients"] == ["clinic"]
    fields = forms.read("/office/task-types/dispute", "type")
    assert "There is a task type of that id already" in forms.post("/office/task-types/new", fields, 422)
