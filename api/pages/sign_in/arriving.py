"""Who comes in with a browser: at what time, by which route, with which browser, and the session that it had."""

import time

from fastapi import Request

from api.access import find_caller
from api.doorway import Doorway
from models.errors import ForbiddenError, UnauthenticatedError
from services.access.caller import Caller
from services.access.sessions import Arrival

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What browsers and systems call themselves: the first that is found counts, so each stands before those it names."""


def arrival_of(request: Request) -> Arrival:
    """Return who comes in with a request."""
    caller = find_caller(request.scope)
    doorway: Doorway = request.app.state.doorway
    return Arrival(
        at=int(time.time()),
        what=route_of(request),
        browser=browser_name(request.headers.get("user-agent", "")),
        replaces=None if caller is None else caller.session_id,
        lasts_s=doorway.session_s,
    )


def route_of(request: Request) -> str:
    """Return a request's method and route; not its address, which may hold a secret."""
    return f"{request.method} {request.scope['route'].path_format}"


def browser_name(user_agent: str) -> str:
    """Return what a browser calls itself, in short and in words of ours; empty where that is not known."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


def person_of(caller: Caller) -> str:
    """Return the session of somebody who is signed in with a browser.

    Raises
    ------
    ForbiddenError
        If it is a program: it has a key, and no account of its own to look after.
    """
    if caller.session_id is None:
        raise ForbiddenError("this is for people who are signed in with a browser")
    return caller.session_id


def check_expected(request: Request) -> Caller | None:
    """Return who is signed in with this browser, if anybody is; a program that shows a key has no business here.

    Raises
    ------
    UnauthenticatedError
        If a key came along.
    """
    caller = find_caller(request.scope)
    if caller is not None and caller.session_id is None:
        raise UnauthenticatedError("a program has a key, and signs in nowhere")
    return caller
