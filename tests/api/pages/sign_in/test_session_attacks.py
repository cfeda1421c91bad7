"""Attacks on sessions: planted, stolen, tossed, of other sites, of people who are shut out; each is refused."""

import time
from typing import Any

import pytest

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
