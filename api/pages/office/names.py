"""Teams, skills and clients: what there is, with names that can be changed, and new ones."""

import time
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.office.frame import SCRIPTS, STYLES, Admin, choices_of, fault_lines, faults_by_field, filled, tabs_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of
from models.errors import NotFoundError
from models.repositories.office_pages import list_named
from services.upserting import RowsRefusedError, upsert_rows

router = APIRouter()
MOST = 2000
Table = Literal["teams", "skills", "clients"]
One = Annotated[str, Form(max_length=2000)]


@router.get("/office/names")
def show_names(
    request: Request,
    _caller: Admin,
    table: Annotated[Table, Query()] = "teams",
    change: Annotated[str, Query(max_length=2000, description="The id of one to be changed.")] = "",
) -> HTMLResponse:
    """Show the teams, the skills or the clients, with a form for a new one, or for one of them."""
    return _show(request, table, change=change)


@router.post("/office/names")
def save_name(
    request: Request,
    caller: Admin,
    table: Annotated[Table, Form()],
    id: One = "",
    name: One = "",
    needs_clearance: One = "",
    change: One = "",
) -> Response:
    """Store a new one, or another name of one that there is, where that was meant."""
    texts = texts_for(request)
    entered = filled(id=change or id, name=name)
    if table == "clients":
        entered["needs_clearance"] = needs_clearance or "no"
    known = None if change else _find(request, table, str(entered.get("id", "")))
    if known is not None:
        told = texts.gettext("There is one of that id already, %(name)s: change it in its row.", name=known)
        return _show(request, table, faults={"id": told}, entered=entered, status=422)
    try:
        upsert_rows(
            database_of(request),
            request.app.state.settings,
            table,
            [entered],
            now=int(time.time()),
            principal_id=caller.principal_id,
        )
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


def _find(request: Request, table: str, wanted: str) -> str | None:
    """Return what the one of an id is called; None where there is none."""
    return next((one.name for one in choices_of(request, table) if one.id == wanted), None)


def _show(
    request: Request,
    table: Table,
    *,
    faults: dict[str, str] | None = None,
    entered: dict[str, object] | None = None,
    change: str = "",
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    with database_of(request).reading() as session:
        rows = list_named(session.connection(), table, limit=MOST)
    changed = next((row for row in rows if row["id"] == change), None) if change else None
    if change and changed is None:
        raise NotFoundError(f"there is no {change!r} among the {table}")
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
        change=change,
        here=f"/office/names?{urlencode({'table': table, 'change': ''})}",
        faults=Blank(faults or {}),
        fault_lines=fault_lines(faults or {}, labels, form="named"),
        entered=Blank(entered or {}),
    )
