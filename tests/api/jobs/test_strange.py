"""What nobody sensible asks: refused, and never a server error."""

import base64
import json
from typing import Any

import pytest

from models.vocabulary import Role

HALF = base64.urlsafe_b64encode(b'["\\ud800"]').rstrip(b"=").decode()
FAR = "9999-12-31"
ASKED: list[tuple[str, str, Any]] = [
    ("GET", f"/api/office/agents?cursor={HALF}", None),
    ("GET", "/api/office/agents?on=0001-01-01&skill=%00", None),
    ("GET", f"/api/office/shifts?start={FAR}&end={FAR}", None),
    ("GET", "/api/office/shifts?start=0001-01-01", None),
    ("GET", "/api/office/shifts?start=2026-03-29 02:30:00.5", None),
    ("GET", "/api/office/tasks?due_before=-1", None),
    ("GET", f"/api/office/agents/ana/absences?start={FAR}", None),
    ("DELETE", "/api/office/agents/ana/absences/253402300799", None),
    ("POST", "/api/office/agents/ana/absences", {"start": FAR, "end": FAR}),
    ("POST", "/api/office/agents/ana/absences", {"start": "0001-01-01", "end": "0001-01-02"}),
    ("POST", "/api/office/agents/ana/absences", {"start": "1", "end": "02/03/2026"}),
    ("PUT", "/api/office/agents/ana/skills", {"skills": [{"skill": "bill", "level": 1, "valid_from": "0001-01-01"}]}),
    (
        "PUT",
        "/api/office/agents/ana/skills",
        {"skills": [{"skill": "bill", "level": 1, "valid_from": FAR, "valid_to": "2026-01-01"}]},
    ),
    ("PUT", "/api/office/agents/ana/skills", {"skills": [{"skill": "bill", "level": 1}] * 2}),
    ("GET", "/api/scenarios/from-office?until=soon", None),
    ("GET", f"/api/scenarios/from-office?until={FAR}&days=366", None),
    ("GET", "/api/scenarios/from-office?until=0001-01-01&days=366", None),
    ("GET", "/api/scenarios/from-office?team=nothing", None),
    ("GET", f"/api/export/problem?at={FAR}", None),
    ("GET", "/api/export/problem?at=0001-01-01&team=nothing", None),
    ("GET", "/api/export/problem?team=nothing", None),
    ("GET", "/api/plans/9007199254740991/explain?task=a", None),
    ("GET", "/api/jobs/2147483647/result", None),
    ("GET", "/api/jobs?cursor=WzkyMjMzNzIwMzY4NTQ3NzU4MDdd", None),
    ("GET", "/api/jobs?cursor=WzkwMDcxOTkyNTQ3NDA5OTFd", None),
    ("GET", "/api/jobs?cursor=Wy05MDA3MTk5MjU0NzQwOTkxXQ", None),
    ("POST", "/api/plans", {"at": FAR}),
    ("POST", "/api/plans", {"at": "0001-01-01", "iterations": 10**12}),
    ("POST", "/api/simulations", {"scenario": {"arrivals": [{"times": 5}, 7]}}),
    ("POST", "/api/simulations", {"scenario": {}, "edits": ["=", "a.b.c=1"]}),
    ("POST", "/api/simulations", {"scenario": {"agents": "x"}, "edits": ["agents.x.y={a: [1"]}),
    ("POST", "/api/comparisons", {"scenarios": [{}, {}], "names": ["a", "a"]}),
    ("POST", "/api/tasks", {"tasks": [{"id": {"a": 1}}, {"": 1}, {}, {"attributes": {"": 1}}]}),
    ("POST", "/api/tasks", {"tasks": [{"id": "x", "type": "claim", "arrived": FAR + "T23:59:59-12:00"}]}),
    ("POST", "/api/tasks", {"tasks": [{"id": "x" * 40_000, "type": "claim", "arrived": 1e308}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED, ids=[f"{n}" for n in range(len(ASKED))])
def test_what_is_strange_is_no_server_error(office_api: Any, method: str, path: str, body: Any) -> None:
    key = office_api.key(Role.ADMIN)
    options: dict[str, Any] = {"headers": {"If-Match": "*"}}
    if body is not None:
        options["headers"]["Content-Type"] = "application/json"
        options["content"] = json.dumps(body)
    answer = office_api.ask(method, path, key=key, **options)
    assert answer.status_code < 500, answer.text


def test_a_zone_that_is_none_is_refused_at_once(small_api: Any) -> None:
    for kind in ("tables", "log"):
        answer = small_api.post(
            f"/api/imports/{kind}",
            key=small_api.key(Role.ADMIN),
            files={"file": ("tasks.csv", b"id\n")},
            data={"timezone": "../etc/passwd"},
        )
        assert (answer.status_code, answer.json()["faults"][0]["where"]) == (422, "body: timezone")
