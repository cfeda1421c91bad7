"""Changing a scenario: by the forms of its sections, checked as one writes; or all of it as JSON."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from api.language.texts import Texts
from api.pages.rendering import lead_to, render, texts_for
from api.pages.what_if.forms.choices import name_of
from api.pages.what_if.forms.entries import Posted, Sheet
from api.pages.what_if.forms.people import copy_group, drop_group
from api.pages.what_if.forms.sections import RECORDS, Section, build_sheet, change_section
from api.pages.what_if.frame import (
    HOME,
    SCRIPTS,
    STYLES,
    Planner,
    ScenarioId,
    act_of,
    database_of,
    route_of,
    run_path,
    scenario_path,
)
from models.errors import InputError, UsageError
from models.formats.documents import document_text, parse_document
from models.repositories.scenarios import StoredScenario
from services.access.caller import Caller
from services.what_if.asking import ask_staffing
from services.what_if.keeping import MOST_NAME, change_scenario, check_scenario, find_scenario, may_change

router = APIRouter()
MOST_TEXT = 4_000_000
ALL = "all"
Record = Annotated[int | None, Query(ge=0, le=100_000, description="Which record; all of the section without.")]
Revision = Annotated[int, Form(ge=1)]
_EDIT = f"{HOME}/scenarios/{{scenario_id}}/edit"


@router.get(f"{_EDIT}/all")
def show_all(request: Request, caller: Planner, scenario_id: ScenarioId) -> HTMLResponse:
    """Show all of a scenario as JSON."""
    stored = find_scenario(database_of(request), caller, scenario_id)
    return _page_of_all(request, caller, stored, document_text(dict(stored.document)))


@router.post(f"{_EDIT}/all")
def change_all(
    request: Request,
    caller: Planner,
    scenario_id: ScenarioId,
    revision: Revision,
    document: Annotated[str, Form(max_length=MOST_TEXT)] = "",
) -> Response:
    """Take all of a scenario from JSON."""
    database = database_of(request)
    try:
        made = parse_document(document.encode("utf-8", "surrogatepass"), file="scenario")
        change_scenario(database, caller, scenario_id, revision=revision, document=made, act=act_of(request, caller))
    except InputError as error:
        stored = find_scenario(database, caller, scenario_id)
        return _page_of_all(request, caller, stored, document, faults=_lines(error, texts_for(request)), status=422)
    return _saved(request, scenario_id, texts_for(request))


@router.post(f"{_EDIT}/all/check")
def check_all(
    request: Request,
    caller: Planner,
    scenario_id: ScenarioId,
    document: Annotated[str, Form(max_length=MOST_TEXT)] = "",
) -> HTMLResponse:
    """Tell what is wrong with the JSON as it is."""
    stored = find_scenario(database_of(request), caller, scenario_id)
    errors: tuple[str, ...] = ()
    try:
        check_scenario(parse_document(document.encode("utf-8", "surrogatepass"), file="scenario"), stored.traces)
    except InputError as error:
        errors = _lines(error, texts_for(request))
    except UsageError as error:
        errors = (texts_for(request).told(str(error)),)
    return render(request, "what-if/faults.html", sheet=Sheet(parts=(), errors=errors))


@router.get(f"{_EDIT}/{{section}}")
def show_section(
    request: Request, caller: Planner, scenario_id: ScenarioId, section: Section, record: Record = None
) -> HTMLResponse:
    """Show the form of a section, or of one of its records."""
    stored = find_scenario(database_of(request), caller, scenario_id)
    texts = texts_for(request)
    sheet = build_sheet(stored.document, texts, section, record, scenario_path(scenario_id, "edit", section))
    return _page(request, caller, stored, section, record, sheet, texts)


@router.post(f"{_EDIT}/{{section}}")
async def change(
    request: Request, caller: Planner, scenario_id: ScenarioId, section: Section, record: Record = None
) -> Response:
    """Keep what was written, or show what is wrong with it."""
    posted = await _read(request)
    return await run_in_threadpool(_change, request, caller, scenario_id, section, record, posted)


@router.post(f"{_EDIT}/{{section}}/check")
async def check(
    request: Request, caller: Planner, scenario_id: ScenarioId, section: Section, record: Record = None
) -> HTMLResponse:
    """Tell what is wrong with what is written, as it is written; nothing is kept."""
    posted = await _read(request)

    def answer() -> HTMLResponse:
        texts = texts_for(request)
        stored = find_scenario(database_of(request), caller, scenario_id)
        address = scenario_path(scenario_id, "edit", section)
        made = change_section(
            stored.document, stored.traces, posted, texts, section=section, record=record, address=address
        )
        return render(request, "what-if/faults.html", sheet=made.sheet, texts=texts)

    return await run_in_threadpool(answer)


def _change(
    request: Request, caller: Caller, scenario_id: int, section: Section, record: int | None, posted: Posted
) -> Response:
    texts = texts_for(request)
    database = database_of(request)
    stored = find_scenario(database, caller, scenario_id)
    revision = _revision(posted)
    act = posted.get("act", ("",))[0]
    if section is Section.PEOPLE and record is not None and act in ("copy", "drop"):
        return _change_groups(request, caller, stored, record, revision, act, texts)
    address = scenario_path(scenario_id, "edit", section)
    made = change_section(
        stored.document, stored.traces, posted, texts, section=section, record=record, address=address
    )
    if made.document is None:
        return _page(request, caller, stored, section, record, made.sheet, texts, status=422)
    change_scenario(
        database, caller, scenario_id, revision=revision, document=made.document, act=act_of(request, caller)
    )
    if act == "ask":
        job = ask_staffing(database, caller, find_scenario(database, caller, scenario_id), what=route_of(request))
        return lead_to(request, run_path(job.id))
    back = address if record is not None else ""
    return _saved(request, scenario_id, texts, back=back)


def _change_groups(
    request: Request, caller: Caller, stored: StoredScenario, record: int, revision: int, act: str, texts: Texts
) -> Response:
    build_sheet(stored.document, texts, Section.PEOPLE, record, "")  # there is such a record
    group = stored.document["agents"][record]
    name = name_of(stored.document, "agents", group["id"])
    if act == "copy":
        made = copy_group(stored.document, record, texts.gettext("Copy of %(name)s", name=name)[:MOST_NAME])
        said = texts.gettext("This is the copy.")
    else:
        made = drop_group(stored.document, record)
        said = texts.gettext("%(name)s is taken out. Undo brings it back.", name=name)
    try:
        change_scenario(
            database_of(request), caller, stored.id, revision=revision, document=made, act=act_of(request, caller)
        )
    except InputError as error:
        address = scenario_path(stored.id, "edit", Section.PEOPLE)
        sheet = build_sheet(stored.document, texts, Section.PEOPLE, record, address)
        marked = Sheet(parts=sheet.parts, errors=_lines(error, texts))
        return _page(request, caller, stored, Section.PEOPLE, record, marked, texts, status=422)
    path = scenario_path(stored.id, "edit", Section.PEOPLE)
    return lead_to(request, f"{path}?record={record + 1}" if act == "copy" else path, said=said)


def _page(
    request: Request,
    caller: Caller,
    stored: StoredScenario,
    section: Section,
    record: int | None,
    sheet: Sheet,
    texts: Texts,
    *,
    status: int = 200,
) -> HTMLResponse:
    return render(
        request,
        "what-if/staffing.html" if section is Section.STAFFING else "what-if/edit.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        stored=stored,
        address=scenario_path(stored.id),
        tabs=_tabs(stored, section, texts),
        section=section.value,
        is_record=record is not None,
        is_group=section is Section.PEOPLE and record is not None,
        here=scenario_path(stored.id, "edit", section),
        query="" if record is None else f"?record={record}",
        sheet=sheet,
        may_change=may_change(caller, stored),
    )


def _page_of_all(
    request: Request,
    caller: Caller,
    stored: StoredScenario,
    text: str,
    *,
    faults: tuple[str, ...] = (),
    status: int = 200,
) -> HTMLResponse:
    texts = texts_for(request)
    return render(
        request,
        "what-if/edit-all.html",
        status=status,
        styles=STYLES,
        scripts=SCRIPTS,
        texts=texts,
        stored=stored,
        address=scenario_path(stored.id),
        tabs=_tabs(stored, None, texts),
        text=text,
        sheet=Sheet(parts=(), errors=faults),
        may_change=may_change(caller, stored),
    )


def _tabs(stored: StoredScenario, here: Section | None, texts: Texts) -> list[tuple[str, str, bool, int | None]]:
    names = {
        Section.PEOPLE: texts.gettext("People"),
        Section.VOLUMES: texts.gettext("Volumes"),
        Section.WORK: texts.gettext("Work"),
        Section.POLICY: texts.gettext("Policy"),
        Section.SETTINGS: texts.gettext("Days and replications"),
    }
    made: list[tuple[str, str, bool, int | None]] = [
        (
            scenario_path(stored.id, "edit", section),
            name,
            section is here,
            len(stored.document.get(RECORDS[section]) or ()) if section in RECORDS else None,
        )
        for section, name in names.items()
    ]
    return [*made, (scenario_path(stored.id, "edit", ALL), texts.gettext("All of it"), here is None, None)]


def _saved(request: Request, scenario_id: int, texts: Texts, *, back: str = "") -> Response:
    said = texts.gettext("Saved. Undo takes it back.")
    return lead_to(request, back or scenario_path(scenario_id), said=said)


def _lines(error: InputError, texts: Texts) -> tuple[str, ...]:
    return tuple(texts.told(str(error)).splitlines())


async def _read(request: Request) -> Posted:
    form = await request.form(max_fields=20_000)
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


def _revision(posted: Posted) -> int:
    text = posted.get("revision", ("",))[0]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError("the form does not say of which revision it is; open it again")
    return int(text)
