"""Who is there, as text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.today.scope import Scope
from models.vocabulary_live import OffTaskCode
from services.today.attendance import Attendance, PersonToday, take_attendance

MARKS = {
    Attendance.LATE: "late",
    Attendance.ILL: "ill",
    Attendance.AWAY: "away",
    Attendance.LEFT: "away",
    Attendance.BREAK: "off-task",
    Attendance.OFF_TASK: "off-task",
    Attendance.HERE: "here",
    Attendance.NOT_YET: "plain",
    Attendance.GONE: "plain",
}


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Somebody of today's roster.

    Attributes
    ----------
    word
        What the badge says where it is not the badge's own word.
    note
        What they do, or since when it is so.
    can_be_ill, can_return
        Whether an absence can be noted, or the one that is noted taken back.
    """

    id: str
    name: str
    team: str
    mark: str
    word: str
    note: str
    shift: str
    task_id: str | None
    can_be_ill: bool
    can_return: bool
    absence_start: int | None


@dataclass(frozen=True, kw_only=True)
class PeopleView:
    """Today's people.

    Attributes
    ----------
    counts
        How many are what: the attendance, its badge, what it is called, and the number.
    num
        How many there are, whatever they are doing.
    num_chosen
        How many of them were asked for.
    lines
        Those of them that are shown, whom a lead must know of first.
    """

    counts: Sequence[tuple[str, str, str, int]]
    num: int
    num_chosen: int
    lines: Sequence[PersonLine]


def view_people(scope: Scope, *, which: Attendance | None = None, name: str = "", shown: slice) -> PeopleView:
    """Return the people of the teams that are asked for.

    Parameters
    ----------
    which
        Those only who are so; None for all.
    name
        A part of their name or id, in capitals or not.
    shown
        The places among them of those to show.
    """
    people = take_attendance(
        scope.live.database, scope.queue, teams=scope.teams, now=scope.now, start=scope.start, end=scope.end
    )
    if wanted := name.strip().casefold():
        people = [one for one in people if wanted in one.name.casefold() or wanted in one.agent_id.casefold()]
    counted = Counter(person.attendance for person in people)
    chosen = people if which is None else [one for one in people if one.attendance is which]
    return PeopleView(
        counts=[
            (kind.value, MARKS[kind], word_of(kind, scope.texts), counted[kind]) for kind in Attendance if counted[kind]
        ],
        num=len(people),
        num_chosen=len(chosen),
        lines=[_line(scope, person) for person in chosen[shown]],
    )


def word_of(kind: Attendance, texts: Texts) -> str:
    """Return what it is called, of one and of many."""
    return {
        Attendance.LATE: texts.pgettext("attendance", "Not here yet"),
        Attendance.ILL: texts.pgettext("attendance", "Ill"),
        Attendance.AWAY: texts.pgettext("attendance", "Away"),
        Attendance.LEFT: texts.pgettext("attendance", "Left early"),
        Attendance.BREAK: texts.pgettext("attendance", "On a break"),
        Attendance.OFF_TASK: texts.pgettext("attendance", "Off task"),
        Attendance.HERE: texts.pgettext("attendance", "Here"),
        Attendance.NOT_YET: texts.pgettext("attendance", "Later today"),
        Attendance.GONE: texts.pgettext("attendance", "Gone home"),
    }[kind]


def _line(scope: Scope, person: PersonToday) -> PersonLine:
    texts = scope.texts
    kind = person.attendance
    shift = ""
    if person.shift_start is not None:
        shift = f"{texts.clock_time(person.shift_start)} – {texts.clock_time(person.shift_end)}"
    return PersonLine(
        id=person.agent_id,
        name=person.name,
        team=scope.team_name(person.team),
        mark=MARKS[kind],
        word=word_of(kind, texts),
        note=_note(scope, person),
        shift=shift,
        task_id=person.task_id,
        can_be_ill=kind not in {Attendance.ILL, Attendance.AWAY, Attendance.GONE},
        can_return=kind is Attendance.ILL,
        absence_start=person.absence_start,
    )


def _note(scope: Scope, person: PersonToday) -> str:
    texts, kind = scope.texts, person.attendance
    if kind is Attendance.LATE and person.since is not None:
        return texts.gettext("%(length)s late", length=texts.duration(scope.now - person.since))
    if kind is Attendance.AWAY:
        return person.reason
    if kind is Attendance.HERE and person.task_id is None:
        return texts.gettext("free")
    if kind is Attendance.OFF_TASK:
        return _off_task(person.off_task_code, texts)
    if kind in {Attendance.BREAK, Attendance.LEFT, Attendance.ILL} and person.since is not None:
        return texts.gettext("since %(time)s", time=texts.moment(person.since))
    return ""


def _off_task(code: str | None, texts: Texts) -> str:
    return {
        OffTaskCode.MEETING: texts.pgettext("off-task", "Meeting"),
        OffTaskCode.TRAINING: texts.pgettext("off-task", "Training"),
        OffTaskCode.ASSISTING: texts.pgettext("off-task", "Helping somebody"),
        OffTaskCode.SYSTEM_ISSUE: texts.pgettext("off-task", "System issue"),
        OffTaskCode.NO_WORK: texts.pgettext("off-task", "No work"),
    }.get(OffTaskCode(code or OffTaskCode.NO_WORK), "")
