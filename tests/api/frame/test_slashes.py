"""Names with slashes in them: asked for like any other, and no way around who may ask for what."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from api.frame.slashes import WITHIN
from models.database import Database
from models.formats.offices.office import Office
from models.vocabulary import Role
from services.importing.store import store_office

MONDAY_8 = 1772434800
INVOICE = "2026/153 ñ?#%2F"


def path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


@pytest.fixture
def office(
    make_database_url: Callable[..., str], make_office: Callable[..., Office], make_api: Callable[..., Any]
) -> Any:
    url = make_database_url("sqlite")
    agents = [
        {"id": "ana", "team": "billing"},
        {"id": "ben", "team": "claims"},
        {"id": "ben/ana", "team": "claims"},
    ]
    skills = [{"agent": agent["id"], "skill": "claim", "level": 4} for agent in agents]
    tasks = [{"id": INVOICE, "type": "claim", "arrived": MONDAY_8}]
    with Database(url) as database, database.writing() as session:
        office = make_office(agents=agents, agent_skills=skills, shifts=None, tasks=tasks)
        store_office(session, office, kind="tables", now=MONDAY_8)
    return make_api(url)


def test_a_name_with_slashes_is_asked_for_like_any_other(office: Any) -> None:
    ben, lead = office.key(Role.AGENT, agent="ben/ana"), office.key(Role.LEAD, teams=("claims",))
    for act in ("sign-in", "next"):
        assert office.post(path("api", "agents", "ben/ana", act), key=ben, json={}).status_code == 200, act
    assert office.get(path("api", "agents", "ben/ana", "state"), key=ben).json()["task_id"] == INVOICE
    for act in ("start", "pause", "resume", "complete"):
        answer = office.post(path("api", "tasks", INVOICE, act), key=ben, json={})
        assert (answer.status_code, answer.json()["task"]["task_id"]) == (200, INVOICE), act
    assert office.get(path("api", "tasks", INVOICE, "state"), key=lead).json()["state"] == "closed"
    assert office.get(path("api", "office", "tasks", INVOICE), key=lead).json()["id"] == INVOICE
    assert office.post(path("api", "tasks", INVOICE, "check"), key=lead, json={"result": "pass"}).status_code == 200
    told = office.get("/metrics", key=office.key(Role.ANALYST)).text
    assert 'route="/api/tasks/{task_id}/complete",status="200"' in told
    assert "/153" not in told
    assert "%2f153" not in told.lower()


def test_an_encoded_slash_leads_nowhere_else(office: Any) -> None:
    ana, admin = office.key(Role.AGENT, agent="ana"), office.key(Role.ADMIN)
    assert office.get("/api/agents/ben%2fana/state", key=ana).status_code == 403
    assert office.get("/api/agents/ben%2F..%2Fana/state", key=ana).status_code == 403
    for address in (
        "/api%2Fkeys",
        "/api/agents%2Fben/state",
        "/api/agents/ben/ana/state",
        "/static%2Fbase.css",
        "/static/..%2fapp.py",
    ):
        assert office.get(address, key=admin).status_code == 404, address
    assert office.get(f"/api/agents/ben{quote(WITHIN)}ana/state", key=admin).status_code == 400


def test_lists_go_on_below_a_name_with_slashes(office: Any) -> None:
    admin = office.key(Role.ADMIN)
    first = office.get("/api/office/agents?limit=2", key=admin).json()
    rest = office.get(first["next"], key=admin).json()["items"]
    assert [one["id"] for one in [*first["items"], *rest]] == ["ana", "ben", "ben/ana"]
    assert office.get(path("api", "office", "agents", "ben/ana"), key=admin).json()["id"] == "ben/ana"
    page = office.get(path("office", "people", "ben/ana"), headers={"Accept": "text/html"})
    assert page.headers["location"] == f"/sign-in?next={quote('/office/people/ben%2Fana', safe='')}"
