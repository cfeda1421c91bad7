"""What people are told where a request is refused: a page, or a line in the page that asked; each says what to do."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.frame.slashes import path_as_sent
from api.language.texts import Texts
from api.pages.addresses import own_address
from api.pages.rendering import hasty_texts_for, is_fragment_wanted, render

SIGN_IN = "/sign-in"
MESSAGES = "#messages"
Advice = tuple[Callable[[Texts], str], Callable[[Texts], str]]

ADVICE: Mapping[HTTPStatus, Advice] = {
    HTTPStatus.BAD_REQUEST: (
        lambda texts: texts.gettext("That request cannot be answered"),
        lambda texts: texts.gettext("Go back, check what was entered, and try again."),
    ),
    HTTPStatus.UNAUTHORIZED: (
        lambda texts: texts.gettext("Sign in"),
        lambda texts: texts.gettext("Sign in to go on."),
    ),
    HTTPStatus.FORBIDDEN: (
        lambda texts: texts.gettext("This is not open to you"),
        lambda texts: texts.gettext("If it should be, ask an administrator for the role that it takes."),
    ),
    HTTPStatus.NOT_FOUND: (
        lambda texts: texts.gettext("There is no such page"),
        lambda texts: texts.gettext("It may have been removed, or the address may be misspelt."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        lambda texts: texts.gettext("That cannot be done here"),
        lambda texts: texts.gettext("Go back and use the buttons of the page."),
    ),
    HTTPStatus.CONFLICT: (
        lambda texts: texts.gettext("That does not fit any more"),
        lambda texts: texts.gettext("Something changed in the meantime. Load the page again and decide anew."),
    ),
    HTTPStatus.PRECONDITION_FAILED: (
        lambda texts: texts.gettext("Somebody was faster"),
        lambda texts: texts.gettext("It was changed since the page was loaded. Load it again and decide anew."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        lambda texts: texts.gettext("That is too large"),
        lambda texts: texts.gettext("Send it in smaller parts."),
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        lambda texts: texts.gettext("Something that was entered cannot be used"),
        lambda texts: texts.gettext("Go back, mend it, and send it again."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        lambda texts: texts.gettext("Too much at once"),
        lambda texts: texts.gettext("Wait a moment, then try again."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        lambda texts: texts.gettext("The database does not answer"),
        lambda texts: texts.gettext("Try again in a moment; if that does not help, tell whoever runs the server."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        lambda texts: texts.gettext("Something went wrong here"),
        lambda texts: texts.gettext(
            "Nothing of yours was the cause. Try again; if it stays, tell whoever runs the server."
        ),
    ),
}
"""What each status means to a person, and what to do."""


def refusal_page(
    request: Request, status: HTTPStatus, detail: str, *, request_id: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal for a person: a page, or for a page's script a line for its live region.

    Whoever is not signed in is led to do so, and back to where they were.
    """
    texts = hasty_texts_for(request)
    if status is HTTPStatus.UNAUTHORIZED and is_fragment_wanted(request):
        return Response(status_code=status, headers={**(headers or {}), "HX-Redirect": sign_in_address(request)})
    if status is HTTPStatus.UNAUTHORIZED and _comes_from_a_browser(request):
        return RedirectResponse(sign_in_address(request), HTTPStatus.SEE_OTHER)
    title, advice = (say(texts) for say in ADVICE.get(status, ADVICE[HTTPStatus.INTERNAL_SERVER_ERROR]))
    told = {
        "title": title,
        "detail": "" if detail == status.phrase else detail,
        "advice": advice,
        "request_id": request_id,
    }
    if is_fragment_wanted(request):
        swapping = {"HX-Retarget": MESSAGES, "HX-Reswap": "innerHTML", **(headers or {})}
        return render(request, "parts/refusal.html", status=status, headers=swapping, texts=texts, **told)
    return render(request, "error.html", status=status, headers=headers, texts=texts, **told)


def _comes_from_a_browser(request: Request) -> bool:
    """Return whether a page was asked for without a key: there is an address to come back to."""
    return request.method in {"GET", "HEAD"} and "authorization" not in request.headers


def sign_in_address(request: Request) -> str:
    """Return where to sign in, so that it leads back to the page somebody was on."""
    if is_fragment_wanted(request):
        parts = urlsplit(request.headers.get("hx-current-url", ""))
        here = f"{parts.path}?{parts.query}" if parts.query else parts.path
    else:
        query = request.scope["query_string"].decode("latin-1")
        path = path_as_sent(request.scope)
        here = f"{path}?{query}" if query else path
    back = own_address(here)
    return SIGN_IN if back == "/" else f"{SIGN_IN}?next={quote(back, safe='')}"
