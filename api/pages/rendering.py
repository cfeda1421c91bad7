"""Pages as served: in the shell, with the reader's language and theme and the office's clocks."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access import find_caller
from api.documents.render import page_environment
from api.frame.slashes import path_as_sent
from api.language.catalogues import LANGUAGES
from api.language.choosing import LANGUAGE_COOKIE, choose_language
from api.language.texts import Texts
from api.pages.navigation import NavLine, nav_lines
from api.store import Generation, Store
from models.errors import SwingdeskError
from services.instants import find_office_zone
from services.settings import Settings

STYLES = ("tokens.css", "page.css", "parts.css")
VENDORED = ("vendor/htmx.min.js",)
SCRIPTS = ("shell.js",)
THEME_COOKIE = "swingdesk_theme"
THEMES = ("auto", "light", "dark")
SAID_COOKIE = "swingdesk_said"
SAID_LASTS_S = 60
MAX_SAID = 400
HX_REQUEST = "HX-Request"
ZONE_REMEMBERED_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What surrounds a page.

    Attributes
    ----------
    who
        Who is signed in; empty for nobody.
    here
        The address of the page, where a choice of language leads back to.
    said
        What the page before left to say, such as that something was saved.
    """

    who: str
    roles: tuple[str, ...]
    nav: tuple[NavLine, ...]
    language: str
    languages: Mapping[str, str]
    theme: str
    themes: tuple[str, ...]
    here: str
    said: str


class OfficeZone:
    """The zone of the office, asked of the database every few seconds at most."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._lock = Lock()
        self._asked: tuple[Generation, float] | None = None
        self._zone: tzinfo = UTC

    @property
    def last(self) -> tzinfo:
        """The zone as it was found last; UTC before."""
        return self._zone

    def find(self) -> tzinfo:
        """Return the zone; that of the settings where there is no office yet."""
        with self._lock:
            generation, now = self._store.generation, time.monotonic()
            if self._asked is None or self._asked[0] != generation or now - self._asked[1] > ZONE_REMEMBERED_S:
                self._zone = find_office_zone(self._store.database(), self._settings)
                self._asked = (generation, now)
            return self._zone


def texts_for(request: Request) -> Texts:
    """Return the texts and forms of whoever asks: their language, the office's clocks."""
    zones: OfficeZone = request.app.state.office_zone
    try:
        return Texts(_language_of(request), zones.find())
    except SwingdeskError:  # without a database a page can still say what to do about it
        return hasty_texts_for(request)


def hasty_texts_for(request: Request) -> Texts:
    """Return the same without asking the database: what refusals are worded by."""
    zones: OfficeZone = request.app.state.office_zone
    return Texts(_language_of(request), zones.last)


def is_fragment_wanted(request: Request) -> bool:
    """Return whether a script of a page asks, which puts the answer into it."""
    return request.headers.get(HX_REQUEST) == "true"


def render(
    request: Request,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    said: str = "",
    headers: Mapping[str, str] | None = None,
    texts: Texts | None = None,
    **context: Any,
) -> HTMLResponse:
    """Return a template as an answer: a page that extends `layout`, or a fragment that does not.

    Parameters
    ----------
    styles, scripts
        Files under `api/static` that this page needs besides those of the shell.
    said
        What was done, for the live region.
    texts
        Those of the request where they are at hand already.
    """
    texts = texts or texts_for(request)
    left = "" if is_fragment_wanted(request) else unquote(request.cookies.get(SAID_COOKIE, ""))[:MAX_SAID]
    shell = _shell_of(request, texts, said=said or left)
    text = (
        page_environment(texts)
        .get_template(template)
        .render(
            layout="layout.html",
            shell=shell,
            styles=(*STYLES, *styles),
            scripts=(*VENDORED, *SCRIPTS, *scripts),
            **context,
        )
    )
    if said and is_fragment_wanted(request):
        text += page_environment(texts).get_template("parts/said.html").render(said=said, kind="good")
    answer = HTMLResponse(text, status, headers=dict(headers or {}))
    if left:
        answer.delete_cookie(SAID_COOKIE, path="/")
    return answer


def lead_to(request: Request, path: str, *, said: str = "") -> Response:
    """Return an answer that leads to another page of ours, after something was changed.

    Parameters
    ----------
    said
        What that page says in its live region, once.
    """
    answer: Response
    if is_fragment_wanted(request):
        answer = Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": path})
    else:
        answer = RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
    if said:
        answer.set_cookie(
            SAID_COOKIE,
            quote(said[:MAX_SAID]),
            max_age=SAID_LASTS_S,
            path="/",
            secure=request.scope["scheme"] == "https",
            httponly=True,
            samesite="strict",
        )
    return answer


def _language_of(request: Request) -> str:
    return choose_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))


def _shell_of(request: Request, texts: Texts, *, said: str) -> Shell:
    caller = find_caller(request.scope)
    path, sent = request.scope["path"], path_as_sent(request.scope)
    query = request.scope["query_string"].decode("latin-1")
    theme = request.cookies.get(THEME_COOKIE, "")
    return Shell(
        who="" if caller is None else caller.principal_id,
        roles=() if caller is None else tuple(sorted(role.value for role in caller.roles)),
        nav=() if caller is None else nav_lines(request.app.state.matrix, caller, texts, here=path),
        language=texts.language,
        languages=LANGUAGES,
        theme=theme if theme in THEMES else THEMES[0],
        themes=THEMES,
        here=f"{sent}?{query}" if query else sent,
        said=said,
    )
