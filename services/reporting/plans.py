"""The use cases of the reports on plans and on lending: stored plans beside what happened."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from models.database import Session
from models.formats.plan import Plan
from models.repositories.plans import get_plan, list_plans
from models.repositories.published import list_publications
from models.time import epoch_second
from reports.operations.plan_reports import report_plans, report_swing
from reports.operations.record import Record
from reports.report import Report
from services.database import open_database
from services.reporting.leave import NAMES, SHOWN, note_look
from services.reporting.question import ReportQuestion
from services.reporting.records import read_record
from services.reporting.sources import open_source

MOST_PLANS = 500
_PLANNED = ["plan", "task", "agent", "start", "end"]
_MOVES = ["plan", "agent", "from_team", "to_team", "start", "end", "minutes", "gain", "tasks"]


def make_plans(question: ReportQuestion) -> Report:
    """Return the report on plans against what happened."""
    source = open_source(question)
    record = read_record(source, question)
    plans = {} if source.log is not None else _read_plans(question, record)
    question.on_stage("counting")
    return report_plans(record, list_planned(plans))


def make_swing(question: ReportQuestion) -> Report:
    """Return the report on lending."""
    source = open_source(question)
    record = read_record(source, question)
    plans = {} if source.log is not None else _read_plans(question, record)
    question.on_stage("counting")
    note_look(question, "swing")
    return report_swing(record, list_moves(plans), may_name=question.options.get(NAMES) == SHOWN)


def _read_plans(question: ReportQuestion, record: Record) -> Mapping[int, Plan]:
    """Return the plans of a period by number: those that were published, or all that are stored where none was."""
    with open_database(question.settings) as database, database.reading() as session:
        return dict(_iterate_plans(session, record))


def _iterate_plans(session: Session, record: Record) -> Iterator[tuple[int, Plan]]:
    published = list_publications(session.connection(), limit=MOST_PLANS)
    found = {item.plan_id: item.planned_from for item in published}
    if not found:
        found = {item.id: item.planned_from for item in list_plans(session, limit=MOST_PLANS)}
    for number in sorted(found):
        if record.start <= found[number] < record.end:
            yield number, get_plan(session, number)


def list_planned(plans: Mapping[int, Plan]) -> pd.DataFrame:
    """Return the planned tasks, each by the newest plan that has it: `plan`, `task`, `agent`, `start`, `end`."""
    newest: dict[str, tuple[int, str, str, int, int]] = {}
    for number, plan in sorted(plans.items()):
        for item in plan.assignments:
            newest[item.task] = number, item.task, item.agent, item.start, item.end
    return pd.DataFrame(list(newest.values()), columns=_PLANNED)


def list_moves(plans: Mapping[int, Plan]) -> pd.DataFrame:
    """Return the moves that plans promise: `reports.operations.swing_outcomes.compare_moves` says what they hold.

    Where several plans lend somebody to a team at one time, the newest counts.
    """
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for number, plan in sorted(plans.items()):
        for block in plan.extra.get("swing", {}).get("blocks", []):
            start, end = (_instant(block[name]) for name in ("start", "end"))
            found[block["agent"], block["team"], start] = {
                "plan": number,
                "agent": block["agent"],
                "from_team": block["home_team"],
                "to_team": block["team"],
                "start": start,
                "end": end,
                "minutes": block["minutes"],
                "gain": block.get("saving", float("nan")),
                "tasks": tuple(block["tasks"]),
            }
    return pd.DataFrame(list(found.values()), columns=_MOVES)


def _instant(value: int | str) -> int:
    return value if isinstance(value, int) else epoch_second(datetime.fromisoformat(value))
