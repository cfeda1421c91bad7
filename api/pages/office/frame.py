"""What the pages of the office share: who may, the tabs, the faults of a form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request

from api.access import Caller, permits
from api.language.texts import Texts
from api.pages.serving import database_of
from models.repositories.office_pages import list_names
from services.upserting import RowError

Admin = Annotated[Caller, permits()]
STYLES = ("admin.css",)
SCRIPTS = ("jobs.js", "admin.js")
MOST_NAMES = 2000
_COLUMN = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
Tab = tuple[str, str, bool, None]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something that can be chosen: its id and its name."""

    id: str
    name: str


def tabs_of(texts: Texts, here: str) -> list[Tab]:
    """Return the tabs of the office, with the one that is shown."""
    lines = (
        ("/office", texts.gettext("Overview")),
        ("/office/people", texts.gettext("People")),
        ("/office/task-types", texts.gettext("Task types")),
        ("/office/names", texts.gettext("Teams, skills, clients")),
        ("/office/import", texts.gettext("Import")),
    )
    return [(href, name, href == here, None) for href, name in lines]


def choices_of(request: Request, table: str) -> list[Choice]:
    """Return the teams, skills or clients that there are."""
    with database_of(request).reading() as session:
        found = list_names(session.connection(), table, limit=MOST_NAMES)
    return [Choice(id=one, name=name) for one, name in found]


def faults_by_field(errors: Iterable[RowError], texts: Texts, labels: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is wrong with a row, by field; what is wrong with all of it under the empty name.

    Other columns that a fault names are called what the form calls them.
    """
    found: dict[str, list[str]] = {}
    for error in errors:
        told = _COLUMN.sub(
            lambda name: f"“{labels[name[0]]}”" if name[0] in labels else name[0], texts.told(error.expected)
        )
        found.setdefault(error.field, []).append(told)
    return {name: "; ".join(dict.fromkeys(told)) for name, told in found.items()}


def fault_lines(faults: Mapping[str, str], labels: Mapping[str, str], *, form: str) -> Sequence[tuple[str, str]]:
    """Return what is wrong with a form as lines: the id of the field, and what is expected of it."""
    return [
        (f"{form}-{name}" if name in labels else form, f"{labels[name]}: {told}" if name in labels else told)
        for name, told in faults.items()
    ]


def word_import(texts: Texts, kind: str) -> str:
    """Return what was taken in."""
    return {
        "demo": texts.gettext("the demo office"),
        "tables": texts.gettext("tables"),
        "log": texts.gettext("an event log"),
        "rows": texts.gettext("rows, by a form or a program"),
    }.get(kind, kind)


def write_number(value: float) -> str:
    """Return a stored number as a form shows it, 12 rather than 12.0, so that it comes back as the same number."""
    return repr(float(value)).removesuffix(".0")


def filled(**values: str | Sequence[str]) -> dict[str, object]:
    """Return the fields of a form that were filled in."""
    return {
        name: value.strip() if isinstance(value, str) else list(value)
        for name, value in values.items()
        if (value.strip() if isinstance(value, str) else value)
    }
