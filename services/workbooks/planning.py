"""The use case of `swingdesk plan --workbook`: read the lists, ask, decide, write the answer. Nothing is stored."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.formats.offices.cell_times import (
    DateOrder,
    Occurrence,
    epoch_at_offset,
    epoch_of_wall_clock,
    parse_wall_clock,
)
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import load_zone
from optimizer.routing import Progress
from reports.plan_summary import PlanSummary, summarise_plan
from reports.plan_tables import tabulate_plan
from services.office import DayQuestion, question_from_office
from services.planning import solve_problem
from services.settings import Settings
from services.workbooks.answer import Answer, write_answer
from services.workbooks.office import read_workbook_office


@dataclass(frozen=True, kw_only=True)
class WorkbookQuestion:
    """What a workbook asks.

    Attributes
    ----------
    notes
        What was taken for granted.
    """

    day: DayQuestion
    zone: ZoneInfo
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class WorkbookPlan:
    """The plan of a workbook's day."""

    problem: Problem
    plan: Plan
    summary: PlanSummary
    notes: Sequence[str]


def ask_workbook(
    path: Path, settings: Settings, *, now: int, at: str | None, timezone: str | None, order: DateOrder | None = None
) -> WorkbookQuestion:
    """Return the planning question of a workbook.

    Parameters
    ----------
    now
        The present.
    at
        Instant to plan from, as text: with an offset, or by the wall clock of the zone.
    timezone
        Zone of the workbook's dates and times; the settings' where None.

    Raises
    ------
    InputError
        With everything that is wrong in the workbook.
    UsageError
        If the instant or the zone is none, or nothing can be planned.
    """
    name = settings.timezone if timezone is None else timezone
    try:
        zone = load_zone(name)
    except ValueError as error:
        raise UsageError(f"--timezone is {name!r}; expected {error}") from None
    read = read_workbook_office(path, zone=zone, now=now, at=None if at is None else _instant(at, zone), order=order)
    question = question_from_office(
        read.office, at=read.at, plannable_share=settings.plannable_share, setup=settings.setup
    )
    if not question.problem.tasks:
        raise UsageError(f"{path.name}: no item has arrived by the instant of the plan; say --at for a later one")
    return WorkbookQuestion(day=question, zone=zone, notes=read.notes)


def plan_workbook(
    question: WorkbookQuestion,
    output: Path,
    *,
    time_limit_s: float | None = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> WorkbookPlan:
    """Plan the day of a workbook and write the answer.

    Raises
    ------
    InputError
        If the answer cannot be written.
    PlanRejectedError
        If the referee rejects the plan; nothing is written then.
    """
    problem, zone = question.day.problem, question.zone
    plan = solve_problem(
        problem,
        time_limit_s=time_limit_s,
        iterations=iterations,
        seed=seed,
        threads=threads,
        zone_name=zone.key,
        extra=question.day.assumptions(),
        on_progress=on_progress,
        cancel=cancel,
    )
    tables = tabulate_plan(problem, plan, zone=zone, plannable_share=question.day.plannable_share)
    write_answer(output, Answer(problem=problem, plan=plan, tables=tables, zone=zone, notes=question.notes))
    return WorkbookPlan(problem=problem, plan=plan, summary=summarise_plan(plan, tables), notes=question.notes)


def _instant(text: str, zone: ZoneInfo) -> int:
    try:
        said = parse_wall_clock(text, None)
    except ValueError as error:
        raise UsageError(f"--at is {text!r}; expected {error}") from None
    clock = said.clock or time(0)
    if said.offset is not None:
        return epoch_at_offset(said.day, clock, round(said.offset.total_seconds()))
    instant, occurrence = epoch_of_wall_clock(said.day, clock, zone)
    if occurrence is not Occurrence.ONCE:
        raise UsageError(f"--at is {text!r}; clocks in {zone.key} change then: give it an offset, such as +01:00")
    return instant
