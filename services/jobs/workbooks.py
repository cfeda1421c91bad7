"""A large table as a workbook, as a job: of a stored plan, or of a report that was made."""

from models.errors import NotFoundError
from models.repositories.jobs.asking import get_job, get_result
from models.repositories.jobs.records import JobResult
from models.repositories.plans import get_plan, get_plan_record, get_problem
from models.vocabulary_jobs import JobKind
from reports.rule_names import RULE_NAMES
from services.jobs.lease import Lease
from services.jobs.questions import WorkbookAsk
from services.jobs.reporting import XLSX
from services.large_workbooks import find_workbook
from services.plan_files import count_plan_rows, plan_workbook
from services.reporting.archive import unpack_report
from services.reporting.files import report_workbook
from services.settings import Settings
from services.stored_plans import comparisons, tabulate_stored


def make(lease: Lease, _settings: Settings) -> JobResult:
    """Write a workbook; where the same was made while this one waited, that is its result too."""
    ask = WorkbookAsk.model_validate(lease.job.question)
    made = find_workbook(lease.database, ask)
    if made is None:
        body = _write_plan(lease, ask.id) if ask.of == "plan" else _write_report(lease, ask.id)
        made = JobResult(media_type=XLSX, body=body)
    return made


class _Progress:
    """Tells how many rows are written, and hears in between whether the workbook is still wanted."""

    def __init__(self, lease: Lease, num_rows: int) -> None:
        self._lease, self._num_rows, self._num_done = lease, num_rows, 0

    def __call__(self, num_rows: int) -> None:
        self._num_done += num_rows
        self._lease.check_wanted()
        if self._num_done < self._num_rows:
            self._lease.tell("writing the rows", done=self._num_done, of=self._num_rows)
        else:
            self._lease.tell("putting the file together")


def _write_plan(lease: Lease, plan_id: int) -> bytes:
    lease.tell("reading the plan")
    with lease.database.reading() as session:
        record = get_plan_record(session, plan_id)
        plan, problem = get_plan(session, plan_id), get_problem(session, record.problem_digest)
    lease.check_wanted()
    tables = tabulate_stored(record, problem, plan)
    others = {RULE_NAMES[rule]: figures for rule, figures in comparisons(record).items()}
    on_rows = _Progress(lease, count_plan_rows(tables))
    return plan_workbook(plan, tables, others=others, on_rows=on_rows)


def _write_report(lease: Lease, job_id: int) -> bytes:
    lease.tell("reading the report")
    with lease.database.reading() as session:
        connection = session.connection()
        made_by = get_job(connection, job_id)
        if made_by.kind is not JobKind.REPORT or made_by.principal_id != lease.job.principal_id:
            raise NotFoundError(f"job {job_id} made no report of yours")
        made = unpack_report(get_result(connection, job_id).body)
    report = made.report()
    on_rows = _Progress(lease, sum(len(table.rows) for table in report.tables))
    return report_workbook(report, on_rows=on_rows)
