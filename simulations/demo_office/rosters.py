"""The demo office's rosters: early, full, part-time and late shifts with their breaks and blocks, and absences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from models.time import from_wall_clock
from models.vocabulary import BlockKind
from simulations.demo_office.organisation import TEAMS
from simulations.demo_office.people import Person

Block = tuple[time, time, str, bool]

ILL_SHARE, HOLIDAY_SHARE, LEAVES_EARLY_SHARE = 0.035, 0.03, 0.012
TRAINING_SHARE = 0.06
PHONE_DUTY_SHARE = 0.35
_PHONE_TEAMS = frozenset(team.id for team in TEAMS if team.phone_duty)
_PAID = {BlockKind.LUNCH: False}


@dataclass(frozen=True, kw_only=True)
class ShiftPattern:
    """A shift that people work: minutes of the day, and the windows in which its breaks fall."""

    name: str
    share: float
    start: int
    end: int
    lunch: tuple[int, int] | None
    pause: tuple[int, int]


PATTERNS: tuple[ShiftPattern, ...] = (
    ShiftPattern(name="full", share=0.5, start=480, end=990, lunch=(735, 810), pause=(600, 645)),
    ShiftPattern(name="early", share=0.16, start=420, end=915, lunch=(705, 750), pause=(570, 600)),
    ShiftPattern(name="late", share=0.16, start=600, end=1110, lunch=(810, 870), pause=(960, 1005)),
    ShiftPattern(name="mornings", share=0.12, start=480, end=780, lunch=None, pause=(600, 660)),
    ShiftPattern(name="afternoons", share=0.06, start=780, end=1080, lunch=None, pause=(900, 945)),
)


def draw_rosters(
    generator: np.random.Generator, people: Sequence[Person], days: Sequence[date]
) -> list[dict[str, Any]]:
    """Return the rows of `shifts`: each person keeps one pattern, its blocks differ from day to day."""
    shares = np.array([pattern.share for pattern in PATTERNS])
    patterns = generator.choice(len(PATTERNS), size=len(people), p=shares / shares.sum())
    rows: list[dict[str, Any]] = []
    for day in days:
        meeting_of = {team.id: int(generator.choice((540, 555, 570, 690, 870))) for team in TEAMS}
        for person, position in zip(people, patterns, strict=True):
            pattern = PATTERNS[position]
            blocks = _draw_blocks(generator, person, pattern, meeting_of[person.team])
            rows.append(
                {
                    "agent": person.id,
                    "date": day,
                    "start": _clock(pattern.start),
                    "end": _clock(pattern.end),
                    "breaks": blocks,
                }
            )
    return rows


def draw_absences(
    generator: np.random.Generator, people: Sequence[Person], days: Sequence[date], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Return the rows of `absences`: illness of one to three days, holidays of a week, an early leave now and then."""
    rows: list[dict[str, Any]] = []
    for person in people:
        away_until = date.min
        for day in days:
            draw = generator.random()
            if day <= away_until:
                continue
            if draw < ILL_SHARE:
                away_until = day + timedelta(days=int(generator.integers(0, 3)))
                rows.append(_absence(person, day, away_until, "ill", zone))
            elif draw < ILL_SHARE + HOLIDAY_SHARE:
                away_until = day + timedelta(days=6)
                rows.append(_absence(person, day, away_until, "holiday", zone))
            elif draw < ILL_SHARE + HOLIDAY_SHARE + LEAVES_EARLY_SHARE:
                leaves = from_wall_clock(day, time(14, 30), zone)
                rows.append(
                    {
                        "agent": person.id,
                        "start": leaves,
                        "end": from_wall_clock(day + timedelta(days=1), time(0), zone),
                        "reason": "appointment",
                    }
                )
    return rows


def _absence(person: Person, first: date, last: date, reason: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "agent": person.id,
        "start": from_wall_clock(first, time(0), zone),
        "end": from_wall_clock(last + timedelta(days=1), time(0), zone),
        "reason": reason,
    }


def _draw_blocks(
    generator: np.random.Generator, person: Person, pattern: ShiftPattern, meeting: int
) -> tuple[Block, ...]:
    """Return the blocks of one shift, ascending; a later kind that would overlap an earlier one is left out."""
    blocks: list[tuple[int, int, BlockKind]] = []

    def add(start: int, minutes: int, kind: BlockKind) -> None:
        end = start + minutes
        inside = pattern.start <= start and end <= pattern.end
        if inside and all(end <= other or start >= until for other, until, _ in blocks):
            blocks.append((start, end, kind))

    if pattern.lunch is not None:
        add(_quarter(generator, pattern.lunch), 30, BlockKind.LUNCH)
    add(_quarter(generator, pattern.pause), 15, BlockKind.BREAK)
    add(meeting, 15, BlockKind.MEETING)
    if generator.random() < TRAINING_SHARE:
        add(_quarter(generator, (660, 930)), 60, BlockKind.TRAINING)
    if person.team in _PHONE_TEAMS and generator.random() < PHONE_DUTY_SHARE:
        add(_quarter(generator, (540, 960)), 90, BlockKind.PHONE_DUTY)
    return tuple((_clock(start), _clock(end), str(kind), _PAID.get(kind, True)) for start, end, kind in sorted(blocks))


def _quarter(generator: np.random.Generator, window: tuple[int, int]) -> int:
    return window[0] + 15 * int(generator.integers(0, (window[1] - window[0]) // 15 + 1))


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
