"""What is wrong with a document, beside the entries where it stands."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.entries import Entry, Kind, Sheet, change_entries
from models.errors import Fault
from models.formats.places import name_place

_BOUND = re.compile(r"(a number .+ )([0-9.]+)")
_BRACKETS = re.compile(r"""\[['"]?([^\]'"]+)['"]?\]""")
_TOLD_AS = {"from": "start", "to": "end"}
"""Keys of a file that its records call otherwise."""
_IDS = {
    "a team": lambda texts: texts.gettext("Choose a team that there is."),
    "a task type": lambda texts: texts.gettext("Choose a task type that there is."),
    "a calendar": lambda texts: texts.gettext("Choose a calendar that there is."),
    "a group of agents": lambda texts: texts.gettext("Choose a group that there is."),
}
_WORDS: tuple[tuple[str, Callable[[Texts, re.Match[str]], str]], ...] = (
    (r"a number not below (.+)", lambda t, m: t.gettext("Write a number from %(least)s on.", least=m[1])),
    (r"a number greater than (.+)", lambda t, m: t.gettext("Write a number greater than %(least)s.", least=m[1])),
    (r"a number not above (.+)", lambda t, m: t.gettext("Write a number of at most %(most)s.", most=m[1])),
    (r"a (?:finite )?number", lambda t, _: t.gettext("Write a number.")),
    (r"a whole number", lambda t, _: t.gettext("Write a whole number.")),
    (r"is required.*", lambda t, _: t.gettext("This is needed.")),
    (r"text that is not empty", lambda t, _: t.gettext("This is needed.")),
    (r"a clock time .*", lambda t, _: t.gettext("Write a time such as 08:30.")),
    (r"a later clock time .*", lambda t, _: t.gettext("It must be later, 24:00 at the latest.")),
    (r"a weekday at least", lambda t, _: t.gettext("Choose a day at least.")),
    (r"an id of its own.*", lambda t, _: t.gettext("Something else has this name already.")),
    (r"an ISO 8601 instant.*", lambda t, _: t.gettext("Write a day and a time, such as 2026-03-02T00:00:00+01:00.")),
    (r"somebody who works", lambda t, _: t.gettext("Somebody must be there to work.")),
    (r"less than the .* days there are", lambda t, _: t.gettext("It must be less than the days there are.")),
    (r"not below min, (.+)", lambda t, m: t.gettext("It must not be below the least, %(least)s.", least=m[1])),
    (r"the id of (.+) of this scenario", lambda t, m: _IDS[m[1]](t) if m[1] in _IDS else ""),
)


def mark_faults(sheet: Sheet, document: Mapping[str, Any], faults: Iterable[Fault], texts: Texts) -> Sheet:
    """Return a sheet with every fault beside its entry; what belongs to none stands by itself."""
    places: list[tuple[str, str, Entry]] = [(*name_place(entry.path, document), entry) for entry in sheet.entries]
    changes: dict[str, dict[str, str]] = {}
    others: list[str] = []
    for fault in faults:
        entry = _find(places, fault)
        if entry is None:
            others.append(texts.told(_tell_apart(fault)))
        else:
            expected = _in_percent(fault.expected) if entry.kind is Kind.PERCENT else fault.expected
            changes.setdefault(entry.name, {"error": say_expected(expected, texts)})
    return replace(change_entries(sheet, changes), errors=(*sheet.errors, *others))


def say_expected(expected: str, texts: Texts) -> str:
    """Return what should stand somewhere, in words; as the format says it where it is too rare for words of its own."""
    for pattern, word in _WORDS:
        match = re.fullmatch(pattern, expected)
        if match is not None and (said := word(texts, match)):
            return said
    return texts.gettext("Expected: %(what)s.", what=texts.told(expected))


def _in_percent(expected: str) -> str:
    """Return what is expected of a share as it is written here, in percent."""
    return _BOUND.sub(lambda found: f"{found[1]}{100 * float(found[2]):g}", expected)


def _find(places: list[tuple[str, str, Entry]], fault: Fault) -> Entry | None:
    field = _plain(fault.field)
    same = [(_plain(own), entry) for record, own, entry in places if record == fault.record]
    for own, entry in same:
        if own == field:
            return entry
    for own, entry in same:
        if own and field.startswith(f"{own}."):
            return entry
    return next((entry for own, entry in same if field and own.startswith(f"{field}.")), None)


def _plain(field: str) -> str:
    """Return the path of a field with points alone: messages write `a['b'][0]`, and `a.b[0]` too."""
    parts = _BRACKETS.sub(r".\1", field).split(".")
    return ".".join(_TOLD_AS.get(part, part) for part in parts)


def _tell_apart(fault: Fault) -> str:
    where = ": ".join(part for part in (fault.record, fault.field) if part)
    what = fault.expected if fault.value is None else f"is {fault.value}; expected {fault.expected}"
    return f"{where}: {what}" if where else what
