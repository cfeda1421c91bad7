"""`/office`: what is stored of the office, or, in an empty database, how to begin."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.office.frame import SCRIPTS, STYLES, Admin, tabs_of
from api.pages.rendering import render, texts_for
from api.pages.serving import database_of
from models.repositories.imports import list_batches
from models.repositories.known import read_office_calendar
from models.repositories.office_pages import count_office
from models.repositories.task_counts import count_open_tasks

router = APIRouter()
LAST_IMPORTS = 5


@router.get("/office")
def show_office(request: Request, _caller: Admin) -> HTMLResponse:
    """Show what is stored, or how to begin where nothing is."""
    texts = texts_for(request)
    with database_of(request).reading() as session:
        counts = count_office(session.connection())
        if not counts["agents"]:
            return render(request, "office/first-start.html", texts=texts, styles=STYLES, scripts=SCRIPTS)
        calendar = read_office_calendar(session, timezone=request.app.state.settings.timezone)
        imports = list_batches(session, limit=LAST_IMPORTS)
        num_open = count_open_tasks(session.connection())
        return render(
            request,
            "office/overview.html",
            texts=texts,
            styles=STYLES,
            scripts=SCRIPTS,
            tabs=tabs_of(texts, "/office"),
            counts=counts,
            num_open=num_open,
            zone=calendar.zone.key,
            imports=[(one.imported_at, one.kind, one.source, one.principal_id or "–") for one in imports],
        )
