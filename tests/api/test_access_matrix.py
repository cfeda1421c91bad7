"""Every route says who may ask for it, `docs/access.md` says the same, and whoever may not is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter

from api import app as application
from api.access import Reach, access_matrix, open_to_all, permits
from api.app import create_app
from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.importing.store import store_office
from services.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
ROW = re.compile(r"^\| `([A-Z]+) ([^`]+)` \|(.+)\|$", re.MULTILINE)
NOBODY, EVERYBODY = "no", "everybody"
PARAMETER = re.compile(r"{(\w+)}")
MONDAY_8 = 1772434800


def matrix_of_the_app() -> dict[tuple[str, str], list[str]]:
    app = create_app(Settings(database_url="sqlite:///nowhere.sqlite3"))
    return {
        route: [EVERYBODY] * len(Role) if grants is None else [str(grants.get(role, NOBODY)) for role in Role]
        for route, grants in access_matrix(app).items()
    }


def matrix_of_the_page() -> dict[tuple[str, str], list[str]]:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len({(method, path) for method, path, _ in rows}) == len(rows), "a route stands there twice"
    return {(method, path): [cell.strip() for cell in cells.split("|")] for method, path, cells in rows}


def test_the_page_says_of_every_route_what_the_application_does() -> None:
    wanted, told = matrix_of_the_app(), matrix_of_the_page()
    lines = [
        f"| `{method} {path}` | {' | '.join(cells)} |"
        for (method, path), cells in sorted(wanted.items(), key=lambda item: (item[0][1], item[0][0]))
        if told.get((method, path)) != cells
    ]
    assert lines == [], "docs/access.md lacks, or says otherwise:\n" + "\n".join(lines)
    assert sorted(told.keys() - wanted.keys()) == [], "docs/access.md has routes that are none"


def test_a_route_that_does_not_say_who_may_ask_keeps_the_server_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    silent, twice = APIRouter(), APIRouter()

    @silent.get("/api/secrets")
    def tell() -> str:
        return "everything"

    @twice.get("/api/secrets", dependencies=[permits(), open_to_all()])
    def tell_too() -> str:
        return "everything"

    for router in (silent, twice):
        monkeypatch.setattr(application, "ROUTES", application.put_together([router]))
        with pytest.raises(LookupError, match="GET /api/secrets must say once who may ask"):
            create_app(Settings(database_url="sqlite:///nowhere.sqlite3"))


@pytest.fixture
def office_api(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], make_api: Callable[..., Any]
) -> Any:
    """The application on the small office: Ana is in billing, Ben in claims; task T1 is billing's, T2 claims'."""
    url = make_database_url("sqlite")
    with Database(url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=MONDAY_8)
    return make_api(url, rate_per_address="", rate_per_key="")


def filled(path: str, **values: str) -> str:
    return PARAMETER.sub(lambda found: values.get(found[1], "1"), path)


def test_who_may_not_is_refused_at_every_route_and_who_is_nobody_as_well(office_api: Any) -> None:
    keys = {
        Role.AGENT: office_api.key(Role.AGENT, agent="ana"),
        Role.LEAD: office_api.key(Role.LEAD, teams=("billing",)),
        Role.PLANNER: office_api.key(Role.PLANNER),
        Role.ANALYST: office_api.key(Role.ANALYST),
    }
    faults, num_asked = [], 0
    for (method, path), cells in matrix_of_the_app().items():
        if cells[0] == EVERYBODY:
            continue
        others = filled(path, agent_id="ben", task_id="T2", team_id="claims")
        num_asked += 1
        answer = office_api.ask(method, others)
        is_led_to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
        if (status := answer.status_code) != 401 and not (status == 303 and is_led_to_sign_in):
            faults.append(f"{method} {path}: nobody got {status}")
        for role, cell in zip(Role, cells, strict=True):
            is_others = any(f"{{{name}}}" in path for name in ("agent_id", "team_id"))
            is_closed = cell == NOBODY or (cell == Reach.OWN and is_others)
            is_closed |= cell == Reach.TEAM and (is_others or "{task_id}" in path)
            if role in keys and is_closed:
                num_asked += 1
                status = office_api.ask(method, others, key=keys[role]).status_code
                if status != 403:
                    faults.append(f"{method} {path}: {role} got {status}")
    assert faults == []
    assert num_asked > 2 * len(keys)


def test_what_is_own_is_open(office_api: Any) -> None:
    """The refusals above are not for want of anything else."""
    lead = office_api.key(Role.LEAD, teams=("billing",))
    assert office_api.get("/api/office/agents/ana", key=lead).status_code == 200
    assert office_api.get("/api/office/tasks/T1", key=lead).status_code == 200
    assert office_api.get("/api/office/tasks/T2", key=lead).status_code == 403
    assert office_api.get("/api/office/agents/nobody", key=lead).status_code == 403


def test_no_route_without_a_role_reaches_farther_than_reading(office_api: Any) -> None:
    """Those that are open to everybody are known by name: one more is a decision."""
    assert office_api.app is not None
    open_routes = {route for route, grants in access_matrix(office_api.app).items() if grants is None}
    assert open_routes == {
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/openapi.json"),
        ("GET", "/"),
        ("GET", "/design"),
        ("POST", "/preferences"),
        ("GET", "/sign-in"),
        ("GET", "/sign-in/{secret}"),
        ("POST", "/sign-in"),
        ("POST", "/sign-in/{secret}"),
        ("POST", "/sign-out"),
        ("GET", "/signed-out"),
        ("GET", "/single-sign-on"),
        ("GET", "/single-sign-on/return"),
    }
