"""Who is on duty in a plan's time: rosters, less absences, as a problem's agents."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from models.calendar import OfficeCalendar
from models.formats.offices.office import Office
from models.formats.problem import Agent, Break, Shift, Skill
from models.roster import break_bounds, shift_bounds

CLEARANCE = "client:"
"""A clearance for a client is a skill of this prefix, at level 1."""

ELSEWHERE = "elsewhere"
"""The kind of a break in which an agent does what a plan of other teams says."""

Stretch = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Duty:
    """The rosters of an office as instants.

    Attributes
    ----------
    shifts
        By agent, shifts less absences, each with the office's day on which it starts; in order.
    """

    shifts: Mapping[str, Sequence[tuple[date, Shift]]]

    def within(self, agent: str, *, at: int, first: date, last: date) -> tuple[Shift, ...]:
        """Return an agent's shifts that end after `at`: running then, or starting from day `first` to `last`."""
        return tuple(
            shift
            for day, shift in self.shifts.get(agent, ())
            if shift.end > at and day <= last and (day >= first or shift.start <= at)
        )

    def next_start(self, agents: Collection[str], *, after: int) -> int | None:
        """Return when the next shift of some agents starts."""
        starts = (shift.start for agent in agents for _, shift in self.shifts.get(agent, ()) if shift.start > after)
        return min(starts, default=None)

    def worked_seconds(self, agent: str, start: int, end: int) -> int:
        """Return the seconds of `[start, end)` in which an agent was on duty and not on a break."""
        total = 0
        for _, shift in self.shifts.get(agent, ()):
            total += _overlap(start, end, shift.start, shift.end)
            total -= sum(_overlap(start, end, pause.start, pause.end) for pause in shift.breaks)
        return total


def read_duty(office: Office, calendar: OfficeCalendar) -> Duty:
    """Return the rosters of an office as instants, less its absences."""
    absences: dict[str, list[Stretch]] = defaultdict(list)
    for row in office.rows("absences"):
        absences[row["agent"]].append((row["start"], row["end"]))
    shifts: dict[str, list[tuple[date, Shift]]] = defaultdict(list)
    zone = calendar.zone
    for row in office.rows("shifts"):
        start, end = shift_bounds(row["date"], row["start"], row["end"], zone)
        breaks = []
        for begins, ends, kind, _ in row["breaks"]:
            pause = break_bounds(row["date"], row["start"], begins, ends, zone)
            if pause[0] < pause[1]:  # a clock change may swallow a break at night
                breaks.append(Break(start=pause[0], end=pause[1], kind=str(kind)))
        for piece in _without((start, end), absences.get(row["agent"], ())):
            shifts[row["agent"]].append((row["date"], _cut(piece, breaks)))
    return Duty(shifts={agent: sorted(listed, key=lambda item: item[1].start) for agent, listed in shifts.items()})


def valid_agents(office: Office, day: date) -> list[dict[str, Any]]:
    """Return the rows of the agents who are there on a day."""
    return [row for row in office.rows("agents") if is_valid(row, day)]


def skills_on(office: Office, day: date) -> dict[str, dict[str, Skill]]:
    """Return what agents can do on a day, by agent and skill; of two rows that hold, the one that begins later."""
    found: dict[str, dict[str, Skill]] = defaultdict(dict)
    rows = [row for row in office.rows("agent_skills") if is_valid(row, day)]
    for row in sorted(rows, key=lambda row: row["valid_from"] or date.min):
        found[row["agent"]][row["skill"]] = Skill(level=row["level"], speed=row["speed"])
    return found


def is_valid(row: Mapping[str, Any], day: date) -> bool:
    """Return whether a row with days of validity holds on a day."""
    return (row["valid_from"] is None or row["valid_from"] <= day) and (
        row["valid_to"] is None or day <= row["valid_to"]
    )


def make_agent(row: Mapping[str, Any], skills: Mapping[str, Skill], shifts: Sequence[Shift]) -> Agent:
    """Return the agent of a row; clearances become skills."""
    cleared = {CLEARANCE + client: Skill(level=1) for client in row["clients"]}
    return Agent(
        id=row["id"],
        name=row["name"] or "",
        team=row["team"],
        swing_teams=tuple(row["swing_teams"]),
        skills={**skills, **cleared},
        shifts=tuple(shifts),
        max_moves=row["max_moves"],
        min_stay_minutes=row["min_stay_minutes"],
    )


def following(day: date, days: int) -> date:
    """Return the last day of a horizon of so many days that begins on `day`."""
    return day + timedelta(days=days - 1)


def _without(stretch: Stretch, holes: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of a stretch."""
    pieces, begin = [], stretch[0]
    for start, end in sorted(holes):
        if end <= begin or start >= stretch[1]:
            continue
        if start > begin:
            pieces.append((begin, start))
        begin = max(begin, end)
    if begin < stretch[1]:
        pieces.append((begin, stretch[1]))
    return pieces


def _cut(piece: Stretch, breaks: Iterable[Break]) -> Shift:
    start, end = piece
    return Shift(
        start=start,
        end=end,
        breaks=tuple(
            Break(start=max(pause.start, start), end=min(pause.end, end), kind=pause.kind)
            for pause in sorted(breaks, key=lambda pause: pause.start)
            if pause.start < end and pause.end > start
        ),
    )


def _overlap(start: int, end: int, other_start: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(start, other_start))


def set_aside(agent: Agent, stretches: Iterable[Stretch]) -> Agent:
    """Return an agent with breaks where something else is to be done; a shift of nothing else is none."""
    shifts = []
    for shift in agent.shifts:
        pauses = sorted((pause.start, pause.end) for pause in shift.breaks)
        more: list[Break] = []
        inside = ((max(begin, shift.start), min(end, shift.end)) for begin, end in stretches)
        for begin, end in _merged(inside):
            start = begin
            for paused_from, paused_until in pauses:
                if start < min(paused_from, end):
                    more.append(Break(start=start, end=min(paused_from, end), kind=ELSEWHERE))
                start = max(start, paused_until)
            if start < end:
                more.append(Break(start=start, end=end, kind=ELSEWHERE))
        breaks = tuple(sorted((*shift.breaks, *more), key=lambda pause: pause.start))
        if sum(pause.end - pause.start for pause in breaks) < shift.end - shift.start:
            shifts.append(replace(shift, breaks=breaks))
    return replace(agent, shifts=tuple(shifts))


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    made: list[Stretch] = []
    for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made
