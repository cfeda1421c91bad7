"""The live desk over HTTP: an agent's day, a lead's orders, what is refused, and what the lists and streams tell."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.time import SECONDS_PER_DAY, format_instant
from models.vocabulary import Role
from services.importing.store import store_office

MONDAY_8 = 1772434800


def claim(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": "claim", "arrived": MONDAY_8, "due": MONDAY_8 + 3600, **fields}


class Desk:
    """The application on an office where Ana (billing) may be lent to claims and Ben is of claims."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.ana = api.key(Role.AGENT, agent="ana")
        self.ben = api.key(Role.AGENT, agent="ben")
        self.lead = api.key(Role.LEAD, teams=("claims",))
        self.other_lead = api.key(Role.LEAD, teams=("billing",))
        self.planner = api.key(Role.PLANNER)

    def post(self, path: str, key: str, *, status: int = 200, **body: Any) -> Any:
        answer = self.api.post(path, key=key, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, key: str, *, status: int = 200) -> Any:
        answer = self.api.get(path, key=key)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def desk(database_url: str, make_office: Callable[..., Office], make_api: Callable[..., Any]) -> Desk:
    tasks = [
        claim("C1", weight=1.0),
        claim("C2", weight=2.0, title="Broken phone"),
        claim("C3", weight=3.0),
        {"id": "D1", "type": "dispute", "arrived": MONDAY_8},
    ]
    with Database(database_url) as database, database.writing() as session:
        store_office(session, make_office(tasks=tasks), kind="tables", now=MONDAY_8)
    return Desk(make_api(database_url, rate_per_address="", rate_per_key=""))


def test_an_agent_signs_in_gets_the_next_task_and_does_it(desk: Desk) -> None:
    signed_in = desk.post("/api/agents/ben/sign-in", desk.ben)
    assert (signed_in["event"], signed_in["agent"]["presence"]) == ("signed-in", "free")
    offer = desk.post("/api/agents/ben/next", desk.ben)
    assert offer["primary"]["task_id"] == "C3"
    assert [task["task_id"] for task in offer["alternates"]] == ["C2", "C1"]
    assert offer["alternates"][0]["title"] == "Broken phone"
    assert offer["primary"]["reasons"]
    assert offer["primary"]["score"] == pytest.approx(sum(offer["primary"]["terms"].values()))
    assert (offer["num_eligible"], offer["blocked"]) == (3, {"team": 1})
    again = desk.post("/api/agents/ben/next", desk.ben)
    assert (again["primary"]["task_id"], again["version"]) == ("C3", offer["version"])
    for act, state in (("start", "started"), ("pause", "paused"), ("resume", "started"), ("complete", "closed")):
        outcome = desk.post(f"/api/tasks/C3/{act}", desk.ben)
        assert (outcome["task"]["state"], outcome["is_duplicate"]) == (state, False)
    assert desk.get("/api/tasks/C3/state", desk.ben)["closed_reason"] == "completed"
    assert desk.post("/api/tasks/C3/complete", desk.ben, status=409)["title"] == "Conflict"
    assert desk.get("/api/agents/ben/state", desk.ben)["presence"] == "free"
    assert desk.post("/api/agents/ben/sign-out", desk.ben)["agent"]["presence"] == "out"


def test_an_alternate_is_claimed_instead_and_versions_guard_it(desk: Desk) -> None:
    desk.post("/api/agents/ben/sign-in", desk.ben)
    desk.post("/api/agents/ben/next", desk.ben)
    stale = desk.api.post("/api/tasks/C2/claim", key=desk.ben, json={}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    wrong = desk.api.post("/api/tasks/C2/claim", key=desk.ben, json={}, headers={"If-Match": "W/seven"})
    assert wrong.status_code == 412
    taken = desk.api.post("/api/tasks/C2/claim", key=desk.ben, json={}, headers={"If-Match": "*"})
    assert taken.json()["task"]["agent_id"] == "ben"
    assert taken.headers["ETag"] == f'"{taken.json()["task"]["version"]}"'
    assert desk.get("/api/tasks/C3/state", desk.lead)["state"] == "waiting"


def test_what_has_changed_since_it_was_seen_is_left_as_it_is(desk: Desk) -> None:
    """Every act on a task by whoever may do it: refused by an old version, done by the present one."""
    desk.post("/api/agents/ben/sign-in", desk.ben)
    desk.post("/api/agents/ben/next", desk.ben)
    day_after = format_instant(int(time.time()) + 2 * SECONDS_PER_DAY)
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("start", desk.ben, {}),
        ("pause", desk.ben, {}),
        ("resume", desk.ben, {}),
        ("return", desk.ben, {"reason": "interrupted"}),
        ("reassign", desk.lead, {"to_agent_id": "ben"}),
        ("claim", desk.ben, {}),
        ("pend", desk.ben, {"reason": "customer", "follow_up_at": day_after}),
        ("unpend", desk.lead, {}),
        ("claim", desk.ben, {}),
        ("release", desk.lead, {}),
        ("cancel", desk.lead, {"reason": "duplicate"}),
        ("reopen", desk.lead, {"reason": "closed-in-error"}),
    ]
    for act, key, body in acts:
        version = desk.get("/api/tasks/C3/state", desk.lead)["version"]
        answers = [
            desk.api.post(f"/api/tasks/C3/{act}", key=key, json=body, headers={"If-Match": f'"{told}"'})
            for told in (version - 1, version)
        ]
        assert [answer.status_code for answer in answers] == [412, 200], (act, answers[1].json())
        assert answers[1].headers["ETag"] == f'"{version + 1}"', act


def test_an_agent_sees_and_acts_for_itself_alone(desk: Desk) -> None:
    desk.post("/api/agents/ben/sign-in", desk.ben)
    desk.post("/api/agents/ben/next", desk.ben)
    desk.post("/api/agents/ben/next", desk.ana, status=403)
    desk.post("/api/tasks/C3/start", desk.ana, status=409)  # it is in somebody else's hand
    desk.post("/api/tasks/C3/start", desk.ana, agent_id="ben", status=403)
    desk.get("/api/tasks/C3/state", desk.ana, status=403)
    desk.post("/api/tasks/C3/cancel", desk.ben, reason="duplicate", status=403)
    desk.post("/api/tasks/C3/claim", desk.other_lead, agent_id="ana", status=403)  # a task of a team that it leads not
    desk.get("/api/queue?team=claims", desk.other_lead, status=403)


def test_reasons_are_needed_to_skip_and_to_give_back_and_are_of_a_list(desk: Desk) -> None:
    desk.post("/api/agents/ben/sign-in", desk.ben)
    desk.post("/api/agents/ben/next", desk.ben)
    desk.post("/api/tasks/C3/skip", desk.ben, status=422)
    desk.post("/api/tasks/C3/skip", desk.ben, reason="lazy", status=422)
    desk.post("/api/tasks/C3/skip", desk.ben, reason="unclear", role="admin", status=422)
    assert desk.post("/api/tasks/C3/skip", desk.ben, reason="unclear")["task"]["num_skips"] == 1
    assert desk.post("/api/agents/ben/next", desk.ben)["primary"]["task_id"] == "C2"
    desk.post("/api/tasks/C2/start", desk.ben)
    assert desk.post("/api/tasks/C2/return", desk.ben, reason="interrupted")["task"]["num_returns"] == 1


def test_what_cannot_go_on_goes_to_a_lead_who_decides(desk: Desk) -> None:
    desk.post("/api/agents/ben/sign-in", desk.ben)
    for act, reason in (("help", "help"), ("information-missing", "information-missing"), ("wrong-team", "wrong-team")):
        offer = desk.post("/api/agents/ben/next", desk.ben)
        name = offer["primary"]["task_id"]
        desk.post(f"/api/tasks/{name}/start", desk.ben)
        body: dict[str, Any] = {"team_id": "billing"} if act == "wrong-team" else {}
        told = desk.post(f"/api/tasks/{name}/{act}", desk.ben, **body)
        assert (told["task"]["state"], told["task"]["lead_reason"]) == ("lead", reason)
    lists = desk.get("/api/queue?state=lead", desk.lead)
    assert [task["task_id"] for task in lists["items"]] == ["C1", "C2", "C3"]
    desk.post("/api/tasks/C3/reassign", desk.lead, to_agent_id="ben", to_team_id="claims", status=400)
    assert desk.post("/api/tasks/C3/reassign", desk.lead, to_agent_id="ben")["task"]["reserved_agent_id"] == "ben"
    offer = desk.post("/api/agents/ben/next", desk.ben)
    assert offer["primary"]["reasons"][0] == "a lead gave it to you"
    released = desk.post("/api/tasks/C3/release", desk.lead)
    assert released["task"]["lead_reason"] == "released"
    follow_up = "2099-01-01T00:00:00Z"
    desk.post("/api/tasks/C2/pend", desk.lead, reason="customer", follow_up_at=follow_up, status=400)  # too far
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert desk.post("/api/tasks/C2/pend", desk.lead, reason="customer", follow_up_at=soon)["task"]["state"] == "pended"
    assert desk.post("/api/tasks/C2/unpend", desk.lead)["task"]["state"] == "waiting"
    assert desk.post("/api/tasks/C1/cancel", desk.lead, reason="duplicate")["task"]["closed_reason"] == "cancelled"
    assert desk.post("/api/tasks/C1/check", desk.lead, result="fail", severity="minor")["event"] == "checked"
    assert desk.post("/api/tasks/C1/reopen", desk.lead, reason="check-failed")["task"]["num_reopens"] == 1


def test_agents_come_and_go(desk: Desk) -> None:
    desk.post("/api/agents/ana/off-task", desk.ana, code="lunch", status=409)
    desk.post("/api/agents/ana/sign-in", desk.ana)
    assert desk.post("/api/agents/ana/looking", desk.ana)["agent"]["looking_since"]
    off = desk.post("/api/agents/ana/off-task", desk.ana, code="lunch")["agent"]
    assert (off["presence"], off["off_task_code"]) == ("off-task", "lunch")
    desk.post("/api/agents/ana/off-task", desk.ana, code="holiday", status=422)
    assert desk.post("/api/agents/ana/back", desk.ana)["agent"]["presence"] == "free"
    listed = desk.get("/api/agents?presence=free", desk.planner)
    assert [agent["agent_id"] for agent in listed["items"]] == ["ana"]
    assert [agent["agent_id"] for agent in desk.get("/api/agents", desk.lead)["items"]] == ["ben"]
    desk.get("/api/agents/nobody/state", desk.planner, status=404)


def test_an_event_that_is_told_twice_changes_nothing_again(desk: Desk) -> None:
    first = desk.post("/api/agents/ben/sign-in", desk.ben, dedup_key="badge-1", occurred_at="2026-11-22T05:00:00+00:00")
    again = desk.post("/api/agents/ben/sign-in", desk.ben, dedup_key="badge-1")
    assert (first["is_duplicate"], again["is_duplicate"]) == (False, True)
    assert again["event_id"] == first["event_id"]


def test_the_queue_comes_in_pages_and_filters(desk: Desk) -> None:
    first = desk.get("/api/queue?limit=2", desk.planner)
    second = desk.get(first["next"], desk.planner)
    names = [task["task_id"] for page in (first, second) for task in page["items"]]
    assert names == ["C1", "C2", "C3", "D1"]
    assert second["next"] is None
    assert [task["task_id"] for task in desk.get("/api/queue?type=dispute", desk.planner)["items"]] == ["D1"]
    assert [task["team"] for task in desk.get("/api/queue", desk.lead)["items"]] == ["claims"] * 3
    choices = desk.get("/api/agents/ben/choices?limit=2", desk.ben)
    assert [task["task_id"] for task in choices["items"]] == ["C3", "C2"]
    assert choices["num_eligible"] == 3


def test_why_a_task_waits_and_who_is_idle_is_told_to_the_lead(desk: Desk) -> None:
    reason = desk.get("/api/tasks/C1/why-waiting", desk.lead)
    assert [one["agent_id"] for one in reason["able"]] == ["ana", "ben"]
    assert "not there" in reason["sentence"]
    desk.get("/api/tasks/C1/why-waiting", desk.ben, status=403)
    desk.get("/api/tasks/none/why-waiting", desk.planner, status=404)
    desk.post("/api/agents/ben/sign-in", desk.ben, occurred_at="2026-11-22T00:00:00+00:00")
    idle = desk.get("/api/queue/idle", desk.lead)
    assert [one["agent_id"] for one in idle["items"]] == ["ben"]
    assert (idle["items"][0]["task_id"], idle["items"][0]["num_doable"]) == ("C3", 3)
    assert desk.get("/api/queue/idle", desk.other_lead)["items"] == []


def test_a_lead_takes_a_task_for_an_agent(desk: Desk) -> None:
    desk.post("/api/agents/ben/sign-in", desk.lead)
    taken = desk.post("/api/tasks/C1/claim", desk.lead, agent_id="ben")
    assert taken["task"]["agent_id"] == "ben"
    desk.post("/api/tasks/C2/claim", desk.lead, status=403)  # for whom?


def test_the_queue_of_a_team_is_streamed_as_it_changes(
    database_url: str, make_office: Callable[..., Office], serve_here: Callable[..., Any]
) -> None:
    with Database(database_url) as database, database.writing() as session:
        store_office(session, make_office(tasks=[claim("C1"), claim("C2")]), kind="tables", now=MONDAY_8)
    server = serve_here(database_url)
    lead, ben = server.key(Role.LEAD, teams=("claims",)), server.key(Role.AGENT, agent="ben")
    seen: list[int] = []

    def work() -> None:
        time.sleep(0.7)
        for path in ("/api/agents/ben/sign-in", "/api/agents/ben/next"):
            assert server.post(path, key=ben, json={}).status_code == 200

    worker = threading.Thread(target=work)
    worker.start()
    headers = {"Authorization": f"Bearer {lead}"}
    with server.network.stream("GET", "/api/teams/claims/queue/events", headers=headers) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: "))["num_waiting"])
            if 1 in seen:
                break
    worker.join()
    assert seen == [2, 1]
