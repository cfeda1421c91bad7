"""What happened on the demo office's earlier days: who did which task when, in the way people choose by themselves."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from models.calendar import OfficeCalendar
from models.time import SECONDS_PER_MINUTE, from_wall_clock
from simulations.demo_office.kinds import KIND
from simulations.demo_office.organisation import CLEARED
from simulations.demo_office.people import Person, may_do

CHOOSING_MINUTES = 1.5
HANDLING_CV = 0.35
RELISH = 3.0 * 3600
"""Spread, in seconds, of the order in which people take tasks around first-in-first-out: they pick what they like."""

_HINDRANCES = ("after", "also_requires", "pended_until", "earliest_start")

Row = dict[str, Any]


class WorkingDay:
    """One day's working time of the agents on duty, filled task by task."""

    def __init__(
        self,
        people: Sequence[Person],
        shifts: Sequence[Row],
        absences: Sequence[Row],
        calendar: OfficeCalendar,
        day: date,
    ) -> None:
        self._intervals = _working_intervals(shifts, absences, calendar, day)
        self._free = {agent: intervals[0][0] for agent, intervals in self._intervals.items()}
        self._people = [person for person in people if person.id in self._intervals]
        self._able: dict[tuple[str, str, int], list[Person]] = {}

    @property
    def on_duty(self) -> dict[str, int]:
        """Start of duty by agent."""
        return dict(self._free)

    def do(self, generator: np.random.Generator, row: Row, *, not_before: int, barred: set[str]) -> bool:
        """Have the agent who is free first do a task, if it still fits in the day; fill in who and when."""
        kind = KIND[row["type"]]
        level = row.get("min_level", kind.min_level)
        minutes = row.get("handling_minutes", kind.minutes) * row["quantity"]
        drawn = minutes * generator.lognormal(-0.5 * HANDLING_CV**2, HANDLING_CV)
        gap = generator.exponential(CHOOSING_MINUTES)
        key = (kind.team, kind.skill, level)
        if key not in self._able:
            self._able[key] = [p for p in self._people if may_do(p, *key)]
        wanted = row.get("also_requires", {})
        free = sorted(
            (self._free[person.id], position)
            for position, person in enumerate(self._able[key])
            if person.id not in barred
            and all(person.skills.get(s, (0, 1.0))[0] >= least for s, least in wanted.items())
        )
        for free_from, position in free:
            person = self._able[key][position]
            duration = max(1, round(drawn / person.skills[kind.skill][1] * SECONDS_PER_MINUTE))
            begin = max(free_from + round(gap * SECONDS_PER_MINUTE), not_before)
            placed = _place(self._intervals[person.id], begin, duration)
            if placed is not None:
                row["started"], row["closed"] = placed
                row["done_by"] = person.id
                self._free[person.id] = placed[1]
                return True
        return False


def do_the_day(generator: np.random.Generator, rows: Sequence[Row], working_day: WorkingDay) -> list[Row]:
    """Fill in `started`, `closed` and `done_by` of a day's tasks; return those for which the day was too short."""
    order = np.argsort([row["arrived"] for row in rows] + generator.normal(0, RELISH, len(rows)), kind="stable")
    by_id = {row["id"]: row for row in rows}
    waiting = [rows[position] for position in order]
    left: list[Row] = []
    while waiting:
        blocked: list[Row] = []
        num_settled = 0
        for row in waiting:
            before = [by_id[other] for other in row.get("after", ()) if other in by_id]
            if any("closed" not in other for other in before):
                blocked.append(row)
                continue
            num_settled += 1
            not_before = max([row.get("earliest_start", row["arrived"]), *(other["closed"] for other in before)])
            barred = set(row.get("excluded_agents", ())) | {
                by_id[other]["done_by"] for other in row.get("separate_from", ()) if "done_by" in by_id.get(other, {})
            }
            if not working_day.do(generator, row, not_before=not_before, barred=barred):
                left.append(row)
        if not num_settled:
            break
        waiting = blocked
    return left + waiting


def begin_the_morning(
    generator: np.random.Generator, rows: Sequence[Row], people: Sequence[Person], duty: dict[str, int], opening: int
) -> None:
    """Mark, for each agent who came in before the opening, the task that is open on the screen at the opening."""
    waiting: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda item: item["arrived"]):
        # Only what anybody could just open: no earlier step, language, clearance or hour stands in the way.
        if row["client"] not in CLEARED and not any(row.get(name) for name in _HINDRANCES):
            waiting.setdefault(KIND[row["type"]].team, []).append(row)
    for person in people:
        if duty.get(person.id, opening) >= opening:
            continue
        for row in waiting.get(person.team, []):
            kind = KIND[row["type"]]
            if (
                "started" not in row
                and may_do(person, kind.team, kind.skill, row.get("min_level", kind.min_level))
                and person.id not in row.get("excluded_agents", ())
                and row.get("pinned_agent", person.id) == person.id
            ):
                row["started"] = opening - int(generator.integers(1, 9)) * SECONDS_PER_MINUTE
                row["done_by"] = person.id
                break


def _working_intervals(
    shifts: Sequence[Row], absences: Sequence[Row], calendar: OfficeCalendar, day: date
) -> dict[str, list[tuple[int, int]]]:
    """Return each agent's working time on a day, ascending: the shift less its blocks and absences."""
    away: dict[str, list[tuple[int, int]]] = {}
    for absence in absences:
        away.setdefault(absence["agent"], []).append((absence["start"], absence["end"]))
    found: dict[str, list[tuple[int, int]]] = {}
    for shift in shifts:
        if shift["date"] != day:
            continue
        cuts = [(_at(day, start, calendar), _at(day, end, calendar)) for start, end, _, _ in shift["breaks"]]
        at, end = _at(day, shift["start"], calendar), _at(day, shift["end"], calendar)
        pieces: list[tuple[int, int]] = []
        for cut_start, cut_end in sorted(cuts + away.get(shift["agent"], [])):
            if cut_start > at:
                pieces.append((at, min(cut_start, end)))
            at = max(at, cut_end)
        if at < end:
            pieces.append((at, end))
        if pieces := [(start, stop) for start, stop in pieces if start < stop]:
            found[shift["agent"]] = pieces
    return found


def _at(day: date, clock: time, calendar: OfficeCalendar) -> int:
    return from_wall_clock(day, clock, calendar.zone)


def _place(intervals: Sequence[tuple[int, int]], begin: int, duration: int) -> tuple[int, int] | None:
    """Return start and end of so much work from `begin` on, paused outside the intervals; None if it does not fit."""
    start: int | None = None
    left = duration
    for opens, closes in intervals:
        at = max(opens, begin)
        if at >= closes:
            continue
        start = at if start is None else start
        if left <= closes - at:
            return start, at + left
        left -= closes - at
    return None


def working_days(calendar: OfficeCalendar, day: date, count: int, *, step: int) -> list[date]:
    """Return the next `count` open days after `day`, or before it where `step` is -1; nearest first."""
    found: list[date] = []
    while len(found) < count:
        day += timedelta(days=step)
        if calendar.is_open_on(day):
            found.append(day)
    return found
