"""Filling an empty database with the demo office, whose day is planned and shown to its agents."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages.office.frame import Admin
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, what_of
from services.demo import begin_demo
from services.live.acting import read_clock

router = APIRouter()


@router.post("/office/demo")
def take_demo(request: Request, caller: Admin) -> Response:
    """Store the demo office with two weeks of history, and ask for a plan of its day that its agents are shown."""
    begin_demo(database_of(request), caller, now=read_clock(), what=what_of(request))
    return lead_to(
        request, "/office", said=texts_for(request).gettext("The demo office is here; its first plan is being made.")
    )
