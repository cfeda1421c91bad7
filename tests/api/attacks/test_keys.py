"""Attacks on keys: forged, expired, revoked, too broad, guessed by time or by number, made by who may not."""

import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from api import streams
from models.database import Database
from models.vocabulary import Role
from services.access import recognition
from services.access.keys import create_key
from services.access.keys import digest_of as digest_secret
from services.access.tracing import Act


def status(target: Any, key: str, path: str = "/api/me") -> int:
    return int(target.get(path, key=key).status_code)


def test_a_forged_key_is_nobodys(target: Any) -> None:
    key = target.key(Role.ADMIN)
    _, key_id, secret = key.split("_", 2)
    forged = [
        f"sd_{key_id}_{'A' * len(secret)}",
        f"sd_{key_id}_{secret[:-1]}",
        f"sd_{key_id}_{secret}A",
        f"sd_{key_id}_",
        f"sd_{key_id}",
        f"sd_{'0' * len(key_id)}_{secret}",
        f"SD_{key_id}_{secret}",
        f"{key_id}_{secret}",
        "sd__",
        "",
        "null",
        "sd_%_%",
        f"sd_{key_id}_{secret}\xe9",
        "A" * 10_000,
    ]
    assert status(target, key) == 200
    for text in forged:
        answer = target.client.request(
            "GET", "/api/me", headers=[("Authorization", f"Bearer {text}".encode("latin-1"))]
        )
        assert answer.status_code == 401, text
        assert key_id not in answer.text
    for scheme in ("Basic", "Token", "Bearer:", ""):
        assert target.get("/api/me", headers={"Authorization": f"{scheme} {key}"}).status_code == 401
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {key}")]
    assert target.client.request("GET", "/api/me", headers=twice).status_code == 401


def test_a_key_counts_in_its_header_alone(target: Any) -> None:
    key = target.key(Role.ADMIN)
    assert target.get("/api/me", params={"access_token": key, "key": key}).status_code == 401
    assert (
        target.get("/api/me", headers={"Cookie": f"swingdesk_session={key}; Authorization=Bearer {key}"}).status_code
        == 401
    )
    assert target.get("/api/me", headers={"X-Api-Key": key, "Proxy-Authorization": f"Bearer {key}"}).status_code == 401


def test_an_expired_key_is_nobodys(target: Any) -> None:
    target.key(Role.ADMIN, principal="root")
    with Database(target.url) as database:
        act = Act(at=int(time.time()) - 86_400, by=None, what="test")
        old = create_key(database, "root", days=1, act=act).text
        young = create_key(database, "root", days=1 + 60 / 86_400, act=act).text
    assert status(target, old) == 401
    assert status(target, young) == 200


def test_a_remembered_key_ends_with_its_time(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = target.key(Role.ADMIN, days=1)
    assert status(target, key) == 200
    found = target.app.state.recognition
    assert found.recall(key) is not None
    monkeypatch.setattr(found, "_clock", lambda: time.time() + 90_000)
    assert found.recall(key) is None
    assert status(target, key) == 401


def test_a_revoked_key_is_nobodys_in_other_processes_within_a_second(target: Any, make_api: Callable[..., Any]) -> None:
    other = make_api(target.url)
    key, admin = target.key(Role.PLANNER), target.key(Role.ADMIN)
    assert (status(target, key), status(other, key)) == (200, 200)
    target.ask("DELETE", f"/api/keys/{key.split('_')[1]}", key=admin)
    assert status(target, key) == 401
    time.sleep(recognition.REMEMBERED_S + 0.05)
    assert status(other, key) == 401


def test_a_stream_ends_with_the_key_by_which_it_was_asked_for(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECOGNISED_EVERY_S", streams.WATCH_EVERY_S)
    monkeypatch.setattr(streams, "LONGEST_S", 20.0)
    admin = target.key(Role.ADMIN)
    keys = {name: target.key(Role.PLANNER, principal=name, days=1) for name in ("pia", "max", "eva", "tom")}
    with ThreadPoolExecutor(len(keys)) as aside:
        going = {
            name: aside.submit(target.get, "/api/teams/billing/queue/events", key=key) for name, key in keys.items()
        }
        assert not wait(going.values(), timeout=3 * streams.WATCH_EVERY_S).done  # they go on while their keys hold
        began = time.monotonic()
        target.ask("DELETE", f"/api/keys/{keys['pia'].split('_')[1]}", key=admin)
        target.ask("PUT", "/api/principals/max/roles", key=admin, json={"roles": []}, headers={"If-Match": "*"})
        target.post("/api/principals/eva/disable", key=admin)
        ended = [going.pop(name).result(timeout=15).status_code for name in ("pia", "max", "eva")]
        assert ended == [200, 200, 200]
        assert not going["tom"].done()
        monkeypatch.setattr(target.app.state.recognition, "_clock", lambda: time.time() + 90_000)
        assert going["tom"].result(timeout=15).status_code == 200  # expired
    assert time.monotonic() - began < 15


def test_a_key_reaches_no_farther_than_it_says_whatever_its_principal_may(target: Any) -> None:
    target.key(Role.ADMIN, Role.ANALYST, principal="root")
    with Database(target.url) as database:
        narrow = create_key(
            database, "root", roles=[Role.ANALYST], act=Act(at=int(time.time()), by=None, what="test")
        ).text
    assert status(target, narrow, "/metrics") == 200
    assert status(target, narrow, "/api/keys") == 403
    assert target.post("/api/keys", key=narrow, json={"principal": "root"}).status_code == 403
    assert target.post("/api/principals", key=narrow, json={"id": "x", "roles": ["admin"]}).status_code == 403


def test_no_key_can_be_made_that_reaches_farther_than_its_principal(target: Any) -> None:
    admin = target.key(Role.ADMIN)
    target.key(Role.PLANNER, principal="ana")
    for body in (
        {"principal": "ana", "roles": ["admin"]},
        {"principal": "ana", "roles": []},
        {"principal": "ana", "teams": ["claims"]},
        {"principal": "ana", "days": 100_000},
        {"principal": "ana", "days": -1},
    ):
        assert target.post("/api/keys", key=admin, json=body).status_code in {400, 422}, body
    assert len(target.get("/api/keys?principal=ana", key=admin).json()["items"]) == 1


def test_nobody_gives_themselves_a_role(target: Any) -> None:
    """Mass assignment: fields that a route does not take are refused, and those that it takes are for who may."""
    key = target.key(Role.PLANNER, principal="ana")
    body = {"roles": ["admin"]}
    assert (
        target.ask("PUT", "/api/principals/ana/roles", key=key, json=body, headers={"If-Match": "*"}).status_code == 403
    )
    admin = target.key(Role.ADMIN)
    for extra in ({"is_admin": True}, {"digest": "0" * 64}, {"expires_at": 9e9}, {"principal_id": "root"}):
        assert target.post("/api/keys", key=admin, json={"principal": "ana", **extra}).status_code == 422
    assert target.get("/api/me", key=key).json()["roles"] == ["planner"]


def test_time_tells_nothing_of_which_keys_there_are(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown id costs the same work as a wrong secret: one look, one digest, one comparison in constant time."""
    _, key_id, secret = target.key(Role.ADMIN).split("_", 2)
    compared: list[tuple[int, int]] = []
    digested: list[int] = []
    compare, digest_of = hmac.compare_digest, digest_secret

    def note_compared(left: str, right: str) -> bool:
        compared.append((len(left), len(right)))
        return compare(left, right)

    def note_digested(text: str) -> str:
        digested.append(len(text))
        return digest_of(text)

    monkeypatch.setattr(hmac, "compare_digest", note_compared)
    monkeypatch.setattr(recognition, "digest_of", note_digested)
    work = []
    for text in (f"sd_{key_id}_{secret[::-1]}", f"sd_{key_id[::-1]}_{secret}"):
        compared.clear()
        digested.clear()
        assert status(target, text) == 401
        work.append((list(compared), list(digested)))
    assert work[0] == work[1]
    assert work[0][0] == [(64, 64)]


def test_guessing_is_slowed_and_who_is_known_goes_on(make_api: Callable[..., Any], target: Any) -> None:
    strict = make_api(target.url, rate_failures="5/minute")
    key = target.key(Role.ADMIN)
    assert status(strict, key) == 200
    guesses = [strict.get("/api/me", key=f"sd_{number:016x}_guess") for number in range(8)]
    assert [answer.status_code for answer in guesses] == [401] * 5 + [429] * 3
    # At most the whole of this window, and the fifth of the next in which the sixth would still be too much.
    assert 1 <= int(guesses[-1].headers["retry-after"]) <= 72
    assert guesses[-1].headers["content-type"] == "application/problem+json"
    assert strict.app.state.recognition.recall(key) is not None
    assert status(strict, key) == 200


def test_asking_too_much_is_refused_by_key_and_by_address(make_api: Callable[..., Any], target: Any) -> None:
    one, other = target.key(Role.ADMIN), target.key(Role.ADMIN)
    by_key = make_api(target.url, rate_per_key="3/minute")
    assert [status(by_key, one) for _ in range(4)] == [200, 200, 200, 429]
    assert status(by_key, other) == 200
    by_address = make_api(target.url, rate_per_address="3/minute")
    assert [status(by_address, key) for key in (one, other, one, other)] == [200, 200, 200, 429]
