"""The shell without a browser: who is led where, in which language, what refusals say, and what is vendored."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

import api
from api.access import Caller, Reach
from api.language.choosing import choose_language
from api.language.texts import Texts
from api.pages.addresses import own_address
from api.pages.navigation import DESTINATIONS, find_destinations, find_first_page, nav_lines
from api.pages.rendering import lead_to, render
from models.database import Database
from models.vocabulary import Role
from services.access.principals import create_principal
from services.access.sessions import start_session
from services.access.tracing import Act
from services.instants import find_office_zone

VENDOR = Path(api.__file__).parent / "static" / "vendor"
ROW = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)
HERE = "http://127.0.0.1:8765"
OWN = {"Sec-Fetch-Site": "same-origin"}
FOREIGN = (
    "",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil",
    "/a b",
    "/é",
    "/" + "a" * 3000,
    "/\n/x",
)


class Visitor:
    """Somebody who is signed in by a session, in this process."""

    def __init__(self, app: Any, secret: str | None) -> None:
        self._app, self._cookie = app, "" if secret is None else f"swingdesk_session={secret}"

    def ask(self, method: str, path: str, *, cookie: str = "", **options: Any) -> Any:
        headers = {"Cookie": "; ".join(part for part in (self._cookie, cookie) if part), **options.pop("headers", {})}
        return self._app.ask(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.ask("POST", path, **{"headers": OWN, **options})


@pytest.fixture
def app(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Any:
    return make_api(make_database_url("sqlite"))


@pytest.fixture
def visit(app: Any) -> Callable[..., Visitor]:
    """`visit(Role.PLANNER)`: somebody with roles; `visit()`: nobody."""

    def make(*roles: Role, name: str = "pia") -> Visitor:
        if not roles:
            return Visitor(app, None)
        act = Act(at=1, by=None, what="test")
        with Database(app.url) as database:
            create_principal(database, name, roles=roles, act=act)
            with database.writing() as session:
                return Visitor(app, start_session(session, name, now=2**31))

    return make


def test_what_is_vendored_is_what_its_page_says() -> None:
    rows = dict(ROW.findall((VENDOR / "README.md").read_text(encoding="utf-8")))
    scripts = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}
    assert rows == scripts
    assert "Permission to use" in (VENDOR / "htmx.LICENSE.txt").read_text(encoding="utf-8")


def caller(*roles: Role) -> Caller:
    return Caller(principal_id="somebody", roles=frozenset(roles), agent_id="A1" if Role.AGENT in roles else None)


def test_everybody_sees_the_pages_that_they_may_open_and_begins_with_their_own() -> None:
    matrix: dict[tuple[str, str], Any] = {("GET", one.path): {Role.ADMIN: Reach.ALL} for one in DESTINATIONS}
    matrix["GET", "/work"] = {Role.AGENT: Reach.OWN, Role.ADMIN: Reach.ALL}
    matrix["GET", "/plans"] = {Role.LEAD: Reach.ALL, Role.ADMIN: Reach.ALL}
    del matrix["GET", "/today"]  # a page that there is not
    assert [one.path for one in find_destinations(matrix, caller(Role.AGENT))] == ["/work"]
    assert [one.path for one in find_destinations(matrix, caller(Role.LEAD))] == ["/plans"]
    assert "/today" not in [one.path for one in find_destinations(matrix, caller(Role.ADMIN))]
    assert "/work" not in [one.path for one in find_destinations(matrix, caller(Role.ADMIN))]  # who is no agent
    assert find_first_page(matrix, caller(Role.AGENT, Role.LEAD)) == "/work"
    assert find_first_page(matrix, caller(Role.LEAD)) == "/plans"
    assert find_first_page(matrix, caller(Role.ADMIN)) == "/office"
    assert find_first_page(matrix, caller(Role.ANALYST)) is None
    lines = nav_lines(matrix, caller(Role.ADMIN), Texts("es"), here="/plans/7")
    assert [(line.name, line.is_here) for line in lines if line.path in {"/plans", "/office"}] == [
        ("Planes", True),
        ("Oficina", False),
    ]


def test_the_start_leads_on(visit: Callable[..., Visitor]) -> None:
    assert visit().get("/").headers["location"] == "/sign-in"
    page = visit(Role.ANALYST).get("/")  # there is no office yet
    assert page.status_code == 200
    assert "Ask an administrator to take your office in" in page.text
    assert visit(Role.ADMIN, name="ada").get("/").status_code == 303


@pytest.mark.parametrize("address", FOREIGN)
def test_what_leads_elsewhere_leads_to_the_start(address: str) -> None:
    assert own_address(address) == "/"


@given(st.text(max_size=60) | st.from_regex(r"[/\\]{1,3}[a-z.:@\t\n\\/]{0,20}"))
def test_no_address_leads_to_another_site(text: str) -> None:
    """As browsers read it: tabs and line ends are passed over, a backslash is a slash."""
    seen = re.sub(r"[\t\n\r]", "", own_address(text)).replace("\\", "/")
    assert urlsplit(urljoin(f"{HERE}/sign-in", seen)).netloc == urlsplit(HERE).netloc


def test_an_address_of_ours_is_kept() -> None:
    assert own_address("/plans/7?team=a&x=%2F#late") == "/plans/7?team=a&x=%2F#late"
    assert own_address(None, otherwise="/plans") == "/plans"


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, None, "en"),
        ("es", "en", "es"),
        ("xx", "es", "es"),
        (None, "fr-CH, es-MX;q=0.8, en;q=0.9", "en"),
        (None, "fr, es;q=0.7, *;q=0.5", "es"),
        (None, "es;q=0, fr", "en"),
        (None, "es;q=much, de", "en"),
        (None, ",;=;,", "en"),
    ],
)
def test_a_language_is_chosen(chosen: str | None, accepted: str | None, language: str) -> None:
    assert choose_language(chosen, accepted) == language


def test_a_choice_is_kept_and_leads_back(visit: Callable[..., Visitor]) -> None:
    pia = visit(Role.PLANNER)
    assert '<html lang="es"' in pia.get("/plans", headers={"Accept-Language": "es"}).text
    chosen = pia.post("/preferences", data={"language": "es", "theme": "dark", "back": "/plans?a=1"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/plans?a=1")
    cookies = chosen.headers.get_list("set-cookie")
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
    kept = "; ".join(cookie.split(";")[0] for cookie in cookies)
    page = pia.get("/plans", cookie=kept, headers={"Accept-Language": "en"}).text
    assert '<html lang="es" data-theme="dark"' in page
    assert "Cerrar sesión" in page
    assert "Sign out" not in page


def test_a_choice_that_is_none_or_comes_from_elsewhere_is_refused(visit: Callable[..., Visitor]) -> None:
    assert visit().post("/preferences", data={"language": "xx"}).status_code == 400
    assert visit().post("/preferences", data={"theme": "<b>"}).status_code == 400
    foreign = visit().post("/preferences", data={"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert visit().post("/preferences", data={"theme": "dark", "back": "//evil.example"}).headers["location"] == "/"


def test_a_refusal_says_what_to_do_in_the_readers_language(visit: Callable[..., Visitor]) -> None:
    pia = visit(Role.PLANNER)
    page = pia.get("/nowhere", headers={"Accept-Language": "es"})
    assert page.status_code == 404
    assert "Esa página no existe" in page.text
    assert "puede que se haya eliminado" in page.text.lower()
    assert "Volver al inicio" in page.text
    assert 'href="/plans"' in page.text  # the way around stays


def test_a_script_of_a_page_is_told_in_the_live_region(visit: Callable[..., Visitor]) -> None:
    told = visit(Role.PLANNER).get("/plans/999", headers={"HX-Request": "true"})
    assert told.status_code == 404
    assert (told.headers["hx-retarget"], told.headers["hx-reswap"]) == ("#messages", "innerHTML")
    assert told.text.startswith('<div class="toast is-bad" role="alert">')
    assert "<html" not in told.text


def test_who_is_signed_out_is_led_to_sign_in_and_back(visit: Callable[..., Visitor]) -> None:
    nobody = visit()
    assert (
        nobody.get("/plans?day=1&team=a b").headers["location"] == "/sign-in?next=%2Fplans%3Fday%3D1%26team%3Da%2520b"
    )
    over = nobody.get("/plans/1", headers={"HX-Request": "true", "HX-Current-URL": f"{HERE}/plans?page=2"})
    assert over.headers["hx-redirect"] == "/sign-in?next=%2Fplans%3Fpage%3D2"
    lured = nobody.get("/plans/1", headers={"HX-Request": "true", "HX-Current-URL": "https://x//evil.example/"})
    assert lured.headers["hx-redirect"] == "/sign-in"


def test_what_a_page_left_to_say_is_said_once_and_as_text(visit: Callable[..., Visitor]) -> None:
    pia = visit(Role.PLANNER)
    page = pia.get("/plans", cookie="swingdesk_said=%3Cb%3ESaved")
    assert "&lt;b&gt;Saved" in page.text
    assert 'swingdesk_said=""' in page.headers["set-cookie"]
    assert "swingdesk_said" not in pia.get("/plans").headers.get("set-cookie", "")


def asked_of(app: Any, *headers: tuple[bytes, bytes]) -> Request:
    parts = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "scheme": "http"}
    return Request({**parts, "headers": list(headers), "app": app.app})


def test_after_a_change_the_next_page_says_what_was_done(app: Any, visit: Callable[..., Visitor]) -> None:
    led = lead_to(asked_of(app), "/plans", said="Año nuevo: 5 %; <listo>")
    assert (led.status_code, led.headers["location"]) == (303, "/plans")
    kept = led.headers["set-cookie"].split(";")[0]
    assert "Año nuevo: 5 %; &lt;listo&gt;" in visit(Role.PLANNER).get("/plans", cookie=kept).text
    by_script = lead_to(asked_of(app, (b"hx-request", b"true")), "/plans")
    assert (by_script.status_code, by_script.headers["hx-redirect"]) == (200, "/plans")
    assert "set-cookie" not in by_script.headers


def test_a_fragment_brings_along_what_was_done(app: Any) -> None:
    request = asked_of(app, (b"hx-request", b"true"), (b"cookie", b"swingdesk_said=earlier"))
    answer = render(
        request, "parts/refusal.html", said="Saved & done.", title="No", detail="", advice="", request_id=""
    )
    body = bytes(answer.body).decode()
    assert '<div id="messages" hx-swap-oob="innerHTML"><div class="toast is-good">' in body
    assert "Saved &amp; done." in body
    assert "earlier" not in body  # that is for the next whole page
    assert "set-cookie" not in answer.headers


def test_the_zone_of_the_office_is_asked_for_seldom(
    visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def count(*given: Any) -> Any:
        asked.append(1)
        return find_office_zone(*given)

    monkeypatch.setattr("api.pages.rendering.find_office_zone", count)
    pia = visit(Role.PLANNER)
    for _ in range(3):
        assert pia.get("/plans").status_code == 200
    assert len(asked) == 1


@pytest.fixture
def nothing(tmp_path: Path, make_api: Callable[..., Any]) -> Any:
    """The application where there is no database yet."""
    return make_api(f"sqlite:///{tmp_path / 'none.sqlite3'}")


def test_without_a_database_pages_say_so(nothing: Any) -> None:
    page = Visitor(nothing, "some").get("/plans", headers={"Accept-Language": "es"})
    assert page.status_code == 503
    assert "La base de datos no responde" in page.text
    assert Visitor(nothing, None).get("/design").status_code == 200
