"""Tasks by the thousand: all or nothing, or the good ones; what is wrong is said by index and field."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.offices import write_office
from models.vocabulary import Role

GOOD = {"id": "N1", "type": "claim", "arrived": "2026-03-02T07:00:00+01:00", "due": "2026-03-02 12:00"}
FULL = {
    **GOOD,
    "id": "N2",
    "title": "Water damage, kitchen",
    "case": "C1",
    "quantity": 2,
    "weight": 3.5,
    "min_level": 2,
    "also_requires": {"spanish": 2, "bill": 1},
    "preferred_agents": ["ben"],
    "excluded_agents": ["ana"],
    "separate_from": ["T2"],
    "after": ["N1"],
    "attributes": {"amount": 125.4, "urgent": True, "note": "=1+1"},
}


def test_rows_are_inserted_and_updated_and_the_same_again_changes_nothing(office_api: Any) -> None:
    key = office_api.key(Role.PLANNER)
    answer = office_api.post("/api/tasks", key=key, json={"tasks": [GOOD, FULL]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["import"] >= 1
    counts = [answer.json()]
    counts.append(office_api.post("/api/tasks", key=key, json={"tasks": [GOOD, FULL]}).json())
    changed = {**GOOD, "title": "New"}
    counts.append(office_api.post("/api/tasks", key=key, json={"tasks": [changed, FULL]}).json())
    assert [(item["new"], item["changed"], item["unchanged"]) for item in counts] == [(2, 0, 0), (0, 0, 2), (0, 1, 1)]
    stored = office_api.get("/api/office/tasks/N2", key=key).json()
    for name in ("title", "case", "quantity", "weight", "min_level", "also_requires", "attributes"):
        assert stored[name] == FULL[name], name
    assert (stored["due"], stored["state"]) == ("2026-03-02T11:00:00+00:00", "open")
    problem = office_api.get("/api/export/problem?at=2026-03-02 08:00", key=key).json()
    (task,) = [item for item in problem["tasks"] if item["id"] == "N2"]
    assert (task["after"], task["separate_from"], task["excluded_agents"]) == (["N1"], ["T2"], ["ana"])


BAD: list[tuple[dict[str, Any], str]] = [
    ({"id": "B", "type": "claim", "due": "2026-03-02 12:00"}, "arrived"),
    ({**GOOD, "type": "nothing"}, "type"),
    ({**GOOD, "due": "soon"}, "due"),
    ({**GOOD, "quantity": -1}, "quantity"),
    ({**GOOD, "quantity": 10**400}, "quantity"),
    ({**GOOD, "title": "a\x00b"}, "title"),
    ({**GOOD, "title": "\ud800"}, "title"),
    ({**GOOD, "title": {"a": 1}}, "title"),
    ({**GOOD, "duee": "2026-03-02 12:00"}, "duee"),
    ({**GOOD, "also_requires": {"spanish": 9}}, "also_requires"),
    ({**GOOD, "pinned_agent": "nobody"}, "pinned_agent"),
    ({**GOOD, "after": ["nothing"]}, "after"),
    ({**GOOD, "attributes": {"a": {"b": 1}}}, "attr.a"),
    ({**GOOD, "attributes": {" a": 1}}, "attributes"),
    ({**GOOD, "attributes": 1}, "attributes"),
]


@pytest.mark.parametrize(("row", "name"), BAD, ids=[f"{n}-{name}" for n, (_, name) in enumerate(BAD)])
def test_a_spoilt_row_is_named_by_index_and_field_and_nothing_is_taken_in(
    small_api: Any, row: dict[str, Any], name: str
) -> None:

    key = small_api.key(Role.ADMIN)
    rows = [{**GOOD, "id": "G1"}, row, {**GOOD, "id": "G2"}]
    body = json.dumps({"tasks": rows})
    headers = {"Content-Type": "application/json"}
    answer = small_api.post("/api/tasks", key=key, content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()["errors"]
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert {(item["index"], item["field"]) for item in told} == {(1, name)}
    assert told[0]["expected"]
    assert small_api.get("/api/office/tasks/G1", key=key).status_code == 404
    taken = small_api.post("/api/tasks?partial=true", key=key, content=body, headers=headers)
    assert (taken.status_code, taken.json()["new"]) == (200, 2)
    assert taken.json()["errors"] == told
    assert small_api.get("/api/office/tasks/G2", key=key).status_code == 200


def test_rows_that_refer_to_spoilt_ones_are_left_out_with_them(small_api: Any) -> None:
    key = small_api.key(Role.ADMIN)
    rows = [{**GOOD, "id": "B", "due": "soon"}, {**GOOD, "id": "C", "after": ["B"]}, GOOD]
    made = small_api.post("/api/tasks?partial=true", key=key, json={"tasks": rows}).json()
    assert made["new"] == 1
    assert {item["index"] for item in made["errors"]} == {0, 1}


def test_the_same_id_twice_is_refused(small_api: Any) -> None:
    answer = small_api.post("/api/tasks", key=small_api.key(Role.ADMIN), json={"tasks": [GOOD, GOOD]})
    assert answer.status_code == 422
    assert {item["index"] for item in answer.json()["errors"]} <= {0, 1}


def test_nothing_and_too_many_are_refused(small_api: Any) -> None:
    key = small_api.key(Role.ADMIN)
    assert small_api.post("/api/tasks", key=key, json={"tasks": []}).status_code == 422
    many = [{"id": f"M{n}", "type": "claim", "arrived": "2026-03-02 07:00"} for n in range(10_001)]
    assert small_api.post("/api/tasks", key=key, json={"tasks": many}).status_code == 422
    assert small_api.post("/api/tasks", key=key, json={"tasks": [GOOD], "role": "admin"}).status_code == 422


def test_ten_thousand_rows_are_taken_in_at_once(office_api: Any) -> None:
    key = office_api.key(Role.ADMIN)
    rows = [{**GOOD, "id": f"M{n}", "attributes": {"n": n}} for n in range(10_000)]
    made = office_api.post("/api/tasks", key=key, json={"tasks": rows})
    assert (made.status_code, made.json()["new"]) == (200, 10_000)


def test_an_office_that_is_not_there_yet_takes_nothing(
    make_database_url: Callable[..., str], make_api: Callable[..., Any], make_office: Callable[..., Any]
) -> None:
    url = make_database_url("sqlite")
    api = make_api(url)
    key = api.key(Role.ADMIN)
    answer = api.post("/api/tasks", key=key, json={"tasks": [GOOD]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "type"
    with Database(url) as database, database.writing() as session:
        write_office(session, make_office())
    assert api.post("/api/tasks", key=key, json={"tasks": [GOOD]}).status_code == 200
