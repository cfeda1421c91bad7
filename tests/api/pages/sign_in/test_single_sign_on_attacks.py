"""Attacks on single sign-on: what comes back is forged, replayed or another's, or a provider lies: all are refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from models.database import Database
from models.errors import InputError
from services.access.single_sign_on.provider import Provider
from services.access.single_sign_on.terms import provider_terms
from services.settings import Settings

BEGIN, RETURN = "/single-sign-on", "/single-sign-on/return"


@pytest.fixture(scope="module")
def server(open_door: Callable[..., Any], liars_server: Any) -> Any:
    """A server whose people sign on at the provider that lies."""
    return open_door(
        oidc_issuer=liars_server.address,
        oidc_client_id="swingdesk",
        oidc_create_people="on",
        oidc_roles=("planners=planner",),
    )


@pytest.fixture
def ours(server: Any) -> Any:
    """That server, which has heard nothing of the provider yet."""
    doorway = server.app.state.doorway
    doorway.provider.close()
    doorway.provider = Provider(doorway.provider.terms)
    return server


def test_an_honest_answer_signs_in(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    """The refusals below are not for want of anything else."""
    visitor = visit(ours)
    assert come_back(visitor, liar).status_code == 303
    assert visitor.who() == liar.name
    assert len(liar.forms[0]["code_verifier"]) >= 43
    assert liar.forms[0]["grant_type"] == "authorization_code"


def test_a_state_is_forged_replayed_or_anothers(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    visitor, eve = visit(ours), visit(ours)
    assert come_back(visitor, liar, state="x" * 43).status_code == 400
    assert visitor.get(f"{RETURN}?code=c").status_code == 400
    begun = eve.get(BEGIN).headers["location"]
    state = begun.split("state=")[1].split("&")[0]
    # Login CSRF: the victim's browser comes back with a sign-on that Eve began, with and without one of its own.
    assert visitor.get(f"{RETURN}?code=c&state={state}").status_code == 400
    visitor.get(BEGIN)
    assert visitor.get(f"{RETURN}?code=c&state={state}").status_code == 400
    assert visitor.get(f"{RETURN}?code=c&state={state}&state={state}").status_code == 400
    assert visitor.who() is None
    assert liar.forms == []  # no code was ever sent on
    assert come_back(visitor, liar).status_code == 303
    used = visitor.get("/sign-out")
    assert used.status_code == 405
    assert eve.get(f"{RETURN}?code=c&state={'y' * 9000}").status_code == 400


def test_a_sign_on_ends_once_and_in_time(ours: Any, liar: Any, visit: Any) -> None:
    visitor = visit(ours)
    for seconds, status in ((0, 303), (601, 400)):
        begun = visitor.get(BEGIN).headers["location"]
        cookie = visitor.cookies.get("swingdesk_sign_on")
        state, liar.nonce = (begun.split(f"{name}=")[1].split("&")[0] for name in ("state", "nonce"))
        with Database(ours.url) as database, database.writing() as session:
            session.connection().exec_driver_sql(
                f"UPDATE sign_ons SET expires_at = expires_at - {seconds}, created_at = created_at - {seconds}"
            )
        path = f"{RETURN}?code=c&state={state}"
        assert visitor.get(path).status_code == status
        again = visit(ours)
        again.cookies.set("swingdesk_sign_on", cookie, domain="127.0.0.1", path="/")
        assert again.get(path).status_code == 400
        assert again.who() is None
        visitor.post("/sign-out")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "somebody-else"}, "audience"),
        ({"aud": ["swingdesk", "somebody-else"]}, "several audiences without azp"),
        ({"aud": ["swingdesk", "else"], "azp": "else"}, "authorized party"),
        ({"aud": None}, "no audience"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "never expires"),
        ({"iat": 99999999999}, "of the future"),
        ({"sub": None}, "nobody"),
        ({"sub": 7}, "no text"),
        ({"sub": ""}, "empty"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "another access token"),
        ({"exp": "soon"}, "no instant"),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_signs_nobody_in(
    ours: Any, liar: Any, visit: Any, come_back: Any, claims: dict[str, Any], why: str
) -> None:
    liar.claims = claims
    visitor = visit(ours)
    answer = come_back(visitor, liar)
    assert answer.status_code == 502, why
    assert "cannot be trusted" in answer.text
    assert visitor.who() is None


def test_a_clock_that_is_a_little_off_is_borne(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    now = int(time.time())
    visitor = visit(ours)
    liar.claims = {"iat": now + 30, "exp": now + 90}
    assert come_back(visitor, liar).status_code == 303
    liar.claims = {"iat": now - 90, "exp": now - 30}
    visitor.post("/sign-out")
    assert come_back(visitor, liar).status_code == 303


def test_a_token_that_is_not_signed_by_the_providers_key_signs_nobody_in(
    ours: Any, liar: Any, visit: Any, come_back: Any
) -> None:
    visitor = visit(ours)

    def refused() -> bool:
        return come_back(visitor, liar).status_code == 502 and visitor.who() is None

    liar.key = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
    assert refused(), "a key of somebody else under the provider's name"
    liar.header = {"kid": "unknown"}
    assert refused(), "a key that is not known"
    assert liar.asked.count("/keys") == 1, "a token of an unknown key does not have keys asked for each time"
    liar.key, liar.header = None, {}
    for header in ({"alg": "none"}, {"alg": "None"}, {"alg": "none", "kid": "k1"}):
        liar.forge = lambda claims, header=header: f"{_part(header)}.{_part(claims)}."
        assert refused(), header
    liar.forge = lambda claims: _sealed(claims, liar.own_key.as_pem(private=False))
    assert refused(), "the public key taken for a secret"
    for token in ("", "x", "a.b.c", "..", "x" * 100_000, None, 7, {"a": 1}):
        liar.forge = lambda _claims, token=token: token
        assert refused(), token
    liar.forge = None
    liar.tokens = {"access_token": None}
    assert refused(), "no access token"
    liar.tokens = {}
    assert come_back(visitor, liar).status_code == 303, "it was for nothing else"


def _sealed(claims: dict[str, Any], secret: bytes) -> str:
    """Return a token that is sealed by a secret, not signed."""
    text = f"{_part({'alg': 'HS256', 'kid': 'k1'})}.{_part(claims)}"
    return f"{text}.{base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), 'sha256')).decode().rstrip('=')}"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_an_answer_of_another_provider_is_not_for_this_one(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    """Mix-up: the code of an honest provider is not sent on to one that would like to have it, nor the other way."""
    visitor = visit(ours)
    assert come_back(visitor, liar, iss="https://evil.example").status_code == 502
    assert liar.forms == []
    assert visitor.who() is None
    assert come_back(visitor, liar, iss=liar.address).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "//evil.example"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["https://a"]},
        {"token_endpoint": None},
    ],
    ids=str,
)
def test_a_provider_that_says_strange_things_of_itself_is_not_gone_to(
    ours: Any, liar: Any, visit: Any, metadata: dict[str, Any]
) -> None:
    liar.metadata = metadata
    answer = visit(ours).get(BEGIN)
    assert answer.status_code == 502
    assert "set-cookie" not in answer.headers
    assert "evil" not in answer.text


def test_a_provider_that_is_down_or_babbles_is_said_and_never_breaks_a_page(
    ours: Any, liar: Any, visit: Any, told: Callable[..., str]
) -> None:
    well_known = "/.well-known/openid-configuration"
    visitor = visit(ours)
    for answer, status in (
        ((200, b"<html>"), 502),
        ((200, b"[]"), 502),
        ((200, b"[" * 100_000), 502),
        ((404, b"{}"), 502),
        ((302, b"{}"), 502),
        ((200, b'{"a": "' + b"a" * 1_100_000 + b'"}'), 502),
        ((500, b"{}"), 503),
    ):
        liar.answers = {well_known: answer}
        said = visitor.get(BEGIN)
        assert said.status_code == status, answer
        assert "Nothing of yours" not in said.text
    liar.answers = {}
    assert visitor.get(BEGIN).status_code == 503, "one that is down is not asked at once again"
    assert "does not answer" in told(visitor.get(BEGIN))
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.sign_in(ours.person()).status_code == 303


def test_a_provider_that_fails_half_way_is_said(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    visitor = visit(ours)
    for answers, status in (
        ({"/token": (400, b'{"error": "invalid_grant"}')}, 401),
        ({"/token": (400, b'{"error": ["<script>"]}')}, 401),
        ({"/token": (503, b"")}, 503),
        ({"/keys": (200, b"{}")}, 502),
        ({"/keys": (200, b'{"keys": 5}')}, 502),
        ({"/keys": (500, b"")}, 503),
    ):
        liar.answers = answers
        ours.app.state.doorway.provider = Provider(ours.app.state.doorway.provider.terms)  # it knows no key yet
        said = come_back(visitor, liar)
        assert said.status_code == status, answers
        assert "<script>" not in said.text.split("<main")[1]
    liar.answers = {}
    refused = come_back(visitor, liar, code="")
    assert refused.status_code == 401
    assert visitor.who() is None
    assert '"level": "error"' not in ours.log.getvalue()


def test_what_the_provider_says_besides_is_of_the_same_person(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    visitor = visit(ours)
    liar.claims = {"preferred_username": None, "groups": None}
    liar.userinfo = {"sub": "s-0", "preferred_username": "root", "groups": ["planners"]}
    assert come_back(visitor, liar).status_code == 502
    liar.userinfo = {
        "sub": liar.subject,
        "preferred_username": "vera",
        "groups": ["planners"],
        "aud": "x",
        "name": "V\u202e",
    }
    assert come_back(visitor, liar).status_code == 303
    assert visitor.who() == "vera"


@pytest.mark.parametrize("name", ["", "a b", "x" * 101, "a\nb", "a\x00b", 7, ["nora"], None, "\u200b\u2028"], ids=repr)
def test_a_name_without_sense_is_nobodys(ours: Any, liar: Any, visit: Any, come_back: Any, name: Any) -> None:
    liar.claims, liar.userinfo = {"preferred_username": name}, {"sub": liar.subject}
    visitor = visit(ours)
    assert come_back(visitor, liar).status_code == 403
    assert visitor.who() is None


def test_an_address_that_nobody_verified_is_no_name(
    open_door: Callable[..., Any], liar: Any, visit: Any, come_back: Any
) -> None:
    mailed = open_door(oidc_issuer=liar.address, oidc_client_id="swingdesk", oidc_principal_claim="email")
    mailed.person(name="nora@example.org", password=None)
    visitor = visit(mailed)
    for claims, status in (
        ({"email": "nora@example.org"}, 403),
        ({"email": "nora@example.org", "email_verified": "true"}, 403),
        ({"email": "other@example.org", "email_verified": True}, 403),
        ({"email": "nora@example.org", "email_verified": True}, 303),
    ):
        liar.claims = claims
        assert come_back(visitor, liar).status_code == status
    assert visitor.who() == "nora@example.org"


def test_nothing_secret_of_a_sign_on_is_logged(ours: Any, liar: Any, visit: Any, come_back: Any) -> None:
    visitor = visit(ours)
    come_back(visitor, liar, code="the-code-of-the-provider")
    liar.claims = {"aud": "else"}
    come_back(visit(ours), liar, code="the-code-of-the-provider")
    kept = ours.log.getvalue() + repr(ours.changes_of(liar.name))
    assert "/single-sign-on/return" in kept
    for word in ("the-code", liar.nonce, liar.forms[0]["code_verifier"], str(visitor.cookie)):
        assert word not in kept


def test_settings_that_would_make_it_unsafe_are_refused(tmp_path: Any) -> None:
    agreed: dict[str, Any] = {"oidc_issuer": "https://id.example.org", "oidc_client_id": "swingdesk"}
    for wrong in (
        {"oidc_issuer": "http://id.example.org"},
        {"oidc_issuer": "https://user:word@id.example.org"},
        {"oidc_issuer": ""},
        {"oidc_client_id": ""},
        {"oidc_scopes": "profile"},
        {"allowed_hosts": ("*",)},
        {"public_url": "ftp://desk.example.org"},
    ):
        with pytest.raises(ValueError, match=r"OIDC|PUBLIC|such as"):
            Settings(**{**agreed, **wrong})
    for roles in (("planners",), ("planners=king",), ("leads=lead",), ("x=planner:billing",), ("=planner",)):
        with pytest.raises(InputError, match="OIDC_ROLES"):
            provider_terms(Settings(**agreed, oidc_roles=roles))
    missing = tmp_path / "none"
    with pytest.raises(InputError, match="SECRET_FILE"):
        provider_terms(Settings(**agreed, oidc_client_secret_file=str(missing)))
    missing.write_text("word of a file\n", encoding="utf-8")
    terms = provider_terms(Settings(**agreed, oidc_client_secret_file=str(missing), oidc_roles=("a=b=lead:x",)))
    assert terms is not None
    assert (terms.client_secret, terms.roles[0].group, terms.roles[0].team) == ("word of a file", "a=b", "x")
    assert "word of a file" not in repr(terms)
    assert "hidden" not in repr(Settings(**agreed, oidc_client_secret="hidden"))  # noqa: S106 - a test's
