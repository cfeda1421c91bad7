"""Entries of a form: where each stands in a document, how it is written there, and how people write it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

Path = tuple[str | int, ...]
Posted = Mapping[str, Sequence[str]]
"""What a form sent: the values of each name."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}([.,][0-9]{1,12})?|[.,][0-9]{1,12})")
_BREAK = re.compile(r"(\d{1,2}:\d{2})\s*[-\u2013]\s*(\d{1,2}:\d{2})(?:\s+(.+))?")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]")
_PERCENT = 100.0
_DIGITS = 10


class Kind(StrEnum):
    """How an entry is written."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    PERCENT = "percent"
    CHOICE = "choice"
    MANY = "many"
    REMOVE = "remove"
    LEVEL = "level"
    """One of a few numbers, or nothing."""
    BREAK = "break"
    """A stretch such as `12:00-12:30`, in a file a list of its start, its end and of what kind it is."""
    FIXED = "fixed"
    """Only told; changed elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a form.

    Attributes
    ----------
    path
        Where it stands in the document; one that begins with `?` stands nowhere, and the sheet itself makes something
        of it.
    options
        What can be chosen: values with their names.
    texts
        What is written there, as people write it; several of what can be chosen several times.
    error
        What is wrong with it.
    """

    path: Path
    label: str
    kind: Kind = Kind.NUMBER
    options: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    hint: str = ""
    is_required: bool = False
    texts: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """Its name in what the form sends."""
        return ".".join(map(str, self.path))

    @property
    def id(self) -> str:
        """Its id in the page."""
        return _NOT_IN_IDS.sub("-", self.name)

    @property
    def text(self) -> str:
        """What is written there."""
        return self.texts[0] if self.texts else ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Entries that belong together: one record in a table of alike ones, with a link to all of it.

    Attributes
    ----------
    note
        What tells it from others that are called alike.
    """

    name: str = ""
    note: str = ""
    entries: tuple[Entry, ...]
    facts: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a form: single entries, or a table of lines with the same headings."""

    title: str = ""
    note: str = ""
    entries: tuple[Entry, ...] = ()
    headings: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A form: its parts, and what is wrong that belongs to no entry."""

    parts: tuple[Part, ...]
    errors: tuple[str, ...] = ()

    @property
    def entries(self) -> list[Entry]:
        """All entries, in their order."""
        return [
            entry
            for part in self.parts
            for entry in (*part.entries, *(entry for line in part.lines for entry in line.entries))
        ]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong, by the id of the entry."""
        return [(entry.id, f"{entry.label}: {entry.error}") for entry in self.entries if entry.error]


def entry_of(
    document: Mapping[str, Any],
    path: Path,
    label: str,
    *,
    kind: Kind = Kind.NUMBER,
    hint: str = "",
    unit: str = "",
    default: Any = None,
) -> Entry:
    """Return the entry of a place, with what stands there or else holds."""
    value = get_at(document, path)
    texts = write_texts(default if value is None else value, kind)
    return Entry(path=path, label=label, kind=kind, hint=hint, unit=unit, texts=texts)


def choice_of(
    document: Mapping[str, Any],
    path: Path,
    label: str,
    options: tuple[tuple[str, str], ...],
    *,
    hint: str = "",
    is_required: bool = True,
    default: Any = None,
) -> Entry:
    """Return the entry of a place where one of some things stands."""
    value = get_at(document, path)
    return Entry(
        path=path,
        label=label,
        kind=Kind.CHOICE,
        options=options,
        hint=hint,
        is_required=is_required,
        texts=write_texts(default if value is None else value, Kind.CHOICE),
    )


def change_entries(sheet: Sheet, changes: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """Return a sheet with some entries changed, by their names."""

    def change(entry: Entry) -> Entry:
        return replace(entry, **changes.get(entry.name, {}))

    return replace(
        sheet,
        parts=tuple(
            replace(
                part,
                entries=tuple(map(change, part.entries)),
                lines=tuple(replace(line, entries=tuple(map(change, line.entries))) for line in part.lines),
            )
            for part in sheet.parts
        ),
    )


def write_texts(value: Any, kind: Kind) -> tuple[str, ...]:
    """Return a value of a document as people write it."""
    if value is None:
        return ()
    if kind is Kind.MANY:
        return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
    if kind is Kind.BREAK and isinstance(value, list):
        kind_of = f" {value[2]}" if len(value) > 2 and value[2] else ""
        return (f"{value[0]}-{value[1]}{kind_of}",)
    if kind is Kind.PERCENT and _is_number(value):
        return (write_number(_PERCENT * value),)
    return (write_number(value),) if _is_number(value) else (str(value),)


def read_texts(texts: Sequence[str], kind: Kind) -> Any:
    """Return what a document holds for what somebody wrote; None for nothing.

    What is no number stays text, so that whoever checks the document says so.
    """
    if kind is Kind.MANY:
        return [text for text in texts if text]
    text = texts[0].strip() if texts else ""
    if not text:
        return None
    if kind in (Kind.TEXT, Kind.CHOICE, Kind.REMOVE):
        return text
    if kind is Kind.BREAK:
        found = _BREAK.fullmatch(text)
        return text if found is None else [part for part in found.groups() if part]
    if kind in (Kind.WHOLE, Kind.LEVEL) or (kind is Kind.NUMBER and _WHOLE.fullmatch(text)):
        return int(text) if _WHOLE.fullmatch(text) else text
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text.replace(",", "."))
    return round(number / _PERCENT, _DIGITS) if kind is Kind.PERCENT else number


def write_number(value: Any) -> str:
    """Return a number without the digits that computers add."""
    return f"{round(value, _DIGITS):.10g}" if isinstance(value, float) else str(value)


def get_at(document: Any, path: Path) -> Any:
    """Return what stands at a place of a document; None where nothing does."""
    found: Any = document
    for key in path:
        if isinstance(found, Mapping) and isinstance(key, str):
            found = found.get(key)
        elif isinstance(found, list) and not isinstance(key, str) and key < len(found):
            found = found[key]
        else:
            return None
    return found


def set_at(document: Any, path: Path, value: Any) -> None:
    """Put something at a place of a document, and what must be around it; None takes away what is there."""
    place: Any = document
    for n, key in enumerate(path[:-1]):
        following = path[n + 1]
        if isinstance(place, list):
            assert isinstance(key, int)  # noqa: S101 - entries are made of the document that they are put into
            while len(place) <= key:
                place.append([] if isinstance(following, int) else {})
            place = place[key]
            continue
        if not isinstance(place.get(key), dict | list):
            if value is None:
                return
            place[key] = [] if isinstance(following, int) else {}
        place = place[key]
    last = path[-1]
    if isinstance(place, list):
        assert isinstance(last, int)  # noqa: S101
        while len(place) <= last:
            place.append(None)
        place[last] = value
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
