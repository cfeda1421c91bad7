"""The use cases of the reports on running the place: a source, its record, the report."""

from collections.abc import Callable
from functools import partial
from typing import Any

from models.errors import UsageError
from reports.operations.digest import report_digest
from reports.operations.flow_report import report_flow, report_map
from reports.operations.handling_report import report_handling
from reports.operations.people_reports import report_fairness, report_skills
from reports.operations.quality_reports import report_compliance, report_resolution
from reports.operations.workload_report import report_workload
from reports.report import Report
from services.reporting.leave import AGENT, NAMES, SHOWN, note_look
from services.reporting.question import ReportQuestion
from services.reporting.records import read_record
from services.reporting.sources import open_source


def _make(report: Callable[..., Report], question: ReportQuestion, **arguments: Any) -> Report:
    source = open_source(question)
    record = read_record(source, question)
    question.on_stage("counting")
    made = report(record, **arguments)
    note_look(question, made.name)
    return made


def _make_of_people(report: Callable[..., Report], question: ReportQuestion) -> Report:
    agent = question.options.get(AGENT)
    may_name = question.options.get(NAMES) == SHOWN
    if agent is not None and may_name:
        raise UsageError("--option agent=... shows one agent's own figures, names=shown everybody's; choose one")
    return _make(report, question, may_name=may_name, agent=agent, is_for_each=question.is_for_each)


def make_compliance(question: ReportQuestion) -> Report:
    """Return the report on rules kept; exceptions name people only where that is asked for."""
    return _make(report_compliance, question, may_name=question.options.get(NAMES) == SHOWN)


make_digest = partial(_make, report_digest)
make_workload = partial(_make, report_workload)
make_handling = partial(_make, report_handling)
make_resolution = partial(_make, report_resolution)
make_flow = partial(_make, report_flow)
make_map = partial(_make, report_map)
make_skills = partial(_make_of_people, report_skills)
make_fairness = partial(_make_of_people, report_fairness)
