"""Forms of what comes in: all of it in percent, or one record's pattern of days and hours; and what waits already."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import name_of
from api.pages.what_if.forms.entries import Entry, Kind, Line, Part, Posted, Sheet, get_at, read_texts, write_texts
from api.pages.what_if.forms.hours import build_hours
from api.pages.what_if.forms.reading import REMOVE
from models.calendar import WEEKDAYS
from models.formats.scenarios.volumes import scale_arrivals

SCALE, BACKLOG = "?scale", "?backlog"
HOURS_A_DAY = 24
_MINUTES = 60


def build_volumes(document: Mapping[str, Any], texts: Texts, address: str) -> Sheet:
    """Return the form of all that comes in, in percent of what it is now."""
    lines = tuple(
        Line(
            name=name_arrivals(document, record),
            entries=(_percent((SCALE, n), name_arrivals(document, record)),) if not record.get("times") else (),
            facts=(_tell_rate(record, texts),),
            href="" if record.get("times") else f"{address}?record={n}",
        )
        for n, record in enumerate(document.get("arrivals") or ())
    )
    waiting = sum(int(item.get("count") or 0) for item in document.get("initial_backlog") or ())
    backlog = (
        Part(
            title=texts.gettext("What waits at the start"),
            note=texts.ngettext("%(num)s task waits.", "%(num)s tasks wait.", waiting),
            entries=(_percent((BACKLOG,), texts.gettext("Of it")),),
        ),
    )
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("What comes in"),
                note=texts.gettext("100 leaves it as it is, 110 is a tenth more. The pattern has days and hours."),
                headings=(texts.gettext("Work"), texts.gettext("A week now"), texts.gettext("Percent of it")),
                lines=lines,
            ),
            *(backlog if waiting else ()),
        )
    )


def finish_volumes(document: dict[str, Any], posted: Posted) -> list[tuple[str, str]]:
    """Scale what comes in and what waits; return entries that are no share, by name and what they should be."""
    faults = []
    for n, record in enumerate(document.get("arrivals") or ()):
        name = f"{SCALE}.{n}"
        factor = _read_factor(posted, name)
        if isinstance(factor, str):
            faults.append((name, factor))
        elif factor != 1 and not record.get("times"):
            scaled = scale_arrivals({"arrivals": [record]}, factor)
            document["arrivals"][n] = scaled["arrivals"][0]
    factor = _read_factor(posted, BACKLOG)
    if isinstance(factor, str):
        faults.append((BACKLOG, factor))
    elif factor != 1:
        for item in document.get("initial_backlog") or ():
            item["count"] = round(int(item["count"]) * factor)
    return faults


def build_arrivals(document: Mapping[str, Any], texts: Texts, position: int) -> Sheet:
    """Return the form of one record: its days and hours with a row more, and how it spreads."""
    record = document["arrivals"][position]
    at = ("arrivals", position)
    if record.get("per_hour") is not None:
        rates: tuple[Part, ...] = (
            Part(
                title=name_arrivals(document, record),
                entries=(
                    Entry(
                        path=(*at, "per_hour"),
                        label=texts.gettext("An hour, day and night"),
                        texts=write_texts(record["per_hour"], Kind.NUMBER),
                    ),
                ),
            ),
        )
    else:
        windows = record.get("pattern") or []
        rates = (
            Part(
                title=name_arrivals(document, record),
                note=texts.gettext(
                    "A row says how many come an hour on these days between these times; no day means every day."
                ),
                headings=(
                    texts.gettext("Days"),
                    texts.gettext("From"),
                    texts.gettext("To"),
                    texts.gettext("An hour"),
                    texts.gettext("Remove"),
                ),
                lines=tuple(
                    Line(entries=_window(window, (*at, "pattern", n), texts))
                    for n, window in enumerate([*windows, None])
                ),
            ),
        )
    return Sheet(
        parts=(
            *rates,
            Part(
                title=texts.gettext("How it spreads"),
                entries=(
                    Entry(
                        path=(*at, "day_cv"),
                        label=texts.gettext("How much days differ"),
                        hint=texts.gettext("Standard deviation / mean of a day's number, beyond chance; 0 for not."),
                        texts=write_texts(record.get("day_cv", 0), Kind.NUMBER),
                    ),
                    Entry(
                        path=(*at, "lot"),
                        label=texts.gettext("Come together"),
                        kind=Kind.WHOLE,
                        hint=texts.gettext("So many at the same moment."),
                        texts=write_texts(record.get("lot", 1), Kind.WHOLE),
                    ),
                    Entry(
                        path=(*at, "spacing"),
                        label=texts.gettext("Between them"),
                        kind=Kind.CHOICE,
                        options=(
                            ("poisson", texts.gettext("By chance")),
                            ("even", texts.gettext("The same time each")),
                        ),
                        is_required=True,
                        texts=write_texts(record.get("spacing", "poisson"), Kind.CHOICE),
                    ),
                ),
            ),
        )
    )


def name_arrivals(document: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return what comes in by name."""
    if record.get("process"):
        return name_of(document, "processes", record["process"])
    return name_of(document, "task_types", record.get("task_type") or "")


def count_week(record: Mapping[str, Any]) -> float | None:
    """Return how many of a record are expected in a week; None where what comes in is a trace."""
    lot = int(record.get("lot") or 1)
    if record.get("per_hour") is not None:
        return lot * float(record["per_hour"]) * HOURS_A_DAY * len(WEEKDAYS)
    if record.get("times"):
        return None
    return lot * sum(
        len(window.get("days") or WEEKDAYS) * _hours(window) * float(window["per_hour"])
        for window in record.get("pattern") or ()
    )


def _window(window: Mapping[str, Any] | None, at: tuple[str | int, ...], texts: Texts) -> tuple[Entry, ...]:
    given: Mapping[str, Any] = window or {}
    return (
        *build_hours(window, at, texts, begin="from", end="to"),
        Entry(
            path=(*at, "per_hour"),
            label=texts.gettext("An hour"),
            texts=write_texts(given.get("per_hour"), Kind.NUMBER),
        ),
        *(() if window is None else (Entry(path=(REMOVE, *at), label=texts.gettext("Remove"), kind=Kind.REMOVE),)),
    )


def _percent(path: tuple[str | int, ...], label: str) -> Entry:
    return Entry(path=path, label=label, unit="%", texts=("100",), is_required=True)


def _tell_rate(record: Mapping[str, Any], texts: Texts) -> str:
    count = count_week(record)
    return texts.gettext("as it happened") if count is None else texts.number(count, 0 if count >= 10 else 1)


def _read_factor(posted: Posted, name: str) -> float | str:
    texts = posted.get(name)
    if texts is None:
        return 1.0
    read = read_texts(texts, Kind.PERCENT)
    if not isinstance(read, int | float):
        return "a number"
    return float(read) if read >= 0 else "a number not below 0"


def _hours(window: Mapping[str, Any]) -> float:
    return (_clock(window["to"]) - _clock(window["from"])) / _MINUTES


def _clock(text: str) -> float:
    hours, minutes = text.split(":")[:2]
    return int(hours) * _MINUTES + int(minutes)


def has_record(document: Mapping[str, Any], position: int) -> bool:
    """Return whether a record can be changed by its form: it is there, and no trace."""
    record = get_at(document, ("arrivals", position))
    return isinstance(record, dict) and not record.get("times")
