"""Checking a provider's word on who somebody is: the ID token.

References
----------
OpenID Connect Core 1.0, section 3.1.3.7.
"""

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has. `none` is no signature, and one by HMAC could be anybody's who knows
a public key and has it taken for a secret."""
MAX_TOKEN = 32 * 1024
MAX_SUBJECT = 255


class IdTokenError(Exception):
    """A token that does not hold; the text says why, without anything out of it."""


class UnknownKeyError(IdTokenError):
    """A token that is signed by a key that is not known (yet)."""


def read_id_token(
    token: str,
    *,
    keys: Mapping[str, Any],
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    now: int,
    skew_s: int,
) -> dict[str, Any]:
    """Return the claims of a token that is signed by the issuer, for us, in answer to our request, and holds now.

    Raises
    ------
    IdTokenError
        If it is not.
    """
    if len(token) > MAX_TOKEN:
        raise IdTokenError("the token is too long")
    try:
        signed = jwt.decode(
            token,
            KeySet.import_key_set({"keys": list(keys["keys"])}),
            registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
        )
    except InvalidKeyIdError as error:
        raise UnknownKeyError("the token is signed by a key that is not known") from error
    except (JoseError, KeyError, ValueError, TypeError) as error:  # whatever is in it, it is somebody else's text
        raise IdTokenError(f"the token is not signed as it must be: {type(error).__name__}") from error
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
        {"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    try:
        claims.validate(now=now, leeway=skew_s)
    except (JoseError, ValueError, TypeError) as error:
        raise IdTokenError(f"the token does not hold: {_named(error)}") from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or "\0" in subject:
        raise IdTokenError("the token does not say whom it is about")
    return dict(claims)


def _named(error: Exception) -> str:
    claim = getattr(error, "claim", None)
    return f"{type(error).__name__} of {claim}" if isinstance(claim, str) else type(error).__name__
