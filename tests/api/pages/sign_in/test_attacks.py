"""Attacks on signing in by passwords, links and sessions: each is tried on a real server, and refused."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from models.vocabulary import Role
from services.access.keys import create_key
from services.access.principals import disable_principal

WRONG = "wrong wrong wrong"
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "", "Origin": "null"},
)
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    " //evil.example",
    "https:evil.example",
    "/@evil.example:80//\\evil",
    "%2f%2fevil.example",
    "//evil.example%2f..",
    "\u2044\u2044evil.example",
)


def test_a_session_that_was_planted_or_had_before_is_not_the_one_after_signing_in(door: Any, visit: Any) -> None:
    """Fixation: each proof gives a secret that nobody had before, and the browser's former session ends."""
    visitor, name = visit(door), door.person()
    visitor.cookies.set("swingdesk_session", "A" * 43, domain="127.0.0.1", path="/")
    assert visitor.sign_in(name).status_code == 303
    first = visitor.cookie
    assert first != "A" * 43
    assert visitor.sign_in(name).status_code == 303
    assert visitor.cookie != first
    assert visitor.who() == name
    stolen = visit(door)
    stolen.cookies.set("swingdesk_session", str(first), domain="127.0.0.1", path="/")
    assert stolen.who() is None


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_forms_of_other_sites_are_refused(door: Any, visit: Any, headers: dict[str, str]) -> None:
    """CSRF: neither signing somebody in as the attacker, nor anything on their account page."""
    visitor, name = visit(door), door.person()
    link = door.link(name)
    assert visitor.post("/sign-in", {"name": name, "password": "x"}, headers=headers).status_code == 403
    assert visitor.post("/sign-in", {"secret": link}, headers=headers).status_code == 403
    assert visitor.post(f"/sign-in/{link}", {"password": WRONG, "again": WRONG}, headers=headers).status_code == 403
    assert visitor.sign_in(name).status_code == 303
    for path in ("/sign-out", "/account/password", "/account/sessions/end-others", "/account/single-sign-on"):
        assert visitor.post(path, {"old": "x"}, headers=headers).status_code == 403, path
    assert visitor.who() == name


@pytest.mark.parametrize("address", ELSEWHERE, ids=repr)
def test_signing_in_leads_to_no_other_site(door: Any, visit: Any, address: str) -> None:
    """Open redirect, by the form and by the address of the page, also for who is signed in already."""
    visitor, name = visit(door), door.person(password=None)
    shown = visitor.get("/sign-in", params={"next": address})
    assert 'name="next" value="/"' in shown.text
    answer = visitor.post("/sign-in", {"secret": door.link(name), "next": address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.get("/sign-in", params={"next": address}).headers["location"] == "/"


def test_signing_in_leads_to_where_somebody_was(door: Any, visit: Any) -> None:
    """The refusals above are not for want of anything else; nobody is led in a circle."""
    visitor, name = visit(door), door.person(password=None)
    led = visitor.get("/plans?day=2026-03-02").headers["location"]
    assert led == "/sign-in?next=%2Fplans%3Fday%3D2026-03-02"
    assert 'value="/plans?day=2026-03-02"' in visitor.get(led).text
    answer = visitor.post("/sign-in", {"secret": door.link(name), "next": "/plans?day=2026-03-02"})
    assert answer.headers["location"] == "/plans?day=2026-03-02"
    for circle in ("/sign-in", "/sign-in?next=/sign-in", "/sign-out", "/single-sign-on", "/api/me"):
        assert visitor.get("/sign-in", params={"next": circle}).headers["location"] == "/"


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


def test_a_stolen_cookie_ends_with_signing_out_with_another_password_and_from_the_account_page(
    door: Any, visit: Any
) -> None:
    name = door.person()

    def steal(visitor: Any) -> Any:
        thief = visit(door)
        thief.cookies.set("swingdesk_session", visitor.cookie, domain="127.0.0.1", path="/")
        assert thief.who() == name
        return thief

    visitor = visit(door)
    visitor.sign_in(name)
    thief = steal(visitor)
    visitor.post("/sign-out")
    assert thief.who() is None

    visitor.sign_in(name)
    other = visit(door)
    other.sign_in(name)
    thief = steal(other)
    page = visitor.get("/account").text
    assert page.count("/account/sessions/") == 2  # that one, and all others
    assert other.cookie not in page
    visitor.post("/account/sessions/end-others")
    assert (thief.who(), visitor.who()) == (None, name)

    thief = steal(visitor)
    fields = {"old": "quiet lamps on a hill", "password": "new words on a wall", "again": "new words on a wall"}
    assert visitor.post("/account/password", fields).status_code == 303
    assert (thief.who(), visitor.who()) == (None, name)


def test_a_thief_of_a_session_neither_changes_the_password_nor_guesses_it(door: Any, visit: Any) -> None:
    thief, name = visit(door), door.person()
    thief.sign_in(name)
    fields = {"password": "new words on a wall", "again": "new words on a wall"}
    statuses = [thief.post("/account/password", {"old": WRONG, **fields}).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert thief.post("/account/password", {"old": "quiet lamps on a hill", **fields}).status_code == 429


def test_nobody_ends_the_sessions_of_others(door: Any, visit: Any) -> None:
    owner, eve = visit(door), visit(door)
    owner.sign_in(name := door.person())
    other = visit(door)
    other.sign_in(name)
    found = owner.get("/account").text.split("/account/sessions/")[1].split("/")[0]
    eve.sign_in(door.person())
    assert eve.post(f"/account/sessions/{found}/end").status_code == 404
    assert other.who() == name
    assert owner.post(f"/account/sessions/{found}/end").status_code == 303
    assert (other.who(), owner.who()) == (None, name)


def test_two_cookies_are_nobodys(door: Any, visit: Any) -> None:
    """Cookie tossing: what another host of the same site has added makes nobody somebody else."""
    victim, eve = visit(door), visit(door)
    victim.sign_in(door.person())
    eve.sign_in(door.person())
    both = f"swingdesk_session={eve.cookie}; swingdesk_session={victim.cookie}"
    bare = visit(door)
    assert bare.get("/api/me", headers={"Cookie": both}).status_code == 401
    assert bare.get("/account", headers={"Cookie": both}).headers["location"].startswith("/sign-in")


def test_over_https_the_cookie_is_bound_to_the_host(open_door: Any, visit: Any) -> None:
    behind = open_door(trusted_proxies=("127.0.0.1",))
    visitor, name = visit(behind, **{"X-Forwarded-Proto": "https"}), behind.person()
    given = visitor.sign_in(name).headers["set-cookie"]
    assert given.startswith("__Host-swingdesk_session=")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in given.split(";")}
    assert "domain" not in given.lower()
    secret = given.partition("=")[2].partition(";")[0]
    bare = visit(behind, **{"X-Forwarded-Proto": "https"})
    assert bare.get("/api/me", headers={"Cookie": f"swingdesk_session={secret}"}).status_code == 401
    assert bare.get("/api/me", headers={"Cookie": f"__Host-swingdesk_session={secret}"}).status_code == 200


def test_no_page_of_signing_in_is_framed_kept_or_told_to_others(door: Any, visit: Any) -> None:
    visitor, name = visit(door), door.person()
    link = door.link(name)
    visitor.sign_in(name)
    signed_out = visit(door)
    for answer in (signed_out.get("/sign-in"), signed_out.get(f"/sign-in/{link}"), visitor.get("/account")):
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        for rule in ("frame-ancestors 'none'", "form-action 'self'", "script-src 'self'", "base-uri 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text


def test_a_foreign_host_makes_no_link(door: Any, visit: Any) -> None:
    """Host header: a request under another name is refused, and what a proxy may have heard counts for nothing."""
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example"):
        answer = visit(door).get("/sign-in", headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
    forwarded = visit(door).get("/sign-in", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"})
    assert "evil" not in forwarded.text + str(forwarded.headers)


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


def test_a_session_ends_with_its_person(door: Any, visit: Any) -> None:
    """Whoever is shut out is out: their sessions, links, password."""
    visitor, name = visit(door), door.person()
    visitor.sign_in(name)
    link = door.link(name)
    with door.database() as database:
        disable_principal(database, name, act=door.act())
    deadline = time.monotonic() + 10
    while visitor.who() is not None:
        assert time.monotonic() < deadline
    assert visit(door).sign_in(name).status_code == 401
    assert visit(door).get(f"/sign-in/{link}").status_code == 401
    assert visit(door).post(f"/sign-in/{link}", {"password": WRONG, "again": WRONG}).status_code == 401


def test_a_session_ends_when_it_is_long_unused_or_old(open_door: Any, visit: Any) -> None:
    short = open_door(session_idle_minutes=5, session_hours=0.2)
    idle, old, fresh = visit(short), visit(short), visit(short)
    name = short.person()
    for visitor, column, seconds in ((idle, "seen_at", 301), (old, "expires_at", 721), (fresh, "seen_at", 200)):
        visitor.sign_in(name)
        with short.database() as database, database.writing() as session:
            session.connection().exec_driver_sql(
                f"UPDATE sessions SET {column} = {column} - {seconds}, created_at = created_at - 721 "
                "WHERE created_at = (SELECT max(created_at) FROM sessions)"
            )
    assert (idle.who(), old.who(), fresh.who()) == (None, None, name)


def test_an_address_that_guesses_many_names_is_stopped(open_door: Any, visit: Any) -> None:
    """Spraying one password over many names meets no lock, but the limit of its address."""
    narrow = open_door(rate_failures="8/hour")
    visitor, name = visit(narrow), narrow.person()
    statuses = [visitor.sign_in(f"name{number}", WRONG).status_code for number in range(9)]
    assert statuses == [401] * 8 + [429]
    assert visitor.sign_in(name).status_code == 429
    assert visitor.get(f"/sign-in/{'x' * 43}").status_code == 429


def test_a_key_of_a_program_signs_in_nowhere(door: Any, visit: Any) -> None:
    name = door.person()
    with door.database() as database:
        key = create_key(database, name, act=door.act()).text
    visitor = visit(door, Authorization=f"Bearer {key}")
    assert visitor.who() == name
    assert visitor.get("/account").status_code == 403
    assert visitor.sign_in(name).status_code == 401
    assert visitor.post("/account/password", {"old": "x"}).status_code == 403
    assert visitor.cookie is None
