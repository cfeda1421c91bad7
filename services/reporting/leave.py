"""Who may see people by name in reports, and the trace that every such look leaves."""

from collections.abc import Collection, Mapping

from models.errors import ForbiddenError
from models.repositories.audit import record_change
from models.vocabulary import Role
from models.vocabulary_audit import Subject
from services.access.caller import Caller
from services.database import open_database
from services.reporting.question import ReportQuestion

AGENT, NAMES = "agent", "names"
SHOWN = "shown"
"""Values of the options `agent` (an id: one's own figures) and `names` (people are named)."""
OVERSEERS = (Role.PLANNER, Role.ANALYST)
"""They see all teams, and nobody's name; leads see names, of the teams that they lead."""


def narrow(caller: Caller, teams: Collection[str] | None, options: Mapping[str, str]) -> frozenset[str] | None:
    """Return to which teams a report is narrowed for a caller; None for all.

    Raises
    ------
    ForbiddenError
        If the caller may not see these teams, or not people by name.
    """
    agent = options.get(AGENT)
    if agent is not None and agent != caller.agent_id and not caller.has():
        raise ForbiddenError("an agent sees nobody's figures but their own")
    if options.get(NAMES) == SHOWN:
        if not caller.has(Role.LEAD):
            raise ForbiddenError("people by name are for the leads of their teams")
        return caller.narrow_teams(teams)
    return caller.narrow_teams(teams, sees_all=OVERSEERS)


def note_look(question: ReportQuestion, report: str) -> None:
    """Leave a trace of who looked at whom, where a report of the stored office shows people."""
    shown = question.options.get(NAMES) == SHOWN
    agent = question.options.get(AGENT)
    if question.log is not None or question.is_for_each or not (shown or agent is not None):
        return
    with open_database(question.settings) as database, database.writing() as session:
        record_change(
            session,
            at=question.now,
            principal_id=question.principal_id,
            what=question.what,
            subject=Subject.OFFICE if agent is None else Subject.AGENT,
            subject_id=f"report {report}" if agent is None else agent,
            after={
                "report": report,
                "people": "by name" if shown else "one",
                "teams": sorted(question.teams),
                "from": question.start,
                "to": question.end,
            },
        )
