"""Taking in uploads: tables of an office, or an event log; each is a job."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from api.access import Caller, permits
from api.documents.jobs import JobDocument
from api.problems import problems
from api.routes.jobs import ACCEPTED, accept
from models.errors import InputError, TooLargeError
from models.formats.offices.cell_times import DateOrder
from models.time import load_zone
from models.vocabulary_jobs import JobKind
from services.jobs.asking import request_job
from services.jobs.importing import UPLOAD
from services.jobs.questions import ImportAsk, Name, question_of
from services.jobs.unpacking import MOST_UPLOADED
from simulations.discovery import Roster

ADMINISTRATORS = permits()
router = APIRouter(prefix="/api/imports", tags=["imports"])
Upload = Annotated[UploadFile, File(description="A .zip of tables, a workbook, or one table (.csv, .xlsx, .parquet).")]
Log = Annotated[UploadFile, File(description="An event log: .csv or .xes, gzip-compressed (.gz) or not.")]
DryRun = Annotated[bool, Form(description="Store nothing; the result says what would change, or every fault.")]
Zone = Annotated[Name | None, Form(description="IANA zone of an office that has none stored or given.")]


@router.post("/tables", status_code=202, summary="Take in tables", responses={**ACCEPTED, **problems(413)})
def import_tables(
    request: Request,
    response: Response,
    caller: Annotated[Caller, ADMINISTRATORS],
    file: Upload,
    dry_run: DryRun = False,
    takes_good_rows: Annotated[
        bool, Form(description="Take the good rows; the result holds the others with their reasons, as CSV.")
    ] = False,
    snapshot: Annotated[bool, Form(description="The tasks are the whole open list; what they lack is closed.")] = False,
    confirmed: Annotated[bool, Form(description="Let a snapshot close any number of tasks.")] = False,
    timezone: Zone = None,
    dates: Annotated[DateOrder | None, Form(description="How to read 02/03/2026 where no date shows it.")] = None,
) -> JobDocument:
    """Check tables and store them: everything, or nothing and what is wrong with which cell."""
    _check_zones(timezone=timezone)
    ask = ImportAsk(
        kind="tables",
        name=name_of_upload(file),
        dry_run=dry_run,
        takes_good_rows=takes_good_rows,
        snapshot=snapshot,
        confirmed=confirmed,
        timezone=timezone,
        dates=dates,
    )
    return _queue(request, response, caller, ask, file)


@router.post("/log", status_code=202, summary="Take in an event log", responses={**ACCEPTED, **problems(413)})
def import_log(
    request: Request,
    response: Response,
    caller: Annotated[Caller, ADMINISTRATORS],
    file: Log,
    dry_run: DryRun = False,
    timezone: Annotated[Name | None, Form(description="IANA zone of instants without an offset.")] = None,
    office_timezone: Annotated[Name | None, Form(description="IANA zone of the office, if it is another one.")] = None,
    time_format: Annotated[Name | None, Form(description="Of instants that are not ISO 8601.")] = None,
    roster: Annotated[
        Roster, Form(description="On duty on the days people were seen, or on usual ones.")
    ] = Roster.SEEN,
    personal_speed: Annotated[bool, Form(description="Estimate how fast people are.")] = False,
    case: Annotated[Name | None, Form(description="The column of the case.")] = None,
    type: Annotated[Name | None, Form(description="The column of the task type.")] = None,
    agent: Annotated[Name | None, Form(description="The column of the person.")] = None,
    start: Annotated[Name | None, Form(description="The column of when it was begun.")] = None,
    end: Annotated[Name | None, Form(description="The column of when it was completed.")] = None,
    due: Annotated[Name | None, Form(description="The column of when it was due.")] = None,
    team: Annotated[Name | None, Form(description="The column of the team whose work it is.")] = None,
) -> JobDocument:
    """Read an office off an event log and store it; columns with usual names are found."""
    _check_zones(timezone=timezone, office_timezone=office_timezone)
    named = {"case": case, "type": type, "agent": agent, "start": start, "end": end, "due": due, "team": team}
    ask = ImportAsk.model_validate(
        {
            "kind": "log",
            "name": name_of_upload(file),
            "dry_run": dry_run,
            "timezone": timezone,
            "office_timezone": office_timezone,
            "time_format": time_format,
            "roster": roster,
            "personal_speed": personal_speed,
            "columns": {name: column for name, column in named.items() if column is not None},
        }
    )
    return _queue(request, response, caller, ask, file)


def name_of_upload(file: UploadFile) -> str:
    """Return what an upload is called: for people, and for the ending that says what it is; never a path."""
    name = "".join(character for character in file.filename or "" if character.isprintable())
    name = name.encode("utf-8", "replace").decode().replace("\\", "/").rpartition("/")[2][-200:]
    if not name:
        raise InputError.of("body", "a file with a name", field="file")
    return name


def _check_zones(**zones: str | None) -> None:
    for field, name in zones.items():
        try:
            if name is not None:
                load_zone(name)
        except ValueError as error:
            raise InputError.of("body", str(error), field=field, value=name) from None


def read_upload(file: UploadFile) -> bytes:
    """Return what was uploaded.

    Raises
    ------
    TooLargeError
        If it is too much.
    InputError
        If it is nothing.
    """
    body = file.file.read(MOST_UPLOADED + 1)
    if len(body) > MOST_UPLOADED:
        raise TooLargeError(f"an upload has at most {MOST_UPLOADED // 1024**2} MiB")
    if not body:
        raise InputError.of("body", "a file that is not empty", field="file")
    return body


def _queue(request: Request, response: Response, caller: Caller, ask: ImportAsk, file: UploadFile) -> JobDocument:
    job = request_job(
        request.app.state.store.database(),
        caller,
        kind=JobKind.IMPORT,
        question=question_of(ask),
        what=f"{request.method} {request.scope['route'].path_format}",
        inputs={UPLOAD: read_upload(file)},
    )
    return accept(response, job)
