"""The audit trail over HTTP: for administrators, in pages, narrowed, and the end of the chain."""

from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.audit import record_change
from models.vocabulary import Role
from models.vocabulary_audit import Subject
from services.audit.sealing import seal_pending
from services.importing.store import store_office

NOW = 1772434800


@pytest.fixture
def trail(api: Any) -> Any:
    """The application on a database with seven changes, of which the first four are sealed."""
    with Database(api.url) as database:
        _change(database, range(4))
        seal_pending(database, now=NOW)
        _change(database, range(4, 7))
    return api


def _change(database: Database, numbers: range) -> None:
    with database.writing() as session:
        for n in numbers:
            record_change(
                session,
                at=NOW + n,
                principal_id="ada" if n % 2 else "bea",
                what="PATCH /api/office/agents" if n else "import tables",
                subject=Subject.AGENT if n else Subject.IMPORT,
                subject_id=f"a{n}",
                before={"level": n},
                after={"level": n + 1, "name": "Kim"},
            )


def _ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["subject_id"] for item in answer.json()["items"]]


@pytest.fixture
def admin(trail: Any) -> Callable[..., Any]:
    """Asks the application as an administrator; what the making of the key left in the trail is not asked for."""
    key = trail.key(Role.ADMIN)
    return lambda path: trail.get(path, key=key)


def test_changes_come_in_pages_the_newest_first(admin: Callable[..., Any]) -> None:
    addresses, seen = ["/api/audit/changes?limit=2&subject=agent"], []
    while addresses:
        answer = admin(addresses.pop())
        seen += _ids(answer)
        addresses += [answer.json()["next"]] if answer.json()["next"] else []
    assert seen == ["a6", "a5", "a4", "a3", "a2", "a1"]


def test_a_change_is_told_without_names(admin: Callable[..., Any]) -> None:
    (item,) = admin("/api/audit/changes?subject_id=a2").json()["items"]
    assert item.pop("after").pop("name").startswith("hmac-sha256:")
    assert item == {
        "id": 3,
        "position": 3,
        "at": "2026-03-02T07:00:02+00:00",
        "principal_id": "bea",
        "what": "PATCH /api/office/agents",
        "subject_kind": "agent",
        "subject_id": "a2",
        "before": {"level": 2},
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("principal=ada", ["a5", "a3", "a1"]),
        ("subject=import", ["a0"]),
        ("what=import", ["a0"]),
        ("what=PATCH%20/api/office&since=2026-03-02T08:00:05%2B01:00&until=2026-03-02T07:00:06Z", ["a5"]),
        ("since=2026-03-02T07:00:05.9Z&until=2026-03-02T07:00:06Z", ["a5"]),
    ],
)
def test_changes_are_narrowed(admin: Callable[..., Any], query: str, expected: list[str]) -> None:
    assert _ids(admin(f"/api/audit/changes?{query}")) == expected


@pytest.mark.parametrize(
    "query",
    ["subject=nothing", "since=yesterday", "since=2026-03-02T07:00:05", "until=0001-01-01T00:00:00%2B14:00", "limit=0"],
)
def test_what_cannot_be_asked_is_refused(admin: Callable[..., Any], query: str) -> None:
    answer = admin(f"/api/audit/changes?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_end_of_the_chain_is_an_anchor(admin: Callable[..., Any]) -> None:
    document = admin("/api/audit/head").json()
    assert document["anchor"].startswith("1:")
    assert document["sealed_at"] == "2026-03-02T07:00:00+00:00"
    assert document["unsealed_changes"]["first_id"] == 5
    assert document["unsealed_changes"]["first_at"] == "2026-03-02T07:00:04+00:00"
    assert document["unsealed_events"] == {"count": 0, "first_id": None, "first_at": None}


def test_where_nothing_is_sealed_there_is_no_anchor(api: Any) -> None:
    document = api.get("/api/audit/head", key=api.key(Role.ADMIN)).json()
    assert (document["anchor"], document["sealed_at"]) == (None, None)


@pytest.mark.parametrize("path", ["/api/audit/changes", "/api/audit/head"])
def test_the_trail_is_for_administrators(api: Any, path: str, make_office: Callable[..., Office]) -> None:
    with Database(api.url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)
    keys = [
        api.key(Role.AGENT, agent="ana"),
        api.key(Role.LEAD, teams=("billing", "claims")),
        api.key(Role.PLANNER, Role.ANALYST),
    ]
    assert [api.get(path, key=key).status_code for key in keys] == [403, 403, 403]
    assert api.get(path).status_code == 401
