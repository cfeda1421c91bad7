"""Entries of hours on some days of the week: what shifts and patterns of arrivals have alike."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import days_of
from api.pages.what_if.forms.entries import Entry, Kind, Path, write_texts
from models.calendar import WEEKDAYS


def build_hours(given: Mapping[str, Any] | None, at: Path, texts: Texts, *, begin: str, end: str) -> tuple[Entry, ...]:
    """Return the entries of days, begin and end; empty ones where nothing is given.

    Parameters
    ----------
    begin, end
        What the format calls them here.
    """
    told = given or {}
    days = [] if given is None else told.get("days") or list(WEEKDAYS)
    return (
        Entry(
            path=(*at, "days"),
            label=texts.gettext("Days"),
            kind=Kind.MANY,
            options=days_of(texts),
            texts=write_texts(days, Kind.MANY),
        ),
        Entry(
            path=(*at, begin),
            label=texts.gettext("From"),
            kind=Kind.TEXT,
            texts=write_texts(told.get(begin), Kind.TEXT),
        ),
        Entry(path=(*at, end), label=texts.gettext("To"), kind=Kind.TEXT, texts=write_texts(told.get(end), Kind.TEXT)),
    )
