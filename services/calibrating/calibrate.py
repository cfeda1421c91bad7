"""The use case of `swingdesk scenario from-office`: the scenario that an office's history tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.calendar import WEEKDAYS
from models.database import Database
from models.errors import UsageError
from models.formats.scenarios.reading import Question, parse_scenario
from models.repositories.known import read_office_calendar
from models.repositories.offices import read_office
from models.repositories.task_counts import find_last_event
from models.time import format_instant, to_datetime
from services.calibrating.behaviour import Behaviour, find_behaviour
from services.calibrating.demand import Demand, find_demand
from services.calibrating.history import (
    ROSTER_DAYS_AFTER,
    History,
    days_before,
    find_until,
    midnight,
    parse_day,
    read_history,
)
from services.calibrating.people import Groups, find_groups
from services.calibrating.work import OFFICE_CALENDAR, Work, measure_work
from services.settings import Settings

REPLICATIONS = 30
STAGES = (
    "reading the office",
    "ordering what happened",
    "measuring how long work takes",
    "counting what comes in",
    "looking at who is there",
    "looking at how people work",
)
OnStage = Callable[[str, int, int], None]
"""Hears what is begun, how many stages are done, and of how many; may end it by raising."""
HOLIDAYS_AHEAD_DAYS = 400
"""So that the scenario may be moved to days to come."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """A scenario that an office's history tells.

    Attributes
    ----------
    document
        The scenario in its public form.
    remarks
        What is to be said of its parts, by place.
    notes
        What the history does not tell, and what was assumed.
    """

    history: History
    document: dict[str, Any]
    remarks: Mapping[tuple[str | int, ...], str]
    work: Work
    demand: Demand
    groups: Groups
    behaviour: Behaviour
    notes: tuple[str, ...]

    def ask(self) -> Question:
        """Return the scenario as a question to the simulator."""
        return parse_scenario(self.document, file="the scenario made")


def calibrate(
    database: Database,
    settings: Settings,
    *,
    days: int,
    now: int,
    until: str | None = None,
    teams: Sequence[str] | None = None,
    on_stage: OnStage | None = None,
) -> Calibration:
    """Return the scenario of so many days of an office's history.

    Parameters
    ----------
    now
        The present.
    until
        The day before which the history ends; the last whole day on which something was closed where None.
    teams
        Tasks of these teams alone, with everybody who may do them.
    on_stage
        Hears each of `STAGES` as it is begun.

    Raises
    ------
    UsageError
        If there is nothing to tell a scenario from.
    """
    tell = _teller(on_stage)
    tell(0)
    with database.reading() as session:
        calendar = read_office_calendar(session, timezone=settings.timezone)
        closed, arrived = find_last_event(session.connection(), now=now)
        if until is not None:
            end = midnight(parse_day(until), calendar)
        elif closed is not None or arrived is not None:
            last = closed if closed is not None else arrived
            end = find_until(int(last or 0), now, calendar, is_closing=closed is not None)
        else:
            raise UsageError("no task has come in yet; take in tasks first")
        start = days_before(end, days, calendar)
        # As many days before, so that cases are known that began earlier; what is read begins where they end.
        reach = days_before(start, days, calendar)
        office = read_office(session, at=reach, arrived_by=end, days=2 * days + 1 + ROSTER_DAYS_AFTER)
    tell(1)
    history = read_history(office, start=start, until=end, days=days, teams=teams)
    return calibrate_history(history, replications=REPLICATIONS, on_stage=on_stage)


def calibrate_history(history: History, *, replications: int, on_stage: OnStage | None = None) -> Calibration:
    """Return the scenario of a history.

    Raises
    ------
    UsageError
        If nothing came in, or nobody was on a roster.
    """
    if not (history.within("enabled").any() or history.within("arrived").any()):
        first, last = history.dates[0], history.dates[-1]
        raise UsageError(f"nothing came in from {first} to {last}; choose other days by --until and --days")
    tell = _teller(on_stage)
    tell(2)
    work = measure_work(history)
    slas = {record["id"]: record["sla"] for record in work.records if "sla" in record}
    tell(3)
    demand = find_demand(history, slas)
    tell(4)
    groups = find_groups(history)
    tell(5)
    behaviour = find_behaviour(history, work)
    used = {record["team"] for record in work.records} | {
        team for record in groups.records for team in (record["team"], *record.get("swing_teams", ()))
    }
    names = {row["id"]: row["name"] for row in history.office.rows("teams")}
    document: dict[str, Any] = {
        "format": "swingdesk/scenario",
        "version": 1,
        "name": _name(history),
        "start": format_instant(history.start, history.calendar.zone),
        "timezone": history.calendar.zone.key,
        "days": history.days,
        "replications": replications,
        "seed": 1,
        "calendars": [_calendar(history)],
        "teams": [
            {"id": team, **({"name": names[team]} if names.get(team) not in ("", None, team) else {})}
            for team in sorted(used)
        ],
        "task_types": work.records,
        "processes": demand.processes,
        "arrivals": demand.arrivals,
        "initial_backlog": demand.backlog,
        "agents": groups.records,
        "setup": behaviour.setup,
        "policy": behaviour.policy,
    }
    notes = (*work.notes, *demand.notes, *groups.notes, *behaviour.notes, *_own_demands(history))
    remarks: dict[tuple[str | int, ...], str] = {(): _preface(history, notes)}
    for section, said in (
        ("task_types", work.remarks),
        ("processes", demand.process_remarks),
        ("arrivals", demand.arrival_remarks),
        ("agents", groups.remarks),
    ):
        remarks |= {(section, n): text for n, text in enumerate(said)}
    remarks |= {("policy", name): text for name, text in behaviour.remarks.items() if name != "setup"}
    if "setup" in behaviour.remarks:
        remarks["setup",] = behaviour.remarks["setup"]
    return Calibration(
        history=history,
        document={key: value for key, value in document.items() if value != []},
        remarks=remarks,
        work=work,
        demand=demand,
        groups=groups,
        behaviour=behaviour,
        notes=notes,
    )


def add_warnings(calibration: Calibration, warnings: Sequence[str]) -> dict[tuple[str | int, ...], str]:
    """Return the remarks of a calibration with warnings on top."""
    top = "\n".join([*(f"WARNING: {warning}." for warning in warnings), calibration.remarks[()]])
    return {**calibration.remarks, (): top}


def report_document(calibration: Calibration) -> dict[str, Any]:
    """Return what was found, and how well it fits, as one JSON object."""
    history, behaviour = calibration.history, calibration.behaviour
    gaps, choosing, habits = behaviour.gaps, behaviour.choosing, behaviour.habits
    return {
        "from": history.dates[0].isoformat(),
        "to": history.dates[-1].isoformat(),
        "days": history.days,
        "handling": {
            name: {
                "distribution": fit.distribution,
                "mean_minutes": fit.mean,
                "cv": fit.cv,
                "measured": fit.num,
                "instants": fit.num_instants,
                "best_family": fit.best,
                "anderson_darling": fit.statistic,
                "p_value": fit.p_value,
                "distance": fit.distance,
            }
            for name, fit in calibration.work.fits.items()
        },
        "runaways_left_out": calibration.work.num_runaway,
        "choosing": None
        if gaps is None or choosing is None
        else {
            "distribution": choosing.distribution,
            "mean_minutes": choosing.mean,
            "cv": choosing.cv,
            "measured": choosing.num,
            "share_of_duty": behaviour.gap_share,
            "p_value": choosing.p_value,
        },
        "unexplained": {"times": behaviour.num_unexplained, "share_of_duty": behaviour.unexplained_share},
        "habits": None
        if habits is None
        else {
            "choices": habits.num,
            "first_taken_by_rule": dict(habits.shares),
            "by_lot": habits.chance_share,
            "prefers": habits.prefers,
            "picked_share": habits.picked_share,
        },
        "done_outside_home_team": behaviour.lent_share,
        "notes": list(calibration.notes),
    }


def _teller(on_stage: OnStage | None) -> Callable[[int], None]:
    return lambda n: None if on_stage is None else on_stage(STAGES[n], n, len(STAGES))


def _name(history: History) -> str:
    rows = history.office.rows("office")
    office = rows[0]["name"] if rows else "office"
    return f"{office}, {history.dates[0]} to {history.dates[-1]}"


def _preface(history: History, notes: Sequence[str]) -> str:
    num = int(history.within("closed").sum())
    lines = [
        f"Read off what happened from {history.dates[0]} to {history.dates[-1]}: {num:,} tasks closed.",
        "Of each handling: how many were measured, Anderson-Darling's A2 with its p-value by parametric bootstrap, and",
        "the largest distance between what was observed and the family.",
        *(f"- {note}." for note in notes),
    ]
    return "\n".join(lines)


def _calendar(history: History) -> dict[str, Any]:
    week: dict[str, list[list[str]]] = {}
    for weekday, stretches in sorted(history.calendar.hours.items()):
        for opens, closes in stretches:
            begin, end = opens.strftime("%H:%M"), closes.strftime("%H:%M")
            if closes > opens:
                week.setdefault(WEEKDAYS[weekday], []).append([begin, end])
                continue
            week.setdefault(WEEKDAYS[weekday], []).append([begin, "24:00"])
            if end != "00:00":
                week.setdefault(WEEKDAYS[(weekday + 1) % 7], []).insert(0, ["00:00", end])
    last = to_datetime(history.start, history.calendar.zone).date().toordinal() + HOLIDAYS_AHEAD_DAYS
    closed = [
        day.isoformat()
        for day in map(type(history.first_day).fromordinal, range(history.first_day.toordinal(), last))
        if history.calendar.hours.get(day.weekday()) and not history.calendar.is_open_on(day)
    ]
    made: dict[str, Any] = {"id": OFFICE_CALENDAR, "week": week}
    if closed:
        made["holidays"] = closed
    return made


def _own_demands(history: History) -> list[str]:
    """Return what tasks wanted beside their type, which a scenario has no word for."""
    names = set(history.tasks["id"])
    rows = [row for row in history.office.rows("tasks") if row["id"] in names]
    more = sum(bool(row["also_requires"] or row["min_level"] or row["pinned_agent"]) for row in rows)
    said = []
    if more:
        said.append(
            f"{more:,} of {len(rows):,} tasks wanted a skill, a level or a person of their own; types here do not"
        )
    guarded = {row["id"] for row in history.office.rows("clients") if row["needs_clearance"]}
    if any(row["client"] in guarded for row in rows):
        said.append("clearances for clients are left out: everybody may work for each")
    said.append("how long customers wait before they give up is not known: nobody abandons")
    return said
