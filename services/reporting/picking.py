"""The use case of `swingdesk report picking`."""

from models.errors import UsageError
from reports.picking.reconstruct import reconstruct_choices
from reports.picking.report import report_picking
from reports.report import Report
from services.reporting.desk_choices import make_choices
from services.reporting.desk_facts import read_desk
from services.reporting.leave import AGENT, NAMES, SHOWN, note_look
from services.reporting.question import ReportQuestion
from services.reporting.records import find_arrivals, read_record
from services.reporting.replaying import replay_days
from services.reporting.sources import open_source

REPLAY, YES = "replay", "yes"


def make_picking(question: ReportQuestion) -> Report:
    """Return the report on picking: from the choice sets of the desk, or else from the queue as it stood at each start.

    Raises
    ------
    UsageError
        If both one's own figures and everybody's are asked for.
    """
    agent, may_name = question.options.get(AGENT), question.options.get(NAMES) == SHOWN
    if agent is not None and may_name:
        raise UsageError("--option agent=... shows one agent's own figures, names=shown everybody's; choose one")
    source = open_source(question)
    record = read_record(source, question)
    question.on_stage("reading choices")
    choices = None
    if source.log is None:
        desk = read_desk(question, start=int(record.start), end=int(record.end), has_choices=True)
        choices = make_choices(desk.choices, desk.presence, record) if desk.choices else None
    if choices is None:
        choices = reconstruct_choices(record, has_arrival=find_arrivals(source))
    replays = None
    if question.options.get(REPLAY) == YES:
        question.on_stage("replaying days")
        replays = replay_days(record)
    question.on_stage("counting")
    note_look(question, "picking")
    return report_picking(
        record, choices, replays=replays, may_name=may_name, agent=agent, is_for_each=question.is_for_each
    )
