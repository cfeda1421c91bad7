"""Who may not: each endpoint of jobs, plans, simulations, imports, reports and the office, asked by others."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import create_app
from api.routes import (
    exports,
    imports,
    jobs,
    offices,
    plan_questions,
    planning,
    report_jobs,
    simulations,
    task_rows,
)
from models.database import Database
from models.formats.offices.office import Office, frame_of
from models.repositories.offices import write_office
from models.vocabulary import PrincipalKind, Role
from services.access.keys import create_key
from services.access.principals import create_principal
from services.access.tracing import Act
from services.settings import Settings

ROUTERS = (exports, imports, jobs, offices, plan_questions, planning, report_jobs, simulations, task_rows)
READ_BY_ALL_BUT_AGENTS = (Role.AGENT,)
PLANNING = (Role.AGENT, Role.ANALYST)
ENDPOINTS: dict[tuple[str, str], tuple[Role, ...]] = {
    ("GET", "/api/export/problem"): PLANNING,
    ("POST", "/api/imports/tables"): (Role.AGENT, Role.LEAD, Role.PLANNER, Role.ANALYST),
    ("POST", "/api/imports/log"): (Role.AGENT, Role.LEAD, Role.PLANNER, Role.ANALYST),
    ("GET", "/api/jobs"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/jobs/{job_id}"): READ_BY_ALL_BUT_AGENTS,
    ("DELETE", "/api/jobs/{job_id}"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/jobs/{job_id}/result"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/jobs/{job_id}/events"): READ_BY_ALL_BUT_AGENTS,
    ("POST", "/api/jobs/{job_id}/cancel"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/agents"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/agents/{agent_id}"): (Role.AGENT, Role.LEAD),
    ("PUT", "/api/office/agents/{agent_id}/skills"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("GET", "/api/office/agents/{agent_id}/absences"): (Role.AGENT, Role.LEAD),
    ("POST", "/api/office/agents/{agent_id}/absences"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("DELETE", "/api/office/agents/{agent_id}/absences/{starts_at}"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("GET", "/api/office/names/{table}"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/shifts"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/task-types"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/tasks"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/office/tasks/{task_id}"): (Role.AGENT, Role.LEAD),
    ("PATCH", "/api/office/tasks/{task_id}"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("GET", "/api/plans/published"): READ_BY_ALL_BUT_AGENTS,
    ("POST", "/api/plans"): PLANNING,
    ("POST", "/api/plans/replan"): PLANNING,
    ("POST", "/api/plans/{plan_id:int}/publish"): PLANNING,
    ("GET", "/api/plans/{plan_id:int}/swing"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/plans/{plan_id:int}/explain"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/plans/{plan_id:int}/tasks/{task_id}/fixes"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/plans/{plan_id:int}/diff"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/plans/{plan_id:int}/certificate"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/reports"): READ_BY_ALL_BUT_AGENTS,
    ("POST", "/api/reports"): READ_BY_ALL_BUT_AGENTS,
    ("GET", "/api/scenarios/from-office"): (Role.AGENT, Role.LEAD),
    ("POST", "/api/scenarios/from-office"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("POST", "/api/simulations"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("POST", "/api/comparisons"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("POST", "/api/staffings"): (Role.AGENT, Role.LEAD, Role.ANALYST),
    ("POST", "/api/tasks"): (Role.AGENT, Role.LEAD, Role.ANALYST),
}
"""Every endpoint, with the roles that it refuses; the lead is one of another team."""


class Client:
    """Asks an application in this process."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self.app, self._portal = app, portal
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8765")

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._portal.call(lambda: self._client.request(method, path, **options))


@pytest.fixture(scope="module")
def client(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The application on an office of two teams, of which one agent is of the first."""
    path = tmp_path_factory.mktemp("office") / "office.sqlite3"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    agent: dict[str, Any] = {
        "id": "ana",
        "name": "Ana",
        "team": "billing",
        "swing_teams": (),
        "clients": (),
        "max_moves": None,
    }
    agent |= {"min_stay_minutes": 0.0, "valid_from": None, "valid_to": None}
    teams = {"id": ["billing", "claims"], "name": ["", ""]}
    tables = {
        "teams": frame_of(teams, num_rows=2),
        "agents": frame_of({name: [value] for name, value in agent.items()}, num_rows=1),
    }
    with Database(url) as database, database.writing() as session:
        write_office(session, Office(tables=tables))
    app = create_app(Settings(database_url=url))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        yield Client(app, portal)


@pytest.fixture(scope="module")
def keys(client: Client) -> dict[Role, str]:
    """A key of each role; the lead is one of the other team."""
    made = {}
    act = Act(at=int(time.time()), by=None, what="test")
    with Database(client.app.state.settings.database_url) as database:
        for role in (Role.AGENT, Role.LEAD, Role.PLANNER, Role.ANALYST):
            create_principal(
                database,
                role.value,
                roles=(role,),
                teams=("claims",) if role is Role.LEAD else (),
                agent_id="ana" if role is Role.AGENT else None,
                kind=PrincipalKind.PERSON,
                act=act,
            )
            made[role] = create_key(database, role.value, days=1, act=act).text
    return made


def test_every_endpoint_is_listed() -> None:
    there = {
        (method, route.path)
        for module in ROUTERS
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert there == set(ENDPOINTS)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS, ids=str)
def test_those_it_is_not_for_are_refused(client: Client, keys: dict[Role, str], method: str, path: str) -> None:
    values = {
        "{job_id}": "1",
        "{plan_id:int}": "1",
        "{agent_id}": "ana",
        "{task_id}": "T1",
        "{starts_at}": "1",
        "{table}": "teams",
    }
    address = path
    for name, value in values.items():
        address = address.replace(name, value)
    options: dict[str, Any] = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    assert client.request(method, address, **options).status_code == 401
    for role in ENDPOINTS[method, path]:
        answer = client.request(method, address, headers={"Authorization": f"Bearer {keys[role]}"}, **options)
        assert answer.status_code == 403, role
        assert answer.headers["content-type"] == "application/problem+json"
