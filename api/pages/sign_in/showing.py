"""The pages of signing in, as answers: never kept by a browser, each with what went wrong beside its field."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.doorway import Doorway
from api.frame.rates import Rates
from api.pages.rendering import render, texts_for
from api.pages.sign_in.words import refusal_status, refusal_text
from models.errors import SignInRefusedError
from models.vocabulary_access import Refusal

STYLES = ("sign-in.css",)
SCRIPTS = ("sign-in.js",)
UNKEPT = {"Cache-Control": "no-store"}
THEIRS = frozenset({Refusal.WRONG, Refusal.LOCKED, Refusal.LINK, Refusal.SHUT_OUT, Refusal.RUN})
"""What is refused for want of a proof; the rest is for want of the provider, of room, or of an account."""


def doorway_of(request: Request) -> Doorway:
    """Return how people come in here."""
    found: Doorway = request.app.state.doorway
    return found


def note_failure(request: Request, refused: SignInRefusedError) -> None:
    """Count a refusal against the address that it came from, unless it says nothing of whoever asked."""
    if refused.reason in THEIRS:
        rates: Rates = request.app.state.rates
        rates.note_failure(request.scope)


def show_sign_in(
    request: Request, *, next_path: str, name: str = "", refused: SignInRefusedError | None = None
) -> HTMLResponse:
    """Return the page to sign in, and why that was refused before."""
    doorway, texts = doorway_of(request), texts_for(request)
    headers = dict(UNKEPT)
    if refused is not None and refused.wait_s is not None:
        headers["Retry-After"] = str(refused.wait_s)
    return render(
        request,
        "sign-in/sign-in.html",
        status=200 if refused is None else refusal_status(refused),
        styles=STYLES,
        scripts=SCRIPTS,
        headers=headers,
        next_path=next_path,
        name=name,
        error="" if refused is None else refusal_text(texts, refused),
        takes_passwords=doorway.takes_passwords,
        has_provider=doorway.provider is not None,
        provider="" if doorway.provider is None else doorway.provider.terms.name,
    )


def show_choice(request: Request, *, secret: str, name: str, fault: str = "", status: int = 200) -> HTMLResponse:
    """Return the page on which somebody who has a link chooses a password."""
    doorway = doorway_of(request)
    return render(
        request,
        "sign-in/choose.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        headers=UNKEPT,
        secret=secret,
        name=name,
        fault=fault,
        least=doorway.passwords.least,
        takes_passwords=doorway.takes_passwords,
    )
