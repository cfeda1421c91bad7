"""The use case of `swingdesk report waste`: where paid time went, and what to do about it first."""

from pathlib import Path

import pandas as pd

from models.errors import InputError, UsageError
from models.formats.offices.office import Office
from models.formats.scenarios.reading import read_scenario
from reports.report import Report
from reports.waste.history import WorkHistory
from reports.waste.ledger import keep_ledger
from reports.waste.report import report_ledger
from services.reporting.leave import NAMES, SHOWN, note_look
from services.reporting.paid_time.desk import read_desk_time
from services.reporting.paid_time.log import history_of_log
from services.reporting.paid_time.office import history_of_office
from services.reporting.paid_time.simulation import history_of_simulation
from services.reporting.period import find_period
from services.reporting.question import ReportQuestion
from services.reporting.sources import open_source
from services.simulating.assembly import assemble_scenario
from services.simulating.task_log import COLUMNS

YES = "yes"


def report_waste(question: ReportQuestion) -> Report:
    """Return the report on where paid time went.

    Raises
    ------
    InputError, UsageError, NotFoundError
        If the source cannot be read, or nothing is left to report on.
    """
    options = question.options
    history, name, zone = read_work_history(question)
    if question.teams:
        history = history.of_teams(_find(question.teams, history.agents["team"], history, "--team", "team"))
    types = tuple(_find(question.types, history.types["type"], history, "--type", "task type"))
    question.on_stage("keeping the ledger")
    ledger = keep_ledger(history)
    question.on_stage("writing it down")
    note_look(question, "waste")
    return report_ledger(
        ledger,
        source=name,
        zone=zone,
        cost_per_hour=_read_cost(options.get("cost-per-hour")),
        is_annualised=options.get("annualise") == YES,
        has_people=options.get(NAMES) == SHOWN,
        types=types,
    )


def read_work_history(question: ReportQuestion) -> tuple[WorkHistory, str, str]:
    """Return what the source of a question says of paid time, what it is called, and the zone of its clock.

    Raises
    ------
    InputError, UsageError, NotFoundError
        If it cannot be read, or nothing was done in the period.
    """
    if "scenario" in question.options or "tasks-log" in question.options:
        return _read_simulation(question)
    source = open_source(question)
    start, end = find_period(question, source.zone)
    question.on_stage("laying out paid time")
    if source.log is not None:
        return history_of_log(source, start=start, end=end), source.name, source.zone.key
    office = source.stored_office
    if office is None:
        raise UsageError("there is no office to report on")
    desk = None if source.events is None else read_desk_time(source.events, until=question.now)
    return (
        history_of_office(office, start=start, end=end, until=question.now, desk=desk),
        _name(office),
        source.zone.key,
    )


def _read_simulation(question: ReportQuestion) -> tuple[WorkHistory, str, str]:
    options = question.options
    missing = [name for name in ("scenario", "tasks-log") if name not in options]
    if missing:
        raise UsageError(f"a simulated log needs its scenario, and a scenario its log: --option {missing[0]}=FILE too")
    if question.log is not None:
        raise UsageError("--log is another source than --option tasks-log=FILE; name one of them")
    if question.start is not None or question.end is not None:
        raise UsageError("of a simulated log all days are reported on; leave out --from and --to")
    asked = read_scenario(Path(options["scenario"]))
    path = Path(options["tasks-log"])
    tasks = read_tasks_log(path)
    number = options.get("replication", "0")
    chosen = tasks[tasks["replication"].astype(str) == number]
    if chosen.empty:
        raise UsageError(f"the log has no replication {number}; it has {tasks['replication'].nunique():,}")
    question.on_stage("laying out paid time")
    assembly = assemble_scenario(asked)
    history = history_of_simulation(assembly, chosen.reset_index(drop=True), seed=asked.scenario.seed)
    return history, f"{asked.scenario.name}, replication {number}", asked.scenario.timezone


def read_tasks_log(path: Path) -> pd.DataFrame:
    """Return the log that `swingdesk simulate --tasks-log` wrote.

    Raises
    ------
    InputError
        If it cannot be read, or is none.
    """
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else pd.read_csv(path, dtype={"task": str})
    except (OSError, ValueError) as error:
        raise InputError.of(str(path), f"a log of tasks that can be read: {error}") from error
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError.of(str(path), "a log of tasks as swingdesk simulate --tasks-log writes it", field=missing[0])
    for name in ("arrived", "enabled", "started", "completed", "abandoned", "due"):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame.astype(dict.fromkeys(("task", "case", "agent", "task_type"), object))


def _name(office: Office) -> str:
    rows = office.rows("office")
    return (rows[0]["name"] if rows else "") or "the office"


def _find(asked: tuple[str, ...], ids: pd.Series, history: WorkHistory, option: str, what: str) -> list[str]:
    """Return the ids of what was asked for, by id or by name."""
    found: list[str] = []
    known = sorted(set(ids))
    for text in asked:
        hits = [name for name in known if text in (name, history.name_of(name))]
        if not hits:
            there = ", ".join(repr(history.name_of(name)) for name in known) or "none"
            raise UsageError(f"{option} is {text!r}; there is no such {what}; there are {there}")
        found += hits
    return found


def _read_cost(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        cost = float(text)
    except ValueError:
        cost = float("nan")
    if not 0 <= cost < float("inf"):
        raise UsageError(f"--option cost-per-hour={text}: expected a number, such as 24")
    return cost
