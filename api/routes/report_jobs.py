"""Reports for programs: which there are, and asking for one, which is a job."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from api.access import Caller, Reach, permits
from api.documents.jobs import JobDocument
from api.problems import problems
from api.routes.jobs import ACCEPTED, accept
from models.errors import NotFoundError
from models.vocabulary_jobs import JobKind
from services.jobs.asking import request_job
from services.jobs.questions import ReportAsk, question_of
from services.reporting.leave import narrow
from services.reporting.registry import REPORTS

READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
ASKERS = permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(prefix="/api/reports", tags=["reports"])


class ReportDocument(BaseModel):
    """A report that can be asked for."""

    model_config = ConfigDict(title="ReportKind")

    name: str
    summary: str
    options: dict[str, list[str]]


@router.get("", dependencies=[READERS], summary="List reports")
def list_reports() -> list[ReportDocument]:
    """Return the reports there are, with what each takes: an option's values, any where there are none."""
    return [
        ReportDocument(
            name=kind.name,
            summary=kind.summary,
            options={name: list(values) for name, values in kind.options.items()},
        )
        for kind in REPORTS.values()
    ]


@router.post("", status_code=202, summary="Ask for a report", responses={**ACCEPTED, **problems(403, 404)})
def ask_for_report(
    request: Request, response: Response, ask: ReportAsk, caller: Annotated[Caller, ASKERS]
) -> JobDocument:
    """Ask for a report on the stored office; the result is its document, a table as CSV, or a workbook.

    Leads get reports on the teams that they lead, less those that own no work, which `limits` then says; only they see
    people by name (`"names": "shown"`), which leaves a trace.
    """
    if ask.report not in REPORTS:
        raise NotFoundError(f"there is no report {ask.report!r}; there are {', '.join(REPORTS)}")
    teams = narrow(caller, ask.teams, ask.options)
    ask = ask.model_copy(update={"teams": None if teams is None else sorted(teams)})
    job = request_job(
        request.app.state.store.database(),
        caller,
        kind=JobKind.REPORT,
        question=question_of(ask),
        what=f"{request.method} {request.scope['route'].path_format}",
    )
    return accept(response, job)
