"""The use case of `swingdesk plan --workbook`: read the lists, ask, decide, write the answer. Nothing is stored."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.formats.offices.cell_times import DateOrder
from models.formats.plan import Plan
from models.time import load_zone
from models.vocabulary import Rule
from optimizer.routing import Progress
from reports.plan_summary import PlanSummary, figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan
from services.instants import parse_at
from services.office import DayQuestion, question_from_office
from services.planning import dispatch_problem, solve_problem
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
    warnings
        What the lead probably did not mean.
    """

    day: DayQuestion
    zone: ZoneInfo
    notes: Sequence[str]
    warnings: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class WorkbookPlan:
    """The plan of a workbook's day, with what `services.daily_plan.DailyPlan` has of one that is stored."""

    question: DayQuestion
    plan: Plan
    tables: PlanTables
    summary: PlanSummary
    figures: Mapping[str, Any]
    others: Mapping[Rule, Mapping[str, Any]]
    notes: Sequence[str]
    warnings: Sequence[str]


def ask_workbook(
    path: Path,
    settings: Settings,
    *,
    now: int,
    at: str | None,
    timezone: str | None,
    machine_timezone: str | None = None,
    order: DateOrder | None = None,
) -> WorkbookQuestion:
    """Return the planning question of a workbook.

    Parameters
    ----------
    now
        The present.
    at
        Instant to plan from, as text: with an offset, or by the wall clock of the zone.
    timezone
        Zone of the workbook's dates and times; the settings' where None and they say one.
    machine_timezone
        Zone where neither says one, if it is known; else it is UTC. The notes tell.

    Raises
    ------
    InputError
        With everything that is wrong in the workbook.
    UsageError
        If the instant or the zone is none, or nothing can be planned.
    """
    name, zone_notes = _choose_zone(settings, timezone, machine_timezone)
    try:
        zone = load_zone(name)
    except ValueError as error:
        raise UsageError(f"--timezone is {name!r}; expected {error}") from None
    read = read_workbook_office(path, zone=zone, now=now, at=None if at is None else parse_at(at, zone), order=order)
    question = question_from_office(
        read.office, at=read.at, plannable_share=settings.plannable_share, setup=settings.setup
    )
    if not question.problem.tasks:
        raise UsageError(f"{path.name}: no item has arrived by the instant of the plan; say --at for a later one")
    return WorkbookQuestion(day=question, zone=zone, notes=[*zone_notes, *read.notes], warnings=read.warnings)


def _choose_zone(settings: Settings, timezone: str | None, machine_timezone: str | None) -> tuple[str, list[str]]:
    """Return the name of the zone, and what to say of it where nobody named it."""
    if timezone is not None:
        return timezone, []
    if "timezone" in settings.model_fields_set:
        return settings.timezone, []
    another = "--timezone says another"
    if machine_timezone is not None:
        return machine_timezone, [
            f"dates and times are those of {machine_timezone}, this machine's time zone; {another}"
        ]
    return settings.timezone, [
        f"dates and times are {settings.timezone}: nothing says a time zone, nor does this machine; {another}"
    ]


def plan_workbook(
    question: WorkbookQuestion,
    output: Path,
    *,
    time_limit_s: float | None = None,
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
    notes, warnings = question.notes, question.warnings
    write_answer(output, Answer(problem=problem, plan=plan, tables=tables, zone=zone, notes=notes, warnings=warnings))
    fifo = dispatch_problem(problem, Rule.FIFO, zone_name=zone.key, lower_bound=plan.lower_bound)
    fifo_tables = tabulate_plan(problem, fifo, zone=zone, plannable_share=question.day.plannable_share)
    summary = summarise_plan(plan, tables)
    return WorkbookPlan(
        question=question.day,
        plan=plan,
        tables=tables,
        summary=summary,
        figures=figures_document(summary, tables),
        others={Rule.FIFO: figures_document(summarise_plan(fifo, fifo_tables), fifo_tables)},
        notes=notes,
        warnings=warnings,
    )
