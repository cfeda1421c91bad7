"""The provider of the single sign-on: what it says of itself, where to send people, what it says of them.

Nothing it says is taken on trust: its metadata must be the issuer's that was agreed, its addresses as safe as that, and
its word on somebody signed by a key of its own, for us, for this request, and now.

References
----------
OpenID Connect Core 1.0, section 3.1 (code flow, validation of the ID token); Discovery 1.0, section 4.3; RP-Initiated
Logout 1.0, section 2; RFC 7636 (PKCE); RFC 9207 (issuer in the answer).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from models.errors import SignInRefusedError
from models.vocabulary_access import Refusal
from services.access.single_sign_on.fetching import Fetcher, ProviderAnswerError, ProviderDownError
from services.access.single_sign_on.id_token import IdTokenError, UnknownKeyError, read_id_token
from services.access.single_sign_on.terms import ProviderTerms
from services.settings import LOOPBACK

WELL_KNOWN = "/.well-known/openid-configuration"
REMEMBERED_S = 3600.0
KEYS_ASKED_S = 30.0
"""Least seconds between two looks for new keys: a token of an unknown key makes us ask no oftener."""
DOWN_S = 5.0
"""Seconds for which a provider that did not answer is not asked again: nobody waits for what others found out."""


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a provider says of itself."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    auth_method: str
    names_issuer: bool


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class Provider:
    """A provider, as it was agreed.

    Parameters
    ----------
    clock
        Epoch seconds.
    """

    def __init__(self, terms: ProviderTerms, *, clock: Callable[[], float] = time.time) -> None:
        self.terms = terms
        self._clock = clock
        self._fetcher = Fetcher(terms.issuer)
        self._lock = Lock()
        self._metadata: tuple[Metadata, float] | None = None
        self._down: tuple[str, float] | None = None
        self._keys: tuple[Mapping[str, Any], float] | None = None

    def close(self) -> None:
        """Close all connections."""
        self._fetcher.close()

    def authorization_address(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """Return where somebody is sent to sign in, and comes back from to `back`."""
        asked = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        if self.terms.prompt:
            asked["prompt"] = self.terms.prompt
        return str(
            prepare_grant_uri(
                self.metadata().authorization,
                client_id=self.terms.client_id,
                response_type="code",
                redirect_uri=back,
                scope=self.terms.scope,
                state=state,
                nonce=nonce,
                **asked,
            )
        )

    def sign_out_address(self, *, back: str) -> str | None:
        """Return where somebody signs out of the provider as well, and comes back from; None where it has no such."""
        end = self.metadata().end_session
        if end is None:
            return None
        asked = urlencode({"client_id": self.terms.client_id, "post_logout_redirect_uri": back})
        return f"{end}{'&' if urlsplit(end).query else '?'}{asked}"

    def check_answer_issuer(self, issuer: str | None) -> None:
        """Check who an answer says it comes from: that of another provider is not for this one (mix-up).

        Raises
        ------
        ProviderAnswerError
            If it is another, or it does not say though this provider always does.
        """
        if issuer != self.terms.issuer and (issuer is not None or self.metadata().names_issuer):
            raise ProviderAnswerError("the answer comes from another provider")

    def exchange(self, code: str, *, verifier: str, back: str) -> Tokens:
        """Return the tokens that a code stands for.

        Raises
        ------
        SignInRefusedError
            If the provider does not answer, does not know the code, or answers no tokens.
        """
        metadata = self.metadata()
        auth = ClientAuth(
            quote(self.terms.client_id, safe=""), quote(self.terms.client_secret, safe=""), metadata.auth_method
        )
        if metadata.auth_method != "client_secret_basic":  # in a form they are encoded with the rest of it
            auth = ClientAuth(self.terms.client_id, self.terms.client_secret, metadata.auth_method)
        form = urlencode(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, headers, body = auth.prepare("POST", metadata.token, headers, form)
        status, answer = self._fetcher.post(url, headers=headers, body=body)
        if status != 200:
            raise SignInRefusedError(Refusal.PROVIDER_REFUSED, f"the provider did not take the code: {_error(answer)}")
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise ProviderAnswerError("the provider answered no tokens")
        return Tokens(id_token=id_token, access_token=access_token)

    def read_claims(self, tokens: Tokens, *, nonce: str) -> dict[str, Any]:
        """Return what the provider says of somebody, checked; claims that the token lacks are asked for.

        Raises
        ------
        SignInRefusedError
            If its word does not hold.
        """
        claims = self._read_id_token(tokens, nonce=nonce)
        wanted = {self.terms.principal_claim}
        if self.terms.creates_people:
            wanted.add(self.terms.groups_claim)
        userinfo = self.metadata().userinfo
        if wanted <= claims.keys() or userinfo is None:
            return claims
        more = self._fetcher.get(userinfo, headers={"Authorization": f"Bearer {tokens.access_token}"})
        if more.get("sub") != claims["sub"]:
            raise ProviderAnswerError("the provider speaks of somebody else")
        return {**more, **claims}

    def metadata(self) -> Metadata:
        """Return what the provider says of itself, asked once an hour.

        Raises
        ------
        SignInRefusedError
            If it does not answer, or is not who was agreed.
        """
        with self._lock:
            if self._metadata is None or self._metadata[1] < time.monotonic():
                self._metadata = self._ask_metadata(), time.monotonic() + REMEMBERED_S
            return self._metadata[0]

    def _ask_metadata(self) -> Metadata:
        if self._down is not None and time.monotonic() < self._down[1]:
            raise ProviderDownError(self._down[0])
        try:
            document = self._fetcher.get(self.terms.issuer.rstrip("/") + WELL_KNOWN)
        except ProviderDownError as error:
            self._down = str(error), time.monotonic() + DOWN_S
            raise
        return _read_metadata(document, self.terms)

    def _read_id_token(self, tokens: Tokens, *, nonce: str) -> dict[str, Any]:
        for is_new in (False, True):
            try:
                return read_id_token(
                    tokens.id_token,
                    keys=self._find_keys(is_new=is_new),
                    issuer=self.terms.issuer,
                    client_id=self.terms.client_id,
                    nonce=nonce,
                    access_token=tokens.access_token,
                    now=int(self._clock()),
                    skew_s=self.terms.skew_s,
                )
            except UnknownKeyError:
                continue  # they are changed now and then: look once more
            except IdTokenError as error:
                raise ProviderAnswerError(str(error)) from error
        raise ProviderAnswerError("the token is signed by a key that is not the provider's")

    def _find_keys(self, *, is_new: bool) -> Mapping[str, Any]:
        metadata = self.metadata()
        with self._lock:
            now = time.monotonic()
            age = None if self._keys is None else now - self._keys[1]
            if self._keys is None or age is None or age > (KEYS_ASKED_S if is_new else REMEMBERED_S):
                self._keys = self._fetcher.get(metadata.keys), now
            return self._keys[0]


def _read_metadata(document: Mapping[str, Any], terms: ProviderTerms) -> Metadata:
    if document.get("issuer") != terms.issuer:
        raise ProviderAnswerError("the provider says that it is another than was agreed")
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    return Metadata(
        authorization=_address(document, "authorization_endpoint", terms.issuer),
        token=_address(document, "token_endpoint", terms.issuer),
        keys=_address(document, "jwks_uri", terms.issuer),
        userinfo=_perhaps(document, "userinfo_endpoint", terms.issuer),
        end_session=_perhaps(document, "end_session_endpoint", terms.issuer),
        auth_method=method if terms.client_secret else "none",
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _perhaps(document: Mapping[str, Any], name: str, issuer: str) -> str | None:
    return None if document.get(name) is None else _address(document, name, issuer)


def _address(document: Mapping[str, Any], name: str, issuer: str) -> str:
    """Return an address of the provider: by HTTPS, or on this machine where the issuer is here as well."""
    value = document.get(name)
    if isinstance(value, str):
        parts = urlsplit(value)
        is_here = parts.hostname in LOOPBACK and urlsplit(issuer).hostname in LOOPBACK
        if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
            return value
    raise ProviderAnswerError(f"the provider's {name} is no address that is safe")


def _error(answer: Mapping[str, Any]) -> str:
    """Return the word by which a provider refuses; not what it says besides, which may hold anything."""
    word = answer.get("error")
    return word if isinstance(word, str) and word.isascii() and word.isprintable() and len(word) <= 40 else "no reason"
