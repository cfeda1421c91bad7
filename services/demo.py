"""The demo: an invented office in a database of its own, and the plan of its day, shown to its agents."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from models.database import Database, Session
from models.errors import ConflictError, InputError, UsageError
from models.repositories.jobs.records import Job
from models.repositories.office_pages import has_agents
from models.time import from_wall_clock
from models.vocabulary import Rule
from models.vocabulary_jobs import JobKind
from optimizer.routing import Progress
from services.access.caller import Caller
from services.daily_plan import DailyPlan, Search, plan_day
from services.database import open_database
from services.importing.report import ImportReport
from services.importing.store import store_office
from services.jobs.asking import request_job
from services.jobs.questions import AT, SHOWN_BY, PlanAsk, question_of
from services.publishing import StoredPublication, publish_new_plan
from services.settings import Settings
from simulations.demo_office import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

DATABASE_NAME = "demo.sqlite3"
DEFAULT_SEED = 2
ASKED_BY = "demo"
COMMAND = "swingdesk demo"
"""What the audit trail says of the demo's publication."""
BEGINNER_SEARCH_S = 5.0
RULES = (Rule.FIFO, Rule.EDF)
"""What the demo's plan is compared with."""


@dataclass(frozen=True, kw_only=True)
class DemoSize:
    """What the demo office is drawn from."""

    seed: int = DEFAULT_SEED
    num_agents: int = 90
    num_tasks: int = 2500
    num_days: int = 1
    day: date = DEMO_DAY


BEGINNER_SIZE = DemoSize(num_agents=60, num_tasks=1200, num_days=10)
"""What the pages draw on the first start: drawn and planned while somebody waits."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demo that is set up: where its database is, what went into it, the plan of its day, and that it is shown."""

    database_url: str
    imported: ImportReport
    plan: DailyPlan
    publication: StoredPublication


def demo_database(folder: Path) -> str:
    """Return the address of the demo's database in a folder."""
    return f"sqlite:///{folder / DATABASE_NAME}"


def next_open_day(at: int) -> date:
    """Return the day of an instant in the demo office; once it has closed, the next one on which it is open."""
    calendar = demo_calendar()
    day = calendar.next_open_day(calendar.local_day(at))
    return day if at < calendar.close_of_business(day) else calendar.next_open_day(day + timedelta(days=1))


def demo_opening(day: date) -> int:
    """Return the epoch second from which a day of the demo office is planned."""
    return from_wall_clock(day, DEMO_OPENING, demo_calendar().zone)


def set_up_demo(
    folder: Path,
    settings: Settings,
    *,
    size: DemoSize,
    search: Search,
    made_at: int,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Demo:
    """Draw the demo office, store it in a fresh database in `folder`, plan its day, and publish that plan.

    Whoever opens its pages on that day finds the office at work: agents are shown what is theirs. The database is the
    demo's own, never the one of the settings, and replaces that of an earlier run once it is complete: a second run
    leaves the same behind as the first.

    Parameters
    ----------
    made_at
        Instant of the import, of the plan and of its publication.

    Raises
    ------
    UsageError
        If there are too few agents or tasks.
    InputError
        If the folder cannot be written to.
    """
    if size.num_tasks < 1:
        raise UsageError(f"{size.num_tasks} tasks are too few to plan; expected at least 1")
    try:
        office = generate_office(
            np.random.default_rng(size.seed),
            num_agents=size.num_agents,
            num_tasks=size.num_tasks,
            num_days=size.num_days,
            day=size.day,
        )
    except ValueError as error:
        raise UsageError(f"there is no such demo office: expected {error}") from error
    fresh = folder / f".{DATABASE_NAME}.new"
    shown: list[StoredPublication] = []

    def show(session: Session, plan_id: int) -> None:
        shown.append(publish_new_plan(session, plan_id, at=made_at, principal_id=ASKED_BY, what=COMMAND))

    _remove(fresh)
    try:
        settings_of_fresh = settings.model_copy(update={"database_url": f"sqlite:///{fresh}"})
        with open_database(settings_of_fresh, create=True) as database:
            with database.writing() as session:
                imported = store_office(session, office, kind="demo", now=made_at)
            plan = plan_day(
                database,
                settings_of_fresh,
                at=demo_opening(size.day),
                made_at=made_at,
                compare=RULES,
                search=search,
                asked_by=ASKED_BY,
                on_progress=on_progress,
                on_store=show,
                cancel=cancel,
            )
        _replace(fresh, folder / DATABASE_NAME)
    finally:
        _remove(fresh)
    return Demo(database_url=demo_database(folder), imported=imported, plan=plan, publication=shown[0])


def begin_demo(
    database: Database,
    caller: Caller,
    *,
    now: int,
    size: DemoSize = BEGINNER_SIZE,
    time_limit_s: float = BEGINNER_SEARCH_S,
    what: str,
) -> Job:
    """Fill an empty database with the demo office and ask for the plan of its day, shown as soon as it is there.

    The day is that of `now`, or the next one on which the office is open, after two weeks of history. What comes of it
    is what `set_up_demo` leaves behind, at the size of a database in which somebody looks around; where the day has
    begun, it is planned from now on.

    Parameters
    ----------
    size
        What it is drawn from; its day is not asked.
    what
        The route or command, for the audit trail.

    Raises
    ------
    ConflictError
        If the database holds an office.
    """
    size = replace(size, day=next_open_day(now))
    fill_with_demo(database, size=size, now=now, principal_id=caller.principal_id)
    ask = PlanAsk(time_limit_s=time_limit_s, compare=list(RULES))
    question = question_of(ask, **{AT: max(now, demo_opening(size.day)), SHOWN_BY: what})
    return request_job(database, caller, kind=JobKind.PLAN, question=question, what=what)


def fill_with_demo(database: Database, *, size: DemoSize, now: int, principal_id: str | None) -> ImportReport:
    """Store the demo office in a database that holds no office yet.

    Raises
    ------
    ConflictError
        If it holds one.
    """
    with database.reading() as session:
        if has_agents(session.connection()):
            raise ConflictError("there is an office already; the demo office goes only into an empty database")
    office = generate_office(
        np.random.default_rng(size.seed),
        num_agents=size.num_agents,
        num_tasks=size.num_tasks,
        num_days=size.num_days,
        day=size.day,
    )
    with database.writing() as session:
        if has_agents(session.connection()):
            raise ConflictError("somebody else has filled the database in the meantime")
        return store_office(session, office, kind="demo", now=now, principal_id=principal_id)


def _replace(fresh: Path, target: Path) -> None:
    """Put a closed database in the place of another; what the other's writers left beside it goes first."""
    try:
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        fresh.replace(target)
    except OSError as error:
        raise InputError.of(str(target), f"cannot be written: {error.strerror or error}") from error


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
