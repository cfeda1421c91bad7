"""Who may reach the server: people and programs, their roles, their keys. For administrators."""

import hashlib
import time
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.access import Caller, Reach, permits
from api.conditional import IfMatch, check_version, set_etag
from api.documents.access import (
    CallerDocument,
    KeyDocument,
    MadeKeyDocument,
    NewKeyDocument,
    NewPrincipalDocument,
    PrincipalDocument,
    PrincipalId,
    RolesDocument,
    key_document,
    principal_document,
)
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.problems import problems
from models.database import Database
from models.repositories.access.principals import Principal
from models.vocabulary import PrincipalKind
from services.access.keys import create_key, read_keys, revoke_key
from services.access.principals import (
    change_roles,
    create_principal,
    disable_principal,
    enable_principal,
    read_principal,
    read_principals,
)
from services.access.tracing import Act

router = APIRouter(prefix="/api", tags=["access"])
Administrator = Annotated[Caller, permits()]
Anybody = Annotated[Caller, permits(agent=Reach.ALL, lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)]
KeyId = Annotated[str, Path(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]
DEFAULT_LIMIT = 100


@router.get("/me")
def who_am_i(caller: Anybody) -> CallerDocument:
    """Return who asks, and what it may be."""
    return CallerDocument(
        principal=caller.principal_id,
        roles=sorted(caller.roles),
        teams=sorted(caller.teams),
        agent=caller.agent_id,
        key=caller.key_id,
    )


@router.get("/principals")
def list_principals(
    request: Request, _caller: Administrator, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PrincipalDocument]:
    """Return who is known, by id."""
    place = decode_cursor(cursor, str)
    known = [one for one in read_principals(_database(request)) if place is None or one.id > str(place[0])]
    more = (known[limit - 1].id,) if len(known) > limit else None
    return Page(items=[principal_document(one) for one in known[:limit]], next=next_address(request, more))


@router.post("/principals", status_code=201, responses=problems(400, 404, 409))
def add_principal(
    new: NewPrincipalDocument, request: Request, response: Response, caller: Administrator
) -> PrincipalDocument:
    """Make somebody or something known, with what it may be."""
    made = create_principal(
        _database(request),
        new.id,
        roles=new.roles,
        teams=new.teams,
        agent_id=new.agent,
        name=new.name,
        kind=PrincipalKind.PERSON if new.is_person else PrincipalKind.KEY,
        act=_act(request, caller),
    )
    set_etag(response, _version(made))
    return principal_document(made)


@router.get("/principals/{principal_id}")
def get_principal(
    principal_id: PrincipalId, request: Request, response: Response, _caller: Administrator
) -> PrincipalDocument:
    """Return somebody who is known."""
    found = read_principal(_database(request), principal_id)
    set_etag(response, _version(found))
    return principal_document(found)


@router.put("/principals/{principal_id}/roles", responses=problems(400, 409, 412, 428))
def put_roles(
    principal_id: PrincipalId,
    wanted: RolesDocument,
    request: Request,
    response: Response,
    caller: Administrator,
    if_match: IfMatch = None,
) -> PrincipalDocument:
    """Have somebody be just what is given; their keys reach no farther from then on."""
    changed = change_roles(
        _database(request),
        principal_id,
        roles=wanted.roles,
        teams=wanted.teams,
        agent_id=wanted.agent,
        is_expected=lambda stored: check_version(if_match, _version(stored)),
        act=_act(request, caller),
    )
    request.app.state.recognition.forget()
    set_etag(response, _version(changed))
    return principal_document(changed)


@router.post("/principals/{principal_id}/disable", responses=problems(400, 409))
def disable(principal_id: PrincipalId, request: Request, caller: Administrator) -> PrincipalDocument:
    """Shut somebody out: no key and no session of theirs holds any more."""
    changed = disable_principal(_database(request), principal_id, act=_act(request, caller))
    request.app.state.recognition.forget()
    return principal_document(changed)


@router.post("/principals/{principal_id}/enable", responses=problems(400, 409))
def enable(principal_id: PrincipalId, request: Request, caller: Administrator) -> PrincipalDocument:
    """Let somebody in again who was shut out."""
    return principal_document(enable_principal(_database(request), principal_id, act=_act(request, caller)))


@router.get("/keys")
def list_keys(
    request: Request,
    _caller: Administrator,
    principal: PrincipalId | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[KeyDocument]:
    """Return keys, the newest first, without their secrets."""
    place = decode_cursor(cursor, int, str)
    keys = read_keys(_database(request), principal_id=principal)
    if place is not None:
        keys = [key for key in keys if (-key.created_at, key.id) > (-int(place[0] or 0), str(place[1]))]
    more = (keys[limit - 1].created_at, keys[limit - 1].id) if len(keys) > limit else None
    return Page(items=[key_document(key) for key in keys[:limit]], next=next_address(request, more))


@router.post("/keys", status_code=201, responses=problems(400, 404))
def add_key(new: NewKeyDocument, request: Request, response: Response, caller: Administrator) -> MadeKeyDocument:
    """Make a key. It is shown this once: an answer that is asked for again does not hold it."""
    made = create_key(
        _database(request),
        new.principal,
        roles=new.roles,
        teams=new.teams,
        label=new.label,
        days=new.days,
        act=_act(request, caller),
    )
    response.headers["Cache-Control"] = "no-store"
    return MadeKeyDocument(**key_document(made.record).model_dump(), key=made.text)


@router.delete("/keys/{key_id}", status_code=204, responses=problems(404))
def delete_key(key_id: KeyId, request: Request, caller: Administrator) -> None:
    """Have a key hold no longer; other processes of the server notice within a second."""
    revoke_key(_database(request), key_id, act=_act(request, caller))
    request.app.state.recognition.forget()


def _database(request: Request) -> Database:
    database: Database = request.app.state.store.database()
    return database


def _act(request: Request, caller: Caller) -> Act:
    what = f"{request.method} {request.scope['route'].path_format}"
    return Act(at=int(time.time()), by=caller.principal_id, what=what)


def _version(principal: Principal) -> str:
    """Return the version of a principal: a digest of what it may be."""
    parts = [*sorted(principal.roles), "/", *sorted(principal.teams), "/", principal.agent_id or ""]
    parts.append("" if principal.disabled_at is None else str(principal.disabled_at))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
