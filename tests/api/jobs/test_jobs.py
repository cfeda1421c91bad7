"""Jobs over HTTP: asked for, followed, stopped; what is asked is checked before anything waits."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.vocabulary import Role
from services.jobs import asking

SCENARIO: dict[str, Any] = {
    "format": "swingdesk/scenario",
    "version": 1,
    "start": "2026-03-02T08:00:00+00:00",
    "days": 1,
    "warm_up_days": 0,
    "replications": 2,
    "teams": [{"id": "team"}],
    "task_types": [
        {
            "id": "type",
            "team": "team",
            "skill": "skill",
            "handling": {"distribution": "deterministic", "mean_minutes": 5},
        }
    ],
    "arrivals": [{"task_type": "type", "per_hour": 6}],
    "agents": [{"id": "group", "team": "team", "skills": {"skill": {"level": 1}}, "week": "always"}],
}


def test_a_simulation_is_accepted_done_and_its_result_given(office_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = office_api.key(Role.PLANNER)
    answer = office_api.post("/api/simulations", key=key, json={"scenario": SCENARIO, "threads": 1})
    assert answer.status_code == 202, answer.text
    job = answer.json()
    address = answer.headers["location"]
    assert address == job["links"]["self"]
    assert (job["kind"], job["state"], job["attempts"], job["problem"]) == ("simulate", "queued", 0, None)
    assert "scenario" not in job["question"]
    assert office_api.get(f"{address}/result", key=key).status_code == 404
    assert do_jobs(office_api) == 1
    done = office_api.get(address, key=key).json()
    assert (done["state"], done["progress"]["share"]) == ("done", 1.0)
    result = office_api.get(done["links"]["result"], key=key)
    assert result.headers["content-type"] == "application/json"
    assert (result.json()["format"], result.json()["replications"]) == ("swingdesk/result", 2)


def test_a_job_that_has_not_changed_is_not_sent_again(office_api: Any) -> None:
    key = office_api.key(Role.ANALYST)
    answer = office_api.post("/api/reports", key=key, json={"report": "waiting"})
    address, etag = answer.headers["location"], answer.headers["etag"]
    again = office_api.get(address, key=key, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert office_api.post(f"{address}/cancel", key=key).json()["state"] == "cancelled"
    changed = office_api.get(address, key=key, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


def test_stopping_is_answered_the_same_twice_and_refused_once_it_is_done(
    office_api: Any, do_jobs: Callable[[Any], int]
) -> None:
    key = office_api.key(Role.PLANNER)
    question = {"scenario": SCENARIO, "threads": 1}
    stopped = office_api.post("/api/simulations", key=key, json=question).headers["location"]
    assert [office_api.ask("DELETE", stopped, key=key).json()["state"] for _ in range(2)] == ["cancelled"] * 2
    done = office_api.post("/api/simulations", key=key, json=question).headers["location"]
    assert do_jobs(office_api) == 1
    answer = office_api.ask("DELETE", done, key=key)
    assert answer.status_code == 409
    assert "has ended, it is done" in answer.json()["detail"]


def test_events_tell_of_a_job_until_it_has_ended(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    address = office_api.post("/api/simulations", key=key, json={"scenario": SCENARIO}).headers["location"]
    office_api.ask("DELETE", address, key=key)
    answer = office_api.get(f"{address}/events", key=key)
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.strip().split("\n")
    assert lines[0] == "event: job"
    told = json.loads(lines[2].removeprefix("data: "))
    assert (told["state"], lines[1]) == ("cancelled", f"id: {told['version']}")
    known = office_api.get(f"{address}/events", key=key, headers={"Last-Event-ID": str(told["version"])})
    assert known.text == ""


def test_jobs_are_their_askers_and_planners_share_plans_and_simulations(office_api: Any) -> None:
    analyst, other, planner = (office_api.key(role) for role in (Role.ANALYST, Role.ANALYST, Role.PLANNER))
    admin = office_api.key(Role.ADMIN)
    report = office_api.post("/api/reports", key=analyst, json={"report": "waiting"}).headers["location"]
    simulation = office_api.post("/api/simulations", key=planner, json={"scenario": SCENARIO}).headers["location"]
    for address, sees, does_not in (
        (report, (analyst, admin), (other, planner)),
        (simulation, (planner, admin, office_api.key(Role.PLANNER)), (analyst,)),
    ):
        assert all(office_api.get(address, key=key).status_code == 200 for key in sees)
        for key in does_not:
            for method, path in (
                ("GET", ""),
                ("GET", "/result"),
                ("GET", "/events"),
                ("DELETE", ""),
                ("POST", "/cancel"),
            ):
                assert office_api.ask(method, address + path, key=key).status_code == 404
    listed = {key: office_api.get("/api/jobs", key=key).json()["items"] for key in (analyst, other, planner, admin)}
    assert [len(items) for items in listed.values()] == [1, 0, 1, 2]


def test_lists_go_on_page_by_page(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    for _ in range(5):
        office_api.post("/api/simulations", key=key, json={"scenario": SCENARIO})
    seen: list[int] = []
    address: Any = "/api/jobs?limit=2&kind=simulate&state=queued"
    while address is not None:
        page = office_api.get(address, key=key).json()
        seen += [job["id"] for job in page["items"]]
        address = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    assert office_api.get("/api/jobs?kind=plan", key=key).json()["items"] == []


def test_nobody_queues_without_end(small_api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_WAITING", 1)
    key = small_api.key(Role.PLANNER)
    assert small_api.post("/api/simulations", key=key, json={"scenario": SCENARIO}).status_code == 202
    answer = small_api.post("/api/simulations", key=key, json={"scenario": SCENARIO})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")


def test_a_trace_is_what_was_sent_and_never_a_file_of_the_server(small_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = small_api.key(Role.PLANNER)
    scenario = {**SCENARIO, "arrivals": [{"task_type": "type", "times": "/etc/passwd"}]}
    for traces in ({}, {"passwd": "arrived\n"}):
        answer = small_api.post("/api/simulations", key=key, json={"scenario": scenario, "traces": traces})
        assert answer.status_code == 422
        (fault,) = answer.json()["faults"]
        assert fault["where"] == "scenario: arrivals[0]: times"
        assert "root" not in answer.text
    trace = "arrived\n2026-03-02T08:30:00+00:00\n"
    answer = small_api.post(
        "/api/simulations", key=key, json={"scenario": scenario, "traces": {"/etc/passwd": trace}, "threads": 1}
    )
    assert answer.status_code == 202
    assert do_jobs(small_api) == 1
    result = small_api.get(f"{answer.headers['location']}/result", key=key).json()
    assert result["overall"]["arrived"]["mean"] == 1


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/api/simulations", {"scenario": {"format": "swingdesk/scenario", "version": 1}}, "scenario"),
        ("/api/simulations", {"scenario": {**SCENARIO, "name": "a\x00b"}}, "body"),
        ("/api/comparisons", {"scenarios": [SCENARIO]}, "body"),
        ("/api/staffings", {"scenario": SCENARIO}, "scenario: staffing"),
        ("/api/plans", {"days": 0}, "body.days"),
        ("/api/plans", {"time_limit_s": 1e9}, "body.time_limit_s"),
        ("/api/plans", {"role": "admin"}, "body.role"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(small_api: Any, path: str, body: dict[str, Any], where: str) -> None:
    key = small_api.key(Role.PLANNER)
    answer = small_api.post(path, key=key, json=body)
    assert answer.status_code == 422, answer.text
    assert any(fault["where"].startswith(where) for fault in answer.json()["faults"])
    assert small_api.get("/api/jobs", key=key).json()["items"] == []


def test_a_scenario_without_an_end_is_no_server_error(small_api: Any) -> None:
    deep = "[" * 900 + "]" * 900
    body = json.dumps({"scenario": SCENARIO}).replace('"version": 1', f'"version": 1, "agents2": {deep}', 1)
    key = small_api.key(Role.PLANNER)
    answer = small_api.post("/api/simulations", key=key, content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500


def test_a_comparison_gives_differences_from_the_first(small_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = small_api.key(Role.PLANNER)
    body = {"scenarios": [SCENARIO], "names": ["base"], "edits": ["agents.group.count=2"], "threads": 1}
    answer = small_api.post("/api/comparisons", key=key, json=body)
    assert answer.status_code == 202, answer.text
    assert do_jobs(small_api) == 1
    made = small_api.get(f"{answer.headers['location']}/result", key=key).json()
    assert [item["name"] for item in made["scenarios"]] == ["base", "agents.group.count=2"]


def test_a_job_that_fails_says_why(small_api: Any, do_jobs: Callable[[Any], int]) -> None:
    key = small_api.key(Role.PLANNER)
    answer = small_api.post("/api/plans", key=key, json={"at": "2027-03-02 08:00"})
    assert do_jobs(small_api) == 1
    job = small_api.get(answer.headers["location"], key=key).json()
    assert job["state"] == "failed"
    assert "nobody is on duty" in job["problem"]["detail"]
    assert "result" not in job["links"]
