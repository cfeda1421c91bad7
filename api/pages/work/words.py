"""The words of an agent's page for the desk's codes: reasons, what keeps tasks away, what became of one."""

from collections.abc import Callable, Mapping

from api.language.texts import Texts
from models.time import SECONDS_PER_MINUTE
from models.vocabulary_live import EventKind, OffTaskCode, PendReason, SkipReason
from optimizer.next_task import Block
from services.live.follow_ups import FollowUp
from services.live.lost_tasks import LostTask
from services.live.own_day import DayMark
from services.live.reasons import Reason, ReasonCode

Word = Callable[[Texts], str]


def reason_text(texts: Texts, reason: Reason) -> str:
    """Return why a task is offered, as a sentence without its full stop."""
    long = texts.duration(max(reason.seconds, SECONDS_PER_MINUTE))
    match reason.code:
        case ReasonCode.OWN_PLAN:
            return texts.gettext("Planned for you at %(at)s", at=texts.moment(reason.at))
        case ReasonCode.LATE:
            return texts.gettext("It is %(long)s late", long=long)
        case ReasonCode.DUE:
            return texts.gettext("It is due %(at)s, in %(long)s", at=texts.moment(reason.at), long=long)
        case ReasonCode.WAITED:
            return texts.gettext("It has waited for %(long)s", long=long)
        case ReasonCode.MUST_BY:
            return texts.gettext("It must be done by %(at)s", at=texts.moment(reason.at))
        case ReasonCode.PLANNED_ELSEWHERE:
            return texts.gettext("The plan gives it to %(name)s", name=reason.name)
        case ReasonCode.TAKES:
            return texts.gettext("It takes you about %(long)s", long=long)
        case _:
            return REASONS[reason.code](texts)


REASONS: Mapping[ReasonCode, Word] = {
    ReasonCode.LEAD: lambda texts: texts.gettext("Your lead gave it to you"),
    ReasonCode.ONLY_YOU: lambda texts: texts.gettext("Only you may do it"),
    ReasonCode.CONTINUITY: lambda texts: texts.gettext("You know its case"),
    ReasonCode.SAME_TYPE: lambda texts: texts.gettext("It is like the one you did last"),
    ReasonCode.SETUP: lambda texts: texts.gettext("Changing over to it takes time"),
    ReasonCode.PRICE: lambda texts: texts.gettext("Others need your skills more"),
    ReasonCode.AWAY: lambda texts: texts.gettext("It is another team's"),
    ReasonCode.MOVE: lambda texts: texts.gettext("It means a change of team"),
    ReasonCode.PREFERRED: lambda texts: texts.gettext("It would rather go to others"),
    ReasonCode.SHIFT_END: lambda texts: texts.gettext("It may not be done before your shift ends"),
}

BLOCKS: Mapping[Block, Callable[[Texts, int], str]] = {
    Block.TEAM: lambda texts, num: texts.ngettext("%(num)s is another team's", "%(num)s are other teams'", num),
    Block.SKILL: lambda texts, num: texts.ngettext(
        "%(num)s needs a skill you do not have", "%(num)s need a skill you do not have", num
    ),
    Block.CLEARANCE: lambda texts, num: texts.ngettext(
        "%(num)s is of a client you are not cleared for", "%(num)s are of clients you are not cleared for", num
    ),
    Block.PINNED: lambda texts, num: texts.ngettext(
        "%(num)s is kept for somebody else", "%(num)s are kept for somebody else", num
    ),
    Block.EXCLUDED: lambda texts, num: texts.ngettext("%(num)s is not for you", "%(num)s are not for you", num),
    Block.FOUR_EYES: lambda texts, num: texts.ngettext(
        "%(num)s must be done by another than who did the task before",
        "%(num)s must be done by another than who did the task before",
        num,
    ),
    Block.PREDECESSOR: lambda texts, num: texts.ngettext(
        "%(num)s waits for another task to be done", "%(num)s wait for another task to be done", num
    ),
    Block.TOO_EARLY: lambda texts, num: texts.ngettext("%(num)s may not start yet", "%(num)s may not start yet", num),
    Block.MOVE_CAP: lambda texts, num: texts.ngettext(
        "%(num)s is another team's, and you have changed teams as often as you may today",
        "%(num)s are other teams', and you have changed teams as often as you may today",
        num,
    ),
    Block.DWELL: lambda texts, num: texts.ngettext(
        "%(num)s is another team's, and you stay with the present one for a while",
        "%(num)s are other teams', and you stay with the present one for a while",
        num,
    ),
    Block.SHIFT_END: lambda texts, num: texts.ngettext(
        "%(num)s takes longer than what is left of your shift",
        "%(num)s take longer than what is left of your shift",
        num,
    ),
    Block.SKIPPED: lambda texts, num: texts.ngettext(
        "%(num)s you have skipped today", "%(num)s you have skipped today", num
    ),
}
"""What keeps so many tasks that wait from an agent."""

SKIP_REASONS: Mapping[SkipReason, Word] = {
    SkipReason.LACKS_SKILL: lambda texts: texts.gettext("I do not know how"),
    SkipReason.UNCLEAR: lambda texts: texts.gettext("It is unclear"),
    SkipReason.CONFLICT_OF_INTEREST: lambda texts: texts.gettext("Conflict of interest"),
    SkipReason.END_OF_SHIFT: lambda texts: texts.gettext("My shift ends"),
    SkipReason.SYSTEM_ISSUE: lambda texts: texts.gettext("A system is down"),
    SkipReason.CONTACT_UNREACHABLE: lambda texts: texts.gettext("Nobody can be reached"),
    SkipReason.INTERRUPTED: lambda texts: texts.gettext("I was interrupted"),
    SkipReason.OTHER: lambda texts: texts.gettext("Something else"),
}

PEND_REASONS: Mapping[PendReason, Word] = {
    PendReason.CUSTOMER: lambda texts: texts.gettext("The customer"),
    PendReason.THIRD_PARTY: lambda texts: texts.gettext("Another company"),
    PendReason.OTHER_DEPARTMENT: lambda texts: texts.gettext("Another department"),
    PendReason.SCHEDULED: lambda texts: texts.gettext("An agreed date"),
}

OFF_TASK_CODES: Mapping[OffTaskCode, Word] = {
    OffTaskCode.BREAK: lambda texts: texts.gettext("Break"),
    OffTaskCode.LUNCH: lambda texts: texts.gettext("Lunch"),
    OffTaskCode.MEETING: lambda texts: texts.gettext("Meeting"),
    OffTaskCode.TRAINING: lambda texts: texts.gettext("Training"),
    OffTaskCode.ASSISTING: lambda texts: texts.gettext("Helping somebody"),
    OffTaskCode.SYSTEM_ISSUE: lambda texts: texts.gettext("System down"),
    OffTaskCode.NO_WORK: lambda texts: texts.gettext("No work"),
}

FOLLOW_UPS: Mapping[FollowUp, Word] = {
    FollowUp.HOURS: lambda texts: texts.gettext("In 2 hours"),
    FollowUp.NEXT_DAY: lambda texts: texts.gettext("Next working day"),
    FollowUp.THREE_DAYS: lambda texts: texts.gettext("In 3 days"),
    FollowUp.WEEK: lambda texts: texts.gettext("In a week"),
}

DAY_MARKS: Mapping[DayMark, Word] = {
    DayMark.DONE: lambda texts: texts.pgettext("state", "Done"),
    DayMark.IN_HAND: lambda texts: texts.gettext("In your hands"),
    DayMark.PENDED: lambda texts: texts.pgettext("state", "Waits for a reply"),
    DayMark.LEAD: lambda texts: texts.gettext("With a lead"),
    DayMark.ELSEWHERE: lambda texts: texts.gettext("No longer yours"),
}

ACTS: Mapping[str, Word] = {
    "sign-in": lambda texts: texts.gettext("Start my day"),
    "sign-out": lambda texts: texts.gettext("End my day"),
    "off-task": lambda texts: texts.gettext("Off task"),
    "back": lambda texts: texts.gettext("Back to work"),
    "next": lambda texts: texts.gettext("Next task"),
    "claim": lambda texts: texts.gettext("Take instead"),
    "start": lambda texts: texts.gettext("Start"),
    "pause": lambda texts: texts.gettext("Pause"),
    "resume": lambda texts: texts.gettext("Go on"),
    "complete": lambda texts: texts.gettext("Done"),
    "return": lambda texts: texts.gettext("Give back"),
    "skip": lambda texts: texts.gettext("Skip"),
    "pend": lambda texts: texts.gettext("Wait for a reply"),
    "wrong-team": lambda texts: texts.gettext("Wrong team"),
    "information-missing": lambda texts: texts.gettext("Information missing"),
    "help": lambda texts: texts.gettext("Help"),
}
"""What each act is called on its button, and where it could not be noted."""


def lost_text(texts: Texts, lost: LostTask, *, title: str) -> str:
    """Return what became of a task that is not in an agent's hand (any more)."""
    word = _LOST.get(lost.kind) if lost.kind is not None and not lost.is_own else None
    if word is not None:
        return word(texts, title, texts.moment(lost.at))
    if lost.is_replaced:
        return texts.gettext("You took another task instead of “%(title)s”.", title=title)
    if lost.kind is EventKind.COMPLETED:
        return texts.gettext("“%(title)s” is done already.", title=title)
    if lost.kind is not None:
        return texts.gettext("“%(title)s” left your hands at %(at)s.", title=title, at=texts.moment(lost.at))
    if lost.holder is not None:
        return texts.gettext("Somebody else took “%(title)s” a moment before.", title=title)
    return texts.gettext("“%(title)s” is not waiting any more.", title=title)


_LOST: Mapping[EventKind, Callable[[Texts, str, str], str]] = {
    EventKind.REASSIGNED: lambda texts, title, at: texts.gettext(
        "A lead gave “%(title)s” to somebody else, or back to the queue, at %(at)s.", title=title, at=at
    ),
    EventKind.CANCELLED: lambda texts, title, at: texts.gettext(
        "A lead cancelled “%(title)s” at %(at)s: it need not be done.", title=title, at=at
    ),
    EventKind.RELEASED: lambda texts, title, at: texts.gettext(
        "“%(title)s” was taken out of your hands at %(at)s; a lead decides about it.", title=title, at=at
    ),
    EventKind.PENDED: lambda texts, title, at: texts.gettext(
        "A lead let “%(title)s” wait for a reply at %(at)s.", title=title, at=at
    ),
    EventKind.EXPIRED: lambda texts, title, at: texts.gettext(
        "“%(title)s” was not started in time and went back to the queue at %(at)s.", title=title, at=at
    ),
    EventKind.CLOSED_ELSEWHERE: lambda texts, title, at: texts.gettext(
        "“%(title)s” was closed in the system it comes from, at %(at)s.", title=title, at=at
    ),
}
