"""One account: what it may be, a link to come in, where it is signed in, and shutting it out."""

import json
import time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.documents.access import PrincipalId
from api.doorway import Doorway
from api.pages.accounts.frame import SCRIPTS, STYLES, Admin, agents_of, role_lines, role_word, tabs_of, teams_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import act_of, database_of, path_of
from models.errors import ConflictError, StaleError, UsageError
from models.repositories.access.principals import Principal
from models.vocabulary import PrincipalKind, Role
from services.access.keys import read_keys
from services.access.passwords.accounts import read_password_age, take_password
from services.access.principals import change_roles, disable_principal, enable_principal, read_principal
from services.access.sessions import create_link, end_named_session, end_other_sessions, read_sessions

router = APIRouter(prefix="/accounts/of/{principal_id}")
Several = Annotated[list[str], Form(max_length=1000)]
SessionName = Annotated[str, Path(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]


@router.get("")
def show_account(request: Request, principal_id: PrincipalId, _caller: Admin) -> HTMLResponse:
    """Show an account."""
    return _show(request, principal_id)


@router.post("/roles")
def post_roles(
    request: Request,
    principal_id: PrincipalId,
    caller: Admin,
    seen: Annotated[str, Form(max_length=5000)] = "",
    roles: Several = [],  # noqa: B006 - FastAPI copies it
    teams: Several = [],  # noqa: B006
    agent: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Have an account be just what is chosen, unless somebody else was faster."""

    def check_seen(stored: Principal) -> None:
        if seen and seen != _as_seen(stored):
            raise StaleError("the roles were changed since the page was loaded")

    try:
        change_roles(
            database_of(request),
            principal_id,
            roles=[role for role in Role if role.value in roles],
            teams=teams if Role.LEAD.value in roles else (),
            agent_id=(agent or None) if Role.AGENT.value in roles else None,
            is_expected=check_seen,
            act=act_of(request, caller),
        )
    except StaleError:
        raise
    except (UsageError, ConflictError) as error:
        return _show(request, principal_id, fault=str(error), status=422)
    request.app.state.recognition.forget()
    return _back(request, principal_id, texts_for(request).gettext("Roles saved; they hold from now on."))


@router.post("/link")
def make_link(request: Request, principal_id: PrincipalId, caller: Admin) -> HTMLResponse:
    """Make a link that lets somebody in once, and show it this once."""
    secret = create_link(database_of(request), principal_id, act=act_of(request, caller))
    doorway: Doorway = request.app.state.doorway
    return _show(request, principal_id, link=doorway.address_of(request, f"/sign-in/{secret}"))


@router.post("/password/take")
def drop_password(request: Request, principal_id: PrincipalId, caller: Admin) -> Response:
    """Take a password away: its owner chooses another by a link."""
    take_password(database_of(request), principal_id, act=act_of(request, caller))
    return _back(request, principal_id, texts_for(request).gettext("The password is gone. Make a link for a new one."))


@router.post("/sessions/end")
def end_sessions(request: Request, principal_id: PrincipalId, caller: Admin) -> Response:
    """Sign somebody out everywhere; whoever does that to themselves stays where they are."""
    kept = caller.session_id if caller.principal_id == principal_id else None
    ended = end_other_sessions(database_of(request), principal_id, but=kept, act=act_of(request, caller))
    request.app.state.recognition.forget()
    texts = texts_for(request)
    return _back(request, principal_id, texts.ngettext("One session ended.", "%(num)s sessions ended.", ended))


@router.post("/sessions/{name}/end")
def end_one_session(request: Request, principal_id: PrincipalId, name: SessionName, caller: Admin) -> Response:
    """Sign somebody out of one browser."""
    end_named_session(database_of(request), name, principal_id, act=act_of(request, caller))
    request.app.state.recognition.forget()
    return _back(request, principal_id, texts_for(request).gettext("The session ended."))


@router.post("/disable")
def disable(request: Request, principal_id: PrincipalId, caller: Admin) -> Response:
    """Shut somebody out."""
    try:
        disable_principal(database_of(request), principal_id, act=act_of(request, caller))
    except ConflictError as error:
        return _show(request, principal_id, fault=str(error), status=409)
    request.app.state.recognition.forget()
    return _back(request, principal_id, texts_for(request).gettext("Shut out; no session and no key holds any more."))


@router.post("/enable")
def enable(request: Request, principal_id: PrincipalId, caller: Admin) -> Response:
    """Let somebody in again."""
    enable_principal(database_of(request), principal_id, act=act_of(request, caller))
    return _back(request, principal_id, texts_for(request).gettext("Let in again."))


def _show(request: Request, principal_id: str, *, fault: str = "", link: str = "", status: int = 200) -> HTMLResponse:
    texts, database, now = texts_for(request), database_of(request), int(time.time())
    found = read_principal(database, principal_id)
    is_person = found.kind is PrincipalKind.PERSON
    idle_s = request.app.state.doorway.idle_s
    return render(
        request,
        "accounts/account.html",
        status=status,
        headers={"Cache-Control": "no-store"} if link else None,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/accounts"),
        account=found,
        is_person=is_person,
        path=path_of("accounts", "of", principal_id),
        seen=_as_seen(found),
        fault=fault,
        link=link,
        roles=role_lines(texts),
        role_names=[role_word(role, texts) for role in sorted(found.roles)],
        teams=teams_of(request),
        agents=agents_of(request),
        sessions=read_sessions(database, principal_id, now=now, idle_s=idle_s) if is_person else [],
        password_at=read_password_age(database, principal_id) if is_person else None,
        num_keys=len([key for key in read_keys(database, principal_id=principal_id) if key.revoked_at is None]),
    )


def _as_seen(principal: Principal) -> str:
    """Return what an account may be as one text of one line, by which a form tells what it was made from.

    Browsers send the ends of lines otherwise than they got them.
    """
    return json.dumps([sorted(principal.roles), sorted(principal.teams), principal.agent_id])


def _back(request: Request, principal_id: str, said: str) -> Response:
    return lead_to(request, path_of("accounts", "of", principal_id), said=said)
