"""What the buttons of an agent's page do at the desk: each a form of few fields, told with its key and its instant."""

from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, Field

from api.live_access import OpenDesk
from models.errors import ConflictError, UsageError
from models.time import FIRST_INSTANT, LAST_INSTANT, from_wall_clock
from models.vocabulary_live import OffTaskCode, PendReason, SkipReason
from services.live.acting import read_clock
from services.live.acts import Act
from services.live.follow_ups import FollowUp, follow_up_at

MAX_FIELD = 200
AT_A_TIME = "at"
"""The choice of a day and a time of one's own."""
DAY_BEGINS = time(9)
Word = TypeVar("Word", bound=StrEnum)


class ActForm(BaseModel):
    """What a button sends.

    Attributes
    ----------
    task_id
        The task that it is about, where it is about one.
    key
        The browser's own name of this press: pressed or sent again under it, nothing more happens.
    at
        When it was pressed, by the clock of the server as the browser knows it; epoch second.
    more
        Whether further presses wait behind it, so that no next task is to be claimed yet.
    until, until_day, until_time
        When a pended task comes back: one of the choices, or a day and a time.
    """

    task_id: str = Field(default="", max_length=MAX_FIELD)
    key: str = Field(default="", max_length=MAX_FIELD, pattern=r"^[!-~]*$")
    at: str = Field(default="", max_length=20)
    more: str = Field(default="", max_length=3)
    reason: str = Field(default="", max_length=40)
    code: str = Field(default="", max_length=40)
    team_id: str = Field(default="", max_length=MAX_FIELD)
    until: str = Field(default="", max_length=40)
    until_day: str = Field(default="", max_length=20)
    until_time: str = Field(default="", max_length=20)


def do_act(live: OpenDesk, name: str, form: ActForm, *, agent_id: str, principal_id: str) -> None:
    """Do what a button says, and claim the next task where it left the agent free for one.

    Raises
    ------
    ConflictError
        If it does not fit where the task, or the agent, stands now.
    NotFoundError
        If there is no such task, team or agent.
    UsageError
        If there is no such button, or a field cannot be read.
    """
    do = _ACTS.get(name)
    if do is None:
        raise UsageError(f"there is no act {name!r}; there are {', '.join(_ACTS)}")
    if name in OF_TASKS and not form.task_id:
        raise UsageError(f"to {name} says no task")
    act = Act(principal_id=principal_id, occurred_at=_read_instant(form.at), dedup_key=form.key or None)
    do(live, agent_id, act, form)
    if name in GOES_ON and not form.more:
        _offer_next(live, agent_id, Act(principal_id=principal_id))


def _offer_next(live: OpenDesk, agent_id: str, act: Act) -> None:
    try:
        live.next_task.next_task(agent_id, act)
    except ConflictError:
        # What was asked for is done; the agent is not free for another, or others were faster. The page shows which.
        return


def _sign_in(live: OpenDesk, agent_id: str, act: Act, _form: ActForm) -> None:
    live.desk.sign_in(agent_id, act)


def _sign_out(live: OpenDesk, agent_id: str, act: Act, _form: ActForm) -> None:
    live.desk.sign_out(agent_id, act)


def _off_task(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.off_task(agent_id, act, code=_read_word(OffTaskCode, form.code))


def _back(live: OpenDesk, agent_id: str, act: Act, _form: ActForm) -> None:
    live.desk.back_on_task(agent_id, act)


def _next(live: OpenDesk, agent_id: str, act: Act, _form: ActForm) -> None:
    # Asking again before starting gives the same task again: it needs no key, and happens when it is asked.
    live.next_task.next_task(agent_id, Act(principal_id=act.principal_id))


def _claim(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.follower.refresh(agents=[agent_id])
    state = live.queue.state_of(agent_id)
    if state is not None and state.task_id == form.task_id:
        return  # told again: it is in hand already
    live.next_task.take(agent_id, form.task_id, Act(principal_id=act.principal_id, dedup_key=act.dedup_key))


def _start(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.start(agent_id, form.task_id, act)


def _pause(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.pause(agent_id, form.task_id, act)


def _resume(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.resume(agent_id, form.task_id, act)


def _complete(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.complete(agent_id, form.task_id, act)


def _return(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.return_(agent_id, form.task_id, act, reason=_read_word(SkipReason, form.reason))


def _skip(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.skip(agent_id, form.task_id, act, reason=_read_word(SkipReason, form.reason))


def _pend(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    reason = _read_word(PendReason, form.reason)
    until = _read_follow_up(live, form, since=act.occurred_at)
    live.desk.pend(form.task_id, act, reason=reason, follow_up_at=until, agent_id=agent_id)


def _wrong_team(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.wrong_team(agent_id, form.task_id, act, team_id=form.team_id or None)


def _information_missing(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.information_missing(agent_id, form.task_id, act)


def _help(live: OpenDesk, agent_id: str, act: Act, form: ActForm) -> None:
    live.desk.ask_help(agent_id, form.task_id, act)


_ACTS: Mapping[str, Callable[[OpenDesk, str, Act, ActForm], None]] = {
    "sign-in": _sign_in,
    "sign-out": _sign_out,
    "off-task": _off_task,
    "back": _back,
    "next": _next,
    "claim": _claim,
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "complete": _complete,
    "return": _return,
    "skip": _skip,
    "pend": _pend,
    "wrong-team": _wrong_team,
    "information-missing": _information_missing,
    "help": _help,
}
OF_AGENTS = frozenset({"sign-in", "sign-out", "off-task", "back", "next"})
OF_TASKS = frozenset(_ACTS) - OF_AGENTS
GOES_ON = frozenset(_ACTS) - {"sign-out", "off-task", "next", "claim", "start", "pause", "resume"}
"""Acts after which there is nothing in hand: the next task comes at once."""


def _read_word(words: type[Word], given: str) -> Word:
    try:
        return words(given)
    except ValueError:
        raise UsageError(f"{given!r} is none of {', '.join(word.value for word in words)}") from None


def _read_instant(given: str) -> int | None:
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and FIRST_INSTANT <= int(given) <= LAST_INSTANT):
        raise UsageError(f"{given!r} is no instant")
    return int(given)


def _read_follow_up(live: OpenDesk, form: ActForm, *, since: int | None) -> int:
    calendar, now = live.queue.crew.calendar, read_clock()
    if form.until != AT_A_TIME:
        choice = _read_word(FollowUp, form.until)
        return follow_up_at(calendar, choice, since=now if since is None else since, now=now)
    try:
        clock = time.fromisoformat(form.until_time) if form.until_time else DAY_BEGINS
        if clock.tzinfo is not None:
            raise UsageError(f"{form.until_time!r} is no time of the office's clock")
        return from_wall_clock(date.fromisoformat(form.until_day), clock, calendar.zone)
    except ValueError:
        raise UsageError(f"{form.until_day!r} and {form.until_time!r} are no day and time") from None
