"""How scenarios begin: what is asked of the office's history, which a job reads; or a file that somebody has."""

import time
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.pages.rendering import lead_to, texts_for
from api.pages.what_if.extents import HistoryGiven, read_asked
from api.pages.what_if.frame import HOME, Planner, act_of, database_of, reading_path, route_of, scenario_path
from api.pages.what_if.listing import Asked, Refused, show_list
from models.errors import InputError, UsageError
from models.vocabulary_scenarios import ScenarioOrigin
from services.what_if.asking import ask_history
from services.what_if.histories import find_extent, read_upload
from services.what_if.keeping import MOST_NAME, keep_scenario

router = APIRouter()


@router.post(f"{HOME}/history")
def begin_from_history(
    request: Request,
    caller: Planner,
    days: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=20)] = "",
    team: Annotated[list[str] | None, Form(max_length=1000)] = None,
) -> Response:
    """Ask for a scenario from what happened: a job, which keeps it."""
    database, texts = database_of(request), texts_for(request)
    given = HistoryGiven(days=days.strip(), until=until.strip(), teams=tuple(team or ()))
    try:
        extent = find_extent(database, request.app.state.settings, now=int(time.time()))
        ask = read_asked(given, extent, texts)
    except UsageError as error:
        return show_list(request, caller, refused=Refused(asked=Asked.HISTORY, told=str(error), history=given))
    return lead_to(request, reading_path(ask_history(database, caller, ask, what=route_of(request)).id))


@router.post(f"{HOME}/upload")
def begin_from_file(
    request: Request,
    caller: Planner,
    scenario: Annotated[UploadFile | None, File()] = None,
    traces: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Keep a scenario from a file, with the traces that it names."""
    texts = texts_for(request)

    def refuse(told: str) -> Response:
        return show_list(request, caller, refused=Refused(asked=Asked.FILE, told=told))

    if scenario is None or not scenario.filename:
        return refuse(texts.gettext("Choose the file of a scenario, .yaml or .json."))
    try:
        document = read_upload(scenario.filename, scenario.file.read())
        given = {trace.filename: trace.file.read().decode("utf-8-sig") for trace in traces or () if trace.filename}
        stem = scenario.filename.rpartition("/")[2].rpartition(".")[0]
        scenario_id = keep_scenario(
            database_of(request),
            caller,
            name=str(document.get("name") or stem)[:MOST_NAME],
            origin=ScenarioOrigin.FILE,
            document=document,
            traces=given,
            act=act_of(request, caller),
        )
    except UnicodeDecodeError:
        return refuse(texts.gettext("A trace is no UTF-8 text."))
    except (UsageError, InputError) as error:
        return refuse(texts.told(str(error)))
    return lead_to(request, scenario_path(scenario_id), said=texts.gettext("The scenario is kept."))
