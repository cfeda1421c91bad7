"""The stored office over HTTP: read in pages and by version, edited only at the version that was seen."""

from typing import Any

import pytest

from models.database import Database
from models.repositories.live.events import iterate_events
from models.vocabulary import Role
from models.vocabulary_live import EventKind

START = "2026-03-02 00:00"


def _kinds(api: Any) -> list[EventKind]:
    with Database(api.url) as database, database.reading() as session:
        return [event.kind for event in iterate_events(session.connection())]


def test_agents_are_listed_by_team_and_skill_a_page_at_a_time(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    first = office_api.get("/api/office/agents?limit=1", key=key).json()
    assert [item["id"] for item in first["items"]] == ["ana"]
    second = office_api.get(first["next"], key=key).json()
    assert ([item["id"] for item in second["items"]], second["next"]) == (["ben"], None)
    ana = first["items"][0]
    assert (ana["team"], ana["swing_teams"], ana["valid_from"]) == ("billing", ["claims"], None)
    assert [(item["skill"], item["level"], item["speed"]) for item in ana["skills"]] == [
        ("bill", 3, 1.1),
        ("claim", 1, 1),
    ]
    for query, ids in (
        ("team=claims", ["ben"]),
        ("skill=bill", ["ana"]),
        ("on=2026-03-02", ["ana", "ben"]),
        ("team=nothing", []),
    ):
        listed = office_api.get(f"/api/office/agents?{query}", key=key).json()["items"]
        assert [item["id"] for item in listed] == ids, query


def test_leads_see_their_teams(small_api: Any) -> None:
    lead = small_api.key(Role.LEAD, teams=("claims",))
    for path in ("agents", f"shifts?start={START}", "tasks"):
        items = small_api.get(f"/api/office/{path}", key=lead).json()["items"]
        assert items
        assert not {"ana", "T1"} & {item.get("agent", item.get("id")) for item in items}, path
        joined = "&" if "?" in path else "?"
        assert small_api.get(f"/api/office/{path}{joined}team=billing", key=lead).status_code == 403
    assert small_api.get("/api/office/agents/ana", key=lead).status_code == 403
    assert small_api.get("/api/office/agents/ben", key=lead).status_code == 200
    assert small_api.get("/api/office/tasks/T1", key=lead).status_code == 403
    assert small_api.get("/api/office/tasks/T2", key=lead).status_code == 200


def test_shifts_types_and_names_are_listed(office_api: Any) -> None:
    key = office_api.key(Role.ANALYST)
    shifts = office_api.get(f"/api/office/shifts?start={START}&agent=ana", key=key).json()["items"]
    assert [(item["start"], item["end"], item["day"]) for item in shifts] == [
        ("2026-03-02T07:00:00+00:00", "2026-03-02T15:30:00+00:00", "2026-03-02")
    ]
    (block,) = shifts[0]["blocks"]
    assert (block["kind"], block["is_paid"], block["start"]) == ("lunch", False, "2026-03-02T11:00:00+00:00")
    page = office_api.get(f"/api/office/shifts?start={START}&limit=1", key=key).json()
    rest = office_api.get(page["next"], key=key).json()
    assert [item["agent"] for item in (*page["items"], *rest["items"])] == ["ana", "ben"]
    types = office_api.get("/api/office/task-types", key=key).json()["items"]
    assert [(item["id"], item["standards"][0]["handling_minutes"]) for item in types] == [
        ("claim", 27),
        ("dispute", 18),
    ]
    teams = office_api.get("/api/office/names/teams?limit=1", key=key).json()
    assert teams["items"] == [{"id": "billing", "name": "Billing resolution"}]
    assert office_api.get(teams["next"], key=key).json()["items"] == [{"id": "claims", "name": ""}]
    assert office_api.get("/api/office/names/principals", key=key).status_code == 422


def test_tasks_are_filtered(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    for query, ids in (
        ("", ["T1", "T2", "T3"]),
        ("type=dispute", ["T1"]),
        ("team=claims", ["T2", "T3"]),
        ("due_before=2026-03-02 10:00", ["T3"]),
        ("state=closed", []),
        ("pinned_agent=ana", []),
    ):
        listed = office_api.get(f"/api/office/tasks?{query}", key=key).json()["items"]
        assert [item["id"] for item in listed] == ids, query


def test_skills_are_set_at_the_version_that_was_seen(office_api: Any) -> None:
    key = office_api.key(Role.LEAD, teams=("billing",))
    address = "/api/office/agents/ana"
    read = office_api.get(address, key=key)
    etag = read.headers["etag"]
    assert office_api.get(address, key=key, headers={"If-None-Match": etag}).status_code == 304
    body = {"skills": [{"skill": "spanish", "level": 5}, {"skill": "bill", "level": 4, "speed": 1.25}]}
    path = f"{address}/skills"
    assert office_api.ask("PUT", path, key=key, json=body).status_code == 428
    assert office_api.ask("PUT", path, key=key, json=body, headers={"If-Match": '"other"'}).status_code == 412
    made = office_api.ask("PUT", path, key=key, json=body, headers={"If-Match": etag})
    assert made.status_code == 200, made.text
    assert {item["skill"]: (item["level"], item["speed"]) for item in made.json()["skills"]} == {
        "spanish": (5, 1),
        "bill": (4, 1.25),
    }
    assert made.headers["etag"] != etag
    assert office_api.get(address, key=key).json() == made.json()
    assert office_api.ask("PUT", path, key=key, json=body, headers={"If-Match": etag}).status_code == 412
    bad = {"skills": [{"skill": "juggling", "level": 1}]}
    refused = office_api.ask("PUT", path, key=key, json=bad, headers={"If-Match": made.headers["etag"]})
    assert (refused.status_code, refused.json()["faults"][0]["where"]) == (422, "agent_skills[0]: skill")


def test_somebody_ill_is_planned_around_and_back_again(office_api: Any) -> None:
    key = office_api.key(Role.LEAD, teams=("claims",))
    path = "/api/office/agents/ben/absences"
    made = office_api.post(
        path, key=key, json={"start": "2026-03-02 08:00", "end": "2026-03-02 16:30", "reason": "ill"}
    )
    assert (made.status_code, made.json()) == (201, {"new": 1, "changed": 0, "unchanged": 0})
    planner = office_api.key(Role.PLANNER)
    address = "/api/export/problem?at=2026-03-02 08:00"
    agents = {agent["id"]: agent for agent in office_api.get(address, key=planner).json()["agents"]}
    assert not agents.get("ben", {}).get("shifts")
    (absence,) = office_api.get(f"{path}?start={START}", key=key).json()["items"]
    assert "reason" not in absence
    own = f"{path}/{absence['starts_at']}"
    assert office_api.ask("DELETE", own, key=key).status_code == 428
    assert office_api.ask("DELETE", own, key=key, headers={"If-Match": '"x"'}).status_code == 412
    gone = office_api.ask("DELETE", own, key=key, headers={"If-Match": f'"{absence["version"]}"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert office_api.ask("DELETE", own, key=key, headers={"If-Match": "*"}).status_code == 404
    agents = {agent["id"]: agent for agent in office_api.get(address, key=planner).json()["agents"]}
    assert agents["ben"]["shifts"]
    assert EventKind.OFFICE_CHANGED in _kinds(office_api)
    bad = office_api.post(path, key=key, json={"start": "2026-03-02 08:00", "end": "2026-03-01 16:30"})
    assert bad.status_code == 422


def test_a_task_is_pinned_and_freed(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    address = "/api/office/tasks/T2"
    etag = office_api.get(address, key=key).headers["etag"]
    body = {"pinned_agent": "ben"}
    assert office_api.ask("PATCH", address, key=key, json=body).status_code == 428
    pinned = office_api.ask("PATCH", address, key=key, json=body, headers={"If-Match": etag})
    assert (pinned.status_code, pinned.json()["pinned_agent"]) == (200, "ben")
    listed = office_api.get("/api/office/tasks?pinned_agent=ben", key=key).json()["items"]
    assert [item["id"] for item in listed] == ["T2"]
    assert office_api.ask("PATCH", address, key=key, json=body, headers={"If-Match": etag}).status_code == 412
    nobody = {"pinned_agent": "nobody"}
    assert office_api.ask("PATCH", address, key=key, json=nobody, headers={"If-Match": "*"}).status_code == 404
    freed = office_api.ask("PATCH", address, key=key, json={"pinned_agent": None}, headers={"If-Match": "*"})
    assert freed.json()["pinned_agent"] is None
    assert _kinds(office_api).count(EventKind.OFFICE_CHANGED) == 2


def test_a_closed_task_is_not_pinned(small_api: Any) -> None:
    key = small_api.key(Role.ADMIN)
    row = {"id": "D", "type": "claim", "arrived": "2026-03-01 08:00", "due": "2026-03-02 12:00"}
    row |= {"closed": "2026-03-01 12:00", "done_by": "ben"}
    assert small_api.post("/api/tasks", key=key, json={"tasks": [row]}).status_code == 200
    answer = small_api.ask(
        "PATCH", "/api/office/tasks/D", key=key, json={"pinned_agent": "ben"}, headers={"If-Match": "*"}
    )
    assert (answer.status_code, "is closed" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "path",
    [
        "/api/office/agents?cursor=abc",
        "/api/office/agents?cursor=WzFd",
        "/api/office/shifts?cursor=WzQ2MTE2ODYwMTg0MjczODc5MDMsImEiXQ",
        "/api/office/agents?limit=0",
        "/api/office/agents?on=31-31-31",
    ],
)
def test_what_is_no_page_is_refused(small_api: Any, path: str) -> None:
    assert small_api.get(path, key=small_api.key(Role.ADMIN)).status_code == 422
