"""The cookies of signing in: that of the session, and that of a single sign-on under way.

Both are sent along when somebody follows a link from elsewhere to one of our pages (`SameSite=Lax`): else nobody could
open what was sent to them, nor come back from a provider. Nothing is changed by that, as following a link never does;
what a form or a script of another site sends is refused by where it says it comes from.
"""

from typing import Literal

from fastapi import Request
from fastapi.responses import Response

from api.frame.authentication import session_cookie
from api.frame.headers import cookie_of

SIGN_ON = "swingdesk_sign_on"
SECURE_SIGN_ON = "__Host-swingdesk_sign_on"
SAME_SITE: Literal["lax"] = "lax"


def give_session(answer: Response, request: Request, secret: str, *, lasts_s: int) -> None:
    """Have a browser keep the secret of its new session."""
    _give(answer, request, session_cookie(request.scope), secret, lasts_s=lasts_s)


def take_session(answer: Response, request: Request) -> None:
    """Have a browser forget the secret of its session."""
    _take(answer, request, session_cookie(request.scope))


def give_sign_on(answer: Response, request: Request, secret: str, *, lasts_s: int) -> None:
    """Have a browser keep by what it is known when it comes back from the provider."""
    _give(answer, request, _sign_on_cookie(request), secret, lasts_s=lasts_s)


def read_sign_on(request: Request) -> str | None:
    """Return by what a browser is known that comes back from the provider."""
    return cookie_of(request.scope, _sign_on_cookie(request))


def take_sign_on(answer: Response, request: Request) -> None:
    """Have a browser forget a sign-on that has ended."""
    _take(answer, request, _sign_on_cookie(request))


def _sign_on_cookie(request: Request) -> str:
    return SECURE_SIGN_ON if _is_secure(request) else SIGN_ON


def _is_secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")


def _give(answer: Response, request: Request, name: str, value: str, *, lasts_s: int) -> None:
    answer.set_cookie(
        name, value, max_age=lasts_s, path="/", secure=_is_secure(request), httponly=True, samesite=SAME_SITE
    )


def _take(answer: Response, request: Request, name: str) -> None:
    answer.delete_cookie(name, path="/", secure=_is_secure(request), httponly=True, samesite=SAME_SITE)
