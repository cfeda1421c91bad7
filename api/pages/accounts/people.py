"""`/accounts`: everybody and everything that may come in, and somebody new."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.documents.access import PrincipalId
from api.pages.accounts.frame import SCRIPTS, STYLES, Admin, agents_of, role_lines, role_word, tabs_of, teams_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, act_of, database_of, path_of
from models.errors import ConflictError, NotFoundError, UsageError
from models.vocabulary import PrincipalKind, Role
from services.access.principals import create_principal, read_principals

router = APIRouter()
Several = Annotated[list[str], Form(max_length=1000)]
Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/accounts")
def list_accounts(request: Request, _caller: Admin, q: Sought = "", role: Sought = "") -> HTMLResponse:
    """Show who is known."""
    texts = texts_for(request)
    sought = q.strip().casefold()
    known = read_principals(database_of(request))
    found = [
        one
        for one in known
        if (not sought or sought in one.id.casefold() or sought in one.name.casefold())
        and (not role or role in one.roles)
    ]
    return render(
        request,
        "accounts/accounts.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/accounts"),
        lines=[
            (one, path_of("accounts", "of", one.id), [role_word(r, texts) for r in sorted(one.roles)]) for one in found
        ],
        person=PrincipalKind.PERSON,
        q=q,
        role=role,
        roles=[("", texts.gettext("All roles")), *((code, name) for code, name, _ in role_lines(texts))],
        is_filtered=bool(q or role),
        num_known=len(known),
    )


@router.get("/accounts/new")
def show_new(request: Request, _caller: Admin, agent: Sought = "") -> HTMLResponse:
    """Show the form for somebody new; for an agent of the office where one is named."""
    entered = {"id": agent, "agent": agent, "roles": [Role.AGENT.value]} if agent else {}
    return _show_new(request, entered)


@router.post("/accounts/new")
def post_new(
    request: Request,
    caller: Admin,
    id: Annotated[str, Form(max_length=200)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    kind: Annotated[str, Form(max_length=20)] = PrincipalKind.PERSON.value,
    roles: Several = [],  # noqa: B006 - FastAPI copies it
    teams: Several = [],  # noqa: B006
    agent: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make somebody known."""
    entered = {"id": id.strip(), "name": name.strip(), "kind": kind, "roles": roles, "teams": teams, "agent": agent}
    try:
        made = create_principal(
            database_of(request),
            id.strip(),
            roles=[role for role in Role if role.value in roles],
            teams=teams if Role.LEAD.value in roles else (),
            agent_id=(agent or None) if Role.AGENT.value in roles else None,
            name=name.strip(),
            kind=PrincipalKind.PERSON if kind == PrincipalKind.PERSON.value else PrincipalKind.KEY,
            act=act_of(request, caller),
        )
    except (UsageError, ConflictError, NotFoundError) as error:
        return _show_new(request, entered, fault=str(error), status=422)
    said = texts_for(request).gettext("%(id)s is known now. Make a link, so that they can come in.", id=made.id)
    return lead_to(request, path_of("accounts", "of", made.id), said=said)


def _show_new(request: Request, entered: dict[str, Any], *, fault: str = "", status: int = 200) -> HTMLResponse:
    texts = texts_for(request)
    return render(
        request,
        "accounts/new.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/accounts"),
        entered=Blank(entered),
        fault=fault,
        roles=role_lines(texts),
        teams=teams_of(request),
        agents=agents_of(request),
        kinds=[
            (PrincipalKind.PERSON.value, texts.gettext("A person"), texts.gettext("Signs in with a browser")),
            (PrincipalKind.KEY.value, texts.gettext("A program"), texts.gettext("Has keys; never signs in")),
        ],
        pattern=PrincipalId.__metadata__[0].pattern,  # type: ignore[attr-defined]
    )
