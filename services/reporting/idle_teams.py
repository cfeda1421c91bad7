"""Teams that own no work, such as a swing team: no report can tell anything of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.database import Database
from models.errors import UsageError
from models.repositories.office_pages import list_named, list_task_types
from services.database import open_database
from services.reporting.question import ReportQuestion

if TYPE_CHECKING:
    from reports.report import Report

MOST_TYPES = 10_000
MOST_TEAMS = 10_000


def find_idle_teams(database: Database, teams: Collection[str]) -> dict[str, str]:
    """Return which of some teams, by id or by name, own no task types, each with its name."""
    if not teams:
        return {}
    with database.reading() as session:
        connection = session.connection()
        types = list_task_types(connection, limit=MOST_TYPES)
        known = list_named(connection, "teams", limit=MOST_TEAMS)
    owning = {standard["team_id"] for row in types for standard in row["standards"]}
    idle = {
        text: row["name"] or row["id"] for row in known if row["id"] not in owning for text in (row["id"], row["name"])
    }
    return {team: idle[team] for team in teams if team in idle}


def leave_out_idle_teams(question: ReportQuestion) -> tuple[ReportQuestion, str]:
    """Return a question without the teams that own no work, and what is to be said of that; nothing where all do.

    Raises
    ------
    UsageError
        If none of the teams owns any.
    """
    if not question.teams or question.log is not None or "tasks-log" in question.options:
        return question, ""
    with open_database(question.settings) as database:
        idle = find_idle_teams(database, question.teams)
    if not idle:
        return question, ""
    team_names = ", ".join(sorted(set(idle.values())))
    kept = tuple(team for team in question.teams if team not in idle)
    if not kept:
        raise UsageError(
            f"no task types are owned by {team_names}, so there is nothing to report on: ask of other teams"
        )
    return replace(question, teams=kept), f"left out, since no work is theirs: {team_names}"


def say_first(report: "Report", limit: str) -> "Report":
    """Return a report that says something before all else that it cannot know, in words and in its document."""
    limits: Sequence[str] = (limit, *report.limits)
    return replace(report, limits=limits, document={**report.document, "limits": list(limits)})
