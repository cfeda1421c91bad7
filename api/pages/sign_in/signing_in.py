"""`/sign-in` by name and password, or by a link alone; `/sign-out`."""

import time
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.access import find_caller, open_to_all
from api.frame.rates import Rates
from api.frame.same_origin import check_same_origin
from api.pages.addresses import FIRST, own_address
from api.pages.rendering import lead_to, render, texts_for
from api.pages.sign_in.arriving import arrival_of, check_expected, route_of
from api.pages.sign_in.cookies import give_session, take_session
from api.pages.sign_in.forms import read_form
from api.pages.sign_in.showing import STYLES, UNKEPT, doorway_of, note_failure, show_sign_in
from models.errors import SignInRefusedError
from models.vocabulary_access import Proof, Refusal
from services.access.passwords.accounts import sign_in as sign_in_by_password
from services.access.sessions import end_session, follow_link
from services.access.tracing import Act

router = APIRouter(dependencies=[open_to_all()])
NOT_AFTER = ("/sign-in", "/sign-out", "/signed-out", "/single-sign-on", "/api/")
"""Where nobody is led after signing in: it would show nothing, or lead in a circle."""
MAX_SHOWN = 100


@router.get("/sign-in")
def show(request: Request) -> Response:
    """Show how to sign in; who is signed in goes on."""
    next_path = next_of(request.query_params.get("next"))
    if check_expected(request) is not None:
        return lead_to(request, next_path)
    return show_sign_in(request, next_path=next_path)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Sign in by a name and a password, or by a link alone, and start a session."""
    check_same_origin(request.scope)
    check_expected(request)
    rates: Rates = request.app.state.rates
    rates.check_failures(request.scope)
    form = await read_form(request)
    next_path = next_of(form.get("next"))
    try:
        secret = await _prove(request, form)
    except SignInRefusedError as error:
        note_failure(request, error)
        return await run_in_threadpool(
            show_sign_in, request, next_path=next_path, name=form.get("name", "")[:MAX_SHOWN], refused=error
        )
    return let_on(request, secret, next_path)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session."""
    check_same_origin(request.scope)
    caller = find_caller(request.scope)
    proof = None
    if caller is not None and caller.session_id is not None:
        database = await run_in_threadpool(request.app.state.store.database)
        act = Act(at=int(time.time()), by=caller.principal_id, what=route_of(request))
        proof = await run_in_threadpool(end_session, database, caller.session_id, caller.principal_id, act=act)
        request.app.state.recognition.forget()
    if proof is Proof.SINGLE_SIGN_ON and doorway_of(request).provider is not None:
        answer = lead_to(request, "/signed-out")
    else:
        answer = lead_to(request, "/sign-in", said=texts_for(request).gettext("You are signed out."))
    take_session(answer, request)
    return answer


@router.get("/signed-out")
async def show_signed_out(request: Request) -> Response:
    """Say that the session is over here, and show the way to end that of the provider as well."""
    doorway, address = doorway_of(request), None
    if doorway.provider is not None:
        back = doorway.address_of(request, "/sign-in")
        try:
            address = await doorway.ask(doorway.provider.sign_out_address, back=back)
        except SignInRefusedError:  # without the provider there is nothing to sign out of: they are signed out here
            address = None
    return await run_in_threadpool(
        render,
        request,
        "sign-in/signed-out.html",
        styles=STYLES,
        headers=UNKEPT,
        address=address,
        provider="" if doorway.provider is None else doorway.provider.terms.name,
    )


def let_on(request: Request, secret: str, next_path: str) -> Response:
    """Return the answer that gives a browser its new session and leads it on."""
    request.app.state.recognition.forget()
    answer = lead_to(request, next_path)
    give_session(answer, request, secret, lasts_s=doorway_of(request).session_s)
    return answer


def next_of(given: str | None) -> str:
    """Return where somebody is led after signing in: a page of ours, and none of these."""
    address = own_address(given)
    return FIRST if address.startswith(NOT_AFTER) else address


async def _prove(request: Request, form: Mapping[str, str]) -> str:
    """Return the secret of a new session of whoever a form proves to be."""
    doorway, arrival = doorway_of(request), arrival_of(request)
    database = await run_in_threadpool(request.app.state.store.database)
    if "secret" in form:
        return await run_in_threadpool(follow_link, database, form["secret"], arrival)
    if not doorway.takes_passwords:
        raise SignInRefusedError(Refusal.WRONG, "nobody signs in by a password here")
    name, password = form.get("name", "").strip(), form.get("password", "")
    return await doorway.check(sign_in_by_password, database, doorway.passwords, name, password, arrival)
