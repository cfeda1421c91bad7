"""Who is here, late, ill, on a break or out: what the desk sees of people beside what the roster says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.database import Database
from models.repositories.live.records import LiveAgent
from models.repositories.office_pages import list_absences, list_shift_spans
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import OffTaskCode, Presence
from services.live.queue import LiveQueue

ILL = "ill"
"""The reason that an absence says where somebody is ill."""
LATE_AFTER_S = 5 * SECONDS_PER_MINUTE
MOST_PEOPLE = 5_000
_BREAKS = frozenset({OffTaskCode.BREAK.value, OffTaskCode.LUNCH.value})
_Span = tuple[int, int]


class Attendance(StrEnum):
    """What somebody of today's roster is doing, those first whom a lead must know of."""

    LATE = "late"
    """The shift began, and they have not come."""
    ILL = "ill"
    AWAY = "away"
    LEFT = "left"
    """They were here and went before the shift ended."""
    BREAK = "break"
    OFF_TASK = "off-task"
    HERE = "here"
    NOT_YET = "not-yet"
    GONE = "gone"
    """The shift is over."""


@dataclass(frozen=True, kw_only=True)
class PersonToday:
    """Somebody of today's roster. Instants are epoch seconds.

    Attributes
    ----------
    shift_start, shift_end
        Of the shift that runs, or else the next one, or the last of today; None for who is here without one.
    since
        Since when it is so.
    task_id
        What is in hand.
    off_task_code
        What they do other than tasks.
    absence_start, reason
        Of the absence, where they are ill or away.
    """

    agent_id: str
    name: str
    team: str
    attendance: Attendance
    shift_start: int | None
    shift_end: int | None
    since: int | None = None
    task_id: str | None = None
    off_task_code: str | None = None
    absence_start: int | None = None
    reason: str = ""


def take_attendance(
    database: Database, queue: LiveQueue, *, teams: Collection[str] | None, now: int, start: int, end: int
) -> list[PersonToday]:
    """Return the people of some home teams or all who are on today's roster, or here without being on it.

    Parameters
    ----------
    start, end
        Bounds of the day.
    """
    with database.reading() as session:
        connection = session.connection()
        shifts = list_shift_spans(connection, start=start, end=end, teams=teams, limit=MOST_PEOPLE)
        absences = list_absences(connection, start=start, end=end, teams=teams, limit=MOST_PEOPLE)
    rostered: dict[str, list[_Span]] = {}
    for agent_id, starts_at, ends_at in shifts:
        rostered.setdefault(agent_id, []).append((starts_at, ends_at))
    away: dict[str, list[dict[str, Any]]] = {}
    for absence in absences:
        away.setdefault(absence["agent_id"], []).append(absence)
    people = []
    for agent in queue.crew.agents:
        if teams is not None and agent.team not in teams:
            continue
        state = queue.state_of(agent.id)
        is_in = state is not None and state.presence is not Presence.OUT
        if agent.id not in rostered and not is_in:
            continue
        person = _describe(_choose_shift(rostered.get(agent.id, ()), now), away.get(agent.id, ()), state, now)
        people.append(PersonToday(agent_id=agent.id, name=agent.name or agent.id, team=agent.team, **person))
    order = {kind: place for place, kind in enumerate(Attendance)}
    return sorted(people, key=lambda one: (order[one.attendance], one.shift_start or 0, one.name, one.agent_id))


def _choose_shift(shifts: Sequence[_Span], now: int) -> _Span | tuple[None, None]:
    """Return the shift that runs, or else the next one, or else the last one."""
    for shift in shifts:
        if shift[1] > now:
            return shift
    return shifts[-1] if shifts else (None, None)


def _describe(
    shift: _Span | tuple[None, None], absences: Collection[dict[str, Any]], state: LiveAgent | None, now: int
) -> dict[str, Any]:
    begins, ends = shift
    told: dict[str, Any] = {"shift_start": begins, "shift_end": ends}
    if state is not None and state.presence is not Presence.OUT:
        told |= {"since": state.since, "task_id": state.task_id, "off_task_code": state.off_task_code}
        if state.presence is not Presence.OFF_TASK:
            return told | {"attendance": Attendance.HERE}
        is_break = state.off_task_code in _BREAKS
        return told | {"attendance": Attendance.BREAK if is_break else Attendance.OFF_TASK}
    absence = next((one for one in absences if one["ends_at"] > max(now, begins or now)), None)
    if absence is not None and ends is not None and absence["starts_at"] < ends:
        is_ill = absence["reason"].strip().lower() == ILL
        return told | {
            "attendance": Attendance.ILL if is_ill else Attendance.AWAY,
            "since": absence["starts_at"],
            "absence_start": absence["starts_at"],
            "reason": absence["reason"],
        }
    if ends is None or begins is None or now >= ends:
        return told | {"attendance": Attendance.GONE, "since": ends}
    if state is not None and state.since >= begins:
        return told | {"attendance": Attendance.LEFT, "since": state.since}
    if now > begins + LATE_AFTER_S:
        return told | {"attendance": Attendance.LATE, "since": begins}
    return told | {"attendance": Attendance.NOT_YET, "since": begins}
