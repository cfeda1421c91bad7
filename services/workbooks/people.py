"""From the list of people to agents: their team, what they can do, when they work, where they may be lent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from models.errors import Fault
from models.formats.offices.cell_times import parse_clock
from models.vocabulary import BlockKind
from services.workbooks.lists import SheetRows
from services.workbooks.sheets import find_name, hint_name, list_names, plain

EVERYTHING = frozenset({"all", "everything", "any"})
LUNCH_MINUTES = 30
Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class PeopleReader:
    """Reads people, noting on their sheet what is wrong.

    Attributes
    ----------
    teams
        As they are written.
    types
        Rows of task types.
    day
        On which they work.
    """

    sheet: SheetRows
    teams: Sequence[str]
    types: Sequence[Mapping[str, Any]]
    day: date

    def read(self) -> tuple[Rows, Rows, Rows]:
        """Return the rows of agents, of their skills and of their shifts."""
        sheet = self.sheet
        agents: Rows = []
        skills: Rows = []
        shifts: Rows = []
        seen: dict[str, int] = {}
        num_away = 0
        for at, name in enumerate(sheet.columns["name"]):
            if name is None:
                continue
            first = seen.setdefault(name, at)
            if first != at:
                sheet.fault(at, "name", f"one row for each person; row {sheet.numbers[first]} has the same name", name)
                continue
            team = home_team(sheet, at, self.teams)
            lent = tuple(dict.fromkeys(other for other in self._lend_to(at) if other != team))
            agents.append({"id": name, "name": name, "team": team, "swing_teams": lent})
            teams = {team, *lent}
            held = self._held_skills(at, teams)
            speed = sheet.columns["speed"][at]
            skills += [{"agent": name, "skill": skill, "level": 5, "speed": speed} for skill in held]
            self._note_unreachable(at, name, held, teams)
            shift = self._shift(at, name)
            if shift is None:
                num_away += 1
            else:
                shifts.append(shift)
        if num_away:
            sheet.notes.append(f"{sheet.file}: {num_away} without start and end: away")
        if not agents:
            sheet.faults.append(Fault(file=sheet.file, expected="holds nobody below its header"))
        elif not shifts and not sheet.faults:
            sheet.faults.append(Fault(file=sheet.file, field="start", expected="a start and an end for at least one"))
        return agents, skills, shifts

    def _lend_to(self, at: int) -> Iterable[str]:
        for name in self.sheet.columns["lend to"][at]:
            team = find_name(name, self.teams)
            if team is None and plain(name) in EVERYTHING:
                yield from self.teams
            elif team is None:
                self.sheet.fault(at, "lend to", f"a team: {list_names(self.teams)}{hint_name(name, self.teams)}", name)
            else:
                yield team

    def _held_skills(self, at: int, teams: set[str | None]) -> list[str]:
        """Return the skills that a person's `can do` names: skills, types, or teams for all of their types."""
        named = self.sheet.columns["can do"][at]
        if not named:
            return list(dict.fromkeys(row["skill"] for row in self.types if row["team"] in teams))
        held: dict[str, None] = {}
        skill_of = {row["id"]: row["skill"] for row in self.types}
        known = list(dict.fromkeys([*skill_of, *skill_of.values(), *self.teams]))
        for name in named:
            kind = find_name(name, skill_of)
            skill = find_name(name, skill_of.values())
            team = find_name(name, self.teams)
            if kind is not None:
                held[skill_of[kind]] = None
            elif skill is not None:
                held[skill] = None
            elif team is not None or plain(name) in EVERYTHING:
                held.update({row["skill"]: None for row in self.types if team is None or row["team"] == team})
            else:
                expected = f"a type, a skill or a team: {list_names(known)}{hint_name(name, known)}"
                self.sheet.fault(at, "can do", expected, name)
        return list(held)

    def _note_unreachable(
        self,
        at: int,
        name: str,
        held: Sequence[str],
        teams: set[str | None],
    ) -> None:
        if not self.sheet.columns["can do"][at]:
            return
        beyond = sorted({row["team"] for row in self.types if row["skill"] in held and row["team"] is not None} - teams)
        if beyond:
            self.sheet.notes.append(
                f"{self.sheet.file}: {name} can do work of {list_names(beyond)} but stays at home: "
                "add the team to `lend to` to change that"
            )

    def _shift(self, at: int, name: str) -> dict[str, Any] | None:
        columns = self.sheet.columns
        start, end, lunch = columns["start"][at], columns["end"][at], columns["lunch"][at]
        if start is None and end is None:
            return None
        if start is None or end is None:
            self.sheet.fault(at, "end" if end is None else "start", "a time of day such as 16:30, beside the other")
            return None
        breaks: tuple[tuple[time, time, str, bool], ...] = ()
        if lunch is not None and plain(lunch) not in {"no", "none"}:
            stretches = [_lunch(part) for part in str(lunch).replace(",", ";").split(";") if part.strip()]
            if any(stretch is None for stretch in stretches):
                self.sheet.fault(at, "lunch", "a time such as 12:00, or from when to when such as 12:00-12:30", lunch)
            elif not all(_is_within(stretch, start, end) for stretch in stretches if stretch is not None):
                self.sheet.fault(at, "lunch", f"a break between {start:%H:%M} and {end:%H:%M}", lunch)
            breaks = tuple((*stretch, BlockKind.LUNCH.value, False) for stretch in stretches if stretch is not None)
            if _overlap(breaks):
                self.sheet.fault(at, "lunch", "breaks that do not overlap", lunch)
        return {"agent": name, "date": self.day, "start": start, "end": end, "breaks": breaks}


def _lunch(text: str) -> tuple[time, time] | None:
    """Return a lunch from when to when; half an hour where only its start is said. None where it is neither."""
    first, _, last = text.replace("\u2013", "-").replace(" to ", "-").partition("-")
    try:
        start = parse_clock(first.strip())
        if last.strip():
            return start, parse_clock(last.strip())
    except ValueError:
        return None
    end = datetime.combine(date(2000, 1, 1), start) + timedelta(minutes=LUNCH_MINUTES)
    return start, end.time()


def _is_within(stretch: tuple[time, time], start: time, end: time) -> bool:
    """Return whether a break lies in a shift; both may pass midnight."""
    begin, last, until = (_minute(clock) - _minute(start) for clock in (*stretch, end))
    until = until if until > 0 else until + 24 * 60
    begin %= 24 * 60
    last %= 24 * 60
    return begin < last <= until


def _overlap(breaks: Sequence[tuple[time, time, str, bool]]) -> bool:
    ordered = sorted(breaks)
    return any(one[1] > other[0] for one, other in pairwise(ordered))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def home_team(sheet: SheetRows, at: int, teams: Sequence[str]) -> str | None:
    """Return the team of a row as it is written elsewhere; the only one where the cell is empty."""
    name = sheet.columns["team"][at]
    if name is not None:
        return find_name(name, teams)
    if len(teams) == 1:
        return teams[0]
    sheet.fault(at, "team", f"a team; there are several: {list_names(teams)}")
    return None
