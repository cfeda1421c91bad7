"""`/design`: every component of the pages in every state, to look at and to try."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.access import open_to_all
from api.pages.rendering import render

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])


@router.get("/design")
def show_components(request: Request) -> HTMLResponse:
    """Show them."""
    return render(request, "design/components.html", styles=("design.css",), scripts=("design.js",))
