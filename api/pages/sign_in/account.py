"""`/account`: what somebody has here: browsers that they are signed in with, a password, the single sign-on."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reach, permits
from api.pages.rendering import lead_to, render, texts_for
from api.pages.sign_in.arriving import arrival_of, person_of, route_of
from api.pages.sign_in.cookies import give_session
from api.pages.sign_in.forms import read_form
from api.pages.sign_in.showing import SCRIPTS, STYLES, UNKEPT, doorway_of
from api.pages.sign_in.words import fault_text, proof_text, refusal_status, refusal_text
from models.errors import ForbiddenError, PasswordRefusedError, SignInRefusedError
from models.repositories.access.sessions import ID_LENGTH
from services.access.passwords.accounts import change_password, read_password_age
from services.access.sessions import end_named_session, end_other_sessions, read_sessions
from services.access.single_sign_on.signing_on import is_connected
from services.access.tracing import Act

router = APIRouter()
Person = Annotated[Caller, permits(agent=Reach.ALL, lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)]
SessionName = Annotated[str, Path(pattern=f"^[0-9a-f]{{{ID_LENGTH}}}$")]
ACCOUNT = "/account"


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A browser that somebody is signed in with, as text."""

    name: str
    browser: str
    proof: str
    since: str
    seen: str
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What is wrong with the form for another password, by field; empty where nothing is."""

    old: str = ""
    new: str = ""
    again: str = ""


@router.get(ACCOUNT)
def show_account(request: Request, caller: Person) -> Response:
    """Show somebody's account."""
    return _show(request, caller)


@router.post("/account/password")
async def change(request: Request, caller: Person) -> Response:
    """Change one's own password; all other browsers are signed out."""
    person_of(caller)
    form = await read_form(request)
    doorway, texts = doorway_of(request), texts_for(request)
    if not doorway.takes_passwords:
        raise ForbiddenError("nobody signs in by a password here")
    if form.get("again", "") != form.get("password", ""):
        faults = Faults(again=texts.gettext("The two are not the same. Write the password again."))
        return await _refuse(request, caller, faults, HTTPStatus.UNPROCESSABLE_ENTITY)
    database = await run_in_threadpool(request.app.state.store.database)
    try:
        secret = await doorway.check(
            change_password,
            database,
            doorway.passwords,
            caller,
            old=form.get("old", ""),
            new=form.get("password", ""),
            arrival=arrival_of(request),
        )
    except PasswordRefusedError as error:
        faults = Faults(new=fault_text(texts, error, least=doorway.passwords.least))
        return await _refuse(request, caller, faults, HTTPStatus.UNPROCESSABLE_ENTITY)
    except SignInRefusedError as error:
        return await _refuse(request, caller, Faults(old=refusal_text(texts, error)), refusal_status(error))
    request.app.state.recognition.forget()
    answer = lead_to(
        request, ACCOUNT, said=texts.gettext("Your password is changed. Every other browser is signed out.")
    )
    give_session(answer, request, secret, lasts_s=doorway.session_s)
    return answer


@router.post("/account/sessions/end-others")
def end_others(request: Request, caller: Person) -> Response:
    """Sign out every browser but this one."""
    session_id, texts = person_of(caller), texts_for(request)
    act = Act(at=int(time.time()), by=caller.principal_id, what=route_of(request))
    num_ended = end_other_sessions(request.app.state.store.database(), caller.principal_id, but=session_id, act=act)
    request.app.state.recognition.forget()
    said = texts.ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", num_ended)
    return lead_to(request, ACCOUNT, said=said)


@router.post("/account/sessions/{name}/end")
def end_one(request: Request, name: SessionName, caller: Person) -> Response:
    """Sign out one browser."""
    person_of(caller)
    act = Act(at=int(time.time()), by=caller.principal_id, what=route_of(request))
    end_named_session(request.app.state.store.database(), name, caller.principal_id, act=act)
    request.app.state.recognition.forget()
    return lead_to(request, ACCOUNT, said=texts_for(request).gettext("That browser is signed out."))


async def _refuse(request: Request, caller: Caller, faults: Faults, status: HTTPStatus) -> Response:
    return await run_in_threadpool(_show, request, caller, faults=faults, status=status)


def _show(
    request: Request, caller: Caller, *, faults: Faults | None = None, status: int = HTTPStatus.OK
) -> HTMLResponse:
    session_id, now = person_of(caller), int(time.time())
    doorway, texts, database = doorway_of(request), texts_for(request), request.app.state.store.database()
    found = read_sessions(database, caller.principal_id, now=now, idle_s=doorway.idle_s)
    lines = tuple(
        SessionLine(
            name=one.id,
            browser=one.browser or texts.gettext("A browser that does not say its name"),
            proof=proof_text(texts, one.proof),
            since=texts.moment(one.created_at),
            seen=texts.moment(one.seen_at),
            is_this=one.digest == session_id,
        )
        for one in sorted(found, key=lambda one: one.digest != session_id)  # this one, then as they were seen
    )
    return render(
        request,
        "sign-in/account.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        headers=UNKEPT,
        who=caller.principal_id,
        sessions=lines,
        faults=faults or Faults(),
        least=doorway.passwords.least,
        takes_passwords=doorway.takes_passwords,
        password_set_at=read_password_age(database, caller.principal_id),
        has_provider=doorway.provider is not None,
        provider="" if doorway.provider is None else doorway.provider.terms.name,
        is_connected=doorway.provider is not None and is_connected(database, doorway.provider, caller.principal_id),
    )
