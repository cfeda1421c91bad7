"""A POST that is sent twice under one key counts once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api import app as application
from api.access import Reach, permits
from api.frame import idempotency
from models.database import Database
from models.errors import ConflictError
from models.repositories.access.answers import Answer
from models.vocabulary import Role
from services.access.answering import (
    HELD_S,
    KEPT_S,
    begin_answer,
    finish_answer,
    forget_old_answers,
    go_on_answering,
    hold_of,
)
from services.access.caller import Caller
from services.access.keys import create_key
from services.access.tracing import Act


class Order(BaseModel):
    name: str = ""
    fails: bool = False


def shop(orders: list[str], *, go_on: Event | None = None) -> APIRouter:
    """A router whose one route keeps what it is sent."""
    router = APIRouter()

    @router.post("/api/orders", status_code=201)
    def place(
        order: Order, request: Request, response: Response, _caller: Annotated[Caller, permits(lead=Reach.ALL)]
    ) -> dict[str, Any]:
        if go_on is not None:
            assert go_on.wait(20)
        orders.append(order.name)
        if order.fails:
            raise ConflictError("not now")
        response.headers["Location"] = f"/api/orders/{len(orders)}"
        return {"number": len(orders), "query": request.url.query}

    return router


def add_routes(monkeypatch: pytest.MonkeyPatch, router: APIRouter) -> None:
    """Let the applications that are made from now on have a router more."""
    monkeypatch.setattr(application, "ROUTES", (*application.ROUTES, *application.put_together([router])))


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    placed: list[str] = []
    add_routes(monkeypatch, shop(placed))
    return placed


def test_the_second_is_answered_as_the_first_and_changes_nothing(orders: list[str], api: Any) -> None:
    sent = {"key": api.key(Role.ADMIN), "json": {"name": "a" * 5000}, "headers": {"Idempotency-Key": "one"}}
    first, second = api.post("/api/orders", **sent), api.post("/api/orders", **sent)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["location"] == first.headers["location"] == "/api/orders/1"
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert len(orders) == 1


def test_without_a_key_each_counts_and_nothing_is_kept(orders: list[str], api: Any, database: Database) -> None:
    key = api.key(Role.ADMIN)
    assert [api.post("/api/orders", key=key, json={}).json()["number"] for _ in range(2)] == [1, 2]
    assert orders == ["", ""]
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM answered_requests").scalar() == 0


@pytest.mark.parametrize(
    "other",
    [{"json": {"name": "b"}}, {"params": {"x": "1"}}, {"headers": {"Content-Type": "application/json; v=2"}}],
    ids=["body", "query", "media type"],
)
def test_the_same_key_for_another_request_is_refused(orders: list[str], api: Any, other: dict[str, Any]) -> None:
    key = api.key(Role.ADMIN)
    headers = {"Idempotency-Key": "one", "Content-Type": "application/json"}
    assert api.post("/api/orders", key=key, json={"name": "a"}, headers=headers).status_code == 201
    sent = {"json": {"name": "a"}, **other, "headers": {**headers, **other.get("headers", {})}}
    refused = api.post("/api/orders", key=key, **sent)
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["where"] == "header: Idempotency-Key"
    assert orders == ["a"]


def test_keys_of_others_are_others(orders: list[str], api: Any) -> None:
    for key in (api.key(Role.ADMIN), api.key(Role.ADMIN)):
        assert api.post("/api/orders", key=key, json={}, headers={"Idempotency-Key": "one"}).status_code == 201
    assert len(orders) == 2


def test_what_was_refused_may_be_tried_again(orders: list[str], api: Any) -> None:
    sent = {"key": api.key(Role.ADMIN), "json": {"fails": True}, "headers": {"Idempotency-Key": "one"}}
    assert [api.post("/api/orders", **sent).status_code for _ in range(2)] == [409, 409]
    assert len(orders) == 2


@pytest.mark.parametrize("bad", ["", "x" * 201, "a\tb", "\xe9"])
def test_a_key_that_is_none_is_refused(orders: list[str], api: Any, bad: str) -> None:
    headers = [("Idempotency-Key", bad.encode("latin-1"))]
    assert api.post("/api/orders", key=api.key(Role.ADMIN), json={}, headers=headers).status_code == 400
    assert orders == []


def test_two_at_once_are_one(monkeypatch: pytest.MonkeyPatch, database_url: str, make_api: Callable[..., Any]) -> None:
    placed: list[str] = []
    go_on = Event()
    add_routes(monkeypatch, shop(placed, go_on=go_on))
    api = make_api(database_url)
    key = api.key(Role.ADMIN)

    def send() -> Any:
        return api.post("/api/orders", key=key, json={"name": "a"}, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(send), threads.submit(send)
        go_on.set()
        answers = [first.result(), second.result()]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert placed == ["a"]


def test_who_died_at_it_is_taken_over_from_and_answers_no_more(database: Database, api: Any) -> None:
    api.key(Role.ADMIN, principal="ana")
    caller = Caller(principal_id="ana", roles=frozenset({Role.ADMIN}))
    dead, soon, late = (hold_of(caller, "one", [b"x"]) for _ in range(3))
    assert begin_answer(database, dead, now=1000) is None
    assert begin_answer(database, soon, now=999 + HELD_S) is not None
    assert begin_answer(database, late, now=1000 + HELD_S) is None
    answer = Answer(status=201, headers=(("a", "b"),), body=b"done")
    assert not go_on_answering(database, dead, now=1001 + HELD_S)
    assert not finish_answer(database, dead, answer)
    assert finish_answer(database, late, answer)
    assert begin_answer(database, soon, now=1001 + HELD_S) == answer


def test_who_takes_long_and_says_so_is_not_taken_over_from(database: Database, api: Any) -> None:
    api.key(Role.ADMIN, principal="ana")
    caller = Caller(principal_id="ana", roles=frozenset({Role.ADMIN}))
    slow, other = (hold_of(caller, "one", [b"x"]) for _ in range(2))
    assert begin_answer(database, slow, now=1000) is None
    assert go_on_answering(database, slow, now=999 + HELD_S)
    assert begin_answer(database, other, now=1000 + HELD_S) is not None


def test_a_request_that_takes_long_is_held_all_the_while(
    monkeypatch: pytest.MonkeyPatch, database_url: str, make_api: Callable[..., Any]
) -> None:
    placed: list[str] = []
    go_on, renewed = Event(), Event()
    add_routes(monkeypatch, shop(placed, go_on=go_on))
    monkeypatch.setattr(idempotency, "RENEWED_EVERY_S", 0.01)

    def renew(*args: Any, **kwargs: Any) -> bool:
        is_held = go_on_answering(*args, **kwargs)
        renewed.set()
        return is_held

    monkeypatch.setattr(idempotency, "go_on_answering", renew)
    api = make_api(database_url)
    key = api.key(Role.ADMIN)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(
            lambda: api.post("/api/orders", key=key, json={"name": "a"}, headers={"Idempotency-Key": "one"})
        )
        assert renewed.wait(30)
        go_on.set()
        assert slow.result().status_code == 201
    assert placed == ["a"]


def test_answers_are_kept_for_a_day(database: Database, api: Any) -> None:
    api.key(Role.ADMIN, principal="ana")
    hold = hold_of(Caller(principal_id="ana", roles=frozenset()), "one", [])
    begin_answer(database, hold, now=1000)
    assert forget_old_answers(database, now=1000 + KEPT_S) == 0
    assert forget_old_answers(database, now=1001 + KEPT_S) == 1


def test_a_narrower_key_of_the_same_principal_is_not_given_the_answer(
    orders: list[str], api: Any, database: Database
) -> None:
    sent = {"json": {"name": "a"}, "headers": {"Idempotency-Key": "one"}}
    broad = api.key(Role.ADMIN, Role.ANALYST, principal="ana")
    act = Act(at=int(time.time()), by=None, what="test")
    narrow = create_key(database, "ana", roles=[Role.ANALYST], act=act).text
    assert api.post("/api/orders", key=broad, **sent).status_code == 201
    refused = api.post("/api/orders", key=narrow, **sent)
    assert refused.status_code == 422
    assert "number" not in refused.json()
    assert orders == ["a"]
