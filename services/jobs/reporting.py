"""A report as a job."""

from models.repositories.jobs.leasing import read_clock
from models.repositories.jobs.records import JobResult
from models.tables.columns import to_json
from services.jobs.lease import Lease
from services.jobs.questions import ReportAsk
from services.reporting.archive import MEDIA_TYPE, pack_report
from services.reporting.files import choose_table, report_csv, report_workbook
from services.reporting.question import ReportQuestion
from services.reporting.registry import make_report
from services.settings import Settings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make(lease: Lease, settings: Settings) -> JobResult | None:
    """Make a report of the stored office: its document, one of its tables as CSV, a workbook, or what a page shows."""
    ask = ReportAsk.model_validate(lease.job.question)
    with lease.database.reading() as session:
        now = read_clock(session.connection())

    def tell(stage: str) -> None:
        lease.check_wanted()
        lease.tell(stage)

    report = make_report(
        ask.report,
        ReportQuestion(
            settings=settings,
            now=now,
            start=ask.start,
            end=ask.end,
            teams=tuple(ask.teams or ()),
            types=tuple(ask.types or ()),
            options=ask.options,
            principal_id=lease.job.principal_id,
            what="POST /api/reports",
            on_stage=tell,
        ),
    )
    if ask.form == "page":
        made = JobResult(media_type=MEDIA_TYPE, body=pack_report(report))
        with lease.database.writing() as session:
            lease.finish(session, result=made, ref={"headline": report.lead})
        return None
    if ask.form == "csv":
        return JobResult(media_type="text/csv; charset=utf-8", body=report_csv(choose_table(report, ask.table)))
    if ask.form == "xlsx":
        return JobResult(media_type=XLSX, body=report_workbook(report))
    return JobResult(media_type="application/json", body=to_json(dict(report.document)).encode())
