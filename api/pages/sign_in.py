"""Signing in with a browser: by a link that works once. Accounts and single sign-on come in here too."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.access import find_caller, open_to_all
from api.frame.authentication import MAX_CREDENTIAL, session_cookie
from api.frame.same_origin import check_same_origin
from api.pages.rendering import render
from services.access.sessions import SESSION_LASTS_S, Arrival, end_session, follow_link
from services.access.tracing import Act

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])
SEE_OTHER = 303
FIRST_PAGE = "/plans"
Secret = Annotated[str, Path(min_length=1, max_length=MAX_CREDENTIAL)]
FormSecret = Annotated[str, Form(alias="secret", min_length=1, max_length=MAX_CREDENTIAL)]


@router.get("/sign-in")
def explain_sign_in(request: Request) -> HTMLResponse:
    """Say how to sign in."""
    return render(request, "sign-in.html", detail="", secret="")


@router.get("/sign-in/{secret}")
def offer_sign_in(request: Request, secret: Secret) -> HTMLResponse:
    """Show the button that uses a link: what merely looks at links, as mail programs do, does not use it up."""
    return render(request, "sign-in.html", detail="", secret=secret)


@router.post("/sign-in")
def sign_in(request: Request, secret: FormSecret) -> RedirectResponse:
    """Use a link, and start a session."""
    check_same_origin(request.scope)
    started = follow_link(
        request.app.state.store.database(), secret, Arrival(at=int(time.time()), what="POST /sign-in")
    )
    answer = RedirectResponse(FIRST_PAGE, status_code=SEE_OTHER)
    answer.set_cookie(
        session_cookie(request.scope),
        started,
        max_age=SESSION_LASTS_S,
        path="/",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """End the session."""
    check_same_origin(request.scope)
    caller = find_caller(request.scope)
    if caller is not None and caller.session_id is not None:
        database = await run_in_threadpool(request.app.state.store.database)
        act = Act(at=int(time.time()), by=caller.principal_id, what="POST /sign-out")
        await run_in_threadpool(end_session, database, caller.session_id, caller.principal_id, act=act)
        request.app.state.recognition.forget()
    answer = RedirectResponse("/sign-in", status_code=SEE_OTHER)
    answer.delete_cookie(session_cookie(request.scope), path="/", httponly=True, samesite="strict")
    return answer
