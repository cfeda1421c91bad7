"""Teams, skills and clients: what there is, with names that can be changed, and new ones."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.office.frame import SCRIPTS, STYLES, Admin, fault_lines, faults_by_field, filled, tabs_of
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of
from models.repositories.office_pages import list_named
from services.upserting import RowsRefusedError, upsert_rows

router = APIRouter()
MOST = 2000
Table = Literal["teams", "skills", "clients"]
One = Annotated[str, Form(max_length=2000)]


@router.get("/office/names")
def show_names(request: Request, _caller: Admin, table: Annotated[Table, Query()] = "teams") -> HTMLResponse:
    """Show the teams, the skills or the clients."""
    return _show(request, table)


@router.post("/office/names")
def save_name(
    request: Request,
    caller: Admin,
    table: Annotated[Table, Form()],
    id: One = "",
    name: One = "",
    needs_clearance: One = "",
) -> Response:
    """Store a new one, or another name of one that there is."""
    entered = filled(id=id, name=name, needs_clearance=needs_clearance if table == "clients" else "")
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
            faults=dict(faults_by_field(error.errors, texts_for(request), {})),
            entered=entered,
            status=422,
        )
    said = texts_for(request).gettext("Saved: %(name)s.", name=entered.get("name", entered["id"]))
    return lead_to(request, f"/office/names?table={table}", said=said)


def _show(
    request: Request,
    table: Table,
    *,
    faults: dict[str, str] | None = None,
    entered: dict[str, object] | None = None,
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    with database_of(request).reading() as session:
        rows = list_named(session.connection(), table, limit=MOST)
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
        faults=Blank(faults or {}),
        fault_lines=fault_lines(faults or {}, labels, form="named"),
        entered=Blank(entered or {}),
    )
