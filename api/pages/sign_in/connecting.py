"""`/account/single-sign-on`: somebody who is signed in connects their account at the provider, or disconnects it."""

import time
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reach, permits
from api.doorway import RETURN_PATH
from api.pages.rendering import lead_to, render, texts_for
from api.pages.sign_in.account import ACCOUNT
from api.pages.sign_in.arriving import person_of, route_of
from api.pages.sign_in.cookies import give_sign_on
from api.pages.sign_in.showing import STYLES, UNKEPT, doorway_of
from api.pages.sign_in.single_sign_on import provider_of
from api.pages.sign_in.words import refusal_text
from models.errors import ConflictError, SignInRefusedError
from services.access.passwords.accounts import read_password_age
from services.access.single_sign_on.signing_on import LASTS_S, begin_sign_on, disconnect
from services.access.tracing import Act

router = APIRouter()
Person = Annotated[Caller, permits(agent=Reach.ALL, lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)]


@router.post("/account/single-sign-on")
async def connect(request: Request, caller: Person) -> Response:
    """Show the way to the provider, from where its account is connected.

    A page between, as browsers do not let a form lead to another site (`form-action 'self'`).
    """
    person_of(caller)
    doorway, provider = doorway_of(request), provider_of(request)
    database = await run_in_threadpool(request.app.state.store.database)
    try:
        begun = await doorway.ask(
            begin_sign_on,
            database,
            provider,
            next_path=ACCOUNT,
            back=doorway.address_of(request, RETURN_PATH),
            now=int(time.time()),
            connects=caller,
        )
    except SignInRefusedError as error:
        return lead_to(request, ACCOUNT, said=refusal_text(texts_for(request), error))
    answer = await run_in_threadpool(
        render,
        request,
        "sign-in/connect.html",
        styles=STYLES,
        headers=UNKEPT,
        address=begun.address,
        provider=provider.terms.name,
    )
    give_sign_on(answer, request, begun.cookie, lasts_s=LASTS_S)
    return answer


@router.post("/account/single-sign-on/disconnect")
def take_apart(request: Request, caller: Person) -> Response:
    """Disconnect the provider's account; only who has a password still has a way in then."""
    person_of(caller)
    provider, database = provider_of(request), request.app.state.store.database()
    if not doorway_of(request).takes_passwords or read_password_age(database, caller.principal_id) is None:
        raise ConflictError("you have no password: without the single sign-on there would be no way in")
    act = Act(at=int(time.time()), by=caller.principal_id, what=route_of(request))
    disconnect(database, provider, caller.principal_id, act=act)
    return lead_to(request, ACCOUNT, said=texts_for(request).gettext("The single sign-on is disconnected."))
