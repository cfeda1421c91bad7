"""Reports over HTTP: the same documents as the command's, for those with leave, and a trace of every look at people."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.audit import list_changes
from models.repositories.offices import write_office
from models.vocabulary import Role
from services.reporting.question import ReportQuestion
from services.reporting.registry import REPORTS, make_report
from services.settings import Settings

OWN = ("picking", "skills", "fairness")
PERIOD = {"from": "2026-03-02", "to": "2026-03-03"}


@pytest.fixture
def office_url(make_database_url: Callable[..., str], make_office: Callable[..., Any]) -> str:
    """A database with the small office, of whose tasks the first three are done."""
    url = make_database_url("sqlite")
    names = {"billing": "Billing resolution", "claims": "", "swing": "Swing team"}
    office = make_office(teams=[{"id": team, "name": name} for team, name in names.items()])
    tasks = office.table("tasks")
    first = int(tasks["arrived"].min())
    agents = office.table("agents")["id"].tolist()
    for n in range(3):
        tasks.loc[n, "started"] = first + 3600 * (n + 1)
        tasks.loc[n, "closed"] = first + 3600 * (n + 1) + 600
        tasks.loc[n, "done_by"] = agents[0]
    with Database(url) as database, database.writing() as session:
        write_office(session, office)
    return url


@pytest.fixture
def api_of(office_url: str, make_api: Callable[..., Any]) -> Any:
    return make_api(office_url)


def _teams(url: str) -> list[str]:
    report = make_report("workload", ReportQuestion(settings=Settings(database_url=url), now=1_800_000_000))
    return [row["team"] for row in report.document["teams"] if row["team"]]


def _agents(url: str) -> list[str]:
    question = ReportQuestion(settings=Settings(database_url=url), now=1_800_000_000, options={"names": "shown"})
    return sorted({row["agent"] for row in make_report("skills", question).document["people"]})


def _looks(url: str) -> list[Any]:
    with Database(url) as database, database.reading() as session:
        return [change for change in list_changes(session, limit=100) if "report" in (change.after or {})]


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "waste"])
def test_a_report_over_http_is_the_one_of_the_command(api_of: Any, office_url: str, name: str) -> None:
    answer = api_of.get(f"/api/reports/{name}", key=api_of.key(Role.ANALYST))
    assert answer.status_code == 200, answer.text
    asked = ReportQuestion(settings=Settings(database_url=office_url), now=1_800_000_000)
    wanted = json.loads(json.dumps(make_report(name, asked).document))
    answered = answer.json()
    assert answered["report"] == name
    assert answered.keys() == wanted.keys()
    assert not _looks(office_url)


def test_leads_get_reports_on_their_teams_alone(api_of: Any, office_url: str) -> None:
    first, *others = _teams(office_url)
    key = api_of.key(Role.LEAD, teams=[first])
    told = {row["team"] for row in api_of.get("/api/reports/workload", key=key).json()["teams"]}
    assert told <= {None, first}
    assert others
    refused = api_of.get("/api/reports/workload", key=key, params={"team": others[0]})
    assert refused.status_code == 403


def test_a_team_without_work_of_its_own_is_left_out_and_that_is_said(api_of: Any, office_url: str) -> None:
    first = _teams(office_url)[0]
    key = api_of.key(Role.LEAD, teams=[first, "swing"])
    for params in ({}, {"team": [first, "swing"]}):
        document = api_of.get("/api/reports/workload", key=key, params=params).json()
        assert {row["team"] for row in document["teams"]} == {None, first}
        assert document["limits"][0] == "left out, since no work is theirs: Swing team"
    alone = api_of.get("/api/reports/workload", key=api_of.key(Role.LEAD, teams=["swing"]))
    assert alone.status_code == 400
    assert "owned by Swing team" in alone.json()["detail"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.PLANNER])
def test_who_oversees_all_teams_sees_nobodys_name(api_of: Any, office_url: str, role: Role) -> None:
    key = api_of.key(role)
    assert api_of.get("/api/reports/skills", key=key).json()["people"] == []
    refused = api_of.get("/api/reports/skills", key=key, params={"names": "shown"})
    assert refused.status_code == 403
    assert not _looks(office_url)


def test_a_lead_sees_names_of_their_team_and_leaves_a_trace(api_of: Any, office_url: str) -> None:
    team = _teams(office_url)[0]
    key = api_of.key(Role.LEAD, Role.ANALYST, teams=[team], principal="lea")
    answer = api_of.get("/api/reports/skills", key=key, params={"names": "shown"})
    assert answer.status_code == 200
    assert {row["team"] for row in answer.json()["people"]} == {team}
    (look,) = _looks(office_url)
    assert look.principal_id == "lea"
    assert look.what == "GET /api/reports/{name}"
    assert look.after["people"] == "by name"
    assert look.after["teams"] == [team]


@pytest.mark.parametrize("name", OWN)
def test_an_agent_sees_their_own_figures_and_nobody_elses(api_of: Any, office_url: str, name: str) -> None:
    own, other, *_ = _agents(office_url)
    key = api_of.key(Role.AGENT, agent=own)
    answer = api_of.get(f"/api/agents/{own}/reports/{name}", key=key)
    assert answer.status_code == 200, answer.text
    assert {row["agent"] for row in answer.json()["people"]} <= {own}
    assert "teams" not in answer.json()
    assert api_of.get(f"/api/agents/{other}/reports/{name}", key=key).status_code == 403
    assert api_of.get(f"/api/reports/{name}", key=key).status_code == 403


@pytest.mark.parametrize("role", [Role.ANALYST, Role.PLANNER, Role.LEAD])
def test_nobody_else_looks_at_one_agent(api_of: Any, office_url: str, role: Role) -> None:
    teams = _teams(office_url) if role is Role.LEAD else []
    agent = _agents(office_url)[0]
    answer = api_of.get(f"/api/agents/{agent}/reports/skills", key=api_of.key(role, teams=teams))
    assert answer.status_code == 403


def test_an_administrator_who_looks_at_an_agent_leaves_a_trace(api_of: Any, office_url: str) -> None:
    agent = _agents(office_url)[0]
    key = api_of.key(Role.ADMIN, principal="root")
    assert api_of.get(f"/api/agents/{agent}/reports/fairness", key=key).status_code == 200
    (look,) = [change for change in _looks(office_url) if change.principal_id == "root"]
    assert look.subject_id == agent
    assert look.after["people"] == "one"


def test_what_there_is_not_is_not_found(api_of: Any, office_url: str) -> None:
    key = api_of.key(Role.ADMIN)
    assert api_of.get("/api/reports/wishes", key=key).status_code == 404
    assert api_of.get(f"/api/agents/{_agents(office_url)[0]}/reports/workload", key=key).status_code == 404
    assert api_of.get("/api/reports/workload", key=key, params={"team": "nowhere"}).status_code == 400
    assert api_of.get("/api/reports/workload", key=key, params={"from": "soon"}).status_code == 400
    assert api_of.get("/api/reports/workload").status_code == 401


def test_a_report_asked_for_as_a_job_needs_the_same_leave(api_of: Any, office_url: str) -> None:
    ask = {"report": "skills", "options": {"names": "shown"}}
    for role in (Role.ANALYST, Role.PLANNER):
        assert api_of.post("/api/reports", key=api_of.key(role), json=ask).status_code == 403
    one = {"report": "skills", "options": {"agent": _agents(office_url)[0]}}
    assert api_of.post("/api/reports", key=api_of.key(Role.ANALYST), json=one).status_code == 403
    lead = api_of.key(Role.LEAD, teams=[_teams(office_url)[0]])
    assert api_of.post("/api/reports", key=lead, json=ask).status_code == 202
