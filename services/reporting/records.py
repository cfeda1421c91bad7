"""What an office did in a period, for the reports on running the place and on picking: from the database, or a log."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from models.calendar import OfficeCalendar
from models.errors import UsageError
from models.formats.event_logs.log import EnabledBy, Outcome
from models.formats.offices.calendar import calendar_of
from models.formats.offices.office import Office
from models.time import SECONDS_PER_MINUTE
from reports.operations.record import (
    CANCELLED,
    CHECKS,
    COMPLETED,
    DUES,
    DUTY,
    HANDLING,
    OPEN,
    PAPER_SKILLS,
    PENDS,
    RETURNS,
    SIGN_INS,
    Record,
)
from services.calibrating.history import may, midnight
from services.office_deadlines import due_after_open_minutes
from services.office_duty import read_duty, skills_on
from services.office_work import Standards, read_standards
from services.reporting.desk_choices import list_off_task
from services.reporting.desk_facts import DeskFacts, add_desk_facts, read_desk
from services.reporting.period import find_period
from services.reporting.question import ReportQuestion
from services.reporting.sources import Source
from simulations.calibration.gaps import DutyClock
from simulations.discovery.handling import share_of_time

USUAL_DAYS = 28
"""How many days the database is reported on where nobody says: its last four weeks."""

Row = dict[str, Any]


def read_record(source: Source, question: ReportQuestion) -> Record:
    """Return what happened in the period of a question.

    Raises
    ------
    UsageError
        If the source shows no work, or there is no such team or type.
    """
    office = source.office
    if office is None or not len(office.table("tasks")):
        raise UsageError(f"{source.name} shows no work that people do; there is nothing to report on")
    calendar = calendar_of(office)
    rows = office.rows("tasks")
    start, end = _find_span(source, question, rows, calendar)
    standards = read_standards(office)
    kinds = standards.current(calendar.local_day(end - 1))
    chosen = _find_types(source, question, kinds)
    rows = [row for row in rows if row["arrived"] < end and row["type"] in chosen]
    if not rows:
        raise UsageError("nothing had come in by the end of this period, of these teams and types")
    spans = _list_duty(office, calendar)
    tasks = _make_tasks(source, rows, kinds, standards, calendar, end)
    tasks["handling_minutes"] = measure_handled(tasks, spans, calendar)
    desk = DeskFacts() if source.log is not None else read_desk(question, start=start, end=end)
    tasks = add_desk_facts(tasks, desk)
    edges, names = _list_days(start, end, calendar)
    people = office.rows("agents")
    return Record(
        tasks=tasks,
        start=float(start),
        end=float(end),
        day_edges=edges,
        day_names=names,
        agents=pd.DataFrame([(row["id"], row["team"]) for row in people], columns=["agent", "team"]),
        skills=_list_skills(office, calendar, end, _find_members(people, question, chosen, kinds)),
        may_do=_list_may_do(office, calendar, end, {name: kinds[name] for name in chosen}),
        types=pd.DataFrame(
            [_type_row(name, kinds[name]) for name in sorted(chosen)],
            columns=["type", "team", "skill", "min_level", "standard_minutes", "is_estimated"],
        ),
        duty=pd.DataFrame(
            # Where a log shows people is no shift of theirs.
            [(agent, *span) for agent, listed in spans.items() for span in listed if source.log is None],
            columns=["agent", "start", "end"],
        ),
        off_task=list_off_task(desk.presence, end=end),
        separate=pd.DataFrame(
            [(row["id"], other) for row in rows for other in row["separate_from"]], columns=["task", "other"]
        ),
        zone=calendar.zone.key,
        names=source.names,
        limits=tuple(source.limits),
        knows=_find_knowledge(source, tasks, kinds, desk),
    )


def find_arrivals(source: Source) -> "pd.Series[bool] | None":
    """Return of which tasks it is known when they came in, by task; None where it is of all."""
    if source.log is None:
        return None
    known = source.instances["enabled_by"] != EnabledBy.NOTHING.value
    return pd.Series(known.to_numpy(), index=source.instances["id"].to_numpy(dtype=object))


def _find_span(
    source: Source, question: ReportQuestion, rows: Sequence[Row], calendar: OfficeCalendar
) -> tuple[int, int]:
    start, end = find_period(question, calendar.zone)
    moments = [row[name] for row in rows for name in ("arrived", "started", "closed") if row[name] is not None]
    if end is None:
        last = max((moment for moment in moments if moment <= question.now), default=question.now)
        end = midnight(calendar.local_day(last) + timedelta(days=1), calendar)
        end = min(end, question.now) if question.now > last else end
    if start is None:
        first = midnight(calendar.local_day(min(moments)), calendar)
        usual = midnight(calendar.local_day(end - 1) - timedelta(days=USUAL_DAYS - 1), calendar)
        start = first if source.log is not None else max(first, usual)
    if start >= end:
        raise UsageError("the period ends before it starts: nothing had come in by then")
    return start, end


def _find_types(source: Source, question: ReportQuestion, kinds: Mapping[str, Row]) -> set[str]:
    teams = sorted({str(row["team"]) for row in kinds.values()})
    chosen = set(kinds)
    if question.types:
        wanted = _match(question.types, sorted(kinds), source, "--type", "task type")
        chosen = {name for name in chosen if name in wanted}
    if question.teams:
        wanted = _match(question.teams, teams, source, "--team", "team")
        chosen = {name for name in chosen if kinds[name]["team"] in wanted}
    return chosen


def _match(asked: Sequence[str], known: Sequence[str], source: Source, option: str, what: str) -> set[str]:
    found: set[str] = set()
    for text in asked:
        hits = {name for name in known if text in (name, source.name_of(name))}
        if not hits:
            there = ", ".join(repr(source.name_of(name)) for name in known) or "none"
            raise UsageError(f"{option} is {text!r}; there is no such {what}; there are {there}")
        found |= hits
    return found


def _make_tasks(
    source: Source,
    rows: Sequence[Row],
    kinds: Mapping[str, Row],
    standards: Standards,
    calendar: OfficeCalendar,
    end: int,
) -> pd.DataFrame:
    closed = {row["id"]: row["closed"] for row in rows}
    outcomes = _find_outcomes(source, rows, end)
    due = np.array([_number(row["due"]) for row in rows])
    agreed = [
        (n, minutes)
        for n, row in enumerate(rows)
        if row["due"] is None and (minutes := standards.sla_minutes(row["type"], row["arrived"], calendar)) is not None
    ]
    if agreed:
        at = [n for n, _ in agreed]
        due[at] = due_after_open_minutes(calendar, [rows[n]["arrived"] for n in at], [minutes for _, minutes in agreed])
    return pd.DataFrame(
        {
            "task": [row["id"] for row in rows],
            "type": [row["type"] for row in rows],
            "team": [kinds[row["type"]]["team"] for row in rows],
            "case": [row["case"] or None for row in rows],
            "agent": [row["done_by"] for row in rows],
            "arrived": [float(row["arrived"]) for row in rows],
            "enabled": [_enabled(row, closed) for row in rows],
            "started": [_before(row["started"], end) for row in rows],
            "closed": [_before(row["closed"], end) for row in rows],
            "due": due,
            "must_by": [_number(row["must_by"]) for row in rows],
            "outcome": outcomes,
            "weight": [float(kinds[row["type"]]["weight"] if row["weight"] is None else row["weight"]) for row in rows],
            "standard_minutes": [_standard(row, kinds[row["type"]]) for row in rows],
            "is_pended": [row["pended_until"] is not None and row["pended_until"] > end for row in rows],
        }
    )


def _find_outcomes(source: Source, rows: Sequence[Row], end: int) -> list[str]:
    """Return how each task had ended by the end of the period: done by somebody, or closed undone."""
    told: Mapping[str, str] = {}
    if source.log is not None:
        told = dict(zip(source.instances["id"], source.instances["outcome"], strict=True))
    found = []
    for row in rows:
        if row["closed"] is None or row["closed"] >= end:
            found.append(OPEN)
        elif row["id"] in told:
            found.append(COMPLETED if told[row["id"]] == Outcome.DONE.value else CANCELLED)
        else:
            found.append(COMPLETED if row["done_by"] is not None or row["started"] is not None else CANCELLED)
    return found


def _enabled(row: Row, closed: Mapping[str, int | None]) -> float:
    """Return when a task could be begun; never after it was."""
    latest = max(row["arrived"], row["earliest_start"] or row["arrived"])
    for other in row["after"]:
        latest = max(latest, closed.get(other) or latest)
    return float(latest if row["started"] is None else min(latest, max(row["started"], row["arrived"])))


def _standard(row: Row, kind: Row) -> float:
    minutes = kind["handling_minutes"] if row["handling_minutes"] is None else row["handling_minutes"]
    return float(minutes) * float(row["quantity"] if row["handling_minutes"] is None else 1.0)


def measure_handled(
    tasks: pd.DataFrame, spans: Mapping[str, Sequence[tuple[int, int]]], calendar: OfficeCalendar
) -> Any:
    """Return the minutes that each completed task was in hand, NaN where that is not known.

    From start to end, within the agent's shifts where it spans days; time that somebody had several open is shared.
    """
    started, closed = (tasks[name].to_numpy(dtype=np.float64) for name in ("started", "closed"))
    agents = tasks["agent"].to_numpy(dtype=object)
    is_told = ~np.isnan(started) & (closed > started) & (tasks["outcome"] == COMPLETED).to_numpy()
    is_told &= tasks["agent"].notna().to_numpy()
    minutes = np.full(len(tasks), np.nan)
    minutes[is_told] = (closed - started)[is_told] / SECONDS_PER_MINUTE
    at = np.flatnonzero(is_told)
    local = [
        pd.DatetimeIndex(pd.to_datetime(moments[at], unit="s", utc=True)).tz_convert(calendar.zone).date
        for moments in (started, closed)
    ]
    is_long = np.zeros(len(tasks), dtype=bool)
    is_long[at] = local[0] != local[1]
    codes, names = pd.factorize(agents[at])
    for n, agent in enumerate(names):
        own = at[codes == n]
        own = own[is_long[own]]
        if len(own) and spans.get(agent):
            clock = DutyClock([a for a, _ in spans[agent]], [b for _, b in spans[agent]])
            minutes[own] = clock.between(started[own], closed[own]) / SECONDS_PER_MINUTE
    part = share_of_time(codes.astype(np.int64), started[at].astype(np.int64), closed[at].astype(np.int64))
    minutes[at] *= np.where(part > 0, part, 1.0)
    return minutes


def _list_duty(office: Office, calendar: OfficeCalendar) -> dict[str, list[tuple[int, int]]]:
    """Return the time on shift of each agent, less breaks: disjoint stretches in order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for agent, shifts in read_duty(office, calendar).shifts.items():
        until = 0
        for _, shift in shifts:
            at = max(shift.start, until)
            for pause in sorted(shift.breaks, key=lambda pause: pause.start):
                if pause.start > at:
                    found[agent].append((at, pause.start))
                at = max(at, pause.end)
            if at < shift.end:
                found[agent].append((at, shift.end))
            until = max(until, shift.end)
    return found


def _list_days(start: int, end: int, calendar: OfficeCalendar) -> tuple[tuple[float, ...], tuple[str, ...]]:
    first, last = calendar.local_day(start), calendar.local_day(end - 1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    edges = [float(midnight(day, calendar)) for day in (*days, last + timedelta(days=1))]
    return tuple(edges), tuple(day.isoformat() for day in days)


def _find_members(
    people: Sequence[Row], question: ReportQuestion, chosen: Collection[str], kinds: Mapping[str, Row]
) -> frozenset[str]:
    """Return whose skills are reported on: everybody's, or of teams that are asked for those of their people."""
    teams = {kinds[name]["team"] for name in chosen}
    return frozenset(row["id"] for row in people if not question.teams or row["team"] in teams)


def _list_skills(office: Office, calendar: OfficeCalendar, end: int, members: Collection[str]) -> pd.DataFrame:
    held = skills_on(office, calendar.local_day(end - 1))
    rows = [
        (agent, name, skill.level)
        for agent, skills in held.items()
        if agent in members
        for name, skill in skills.items()
    ]
    return pd.DataFrame(rows, columns=["agent", "skill", "level"])


def _list_may_do(office: Office, calendar: OfficeCalendar, end: int, kinds: Mapping[str, Row]) -> pd.DataFrame:
    return pd.DataFrame(_may_do(office, calendar, end, kinds), columns=["agent", "type", "speed"])


def _may_do(
    office: Office, calendar: OfficeCalendar, end: int, kinds: Mapping[str, Row]
) -> Iterator[tuple[str, str, float]]:
    held = skills_on(office, calendar.local_day(end - 1))
    for row in office.rows("agents"):
        skills, teams = held.get(row["id"], {}), {row["team"], *row["swing_teams"]}
        for name, kind in kinds.items():
            if kind["team"] in teams and may(skills, kind):
                yield row["id"], name, skills[kind["skill"]].speed


def _type_row(name: str, kind: Row) -> tuple[Any, ...]:
    minutes = float(kind["handling_minutes"])
    return name, kind["team"], kind["skill"], kind["min_level"], minutes, bool(kind["is_estimated"])


def _find_knowledge(source: Source, tasks: pd.DataFrame, kinds: Mapping[str, Row], desk: DeskFacts) -> frozenset[str]:
    is_log = source.log is not None
    has_dues = source.log is None or bool(source.instances["due"].notna().any())
    promised = has_dues and not all(row["is_sla_estimated"] for row in kinds.values())
    has_starts = source.log.has_starts if source.log is not None else bool(tasks["started"].notna().any())
    known = {
        DUTY: not is_log and bool(len(source.office.rows("shifts"))) if source.office is not None else False,
        DUES: promised or (has_dues and bool(tasks["due"].notna().any()) and not is_log),
        HANDLING: has_starts,
        PAPER_SKILLS: not is_log,
        RETURNS: desk.is_used,
        CHECKS: desk.is_used,
        SIGN_INS: bool(desk.presence),
        PENDS: not is_log,
    }
    return frozenset(name for name, is_known in known.items() if is_known)


def _number(value: int | None) -> float:
    return np.nan if value is None else float(value)


def _before(value: int | None, end: int) -> float:
    return np.nan if value is None or value >= end else float(value)
