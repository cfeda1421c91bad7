"""The first page: leads everybody to where they begin."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.access import find_caller, open_to_all
from api.pages.navigation import find_first_page
from api.pages.rendering import render
from api.plan_access import Shelf
from models.vocabulary import Role

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])
SEE_OTHER = 303


@router.get("/")
def home(request: Request, shelf: Shelf) -> Response:
    """Lead to the page that somebody begins with, or say whom to ask where there is nothing to do yet."""
    caller = find_caller(request.scope)
    if caller is None:
        return RedirectResponse("/sign-in", status_code=SEE_OTHER)
    first = find_first_page(request.app.state.matrix, caller)
    is_filled = shelf.has_office() or Role.ADMIN in caller.roles
    if first is not None and is_filled:
        return RedirectResponse(first, status_code=SEE_OTHER)
    return render(request, "home.html", is_filled=is_filled)
