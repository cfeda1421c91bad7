"""The form that a history is read by: how much of it there is, what is offered, and what cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.language.texts import Texts
from models.errors import UsageError
from services.jobs.questions import FIRST_YEAR, LAST_YEAR, MOST_DAYS_OF_HISTORY, HistoryAsk
from services.what_if.histories import Extent

USUAL_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class HistoryGiven:
    """What somebody wrote in the form."""

    days: str = ""
    until: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HistoryForm:
    """The form, as texts.

    Attributes
    ----------
    days, until
        What stands there: what was written, else what is offered.
    teams
        By id and name, and whether it is ticked.
    told
        How much history there is.
    most, first, last
        Days that can be read, and the bounds of the day that they end before, as the browser checks them.
    is_empty
        Whether there is nothing to read.
    """

    days: str
    until: str
    teams: tuple[tuple[str, str, bool], ...]
    told: str
    most: int
    first: str
    last: str
    is_empty: bool

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for other days, or for some teams only."""
        return bool(self.until) or any(is_ticked for _, _, is_ticked in self.teams)


def offer_history(
    extent: Extent | None, teams: Sequence[tuple[str, str]], texts: Texts, given: HistoryGiven | None = None
) -> HistoryForm:
    """Return the form: what was written in it, else as many of the usual days as there are."""
    num = 0 if extent is None else min(extent.num_days, MOST_DAYS_OF_HISTORY)
    ticked = () if given is None else given.teams
    return HistoryForm(
        days=str(min(USUAL_DAYS, num)) if given is None else given.days,
        until="" if given is None else given.until,
        teams=tuple((team, name, team in ticked) for team, name in teams),
        told=_tell(extent, texts),
        most=num,
        first="" if extent is None else extent.first.isoformat(),
        last="" if extent is None else extent.until.isoformat(),
        is_empty=not num,
    )


def read_asked(given: HistoryGiven, extent: Extent | None, texts: Texts) -> HistoryAsk:
    """Return what the form asks for.

    Raises
    ------
    UsageError
        If it cannot be read, or there is not so much history: days without any would thin out all the others.
    """
    if extent is None or not extent.num_days:
        raise UsageError(_tell(extent, texts))
    days, until = _read_days(given.days, texts), _read_until(given.until, texts)
    if until is not None and not extent.first < until <= extent.until:
        raise UsageError(
            texts.gettext(
                "Ends before this day: choose one after %(first)s, up to %(until)s; there is history between these.",
                first=texts.day(extent.first),
                until=texts.day(extent.until),
            )
        )
    num = ((until or extent.until) - extent.first).days
    if days > num:
        raise UsageError(
            texts.ngettext(
                "Days of history: there is only %(num)s, %(first)s.",
                "Days of history: there are only %(num)s, from %(first)s on.",
                num,
                first=texts.day(extent.first),
            )
        )
    return HistoryAsk(days=days, until=until, teams=list(given.teams) or None, keep=True)


def _tell(extent: Extent | None, texts: Texts) -> str:
    if extent is None:
        return texts.gettext("There is no history yet: no task has come in.")
    if not extent.num_days:
        first = texts.day(extent.first)
        return texts.gettext(
            "There is no history yet: the first day with work done, %(first)s, is not over.", first=first
        )
    said = texts.ngettext(
        "There is %(num)s day of it: %(first)s.",
        "There are %(num)s days of it, from %(first)s to %(last)s.",
        extent.num_days,
        first=texts.day(extent.first),
        last=texts.day(extent.last),
    )
    if extent.num_days > USUAL_DAYS:
        return " ".join((said, texts.gettext("Four weeks are a good start.")))
    return said


def _read_days(text: str, texts: Texts) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS_OF_HISTORY:
        most = MOST_DAYS_OF_HISTORY
        raise UsageError(texts.gettext("Days of history: write a whole number from 1 to %(most)s.", most=most))
    return int(text)


def _read_until(text: str, texts: Texts) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(texts.gettext("Ends before this day: write it as 2026-03-02.")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(texts.gettext("Ends before this day: write it as 2026-03-02."))
    return day
