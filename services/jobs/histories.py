"""A scenario read off the office's history as a job, kept with the end of the job where that is wanted."""

from models.database import Session
from models.repositories.jobs.records import JobResult
from models.vocabulary_scenarios import ScenarioOrigin
from services.access.caller import Caller
from services.access.tracing import Act
from services.jobs.lease import Lease
from services.jobs.questions import AT, HistoryAsk
from services.jobs.simulating import result_of
from services.settings import Settings
from services.what_if.histories import read_history
from services.what_if.keeping import MOST_NAME, keep_scenario

SCENARIO = "scenario"
"""Where what came of the job names the scenario that is kept."""


def read(lease: Lease, settings: Settings) -> JobResult | None:
    """Read a scenario off the history; the result holds it, with what was found and what the history does not tell."""
    asked = dict(lease.job.question)
    at = int(asked.pop(AT))
    ask = HistoryAsk.model_validate(asked)

    def tell(stage: str, done: int, of: int) -> None:
        lease.check_wanted()
        lease.tell(stage, done=done, of=of)

    told = read_history(
        lease.database,
        settings,
        days=ask.days,
        now=at,
        until=None if ask.until is None else ask.until.isoformat(),
        teams=ask.teams,
        on_stage=tell,
    )
    result = result_of(told.answer())
    if not ask.keep:
        return result

    def finish(session: Session, scenario_id: int) -> None:
        lease.finish(session, result=result, ref={SCENARIO: scenario_id})

    who = lease.job.principal_id
    keep_scenario(
        lease.database,
        Caller(principal_id=who, roles=frozenset()),
        name=told.name[:MOST_NAME],
        origin=ScenarioOrigin.HISTORY,
        document=told.document,
        findings=told.findings,
        act=Act(at=at, by=who, what=f"job {lease.job.id}"),
        on_kept=finish,
    )
    return None
