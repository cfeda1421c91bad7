"""Teams, skills and clients: what there is, with names that can be changed, and new ones."""

import time
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.office.frame import SCRIPTS, STYLES, Admin, fault_lines, faults_by_field, filled, tabs_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of
from api.parameters import Text
from models.database import Session
from models.errors import ConflictError, NotFoundError
from models.formats.sheets.grids import clean_text
from models.repositories.office_pages import find_named, list_named
from services.upserting import RowsRefusedError, upsert_rows

router = APIRouter()
MOST = 2000
Table = Literal["teams", "skills", "clients"]
One = Annotated[str, Form(max_length=2000)]
Known = Annotated[Text, Form()]
Sought = Annotated[Text, Query(description="The id of one to be changed.")]
After = Annotated[Text, Query(description="The id of the last one of the page before.")]


class _TakenError(ConflictError):
    """Says that there is one of the id already that a new one is to have; its text is what that one is called."""


@router.get("/office/names")
def show_names(
    request: Request,
    _caller: Admin,
    table: Annotated[Table, Query()] = "teams",
    change: Sought = "",
    after: After = "",
) -> HTMLResponse:
    """Show the teams, the skills or the clients, with a form for a new one, or for one of them."""
    return _show(request, table, change=change, after=after)


@router.post("/office/names")
def save_name(
    request: Request,
    caller: Admin,
    table: Annotated[Table, Form()],
    id: Known = "",
    name: One = "",
    needs_clearance: One = "",
    change: Known = "",
) -> Response:
    """Store a new one, or another name of one that there is, where that was meant."""
    texts = texts_for(request)
    entered = filled(id=clean_text(change or id) or "", name=name)
    if table == "clients":
        entered["needs_clearance"] = needs_clearance or "no"

    def check_meant(session: Session) -> None:
        """Refuse to make one where one was to be changed, and to change one where a new one was meant."""
        stored = find_named(session.connection(), table, str(entered["id"]))
        if change and stored is None:
            raise _none_of(change, table)
        if stored is not None and not change:
            raise _TakenError(stored["name"] or stored["id"])

    try:
        upsert_rows(
            database_of(request),
            request.app.state.settings,
            table,
            [entered],
            now=int(time.time()),
            principal_id=caller.principal_id,
            before=check_meant,
        )
    except _TakenError as taken:
        told = texts.gettext("There is one of that id already, %(name)s: change it in its row.", name=str(taken))
        return _show(request, table, faults={"id": told}, entered=entered, status=422)
    except RowsRefusedError as error:
        return _show(
            request,
            table,
            faults=dict(faults_by_field(error.errors, texts, {})),
            entered=entered,
            change=change,
            status=422,
        )
    said = texts.gettext("Saved: %(name)s.", name=entered.get("name", entered["id"]))
    return lead_to(request, f"/office/names?table={table}", said=said)


def _none_of(wanted: str, table: str) -> NotFoundError:
    return NotFoundError(f"there is no {wanted!r} among the {table}")


def _show(
    request: Request,
    table: Table,
    *,
    faults: dict[str, str] | None = None,
    entered: dict[str, object] | None = None,
    change: str = "",
    after: str = "",
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    with database_of(request).reading() as session:
        found = list_named(session.connection(), table, after=after or None, limit=MOST + 1)
        changed = find_named(session.connection(), table, change) if change else None
    rows = found[:MOST]
    if change and changed is None:
        raise _none_of(change, table)
    if changed is not None and entered is None:
        entered = {**changed, "name": changed["name"] or ""}
    labels = {"id": texts.gettext("Id"), "name": texts.gettext("Name")}
    return render(
        request,
        "office/names.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/names"),
        table=table,
        rows=rows,
        first=f"/office/names?table={table}" if after else "",
        more=f"/office/names?{urlencode({'table': table, 'after': rows[-1]['id']})}" if len(found) > MOST else "",
        change=change,
        here=f"/office/names?{urlencode({'table': table, 'change': ''})}",
        faults=Blank(faults or {}),
        fault_lines=fault_lines(faults or {}, labels, form="named"),
        entered=Blank(entered or {}),
    )
