"""Keys of programs: made, shown once, revoked."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.accounts.frame import SCRIPTS, STYLES, Admin, role_lines, role_word, tabs_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, act_of, database_of, path_of
from api.routes.access import KeyId
from models.errors import NotFoundError, UsageError
from models.vocabulary import Role
from services.access.keys import DEFAULT_DAYS, MAX_DAYS, NewKey, create_key, read_keys, revoke_key
from services.access.principals import read_principals

router = APIRouter()
Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/accounts/keys")
def list_keys(request: Request, _caller: Admin, principal: Sought = "") -> HTMLResponse:
    """Show the keys, and the form for another."""
    return _show(request, principal=principal)


@router.post("/accounts/keys")
def post_key(
    request: Request,
    caller: Admin,
    principal: Annotated[str, Form(max_length=200)] = "",
    label: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[str, Form(max_length=20)] = str(DEFAULT_DAYS),
    roles: Annotated[list[str], Form(max_length=10)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Make a key and show it this once."""
    entered = {"principal": principal, "label": label, "days": days, "roles": roles}
    try:
        made = create_key(
            database_of(request),
            principal,
            roles=[role for role in Role if role.value in roles] or None,
            label=label.strip(),
            days=float(days),
            act=act_of(request, caller),
        )
    except (UsageError, NotFoundError) as error:
        return _show(request, entered=entered, fault=str(error), status=422)
    except ValueError:
        told = texts_for(request).gettext("How long it holds is a number of days.")
        return _show(request, entered=entered, fault=told, status=422)
    return _show(request, made=made)


@router.post("/accounts/keys/{key_id}/revoke")
def revoke(request: Request, key_id: KeyId, caller: Admin) -> Response:
    """Have a key hold no longer."""
    revoke_key(database_of(request), key_id, act=act_of(request, caller))
    request.app.state.recognition.forget()
    return lead_to(request, "/accounts/keys", said=texts_for(request).gettext("Revoked; it holds no longer."))


def _show(
    request: Request,
    *,
    principal: str = "",
    entered: dict[str, Any] | None = None,
    fault: str = "",
    made: NewKey | None = None,
    status: int = 200,
) -> HTMLResponse:
    texts, database, now = texts_for(request), database_of(request), int(time.time())
    known = [one for one in read_principals(database) if one.disabled_at is None and one.roles]
    lines = [
        (
            key,
            path_of("accounts", "keys", key.id, "revoke"),
            ", ".join(role_word(role, texts) for role in sorted(key.roles)),
            "revoked" if key.revoked_at is not None else "expired" if key.expires_at <= now else "holds",
        )
        for key in read_keys(database, principal_id=principal or None)
    ]
    return render(
        request,
        "accounts/keys.html",
        status=status,
        headers={"Cache-Control": "no-store"} if made else None,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/accounts/keys"),
        lines=lines,
        principal=principal,
        principals=[(one.id, one.id if one.name in {"", one.id} else f"{one.id} ({one.name})") for one in known],
        roles=role_lines(texts),
        entered=Blank(entered or {"principal": principal, "days": DEFAULT_DAYS}),
        fault=fault,
        made=made,
        most_days=MAX_DAYS,
    )
