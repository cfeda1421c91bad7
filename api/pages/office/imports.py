"""Taking files in: uploaded, looked at with their faults in place, then taken in whole or not at all."""

import io
import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.pages.office.frame import SCRIPTS, STYLES, Admin, tabs_of, word_import
from api.pages.rendering import lead_to, render, texts_for
from api.pages.serving import Blank, database_of, path_of, what_of
from api.pages.system.words import JobView, view_job
from api.routes.imports import name_of_upload, read_upload
from api.routes.jobs import JobId
from models.errors import InputError, NotFoundError
from models.formats.offices.cell_times import DateOrder
from models.formats.offices.table_checks import Note
from models.repositories.imports import list_batches
from models.repositories.jobs.records import Job
from models.time import load_zone
from models.vocabulary_jobs import JobKind, JobState
from services.importing.templates import write_template_folder
from services.jobs.asking import find_job, find_result
from services.jobs.questions import ImportAsk, LogColumn
from services.jobs.uploads import drop_upload, has_upload, rehearse_upload, take_in_upload
from simulations.discovery import Roster

router = APIRouter()
BATCHES_SHOWN = 20
FAULTS_SHOWN = 200
LOG_COLUMNS: tuple[LogColumn, ...] = ("case", "type", "agent", "start", "end", "due", "team")
Kind = Literal["tables", "log"]
One = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What came of a rehearsal or an import.

    Attributes
    ----------
    is_good
        Whether nothing is wrong.
    faults
        File, record, field, what stands there and what was expected.
    tables
        Name, rows new, changed, unchanged and gone.
    notes
        What was made of cells that say a little less than they should, and what was left aside.
    left_out
        Rows that were left out, by table.
    """

    is_good: bool
    num_faults: int
    faults: tuple[dict[str, Any], ...]
    tables: tuple[tuple[str, dict[str, int]], ...]
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...]
    has_csv: bool


@router.get("/office/import")
def show_import(request: Request, _caller: Admin, kind: Annotated[Kind, Query()] = "tables") -> HTMLResponse:
    """Show the form for tables or for a log, and what was taken in last."""
    return _show_form(request, kind)


@router.post("/office/import")
def rehearse(
    request: Request,
    caller: Admin,
    kind: Annotated[Kind, Form()],
    file: Annotated[UploadFile, File()],
    snapshot: One = "",
    confirmed: One = "",
    timezone: One = "",
    dates: One = "",
    roster: One = "",
    case: One = "",
    type: One = "",
    agent: One = "",
    start: One = "",
    end: One = "",
    due: One = "",
    team: One = "",
) -> Response:
    """Keep an upload and have it looked at; nothing is stored yet."""
    texts = texts_for(request)
    faults: dict[str, str] = {}
    try:
        if timezone:
            load_zone(timezone)
    except ValueError as error:
        faults["timezone"] = texts.told(str(error))
    try:
        name, body = name_of_upload(file), read_upload(file)
    except InputError:
        faults["file"] = texts.gettext("Choose a file that is not empty.")
    if faults:
        return _show_form(request, kind, faults=faults, status=422)
    columns = dict(zip(LOG_COLUMNS, (case, type, agent, start, end, due, team), strict=True))
    ask = ImportAsk(
        kind=kind,
        name=name,
        snapshot=bool(snapshot) and kind == "tables",
        confirmed=bool(confirmed),
        timezone=timezone or None,
        dates=DateOrder(dates) if dates in list(DateOrder) else None,
        roster=Roster(roster) if roster in list(Roster) else Roster.SEEN,
        columns={column: told.strip() for column, told in columns.items() if told.strip() and kind == "log"},
    )
    job = rehearse_upload(database_of(request), caller, ask, body, what=what_of(request))
    return lead_to(request, path_of("office", "import", job.id))


@router.get("/office/import/template.zip")
def hand_out_template(request: Request, _caller: Admin) -> Response:
    """Hand out every table with every column and rows that import as they stand."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_template_folder(Path(name) / "template", today=texts_for(request).today):
            archive.write(path, path.name)
    headers = {"Content-Disposition": 'attachment; filename="swingdesk-template.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


@router.get("/office/import/{job_id}")
def show_upload(request: Request, job_id: JobId, caller: Admin) -> HTMLResponse:
    """Show how far a rehearsal or an import is, then what it found or changed."""
    database, texts = database_of(request), texts_for(request)
    job = _find(request, caller, job_id)
    is_rehearsal = bool(job.question.get("dry_run"))
    preview = _preview(json.loads(find_result(database, caller, job_id).body)) if _is_done(job) else None
    view: JobView = view_job(job, texts)
    return render(
        request,
        "office/upload.html",
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/import"),
        job=view,
        path=path_of("office", "import", job_id),
        name=str(job.question.get("name", "")),
        kind=str(job.question.get("kind", "tables")),
        is_snapshot=bool(job.question.get("snapshot")),
        is_rehearsal=is_rehearsal,
        is_kept=is_rehearsal and has_upload(database, job_id),
        preview=preview,
        problem=job.problem,
        most_faults=FAULTS_SHOWN,
    )


@router.post("/office/import/{job_id}/take-in")
def take_in(request: Request, job_id: JobId, caller: Admin, good_rows: One = "") -> Response:
    """Take in what was looked at: all of it, or only its good rows."""
    changes = {"takes_good_rows": True} if good_rows else {}
    job = take_in_upload(database_of(request), caller, job_id, what=what_of(request), changes=changes)
    return lead_to(request, path_of("office", "import", job.id))


@router.post("/office/import/{job_id}/drop")
def drop(request: Request, job_id: JobId, caller: Admin) -> Response:
    """Forget an upload that was looked at."""
    drop_upload(database_of(request), caller, job_id)
    return lead_to(
        request, "/office/import", said=texts_for(request).gettext("The upload was dropped; nothing changed.")
    )


@router.get("/office/import/{job_id}/left-out.csv")
def hand_out_left_out(request: Request, job_id: JobId, caller: Admin) -> Response:
    """Hand out the rows that an import left out, with their reasons, to mend and take in again."""
    _find(request, caller, job_id)
    text = json.loads(find_result(database_of(request), caller, job_id).body).get("left_out_csv")
    if text is None:
        raise NotFoundError(f"import {job_id} left no row out")
    headers = {"Content-Disposition": f'attachment; filename="left-out-{job_id}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _show_form(
    request: Request, kind: Kind, *, faults: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    texts = texts_for(request)
    with database_of(request).reading() as session:
        batches = [
            (
                one.imported_at,
                word_import(texts, one.kind),
                one.source,
                one.principal_id or "–",
                _num_changed(one.counts),
            )
            for one in list_batches(session, limit=BATCHES_SHOWN)
        ]
    return render(
        request,
        "office/import.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        tabs=tabs_of(texts, "/office/import"),
        kind=kind,
        faults=Blank(faults or {}),
        batches=batches,
        log_columns=LOG_COLUMNS,
    )


def _find(request: Request, caller: Any, job_id: int) -> Job:
    job = find_job(database_of(request), caller, job_id)
    if job.kind is not JobKind.IMPORT:
        raise NotFoundError(f"job {job_id} is no import")
    return job


def _is_done(job: Job) -> bool:
    return job.state is JobState.DONE


def _num_changed(counts: dict[str, Any]) -> int:
    tables = counts.get("tables", {}).values()
    return sum(row.get("new", 0) + row.get("changed", 0) + row.get("gone", 0) for row in tables)


def _preview(document: dict[str, Any]) -> Preview:
    if not document["ok"]:
        faults = tuple(document["faults"])
        return Preview(
            is_good=False,
            num_faults=document["num_faults"],
            faults=faults[:FAULTS_SHOWN],
            tables=(),
            notes=(),
            left_out=(),
            has_csv=False,
        )
    report = document["report"].get("import", document["report"])
    notes = [str(Note(**note)) for note in report["notes"]]
    told = [f"{found['count']} {found['meaning']}" for found in document["report"].get("cleaned", ())]
    return Preview(
        is_good=True,
        num_faults=0,
        faults=(),
        tables=tuple(report["tables"].items()),
        notes=(*notes, *told, *report["asides"]),
        left_out=tuple(report["quarantined"].items()),
        has_csv="left_out_csv" in document,
    )
