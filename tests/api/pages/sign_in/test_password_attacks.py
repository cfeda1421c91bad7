"""Attacks on passwords and links: guessed, sprayed, enumerated, replayed, too long; each is refused."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from api import doorway
from models.vocabulary import Role
from services.access.principals import disable_principal

WRONG = "wrong wrong wrong"


def test_guessing_ends_after_a_few_attempts_and_the_right_password_is_none_of_them(door: Any, visit: Any) -> None:
    visitor, name = visit(door), door.person()
    statuses = [visitor.sign_in(name, f"{WRONG} {number}").status_code for number in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    locked = visitor.sign_in(name)
    assert (locked.status_code, visitor.who()) == (429, None)
    assert 0 < int(locked.headers["retry-after"]) <= 60
    traced = [change.after for change in door.changes_of(name) if change.after and "locked_until" in change.after]
    assert len(traced) == 1


def test_guessing_at_once_is_no_way_around_the_lock(door: Any, visit: Any) -> None:
    """Each attempt is counted before it is looked at."""
    name = door.person()
    statuses: list[int] = []
    browsers = [visit(door) for _ in range(12)]
    threads = [
        threading.Thread(target=lambda one=one: statuses.append(one.sign_in(name, WRONG).status_code))
        for one in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * 5 + [429] * 7


def test_who_locks_a_name_keeps_its_owner_neither_out_nor_from_working(door: Any, visit: Any) -> None:
    """Lockout as denial: a session goes on, a link lets in, and choosing a password by it unlocks the name."""
    at_work, attacker, name = visit(door), visit(door), door.person()
    assert at_work.sign_in(name).status_code == 303
    while attacker.sign_in(name, WRONG).status_code != 429:
        assert attacker.who() is None
    assert at_work.who() == name
    new, chosen = visit(door), "another four words here"
    assert new.post(f"/sign-in/{door.link(name)}", {"password": chosen, "again": chosen}).status_code == 303
    assert new.who() == name
    assert visit(door).sign_in(name, chosen).status_code == 303


def test_a_name_that_nobody_has_is_answered_as_others_are(
    door: Any, visit: Any, monkeypatch: pytest.MonkeyPatch, told: Callable[..., str]
) -> None:
    """Enumeration: the same words, statuses and locks, and each attempt costs one check of a password."""
    hashed: list[str] = []
    verify = Argon2Hasher.verify

    def counted(self: Any, password: str, stored: str) -> bool:
        hashed.append(stored)
        return verify(self, password, stored)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    out = door.person()
    with door.database() as database:
        disable_principal(database, out, act=door.act())
    names = {"known": door.person(), "without": door.person(password=None), "out": out, "nobody": "nobody-at-all"}
    seen = {}
    for kind, name in names.items():
        visitor = visit(door)
        hashed.clear()
        answers = [visitor.sign_in(name, WRONG) for _ in range(7)]
        words = [told(answer) for answer in answers]
        sizes = {len(answer.text.replace(name, "")) for answer in answers[:5]}
        seen[kind] = ([answer.status_code for answer in answers], words, len(sizes), len(hashed))
    assert seen["known"][3] == 5
    assert seen["known"] == seen["without"] == seen["out"] == seen["nobody"]


def test_a_link_is_used_once_and_a_refused_password_does_not_use_it(door: Any, visit: Any) -> None:
    visitor, name = visit(door), door.person(password=None)
    link = door.link(name)
    for password, again in (("short", "short"), (f"{name}2026!!", f"{name}2026!!"), (WRONG, "other other other")):
        answer = visitor.post(f"/sign-in/{link}", {"password": password, "again": again})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert visitor.who() is None
    chosen = "seven green bicycles"
    assert visitor.post(f"/sign-in/{link}", {"password": chosen, "again": chosen}).status_code == 303
    thief = visit(door)
    for answer in (
        thief.get(f"/sign-in/{link}"),
        thief.post(f"/sign-in/{link}", {"password": WRONG, "again": WRONG}),
        thief.post("/sign-in", {"secret": link}),
    ):
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    assert visit(door).sign_in(name, chosen).status_code == 303
    back = visitor.get(f"/sign-in/{link}")  # the button back: they are in, and are told of no fault
    assert (back.status_code, back.headers["location"]) == (303, "/")


def test_what_is_too_long_costs_nothing(door: Any, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password of megabytes is not hashed, nor a form of one read."""
    hashed: list[str] = []

    def noted(_self: Any, password: str, **_options: Any) -> str:
        hashed.append(password)
        return "x"

    monkeypatch.setattr(Argon2Hasher, "hash", noted)
    visitor, name = visit(door), door.person(password=None)
    link = door.link(name)
    for size, status in ((300, 422), (20_000, 413), (5_000_000, 413)):
        long = "a b c d " * (size // 8)
        assert visitor.post(f"/sign-in/{link}", {"password": long, "again": long}).status_code == status
        if size > 20_000:
            assert visitor.sign_in(name, long).status_code == 413
    assert hashed == []
    assert visitor.post("/sign-in", content=b"a=1&" * 3000, headers={"Content-Type": "text/plain"}).status_code == 400
    many = b"&".join(b"f%d=1" % number for number in range(500))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.post("/sign-in", content=many, headers=form).status_code == 400
    assert visitor.post("/sign-in", content=b"name=a&name=b", headers=form).status_code == 400
    assert visitor.post("/sign-in", content=b"name=%ff%00&password=%ff", headers=form).status_code == 400
    assert visitor.sign_in("a\x00b' OR 1=1 --", WRONG).status_code == 401


def test_checks_of_passwords_do_not_pile_up(door: Any, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes memory: beyond some that wait, more are told to come back, and whoever is signed in works on."""
    at_work, name = visit(door), door.person()
    at_work.sign_in(name)
    monkeypatch.setattr(doorway, "MOST_WAITING", 0)
    refused = visit(door).sign_in(name)
    assert refused.status_code == 503
    assert "Many people are signing in at once" in refused.text
    assert at_work.who() == name


def test_no_field_of_a_form_makes_anybody_more(door: Any, visit: Any) -> None:
    visitor, name = visit(door), door.person(Role.PLANNER)
    more = {"role": "admin", "roles": "admin", "principal_id": "root", "is_admin": "1", "kind": "system"}
    assert visitor.sign_in(name, **more).status_code == 303
    assert visitor.get("/api/me").json()["roles"] == ["planner"]
    link, chosen = door.link(name), "seven green bicycles"
    other = visit(door)
    fields = {"password": chosen, "again": chosen, "name": "somebody-else", **more}
    assert other.post(f"/sign-in/{link}", fields).status_code == 303
    assert other.get("/api/me").json() == visitor_of(other, name)


def visitor_of(visitor: Any, name: str) -> dict[str, Any]:
    """Return what somebody who is only a planner is told of themselves."""
    assert visitor.who() == name
    return {"principal": name, "roles": ["planner"], "teams": [], "agent": None, "key": None}


def test_no_password_is_taken_from_an_address_nor_left_in_the_log_or_the_trail(door: Any, visit: Any) -> None:
    visitor, name = visit(door), door.person()
    secret = "quiet lamps on a hill"  # noqa: S105 - a test's
    assert visitor.get("/sign-in", params={"name": name, "password": secret}).status_code == 200
    assert visitor.post(f"/sign-in?name={name}&password=quiet+lamps+on+a+hill", {"next": "/"}).status_code == 401
    assert visitor.who() is None
    visitor.sign_in(name, f"{secret}?")
    visitor.sign_in(name)
    link = door.link(name)
    visitor.get(f"/sign-in/{link}")
    fields = {"old": secret, "password": "new words on a wall", "again": "new words on a wall"}
    visitor.post("/account/password", fields)
    kept = door.log.getvalue() + repr(door.changes_of(name))
    assert name in kept
    for word in ("lamps", "words on", link, str(visitor.cookie), "argon2"):
        assert word not in kept


def test_an_address_that_guesses_many_names_is_stopped(open_door: Any, visit: Any) -> None:
    """Spraying one password over many names meets no lock, but the limit of its address."""
    narrow = open_door(rate_failures="8/hour")
    visitor, name = visit(narrow), narrow.person()
    statuses = [visitor.sign_in(f"name{number}", WRONG).status_code for number in range(9)]
    assert statuses == [401] * 8 + [429]
    assert visitor.sign_in(name).status_code == 429
    assert visitor.get(f"/sign-in/{'x' * 43}").status_code == 429
