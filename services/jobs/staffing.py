"""Searches for staffing as jobs: apart from the simulations, for they need a solver that takes long to load."""

from models.errors import CancelledError
from models.repositories.jobs.records import JobResult
from services.jobs.lease import Lease
from services.jobs.questions import StaffAsk
from services.jobs.scenarios import read_scenario
from services.jobs.simulating import result_of, running
from services.settings import Settings
from services.staffing.document import staffing_document
from services.staffing.staff import staff as staff_question
from simulations.staffing.answer import Status


def staff(lease: Lease, _settings: Settings) -> JobResult:
    """Find the least-cost staffing of a scenario; the result is `swingdesk/staffing`."""
    ask = StaffAsk.model_validate(lease.job.question)
    question = read_scenario(ask.scenario, edits=ask.edits, traces=ask.traces)
    with running(lease, ask.threads) as runner:
        answer = staff_question(
            question,
            runner=runner,
            most=ask.max_replications,
            cancel=lease.cancel,
            on_progress=lambda stage, done: lease.tell(stage, done=done),
        )
    if answer.answer.status is Status.STOPPED:
        raise CancelledError(f"job {lease.job.id} was stopped")
    return result_of(staffing_document(answer))
