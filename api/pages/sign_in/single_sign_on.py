"""`/single-sign-on`: to the provider, and back from it."""

import time
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.access import find_caller, open_to_all
from api.doorway import RETURN_PATH
from api.pages.rendering import lead_to
from api.pages.sign_in.arriving import arrival_of, check_expected
from api.pages.sign_in.cookies import give_sign_on, read_sign_on, take_sign_on
from api.pages.sign_in.showing import UNKEPT, doorway_of, note_failure, show_sign_in
from api.pages.sign_in.signing_in import let_on, next_of
from models.errors import NotFoundError, SignInRefusedError
from services.access.single_sign_on.signing_on import LASTS_S, Return, begin_sign_on, end_sign_on

if TYPE_CHECKING:  # loaded where a provider is set up
    from services.access.single_sign_on.provider import Provider

router = APIRouter(dependencies=[open_to_all()])
SEE_OTHER = 303


@router.get("/single-sign-on")
async def begin(request: Request) -> Response:
    """Send somebody to the provider; that changes nothing, and leaves a cookie by which the browser is known again."""
    doorway, provider = doorway_of(request), provider_of(request)
    next_path = next_of(request.query_params.get("next"))
    if check_expected(request) is not None:
        return lead_to(request, next_path)
    database = await run_in_threadpool(request.app.state.store.database)
    back = doorway.address_of(request, RETURN_PATH)
    try:
        begun = await doorway.ask(
            begin_sign_on, database, provider, next_path=next_path, back=back, now=int(time.time())
        )
    except SignInRefusedError as error:
        return await run_in_threadpool(show_sign_in, request, next_path=next_path, refused=error)
    answer = RedirectResponse(begun.address, status_code=SEE_OTHER, headers=UNKEPT)
    give_sign_on(answer, request, begun.cookie, lasts_s=LASTS_S)
    return answer


@router.get(RETURN_PATH)
async def end(request: Request) -> Response:
    """Take somebody back from the provider, and start a session or connect their account."""
    doorway, provider = doorway_of(request), provider_of(request)
    database = await run_in_threadpool(request.app.state.store.database)
    given = Return(
        state=_given(request, "state"),
        code=_given(request, "code"),
        issuer=_given(request, "iss"),
        cookie=read_sign_on(request),
    )
    back = doorway.address_of(request, RETURN_PATH)
    answer: Response
    try:
        ended = await doorway.ask(
            end_sign_on,
            database,
            provider,
            given,
            arrival_of(request),
            back=back,
            caller=find_caller(request.scope),
        )
    except SignInRefusedError as error:
        note_failure(request, error)
        answer = await run_in_threadpool(show_sign_in, request, next_path=next_of(None), refused=error)
    else:
        is_new = ended.secret is not None
        answer = let_on(request, ended.secret or "", ended.next_path) if is_new else lead_to(request, ended.next_path)
    take_sign_on(answer, request)
    return answer


def provider_of(request: Request) -> "Provider":
    """Return who signs people on here.

    Raises
    ------
    NotFoundError
        If that is not set up.
    """
    provider = doorway_of(request).provider
    if provider is None:
        raise NotFoundError("single sign-on is not set up here")
    return provider


def _given(request: Request, name: str) -> str | None:
    """Return a parameter of the address; None where it is not there, or twice."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 else None
