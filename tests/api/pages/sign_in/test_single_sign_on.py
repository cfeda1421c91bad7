"""Single sign-on at a real provider: the first time, the next, as somebody who has an account, and out again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from models.vocabulary import Role

CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture(scope="module")
def ours(open_door: Callable[..., Any], provider: str) -> Any:
    """A server whose people sign on at the real provider; who is not known is made known by their groups."""
    return open_door(
        oidc_issuer=provider,
        oidc_client_id="swingdesk",
        oidc_client_secret="not so secret",  # noqa: S106 - a test's
        oidc_name="Example ID",
        oidc_prompt="select_account",
        oidc_create_people="on",
        oidc_roles=("planners=planner", "leads=lead:billing", "tellers=agent"),
        public_url="",
    )


def sign_on(visitor: Any, agree_at: Callable[[str, str], str], subject: str, path: str = "/single-sign-on") -> Any:
    """Go to the provider, sign on there, and come back."""
    begun = visitor.get(path)
    assert begun.status_code == 303, begun.text
    back = agree_at(begun.headers["location"], subject)
    assert back.startswith(f"{visitor.door.address}/single-sign-on/return?")
    return visitor.get(back.removeprefix(visitor.door.address), headers=CROSS)


def test_somebody_is_made_known_by_their_groups_and_comes_back_as_the_same(
    ours: Any, visit: Any, agree_at: Callable[[str, str], str]
) -> None:
    visitor = visit(ours)
    page = visitor.get("/sign-in?next=/plans")
    assert "Sign in with Example ID" in page.text
    answer = sign_on(visitor, agree_at, "u-1", "/single-sign-on?next=%2Fplans")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans")
    assert visitor.get("/api/me").json()["roles"] == ["planner"]
    assert visitor.who() == "nora"
    changes = ours.changes_of("nora")
    assert {"kind": "person", "roles": ["planner"]}.items() <= dict(changes[-1].after or {}).items()
    assert any((change.after or {}).get("signed_in") == "by single-sign-on" for change in changes)
    again = visit(ours)
    sign_on(again, agree_at, "u-1")
    assert again.who() == "nora"
    assert sum("roles" in (change.after or {}) for change in ours.changes_of("nora")) == 1


def test_what_is_asked_of_the_provider_is_bound_to_this_browser_and_request(ours: Any, visit: Any) -> None:
    visitor = visit(ours)
    first, second = (parse_qs(urlsplit(visitor.get("/single-sign-on").headers["location"]).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    assert first["prompt"] == ["select_account"]
    assert first["scope"] == ["openid profile email"]
    assert first["redirect_uri"] == [f"{ours.address}/single-sign-on/return"]
    assert "client_secret" not in first
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_who_has_no_role_by_their_groups_is_told_so_and_not_made_known(
    ours: Any, visit: Any, agree_at: Callable[[str, str], str]
) -> None:
    visitor = visit(ours)
    answer = sign_on(visitor, agree_at, "u-2")
    assert answer.status_code == 403
    assert "None of your groups is given a role here" in answer.text
    assert (visitor.who(), ours.changes_of("otto")) == (None, [])


def test_an_account_with_a_password_or_of_an_administrator_is_taken_over_by_no_claim(
    ours: Any, visit: Any, agree_at: Callable[[str, str], str]
) -> None:
    """Whoever is called `root` at the provider is not for that the administrator here."""
    ours.person(Role.ADMIN, name="root", password=None)
    ours.person(Role.PLANNER, name="petra")
    for subject in ("u-3", "u-4"):
        visitor = visit(ours)
        answer = sign_on(visitor, agree_at, subject)
        assert answer.status_code == 403
        assert "not connected to the single sign-on" in answer.text
        assert visitor.who() is None


def test_somebody_connects_their_account_signs_on_by_it_and_disconnects_it(
    ours: Any, visit: Any, agree_at: Callable[[str, str], str]
) -> None:
    name, visitor, other = ours.person(), visit(ours), visit(ours)
    visitor.sign_in(name)
    shown = visitor.post("/account/single-sign-on")
    assert shown.status_code == 200
    address = shown.text.split('href="http')[1].split('"')[0].replace("&amp;", "&")
    back = agree_at(f"http{address}", "somebody@example.org")
    path = back.removeprefix(ours.address)
    thief = visit(ours)
    assert thief.get(path, headers=CROSS).status_code == 400  # it is of another browser
    assert visitor.get(path, headers=CROSS).headers["location"] == "/account"
    assert "Connected" in visitor.get("/account").text
    assert sign_on(other, agree_at, "somebody@example.org").status_code == 303
    assert other.who() == name
    assert visitor.post("/account/single-sign-on/disconnect").status_code == 303
    assert "Not connected" in visitor.get("/account").text
    assert sign_on(visit(ours), agree_at, "somebody@example.org").status_code == 403


def test_signing_out_shows_the_way_out_of_the_provider(
    ours: Any, visit: Any, agree_at: Callable[[str, str], str]
) -> None:
    visitor = visit(ours)
    sign_on(visitor, agree_at, "u-1")
    answer = visitor.post("/sign-out")
    assert answer.headers["location"] == "/signed-out"
    page = visitor.get("/signed-out").text
    assert "/oauth2/end_session?client_id=swingdesk&amp;post_logout_redirect_uri=" in page
    assert visitor.who() is None


def test_without_passwords_people_come_in_by_the_provider_and_by_links_only(
    open_door: Callable[..., Any], provider: str, visit: Any
) -> None:
    strict = open_door(oidc_issuer=provider, oidc_client_id="swingdesk", password_sign_in="off")  # noqa: S106
    visitor, name = visit(strict), strict.person()
    page = visitor.get("/sign-in").text
    assert 'type="password"' not in page
    assert "/single-sign-on?next=" in page
    assert visitor.sign_in(name).status_code == 401
    link, chosen = strict.link(name), "seven green bicycles"
    assert 'type="password"' not in visitor.get(f"/sign-in/{link}").text
    assert visitor.post(f"/sign-in/{link}", {"password": chosen, "again": chosen}).status_code == 403
    assert visitor.post("/sign-in", {"secret": link}).status_code == 303
    assert visitor.who() == name
    assert 'type="password"' not in visitor.get("/account").text
    assert visitor.post("/account/password", {"old": "x", "password": chosen, "again": chosen}).status_code == 403


def test_a_server_without_a_provider_has_no_such_way(door: Any, visit: Any) -> None:
    visitor = visit(door)
    assert "single-sign-on" not in visitor.get("/sign-in").text
    assert visitor.get("/single-sign-on").status_code == 404
    assert visitor.get("/single-sign-on/return?state=x&code=y").status_code == 404
