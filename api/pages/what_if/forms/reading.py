"""From what a form sent to a document."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.what_if.forms.entries import Entry, Kind, Path, Posted, Sheet, change_entries, read_texts, set_at

REMOVE = "?remove"
"""Begins the path of an entry that takes a row of a list away: the rest is the path of the row."""
OWN = "?"
"""Begins the first key of paths that stand nowhere in a document."""


@dataclass(frozen=True, kw_only=True)
class ReadSheet:
    """What a form was read into.

    Attributes
    ----------
    sheet
        With what was written in it, and with paths that hold in the new document.
    """

    document: dict[str, Any]
    sheet: Sheet


def read_sheet(sheet: Sheet, posted: Posted, document: Mapping[str, Any]) -> ReadSheet:
    """Return a document with what somebody changed in a form of it; what they left alone stays, digit by digit."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    changes: dict[str, dict[str, Any]] = {}
    removed: list[Path] = []
    for entry in sheet.entries:
        written = tuple(text for text in posted.get(entry.name, ()) if text.strip() or entry.kind is not Kind.MANY)
        if entry.kind is Kind.FIXED:
            continue
        if entry.kind is Kind.REMOVE:
            if written:
                removed.append(entry.path[1:])
                changes[entry.name] = {"texts": written}
            continue
        if not is_changed(entry, written):
            continue
        changes[entry.name] = {"texts": written}
        if not str(entry.path[0]).startswith(OWN):
            set_at(made, entry.path, read_texts(written, entry.kind))
    for path in sorted(removed, key=_last, reverse=True):
        rows = made
        for key in path[:-1]:
            rows = rows[key]  # type: ignore[index]
        del rows[path[-1]]  # type: ignore[arg-type]
    return ReadSheet(document=made, sheet=change_entries(sheet, changes))


def is_changed(entry: Entry, written: Sequence[str]) -> bool:
    """Return whether somebody wrote something else than what stood there."""
    if entry.kind is Kind.MANY:
        return set(written) != set(entry.texts)
    before = entry.text
    return (written[0].strip() if written else "") != before


def _last(path: Path) -> int:
    return int(path[-1])
