"""The first page: leads everybody to where they begin."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.access import find_caller, open_to_all
from api.pages.navigation import find_first_page
from api.pages.rendering import render

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])
SEE_OTHER = 303


@router.get("/")
def home(request: Request) -> Response:
    """Lead to the page that somebody begins with."""
    caller = find_caller(request.scope)
    if caller is None:
        return RedirectResponse("/sign-in", status_code=SEE_OTHER)
    first = find_first_page(request.app.state.matrix, caller)
    if first is not None:
        return RedirectResponse(first, status_code=SEE_OTHER)
    return render(request, "home.html")
