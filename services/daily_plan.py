"""The day's plan from the database: read, ask, decide, compare, store. No transaction is open while it is decided."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from models.database import Database, Session
from models.errors import NobodyOnDutyError, UsageError
from models.formats.offices.office import Office
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.repositories.offices import read_office
from models.repositories.plans import PlanRecord, add_plan, get_plan, get_plan_record, get_problem, list_plans
from models.repositories.principals import ensure_principal
from models.repositories.published import list_publications, read_elsewhere, read_shown
from models.repositories.rosters import find_roster_span
from models.time import SECONDS_PER_DAY, format_instant, load_zone, to_datetime
from models.vocabulary import PrincipalKind, Rule
from optimizer.presets import Preset
from optimizer.routing import Progress
from reports.plan_summary import PlanSummary, figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan
from services.office import DayQuestion, question_from_office
from services.office_duty import Stretch, set_aside
from services.planning import dispatch_problem, solve_problem
from services.preset_plans import solve_preset
from services.settings import Settings
from services.spreading import MOST_TASKS, with_spread
from services.swing_board import board_document, draw_board
from services.today.lendings import without_refused

ALWAYS_COMPARED = Rule.FIFO
EARLIEST, LATEST = 0, 7_258_118_400  # the years 1970 to 2199
IMPORT_FIRST = "take it in with `swingdesk import tables FOLDER`"


@dataclass(frozen=True, kw_only=True)
class Search:
    """How hard to look for a plan; see `services.planning.solve_problem`."""

    time_limit_s: float | None = None
    seed: int = 0
    threads: int = 2
    iterations: int | None = None


@dataclass(frozen=True, kw_only=True)
class DailyPlan:
    """A plan of a day that was stored, with its question and tables.

    Attributes
    ----------
    id
        Its number in the database.
    figures
        What it gives (`reports.plan_summary.figures_document`).
    others
        By rule, the figures of what dispatching by it alone gives; always those of first-in-first-out.
    """

    id: int
    question: DayQuestion
    plan: Plan
    tables: PlanTables
    summary: PlanSummary
    figures: Mapping[str, Any]
    others: Mapping[Rule, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class StoredPlan:
    """A plan as it was stored, with its question."""

    record: PlanRecord
    plan: Plan
    problem: Problem


def ask_for_day(
    database: Database,
    settings: Settings,
    *,
    at: int,
    teams: Sequence[str] | None = None,
    days: int = 1,
    with_known_arrivals: bool = False,
    or_next_shift: bool = False,
) -> DayQuestion:
    """Return the planning question of the stored office at an instant, with at least one task.

    With `or_next_shift` it is asked at the start of the next shift where nobody works any more that day.

    Raises
    ------
    UsageError
        If there is nothing to plan; the message says what to do about it.
    InputError
        If what is stored contradicts itself.
    """
    if not EARLIEST <= at < LATEST:
        raise UsageError("a day can be planned between the years 1970 and 2200")
    with database.reading() as session:
        until = at + (days + 1) * SECONDS_PER_DAY if with_known_arrivals else at
        office = read_office(session, at=at, arrived_by=until, days=days + 7)
    _check_not_empty(office)
    try:
        question = question_from_office(
            office,
            at=at,
            teams=teams,
            days=days,
            with_known_arrivals=with_known_arrivals,
            plannable_share=settings.plannable_share,
            setup=settings.setup,
        )
    except NobodyOnDutyError as error:
        if error.next_start is None:
            raise _nobody_soon(database, error) from None
        if not or_next_shift:
            raise
        return ask_for_day(
            database,
            settings,
            at=error.next_start,
            teams=teams,
            days=days,
            with_known_arrivals=with_known_arrivals,
        )
    if not question.problem.tasks:
        raise UsageError(_no_tasks(question, at))
    with database.reading() as session:
        problem = without_refused(session, question.problem, until=question.problem.carry_over)
    if teams is not None:
        problem = _without_elsewhere(database, problem, teams)
    return _with_shown(database, replace(question, problem=problem))


def plan_day(
    database: Database,
    settings: Settings,
    *,
    at: int,
    made_at: int,
    teams: Sequence[str] | None = None,
    days: int = 1,
    with_known_arrivals: bool = False,
    or_next_shift: bool = False,
    preset: Preset | None = None,
    compare: Sequence[Rule] = (),
    search: Search | None = None,
    asked_by: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_store: Callable[[Session, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> DailyPlan:
    """Plan a day of the stored office and store the plan.

    Parameters
    ----------
    at, made_at
        The question's now, and the instant at which it is asked.
    or_next_shift
        Whether to plan from the start of the next shift where nobody works any more that day.
    preset
        What to aim at instead of the coefficients of the problem.
    compare
        Rules to dispatch by for comparison, besides first-in-first-out.
    asked_by
        Name of whoever asks; they are noted with the plan.
    on_store
        See `answer_question`.

    Raises
    ------
    UsageError
        If there is nothing to plan.
    InputError
        If what is stored contradicts itself.
    PlanRejectedError
        If the referee rejects the plan; nothing is stored then.
    """
    question = ask_for_day(
        database,
        settings,
        at=at,
        teams=teams,
        days=days,
        with_known_arrivals=with_known_arrivals,
        or_next_shift=or_next_shift,
    )
    return answer_question(
        database,
        question,
        made_at=made_at,
        teams=teams,
        preset=preset,
        compare=compare,
        search=search,
        asked_by=asked_by,
        on_progress=on_progress,
        on_store=on_store,
        cancel=cancel,
    )


def answer_question(
    database: Database,
    question: DayQuestion,
    *,
    made_at: int,
    teams: Sequence[str] | None = None,
    preset: Preset | None = None,
    compare: Sequence[Rule] = (),
    search: Search | None = None,
    start: Plan | None = None,
    asked_by: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_store: Callable[[Session, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> DailyPlan:
    """Plan a day's question and store the plan; see `plan_day`.

    Parameters
    ----------
    start
        A plan to start from; what of it no longer holds is left out.
    on_store
        Called with the plan's number in the transaction that stores it, which it may end by raising.
    """
    search = search or Search()
    problem = question.problem
    solve = solve_problem if preset is None else partial(solve_preset, preset=preset)
    plan = solve(
        problem,
        time_limit_s=search.time_limit_s,
        seed=search.seed,
        threads=search.threads,
        iterations=search.iterations,
        zone_name=question.zone_name,
        extra=question.assumptions(),
        start=start,
        on_progress=on_progress,
        cancel=cancel,
    )
    plan = _with_board(question, plan)
    if len(problem.tasks) <= MOST_TASKS:
        plan = with_spread(problem, plan, seed=search.seed)
    tables, summary, figures = _view(question, plan)
    others = {
        rule: _view(
            question,
            dispatch_problem(problem, rule, zone_name=question.zone_name, lower_bound=plan.lower_bound),
        )[2]
        for rule in dict.fromkeys((ALWAYS_COMPARED, *compare))
    }
    with database.writing() as session:
        asker = None
        if asked_by is not None:
            asker = ensure_principal(session, asked_by, kind=PrincipalKind.PERSON, name=asked_by, at=made_at)
        plan_id = add_plan(
            session,
            plan,
            problem,
            made_at=made_at,
            timezone=question.zone_name,
            teams=teams,
            settings=_settings_document(question, search, preset),
            figures=figures,
            comparisons={rule.value: other for rule, other in others.items()},
            principal_id=asker,
        )
        if on_store is not None:
            on_store(session, plan_id)
    return DailyPlan(
        id=plan_id, question=question, plan=plan, tables=tables, summary=summary, figures=figures, others=others
    )


def stored_plan(database: Database, plan_id: int | None = None) -> StoredPlan:
    """Return a stored plan with its question; the last one where no number is given.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    UsageError
        If no plan is stored.
    """
    with database.reading() as session:
        if plan_id is None:
            newest = list_plans(session, limit=1)
            if not newest:
                raise UsageError("no plan is stored yet; `swingdesk plan` makes one")
            plan_id = newest[0].id
        record = get_plan_record(session, plan_id)
        return StoredPlan(
            record=record, plan=get_plan(session, plan_id), problem=get_problem(session, record.problem_digest)
        )


def _view(question: DayQuestion, plan: Plan) -> tuple[PlanTables, PlanSummary, dict[str, Any]]:
    tables = tabulate_plan(
        question.problem, plan, zone=load_zone(question.zone_name), plannable_share=question.plannable_share
    )
    summary = summarise_plan(plan, tables)
    return tables, summary, figures_document(summary, tables)


def _with_board(question: DayQuestion, plan: Plan) -> Plan:
    """Return the plan with its swing board under `extra.swing`."""
    board = draw_board(question.problem, plan, zone_name=question.zone_name)
    return replace(plan, extra={**plan.extra, "swing": board_document(board, zone_name=question.zone_name)})


def _without_elsewhere(database: Database, problem: Problem, teams: Collection[str]) -> Problem:
    """Return a problem whose agents have no time for it while they do what a plan of other teams gives them."""
    with database.reading() as session:
        found = read_elsewhere(
            session.connection(),
            at=problem.now,
            agents={agent.id for agent in problem.agents},
            besides={task.id for task in problem.tasks},
            teams=teams,
        )
    busy: dict[str, list[Stretch]] = defaultdict(list)
    for _, item in found:
        busy[item.agent].append((max(item.start, problem.now), item.end))
    agents = tuple(set_aside(agent, busy[agent.id]) if agent.id in busy else agent for agent in problem.agents)
    return replace(problem, agents=agents)


def _with_shown(database: Database, question: DayQuestion) -> DayQuestion:
    """Return the question with whom its tasks have been shown to that day, so that its plan stays calm."""
    problem = question.problem

    def is_of_day(at: int, zone_name: str) -> bool:
        return to_datetime(at, load_zone(zone_name)).date() == question.day

    with database.reading() as session:
        in_force = list_publications(session.connection(), at=problem.now)
        shown = read_shown(
            session.connection(), [item for item in in_force if is_of_day(item.planned_from, item.timezone)]
        )
    agents = {agent.id for agent in problem.agents}
    shown = {task: item for task, item in shown.items() if item.agent in agents}
    if not shown:
        return question
    tasks = tuple(
        replace(task, published_agent=shown[task.id].agent) if task.id in shown else task for task in problem.tasks
    )
    return replace(question, problem=replace(problem, tasks=tasks))


def _settings_document(question: DayQuestion, search: Search, preset: Preset | None) -> dict[str, Any]:
    return {
        **question.assumptions(),
        "time_limit_s": search.time_limit_s,
        "seed": search.seed,
        "threads": search.threads,
        "iterations": search.iterations,
        "preset": None if preset is None else preset.value,
    }


def _check_not_empty(office: Office) -> None:
    if not office.rows("teams"):
        raise UsageError(f"the database holds no office yet; {IMPORT_FIRST}")


def _nobody_soon(database: Database, error: NobodyOnDutyError) -> NobodyOnDutyError:
    """Return the error with the days of which there are shifts: an office read off a log has only those of the log."""
    with database.reading() as session:
        span = find_roster_span(session.connection())
    if span is None:
        return error
    days = f"{span[0].isoformat()} to {span[1].isoformat()}"
    return NobodyOnDutyError(f"{error}, or name with --at a day that has some, {days}", next_start=None)


def _no_tasks(question: DayQuestion, at: int) -> str:
    when = format_instant(at, load_zone(question.zone_name))
    if question.left_out:
        told = ", ".join(f"{count} {reason.value}" for reason, count in sorted(question.left_out.items()))
        return f"no task that is open at {when} can be planned: {told}"
    return f"no task is open at {when}; take in tasks with `swingdesk import tables FOLDER`, or ask for another --at"
