"""`/sign-in/{secret}`: a link that works once lets its person choose a password, or sign in without one."""

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.access import open_to_all
from api.frame.authentication import MAX_CREDENTIAL
from api.frame.rates import Rates
from api.frame.same_origin import check_same_origin
from api.pages.addresses import FIRST
from api.pages.rendering import texts_for
from api.pages.sign_in.arriving import arrival_of, check_expected
from api.pages.sign_in.forms import read_form
from api.pages.sign_in.showing import doorway_of, note_failure, show_choice, show_sign_in
from api.pages.sign_in.signing_in import let_on
from api.pages.sign_in.words import fault_text
from models.errors import ForbiddenError, PasswordRefusedError, SignInRefusedError
from services.access.passwords.accounts import choose_password
from services.access.sessions import look_at_link

router = APIRouter(dependencies=[open_to_all()])
Secret = Annotated[str, Path(min_length=1, max_length=MAX_CREDENTIAL)]


@router.get("/sign-in/{secret}")
def show_link(request: Request, secret: Secret) -> Response:
    """Show what a link is good for: what merely looks at links, as mail programs do, does not use it up.

    Whoever is signed in and comes back to one that is used up is led on.
    """
    rates: Rates = request.app.state.rates
    rates.check_failures(request.scope)
    try:
        name = look_at_link(request.app.state.store.database(), secret, now=int(time.time()))
    except SignInRefusedError as error:
        note_failure(request, error)
        if check_expected(request) is not None:  # back to the link that they came in by
            return RedirectResponse(FIRST, HTTPStatus.SEE_OTHER)
        return show_sign_in(request, next_path=FIRST, refused=error)
    return show_choice(request, secret=secret, name=name)


@router.post("/sign-in/{secret}")
async def choose(request: Request, secret: Secret) -> Response:
    """Choose a password by a link, and start a session."""
    check_same_origin(request.scope)
    rates: Rates = request.app.state.rates
    rates.check_failures(request.scope)
    form = await read_form(request)
    doorway, arrival, texts = doorway_of(request), arrival_of(request), texts_for(request)
    if not doorway.takes_passwords:
        raise ForbiddenError("nobody signs in by a password here")
    database = await run_in_threadpool(request.app.state.store.database)
    password = form.get("password", "")
    try:
        if form.get("again", "") != password:
            name = await run_in_threadpool(look_at_link, database, secret, now=arrival.at)
            fault = texts.gettext("The two are not the same. Write the password again.")
            return await _show_fault(request, secret, name, fault)
        started = await doorway.check(choose_password, database, doorway.passwords, secret, password, arrival)
    except PasswordRefusedError as error:
        name = await run_in_threadpool(look_at_link, database, secret, now=arrival.at)
        return await _show_fault(request, secret, name, fault_text(texts, error, least=doorway.passwords.least))
    except SignInRefusedError as error:
        note_failure(request, error)
        return await run_in_threadpool(show_sign_in, request, next_path=FIRST, refused=error)
    return let_on(request, started, FIRST)


async def _show_fault(request: Request, secret: str, name: str, fault: str) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return await run_in_threadpool(show_choice, request, secret=secret, name=name, fault=fault, status=status)
