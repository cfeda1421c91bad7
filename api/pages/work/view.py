"""An agent's page as texts: the task in hand or to come, what to do about it, the day around it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from api.language.texts import Texts
from api.pages.work.words import (
    BLOCKS,
    DAY_MARKS,
    FOLLOW_UPS,
    OFF_TASK_CODES,
    PEND_REASONS,
    SKIP_REASONS,
    Word,
    reason_text,
)
from models.calendar import OfficeCalendar
from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from models.vocabulary_live import OffTaskCode, Presence, TaskStage
from optimizer.next_task import Block
from services.live.crew import Crew
from services.live.follow_ups import list_follow_ups
from services.live.offers import OfferedTask
from services.live.own_day import DayMark, OwnDay
from services.live.own_work import HeldTask, OwnWork
from services.live.reasons import ReasonCode

KEY_BYTES = 18
EARLY_S = SECONDS_PER_HOUR
"""So long before a shift begins, its agent is at the beginning of a day again, not at the end of one."""
WEB = ("https://", "http://")
Code = TypeVar("Code", bound=StrEnum)


class Stage(StrEnum):
    """What the page is about: each part of it says in which of these it is shown."""

    OUT = "out"
    OVER = "over"
    """Out again: the day that was begun today has ended."""
    FREE = "free"
    OFF_TASK = "off-task"
    CLAIMED = "claimed"
    STARTED = "started"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One press of a list: what it sends, and what it says."""

    code: str
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskCard:
    """A task: what it is, when it is due, why it is here.

    Attributes
    ----------
    tone, due
        `late`, `at-risk`, `on-time` or nothing, and the words for it.
    worked, since
        Seconds worked on it, and since when the stretch that runs does; epoch second.
    minutes
        How long it is expected to take, in words; seconds beside it.
    warning
        Why it cannot be done in time, where something stands against it.
    """

    task_id: str
    title: str
    task_type: str
    facts: tuple[tuple[str, str], ...]
    link: str
    tone: str
    due: str
    why: tuple[str, ...]
    takes: str
    takes_s: int
    stage: str = ""
    worked: int = 0
    since: int = 0
    kept_until: str = ""
    warning: str = ""


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """A task of the day."""

    at: str
    title: str
    note: str
    mark: str
    word: str


@dataclass(frozen=True, kw_only=True)
class DayView:
    """My day: how far it is, line by line, and what waits for somebody outside; `done` is all that was done of it."""

    summary: str
    done: str
    lines: tuple[DayLine, ...]
    pended: tuple[DayLine, ...]
    next_at: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkView:
    """The page.

    Attributes
    ----------
    stage
        What it is about.
    key
        By which a press is known where no script names it.
    said
        What is read out when the page comes to be about this.
    why_nothing
        What keeps the tasks that wait from the agent, where there is none for them.
    off_since
        Since when the agent is off task; epoch second.
    ended
        When the day that is over ended; empty where none is.
    """

    stage: Stage
    agent_id: str
    name: str
    token: str
    key: str
    now: int
    said: str
    shift: str
    off_task: str
    off_since: int
    ended: str
    card: TaskCard | None
    others: tuple[TaskCard, ...]
    alternates: tuple[TaskCard, ...]
    given_back: tuple[TaskCard, ...]
    num_offerable: int
    why_nothing: tuple[str, ...]
    skips_left: int
    most_skips: int
    skip_reasons: tuple[Choice, ...]
    pend_reasons: tuple[Choice, ...]
    off_task_codes: tuple[Choice, ...]
    follow_ups: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    day: DayView


def view_work(texts: Texts, crew: Crew, work: OwnWork, day: OwnDay) -> WorkView:
    """Return an agent's page as texts."""
    card = _held_card(texts, crew, work.held[0], work) if work.held else None
    stage = _stage(work, crew)
    state = work.state
    code = "" if state.off_task_code is None else OFF_TASK_CODES[OffTaskCode(state.off_task_code)](texts)
    blocked = sorted(work.blocked.items(), key=lambda item: -item[1])
    return WorkView(
        stage=stage,
        agent_id=work.agent_id,
        name=work.name,
        token=work.token,
        key=f"web-{secrets.token_urlsafe(KEY_BYTES)}",
        now=work.at,
        said=_said(texts, stage, card, work),
        shift=_shift(texts, work),
        off_task=code,
        off_since=state.since if state.presence is Presence.OFF_TASK else work.at,
        ended=texts.clock_time(state.since) if stage is Stage.OVER else "",
        card=card,
        others=tuple(_held_card(texts, crew, held, work) for held in work.held[1:]),
        alternates=tuple(_offered_card(texts, crew, one, work) for one in work.alternates),
        given_back=tuple(_offered_card(texts, crew, one, work) for one in work.given_back),
        num_offerable=work.num_offerable,
        why_nothing=tuple(BLOCKS[block](texts, num) for block, num in blocked if num and block in BLOCKS),
        skips_left=work.skips_left,
        most_skips=work.most_skips,
        skip_reasons=_choices(texts, SKIP_REASONS),
        pend_reasons=_choices(texts, PEND_REASONS),
        off_task_codes=_choices(texts, OFF_TASK_CODES),
        follow_ups=tuple(
            Choice(code=choice.value, name=FOLLOW_UPS[choice](texts), note=texts.moment(at))
            for choice, at in list_follow_ups(crew.calendar, now=work.at)
        ),
        teams=tuple(
            Choice(code=team, name=name)
            for team, name in sorted(crew.team_names.items(), key=lambda item: item[1])
            if team != work.team
        ),
        day=view_day(texts, crew, day),
    )


def view_day(texts: Texts, crew: Crew, day: OwnDay) -> DayView:
    """Return an agent's day as texts."""
    worked = texts.gettext("%(long)s of work", long=texts.duration(day.worked_seconds)) if day.worked_seconds else ""
    num_done = texts.ngettext("%(num)s task done", "%(num)s tasks done", day.num_done)
    parts = []
    if day.num_planned:
        done = sum(entry.mark is DayMark.DONE and entry.planned_at is not None for entry in day.entries)
        parts.append(
            texts.ngettext(
                "%(done)s of %(num)s planned task done",
                "%(done)s of %(num)s planned tasks done",
                day.num_planned,
                done=texts.number(done),
            )
        )
    else:
        parts.append(num_done)
    return DayView(
        summary=" · ".join(part for part in (*parts, worked) if part),
        done=" · ".join(part for part in (num_done, worked) if part),
        lines=tuple(
            DayLine(
                at=texts.clock_time(entry.task.closed_at if entry.planned_at is None else entry.planned_at),
                title=entry.task.title or _type_name(crew, entry.task.task_type),
                note=_type_name(crew, entry.task.task_type) if entry.task.title else "",
                mark=entry.mark.value,
                word="" if entry.mark is DayMark.TO_DO else DAY_MARKS[entry.mark](texts),
            )
            for entry in day.entries
        ),
        pended=tuple(
            DayLine(
                at=texts.moment(task.follow_up_at),
                title=task.title or _type_name(crew, task.task_type),
                note=_type_name(crew, task.task_type) if task.title else "",
                mark=DayMark.PENDED.value,
                word=DAY_MARKS[DayMark.PENDED](texts),
            )
            for task in day.pended
        ),
        next_at=texts.moment(day.pended[0].follow_up_at) if day.pended else "",
    )


def _stage(work: OwnWork, crew: Crew) -> Stage:
    if work.state.presence is Presence.OUT:
        return Stage.OVER if is_day_over(work, crew.calendar) else Stage.OUT
    if work.state.presence is Presence.OFF_TASK:
        return Stage.OFF_TASK
    if not work.held:
        return Stage.FREE
    return Stage(work.held[0].state.state.value)


def is_day_over(work: OwnWork, calendar: OfficeCalendar) -> bool:
    """Return whether an agent who is out has ended their day today, and no further shift of today is near."""
    ended, day_of = work.state.since, calendar.local_day
    if not work.state.version or day_of(ended) != day_of(work.at):
        return False
    return work.shift is None or work.shift[0] <= ended or work.shift[0] > work.at + EARLY_S


def _held_card(texts: Texts, crew: Crew, held: HeldTask, work: OwnWork) -> TaskCard:
    task, state = held.task, held.state
    handling_s = _handling_s(crew, held)
    tone, due = due_words(texts, held.due, now=work.at, handling_s=handling_s)
    is_claimed = state.state is TaskStage.CLAIMED
    return TaskCard(
        task_id=task.id,
        title=task.title or _type_name(crew, task.type),
        task_type=_type_name(crew, task.type),
        facts=_facts(texts, crew, work.team, held.offered, task.client, task.case, held.row.step),
        link=held.row.link if held.row.link.startswith(WEB) else "",
        tone=tone,
        due=due,
        why=_why(texts, held.offered, is_begun=not is_claimed),
        takes=texts.duration(handling_s),
        takes_s=round(handling_s),
        stage=state.state.value,
        worked=state.worked_seconds,
        since=state.since,
        kept_until=texts.moment(state.expires_at) if is_claimed else "",
        warning=texts.gettext("It may not be done before your shift ends.")
        if held.block is Block.SHIFT_END and is_claimed
        else "",
    )


def _offered_card(texts: Texts, crew: Crew, offered: OfferedTask, work: OwnWork) -> TaskCard:
    handling_s = offered.handling_minutes * SECONDS_PER_MINUTE
    tone, due = due_words(texts, offered.due, now=work.at, handling_s=handling_s)
    return TaskCard(
        task_id=offered.task_id,
        title=offered.title or _type_name(crew, offered.task_type),
        task_type=_type_name(crew, offered.task_type),
        facts=_facts(texts, crew, work.team, offered, offered.client, offered.case, ""),
        link="",
        tone=tone,
        due=due,
        why=_why(texts, offered),
        takes=texts.duration(handling_s),
        takes_s=round(handling_s),
    )


def due_words(texts: Texts, due: int | None, *, now: int, handling_s: float) -> tuple[str, str]:
    """Return how a task stands to its due, and the words for it; at risk is what cannot wait any more."""
    if due is None:
        return "", ""
    if due < now:
        long = texts.duration(max(SECONDS_PER_MINUTE, now - due))
        return "late", texts.gettext("%(long)s late, was due %(at)s", long=long, at=texts.moment(due))
    long = texts.duration(max(SECONDS_PER_MINUTE, due - now))
    tone = "at-risk" if due - now < handling_s else "on-time"
    return tone, texts.gettext("Due %(at)s, in %(long)s", at=texts.moment(due), long=long)


def _handling_s(crew: Crew, held: HeldTask) -> float:
    if held.offered is not None:
        return held.offered.handling_minutes * SECONDS_PER_MINUTE
    return crew.standard_seconds(held.task)


def _facts(
    texts: Texts, crew: Crew, home: str, offered: OfferedTask | None, client: str | None, case: str | None, step: str
) -> tuple[tuple[str, str], ...]:
    team = "" if offered is None or offered.team == home else crew.team_names.get(offered.team, offered.team)
    pairs = (
        (texts.gettext("Client"), "" if client is None else crew.client_names.get(client, client)),
        (texts.gettext("Case"), case or ""),
        (texts.gettext("Step"), step),
        (texts.gettext("Team"), team),
    )
    return tuple((name, value) for name, value in pairs if value)


def _why(texts: Texts, offered: OfferedTask | None, *, is_begun: bool = False) -> tuple[str, ...]:
    # How long it takes stands elsewhere; and what is begun is always like itself.
    left_out = {ReasonCode.TAKES, ReasonCode.SAME_TYPE} if is_begun else {ReasonCode.TAKES}
    return () if offered is None else tuple(reason_text(texts, one) for one in offered.why if one.code not in left_out)


def _type_name(crew: Crew, task_type: str) -> str:
    return str(crew.kinds.get(task_type, {}).get("name") or task_type)


def _shift(texts: Texts, work: OwnWork) -> str:
    if work.shift is None:
        return ""
    start, end = work.shift
    if start > work.at:
        return texts.gettext(
            "Your shift: %(start)s to %(end)s", start=texts.clock_time(start), end=texts.clock_time(end)
        )
    return texts.gettext("Your shift ends at %(end)s", end=texts.clock_time(end))


def _choices(texts: Texts, words: Mapping[Code, Word]) -> tuple[Choice, ...]:
    return tuple(Choice(code=word.value, name=say(texts)) for word, say in words.items())


def _said(texts: Texts, stage: Stage, card: TaskCard | None, work: OwnWork) -> str:
    """Return what is read out when the page comes to be about a stage."""
    title = "" if card is None else card.title
    parts: Sequence[str]
    match stage:
        case Stage.CLAIMED:
            parts = (texts.gettext("Next task: %(title)s.", title=title), "" if card is None else card.due)
        case Stage.STARTED:
            parts = (texts.gettext("Started: %(title)s.", title=title),)
        case Stage.PAUSED:
            parts = (texts.gettext("Paused: %(title)s.", title=title),)
        case Stage.OFF_TASK:
            parts = (texts.gettext("You are off task."),)
        case Stage.OVER:
            parts = (texts.gettext("Your day is over. You ended it at %(at)s.", at=texts.clock_time(work.state.since)),)
        case Stage.OUT:
            parts = (texts.gettext("You are not at the desk."),)
        case _:
            ready = texts.gettext("You are ready for the next task.")
            parts = (ready if work.num_offerable else texts.gettext("There is nothing to do for you right now."),)
    return " ".join(part for part in parts if part)
