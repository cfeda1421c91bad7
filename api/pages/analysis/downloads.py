"""A report to take along: as one HTML file, a workbook, a table as CSV, or JSON; from what its page shows."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.documents.report_pages import render_report_file
from api.pages.analysis.asking import Asked, Question, Reader
from api.pages.analysis.finding import need_job, need_report, read_report
from api.pages.workbooks.handing_out import hand_out
from models.tables.columns import to_json
from services.jobs.questions import WorkbookAsk
from services.reporting.files import report_csv, report_workbook

router = APIRouter()


@router.get("/time/{name}/report.html")
def hand_out_html(request: Request, asked: Question, caller: Reader) -> Response:
    """Hand out the report as one file that opens anywhere."""
    page = render_report_file(need_report(request, caller, asked).report())
    return Response(page, media_type="text/html; charset=utf-8", headers=_attachment(asked, "html"))


@router.get("/time/{name}/report.xlsx")
def hand_out_workbook(request: Request, asked: Question, caller: Reader) -> Response:
    """Hand out the report as a workbook."""
    job = need_job(request, caller, asked)
    made = read_report(request, caller, asked, job)
    return hand_out(
        request,
        caller,
        WorkbookAsk(of="report", id=job.id, report=asked.name, address=asked.address("report.xlsx")),
        num_rows=sum(table.num_rows for table in made.tables),
        file_name=f"{asked.name}.xlsx",
        write=lambda: report_workbook(made.report()),
    )


@router.get("/time/{name}/report.json")
def hand_out_json(request: Request, asked: Question, caller: Reader) -> Response:
    """Hand out the report's document."""
    document = dict(need_report(request, caller, asked).document())
    return Response(to_json(document), media_type="application/json", headers=_attachment(asked, "json"))


@router.get("/time/{name}/report.csv")
def hand_out_csv(
    request: Request,
    asked: Question,
    caller: Reader,
    table: Annotated[str, Query(max_length=60, pattern=r"^[a-z0-9-]*$")] = "",
) -> Response:
    """Hand out a table of the report, the main one where none is named."""
    made = need_report(request, caller, asked)
    body = report_csv(made.full_table(table or made.tables[0].name))
    return Response(body, media_type="text/csv; charset=utf-8", headers=_attachment(asked, "csv"))


def _attachment(asked: Asked, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{asked.name}.{ending}"'}
