"""Plans over HTTP: made by jobs, shown to their agents, made anew in calm; and what one asks about them."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.live.events import iterate_events
from models.repositories.published import read_published
from models.vocabulary import Role
from models.vocabulary_live import EventKind

MONDAY_8 = 1772434800
QUICK = {"at": "2026-03-02 08:00", "iterations": 500, "threads": 1}


@pytest.fixture
def plan(do_jobs: Callable[[Any], int]) -> Callable[..., int]:
    """Plan a day over HTTP and return the plan's number."""

    def make(api: Any, key: str, path: str = "/api/plans", **more: Any) -> int:
        answer = api.post(path, key=key, json={**QUICK, **more})
        assert answer.status_code == 202, answer.text
        do_jobs(api)
        job = api.get(answer.headers["location"], key=key).json()
        assert job["state"] == "done", job
        return int(job["links"]["plan"].rpartition("/")[2])

    return make


def test_a_plan_is_made_shown_and_the_next_one_calm_to_it(office_api: Any, plan: Callable[..., int]) -> None:
    key = office_api.key(Role.PLANNER, principal="pia")
    first = plan(office_api, key)
    problem = office_api.get(f"/api/plans/{first}/problem", key=key).json()
    assert all(task.get("published_agent") is None for task in problem["tasks"])
    answer = office_api.post(f"/api/plans/{first}/publish", key=key, json={})
    assert answer.status_code == 200, answer.text
    shown = {
        item["task"]: item["agent"] for item in office_api.get(f"/api/plans/{first}", key=key).json()["assignments"]
    }
    assert (answer.json()["shown"], answer.json()["changed"]) == (len(shown), len(shown))
    with Database(office_api.url) as database, database.reading() as session:
        connection = session.connection()
        (event,) = [item for item in iterate_events(connection) if item.kind is EventKind.PLAN_PUBLISHED]
        assert (event.principal_id, event.details["plan"]) == ("pia", first)
        in_force = read_published(connection, MONDAY_8 + 60)
        assert in_force is not None
        assert {item.task: agent for agent, items in in_force.by_agent.items() for item in items} == shown
        for items in in_force.by_agent.values():
            assert [item.start for item in items] == sorted(item.start for item in items)
        assert in_force.hour_values.keys() <= {"begins", "task_types", "agents"}
        assert read_published(connection, MONDAY_8 - 60) is None
        assert read_published(connection, MONDAY_8 + 3 * 86_400) is None
    trail = office_api.get("/api/audit/changes?subject=plan", key=office_api.key(Role.ADMIN)).json()["items"]
    assert (trail[0]["what"], trail[0]["principal_id"]) == ("POST /api/plans/{plan_id}/publish", "pia")
    for path in ("/api/plans", "/api/plans/replan"):
        second = plan(office_api, key, path, at="2026-03-02 08:10")
        problem = office_api.get(f"/api/plans/{second}/problem", key=key).json()
        assert {task["id"]: task["published_agent"] for task in problem["tasks"]} == shown
        found = office_api.get(f"/api/plans/{second}/diff?old={first}", key=key).json()
        assert found["reassigned"] == []


def test_only_what_starts_soon_is_shown(office_api: Any, plan: Callable[..., int]) -> None:
    key = office_api.key(Role.PLANNER)
    number = plan(office_api, key)
    assert office_api.post(f"/api/plans/{number}/publish", key=key, json={"hours": 0}).json()["shown"] == 0
    answer = office_api.post(f"/api/plans/{number}/publish", key=key, json={"until": "2026-03-02 08:01"})
    assert answer.json()["until"] == "2026-03-02T08:01:00+01:00"
    assert 0 < answer.json()["shown"] < 3
    both = office_api.post(f"/api/plans/{number}/publish", key=key, json={"until": "2026-03-02 08:01", "hours": 1})
    assert both.status_code == 400
    assert office_api.post("/api/plans/99/publish", key=key, json={}).status_code == 404


def test_leads_plan_and_publish_their_own_teams(small_api: Any, plan: Callable[..., int]) -> None:
    lead, planner = small_api.key(Role.LEAD, teams=("claims",)), small_api.key(Role.PLANNER)
    refused = small_api.post("/api/plans", key=lead, json={**QUICK, "teams": ["billing"]})
    assert refused.status_code == 403
    own = plan(small_api, lead)
    problem = small_api.get(f"/api/plans/{own}/problem", key=lead).json()
    assert {task["type"] for task in problem["tasks"]} == {"claim"}
    assert small_api.post(f"/api/plans/{own}/publish", key=lead, json={}).status_code == 200
    whole = plan(small_api, planner)
    answer = small_api.post(f"/api/plans/{whole}/publish", key=lead, json={})
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_what_a_plan_is_asked(small_api: Any, plan: Callable[..., int]) -> None:
    key = small_api.key(Role.ANALYST)
    number = plan(small_api, small_api.key(Role.PLANNER))
    board = small_api.get(f"/api/plans/{number}/swing", key=key).json()
    assert {team["team"] for team in board["teams"]} == {"billing", "claims"}
    told = small_api.get(f"/api/plans/{number}/explain?task=T1&task=T3", key=key).json()
    said = [*told["assignments"], *told["unscheduled"]]
    assert {item["task"] for item in said} == {"T1", "T3"}
    assert all(item["sentence"] for item in told["assignments"])
    whose = small_api.get(f"/api/plans/{number}/explain?agent=ben", key=key).json()
    assert {item["agent"] for item in whose["assignments"]} == {"ben"}
    fixes = small_api.get(f"/api/plans/{number}/tasks/T1/fixes", key=key).json()
    assert fixes["is_left"] is False
    assert "sets" in small_api.get(f"/api/plans/{number}/certificate", key=key).json()
    for path in ("explain?agent=nobody", "explain?task=nothing", "tasks/nothing/fixes", f"diff?old={number + 1}"):
        assert small_api.get(f"/api/plans/{number}/{path}", key=key).status_code == 404, path
    assert small_api.get(f"/api/plans/{number}/explain?agent=ben&task=T1", key=key).status_code == 400
    assert small_api.get("/api/plans/published", key=key).status_code == 404  # it is of another year


def test_a_question_goes_out_as_it_is_planned(small_api: Any) -> None:
    lead, planner = small_api.key(Role.LEAD, teams=("billing",)), small_api.key(Role.PLANNER)
    address = "/api/export/problem?at=2026-03-02 08:00"
    whole = small_api.get(address, key=planner).json()
    assert (whole["format"], len(whole["tasks"])) == ("swingdesk/problem", 3)
    own = small_api.get(address, key=lead).json()
    assert [task["id"] for task in own["tasks"]] == ["T1"]
    assert small_api.get(f"{address}&team=claims", key=lead).status_code == 403
    late = small_api.get("/api/export/problem?at=2026-03-02 23:00", key=planner)
    assert late.status_code == 409
    assert small_api.get("/api/export/problem?at=yesterday", key=planner).status_code == 400


def test_a_stopped_plan_is_not_stored(small_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = small_api.key(Role.PLANNER)
    address = small_api.post("/api/plans", key=key, json=QUICK).headers["location"]
    assert small_api.ask("DELETE", address, key=key).status_code == 200
    assert do_jobs(small_api) == 0
    assert small_api.get("/api/plans", key=key).json()["count"] == 0
