"""Keys and principals over HTTP and on the terminal: who may make them, how far they reach, what is left of them."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.repositories.access.keys import find_key
from models.repositories.audit import list_changes
from models.vocabulary import Role


def test_a_key_is_shown_once_and_stored_as_a_digest(api: Any, database: Database) -> None:
    admin = api.key(Role.ADMIN, principal="root")
    sent = {"key": admin, "json": {"principal": "root", "label": "grafana"}, "headers": {"Idempotency-Key": "k"}}
    made = api.post("/api/keys", **sent)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    text = made.json()["key"]
    assert api.get("/api/me", key=text).json()["key"] == made.json()["id"]
    again = api.post("/api/keys", **sent)
    assert again.status_code == 409
    assert "a secret" in again.json()["detail"]
    listed = api.get("/api/keys", key=admin).json()["items"]
    assert [key["label"] for key in listed if key["label"]] == ["grafana"]
    secret = text.split("_", 2)[2]
    with database.reading() as session:
        stored = session.connection().exec_driver_sql("SELECT * FROM api_keys").fetchall()
        changes = session.connection().exec_driver_sql("SELECT * FROM changes").fetchall()
        answers = session.connection().exec_driver_sql("SELECT body FROM answered_requests").fetchall()
    assert secret not in f"{stored}{changes}{answers}"


def test_a_revoked_key_stops_at_once_and_others_go_on(api: Any, database: Database) -> None:
    admin, other = api.key(Role.ADMIN), api.key(Role.PLANNER)
    assert api.get("/api/me", key=other).status_code == 200
    key_id = other.split("_")[1]
    assert api.ask("DELETE", f"/api/keys/{key_id}", key=admin).status_code == 204
    refused = api.get("/api/me", key=other)
    assert (refused.status_code, refused.json()["detail"]) == (401, "the key was revoked")
    assert api.get("/api/me", key=admin).status_code == 200
    with database.reading() as session:
        changes = [change.what for change in list_changes(session)]
    assert changes[0] == "DELETE /api/keys/{key_id}"


def test_roles_are_put_by_who_has_seen_them_last(api: Any) -> None:
    admin = api.key(Role.ADMIN)
    api.key(Role.PLANNER, principal="ana")
    seen = api.get("/api/principals/ana", key=admin)
    path, wanted = "/api/principals/ana/roles", {"roles": ["analyst"]}
    assert api.ask("PUT", path, key=admin, json=wanted).status_code == 428
    stale = api.ask("PUT", path, key=admin, json=wanted, headers={"If-Match": '"older"'})
    assert stale.status_code == 412
    match = {"If-Match": seen.headers["etag"]}
    changed = api.ask("PUT", path, key=admin, json=wanted, headers=match)
    assert (changed.status_code, changed.json()["roles"]) == (200, ["analyst"])
    assert api.ask("PUT", path, key=admin, json=wanted, headers=match).status_code == 412
    assert changed.headers["etag"] == api.get("/api/principals/ana", key=admin).headers["etag"]


def test_a_key_loses_what_its_principal_loses(api: Any) -> None:
    admin, key = api.key(Role.ADMIN), api.key(Role.PLANNER, Role.ANALYST, principal="ana")
    assert api.get("/api/me", key=key).json()["roles"] == ["analyst", "planner"]
    body = {"roles": ["analyst"]}
    api.ask("PUT", "/api/principals/ana/roles", key=admin, json=body, headers={"If-Match": "*"})
    assert api.get("/api/me", key=key).json()["roles"] == ["analyst"]
    assert api.post("/api/principals/ana/disable", key=admin).json()["is_disabled"]
    assert api.get("/api/me", key=key).status_code == 401
    assert not api.post("/api/principals/ana/enable", key=admin).json()["is_disabled"]
    assert api.get("/api/me", key=key).status_code == 200


def test_the_last_administrator_cannot_shut_everybody_out(api: Any) -> None:
    admin = api.key(Role.ADMIN, principal="root")
    for answer in (
        api.post("/api/principals/root/disable", key=admin),
        api.ask("PUT", "/api/principals/root/roles", key=admin, json={"roles": []}, headers={"If-Match": "*"}),
    ):
        assert answer.status_code == 409
        assert "another administrator" in answer.json()["detail"]
    assert api.get("/api/me", key=admin).json()["roles"] == ["admin"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": "x", "roles": ["lead"]}, 400),
        ({"id": "x", "roles": [], "teams": ["billing"]}, 400),
        ({"id": "x", "roles": ["agent"]}, 400),
        ({"id": "x", "roles": ["lead"], "teams": ["nowhere"]}, 404),
        ({"id": "x", "roles": ["agent"], "agent": "nobody"}, 404),
        ({"id": "root", "roles": []}, 409),
        ({"id": "a b", "roles": []}, 422),
        ({"id": "x", "roles": ["owner"]}, 422),
        ({"id": "x", "roles": [], "disabled_at": 1}, 422),
    ],
)
def test_principals_without_sense_are_refused(api: Any, body: dict[str, Any], status: int) -> None:
    admin = api.key(Role.ADMIN, principal="root")
    assert api.post("/api/principals", key=admin, json=body).status_code == status
    assert [one["id"] for one in api.get("/api/principals", key=admin).json()["items"]] == ["root"]


def test_lists_go_on_where_the_page_before_ended(api: Any) -> None:
    admin = api.key(Role.ADMIN, principal="p0")
    for number in range(1, 5):
        api.key(Role.ANALYST, principal=f"p{number}")
    for path, name in (("/api/principals", "id"), ("/api/keys", "principal")):
        seen: list[str] = []
        address: str | None = f"{path}?limit=2"
        while address is not None:
            page = api.get(address, key=admin).json()
            seen += [item[name] for item in page["items"]]
            address = page["next"]
        assert sorted(seen) == [f"p{number}" for number in range(5)]
    for cursor in ("nonsense", "WzFd", "W251bGxd", "e30"):
        assert api.get(f"/api/principals?cursor={cursor}", key=admin).status_code == 422


def test_the_last_use_of_a_key_is_kept(database_url: str, database: Database, make_api: Any) -> None:
    api = make_api(database_url)
    key = api.key(Role.PLANNER)
    api.get("/api/me", key=key)
    api.app.state.recognition.note_uses()
    with database.reading() as session:
        found = find_key(session, key.split("_")[1])
    assert found is not None
    assert found.last_used_at is not None
    assert abs(found.last_used_at - time.time()) < 60


def test_on_the_terminal(
    swingdesk: Callable[..., Any], database_url: str, monkeypatch: pytest.MonkeyPatch, make_api: Any
) -> None:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    assert swingdesk("principal", "list").out.startswith("nobody is known")
    assert swingdesk("principal", "create", "rosa", "--role", "planner", "--role", "analyst").code == 0
    key = swingdesk("key", "create", "rosa", "--role", "analyst", "--label", "prometheus").out.strip()
    api = make_api(database_url)
    assert api.get("/api/me", key=key).json()["roles"] == ["analyst"]
    assert swingdesk("key", "create", "rosa", "--role", "admin").code == 2
    assert swingdesk("key", "create", "rosa", "--days", "0").code == 2
    (listed,) = json.loads(swingdesk("key", "list", "--json").out)["keys"]
    assert (listed["roles"], listed["label"]) == (["analyst"], "prometheus")
    assert key not in json.dumps(listed)
    assert swingdesk("key", "revoke", listed["id"]).code == 0
    assert "revoked" in swingdesk("key", "list").out
    assert swingdesk("key", "revoke", "nothing").code == 2
    assert swingdesk("principal", "roles", "rosa", "--role", "planner").out.strip() == "rosa  person  planner"
    assert swingdesk("principal", "disable", "rosa").out.strip() == "rosa  person  planner  (shut out)"
    link = swingdesk("principal", "link", "rosa")
    assert (link.code, "is disabled" in link.err) == (2, True)
    assert swingdesk("principal", "enable", "rosa").code == 0
    assert "/sign-in/" in swingdesk("principal", "link", "rosa").out
