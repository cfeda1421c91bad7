"""Attacks on people in browsers: foreign pages, planted sessions, links used twice, names of others, shared caches."""

import re
import time
from typing import Any

import pytest

from models.database import Database
from models.vocabulary import Role
from services.access.principals import disable_principal
from services.access.sessions import create_link
from services.access.tracing import Act

OURS = {"Sec-Fetch-Site": "same-origin"}
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1:8765.evil.example"},
    {},
)


def act() -> Act:
    return Act(at=int(time.time()), by=None, what="test")


def link_of(target: Any, name: str = "root") -> str:
    with Database(target.url) as database:
        return create_link(database, name, act=act())


def sign_in(target: Any, secret: str, **headers: str) -> Any:
    return target.post("/sign-in", data={"secret": secret}, headers={**OURS, **headers})


def cookie_of(answer: Any) -> str:
    found = re.match(r"swingdesk_session=([^;]+);", answer.headers["set-cookie"])
    assert found is not None
    return found[1]


@pytest.fixture
def session(target: Any) -> str:
    """The secret of a session of an administrator."""
    target.key(Role.ADMIN, principal="root")
    return cookie_of(sign_in(target, link_of(target)))


def test_a_session_reads_and_is_kept_from_scripts_and_other_sites(target: Any) -> None:
    target.key(Role.ADMIN, principal="root")
    answer = sign_in(target, link_of(target))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    attributes = answer.headers["set-cookie"].lower()
    for wanted in ("httponly", "samesite=lax", "path=/", "max-age=43200"):
        assert wanted in attributes
    cookie = {"Cookie": f"swingdesk_session={cookie_of(answer)}"}
    assert target.get("/plans", headers=cookie).status_code == 200
    assert target.get("/api/me", headers=cookie).json()["roles"] == ["admin"]


def test_a_link_signs_in_once(target: Any) -> None:
    target.key(Role.ADMIN, principal="root")
    secret = link_of(target)
    assert f'action="/sign-in/{secret}"' in target.get(f"/sign-in/{secret}").text  # looking at it does not use it up
    assert sign_in(target, secret).status_code == 303
    again = sign_in(target, secret)
    assert again.status_code == 401
    assert "set-cookie" not in again.headers


def test_a_link_ends_with_its_hour_and_with_its_person(target: Any) -> None:
    target.key(Role.ADMIN, principal="root")
    target.key(Role.ADMIN, principal="ana")
    with Database(target.url) as database:
        old = create_link(database, "root", act=Act(at=int(time.time()) - 3601, by=None, what="test"))
        shut = create_link(database, "ana", act=act())
        disable_principal(database, "ana", act=act())
    for secret in (old, shut, "x", "' OR 1=1 --"):
        assert sign_in(target, secret).status_code == 401, secret


@pytest.mark.parametrize("headers", FOREIGN, ids=[str(headers) for headers in FOREIGN])
def test_a_foreign_page_changes_nothing_in_somebodys_name(target: Any, session: str, headers: dict[str, str]) -> None:
    sent = {**headers, "Cookie": f"swingdesk_session={session}"}
    for path in ("/api/principals", "/sign-out", "/sign-in"):
        assert target.post(path, json={"id": "eve", "roles": ["admin"]}, headers=sent).status_code == 403
    assert target.ask("DELETE", "/api/keys/00", headers=sent).status_code == 403
    names = [one["id"] for one in target.get("/api/principals", headers={"Cookie": sent["Cookie"]}).json()["items"]]
    assert names == ["root"]


def test_our_own_page_does_what_its_user_may(target: Any, session: str) -> None:
    """The refusals above are not for want of anything else."""
    cookie = {"Cookie": f"swingdesk_session={session}"}
    for number, headers in enumerate((OURS, {"Origin": "http://127.0.0.1:8765"})):
        body = {"id": f"p{number}", "roles": ["planner"]}
        assert target.post("/api/principals", json=body, headers={**headers, **cookie}).status_code == 201


def test_nobody_can_be_signed_in_by_a_foreign_page(target: Any) -> None:
    """Else a victim would work in the attacker's name, and tell them what they did."""
    target.key(Role.ADMIN, principal="root")
    secret = link_of(target)
    for headers in FOREIGN:
        assert target.post("/sign-in", data={"secret": secret}, headers=headers).status_code == 403
    assert sign_in(target, secret).status_code == 303


def test_a_planted_session_is_not_taken_up(target: Any) -> None:
    """Fixation: whoever signs in gets a secret that nobody had before."""
    target.key(Role.ADMIN, principal="root")
    planted = "A" * 43
    answer = sign_in(target, link_of(target), Cookie=f"swingdesk_session={planted}")
    assert cookie_of(answer) != planted
    assert target.get("/api/me", headers={"Cookie": f"swingdesk_session={planted}"}).status_code == 401
    both = f"swingdesk_session={planted}; swingdesk_session={cookie_of(answer)}"
    assert target.get("/api/me", headers={"Cookie": both}).status_code == 401


def test_who_signs_out_or_is_shut_out_is_out(target: Any, session: str) -> None:
    cookie = {"Cookie": f"swingdesk_session={session}"}
    assert target.post("/sign-out", headers={**OURS, **cookie}).status_code == 303
    assert target.get("/api/me", headers=cookie).status_code == 401
    assert target.get("/plans", headers=cookie).headers["location"] == "/sign-in?next=%2Fplans"
    target.key(Role.ADMIN, principal="ana")
    other = {"Cookie": f"swingdesk_session={cookie_of(sign_in(target, link_of(target, 'ana')))}"}
    assert target.get("/api/me", headers=other).status_code == 200
    admin = target.key(Role.ADMIN)
    assert target.post("/api/principals/ana/disable", key=admin).status_code == 200
    assert target.get("/api/me", headers=other).status_code == 401


def test_nothing_that_is_somebodys_is_kept_by_a_shared_cache(target: Any, session: str) -> None:
    """Cache poisoning and deception: no answer is for anybody else, whatever the address looks like."""
    cookie = {"Cookie": f"swingdesk_session={session}"}
    for path in ("/plans", "/api/me", "/api/me/x.css", "/plans/1/x.css", "/api/principals"):
        answer = target.get(path, headers={**cookie, "X-Forwarded-Host": "evil.example", "X-Original-URL": "/health"})
        assert "public" not in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
        assert {"authorization", "cookie"} <= {name.strip().lower() for name in answer.headers["vary"].split(",")}
        assert "evil.example" not in answer.text + str(answer.headers)
    page = target.get("/api/principals?limit=1", headers={**cookie, "X-Forwarded-Prefix": "//evil"}).json()
    assert page["next"] is None or page["next"].startswith("/api/principals?")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1]evil", "127.0.0.1, evil", "*"],
)
def test_a_foreign_name_for_this_machine_reads_nothing(target: Any, host: str) -> None:
    key = target.key(Role.ADMIN)
    assert target.get("/api/me", key=key, headers={"Host": host}).status_code == 400
    assert target.get("/api/me", key=key, headers={"Host": "LOCALHOST:1"}).status_code == 200


def test_a_method_is_what_was_sent(target: Any) -> None:
    admin = target.key(Role.ADMIN)
    key_id = target.key(Role.PLANNER).split("_")[1]
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        over = {header: "DELETE"}
        assert target.get(f"/api/keys/{key_id}", key=admin, headers=over).status_code == 405
        assert target.post(f"/api/keys/{key_id}?_method=DELETE", key=admin, headers=over).status_code == 405
    kept = target.get("/api/keys", key=admin).json()["items"]
    assert {key["revoked_at"] for key in kept} == {None}


@pytest.mark.parametrize(
    "path",
    ["//api/keys", "/api//keys", "/api/../api/keys", "/API/keys", "/api/keys/", "/api/keys;x", "/static/..%2fapi/keys"],
)
def test_no_spelling_of_an_address_opens_it(target: Any, path: str) -> None:
    answer = target.get(path)
    assert answer.status_code in {401, 404}
    assert "items" not in answer.text


def test_figures_are_for_who_is_known(target: Any) -> None:
    assert target.get("/metrics").status_code == 401
    assert "swingdesk_" not in target.get("/metrics", key=target.key(Role.PLANNER)).text
