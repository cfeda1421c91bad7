"""What a lead's workbook holds: three sheets, their columns, and the other words that people use for them."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.formats.offices.tables import Column, Kind


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """A column of a sheet: what its cells are, and headers that mean the same."""

    column: Column
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetSpec:
    """A sheet: its name, names that mean the same, and its columns."""

    name: str
    also: tuple[str, ...]
    meaning: str
    columns: tuple[SheetColumn, ...]
    required: bool = True


def _column(
    name: str,
    kind: Kind,
    meaning: str,
    *also: str,
    required: bool = False,
    default: object = None,
    least: float | None = None,
    above: float | None = None,
) -> SheetColumn:
    column = Column(name=name, kind=kind, meaning=meaning, required=required, default=default, least=least, above=above)
    return SheetColumn(column=column, also=also)


ITEMS = SheetSpec(
    name="Open items",
    also=("items", "tasks", "open tasks", "work", "work items", "backlog", "queue", "open cases", "cases", "tickets"),
    meaning="what there is to do, a row each",
    columns=(
        _column(
            "id",
            Kind.ID,
            "what the item is known by; its row where there is no such column",
            "item",
            "item id",
            "task",
            "task id",
            "number",
            "no",
            "nr",
            "reference",
            "ref",
            "ticket",
            "case number",
            "case id",
            "key",
        ),
        _column(
            "type",
            Kind.TEXT,
            "its type, a row on Types",
            "task type",
            "item type",
            "work type",
            "category",
            "kind",
            "queue",
            required=True,
        ),
        _column(
            "due",
            Kind.DUE,
            "by when; a date alone is the close of business; a week from now where empty",
            "due date",
            "deadline",
            "due by",
            "due on",
            "target date",
            "sla",
            "sla due",
        ),
        _column(
            "arrived",
            Kind.INSTANT,
            "when it came in; counts as here already where empty",
            "arrived at",
            "received",
            "created",
            "created at",
            "created on",
            "opened",
            "open date",
            "date received",
        ),
        _column(
            "minutes",
            Kind.NUMBER,
            "minutes it takes, instead of its type's",
            "handling minutes",
            "min",
            "mins",
            "estimate",
            "effort",
            "duration",
            above=0,
        ),
        _column("title", Kind.TEXT, "what it is about", "subject", "summary", "description", "name", default=""),
        _column("client", Kind.TEXT, "whom it is for", "customer", "account", "company"),
        _column(
            "weight",
            Kind.NUMBER,
            "importance, more counts more; its type's where empty",
            "importance",
            "value",
            least=0,
        ),
        _column(
            "priority",
            Kind.TEXT,
            "instead of a weight: critical (8), high (4), normal (2) or low (1)",
            "prio",
            "severity",
            "urgency",
        ),
    ),
)
PEOPLE = SheetSpec(
    name="People",
    also=("persons", "agents", "staff", "team members", "employees", "roster", "who"),
    meaning="who is there on the day, a row each",
    columns=(
        _column("name", Kind.ID, "the person", "person", "agent", "employee", "who", required=True),
        _column(
            "team",
            Kind.TEXT,
            "home team; everybody is in one team without this column",
            "home team",
            "department",
            "group",
        ),
        _column(
            "can do",
            Kind.IDS,
            "types or skills, or teams for all of their types; everything of the home team and "
            "of those in `lend to` where empty",
            "skills",
            "types",
            "knows",
            "qualified for",
            "capabilities",
            default=(),
        ),
        _column(
            "start", Kind.CLOCK, "start of work; away that day where empty", "from", "starts", "shift start", "begin"
        ),
        _column("end", Kind.CLOCK, "end of work", "to", "until", "ends", "shift end", "finish"),
        _column(
            "lunch",
            Kind.TEXT,
            "when lunch is: `12:00-12:30`, or `12:00` for half an hour",
            "lunch break",
            "break",
            "breaks",
        ),
        _column(
            "lend to",
            Kind.IDS,
            "teams that the person may be lent to",
            "lend",
            "swing",
            "swing teams",
            "may help",
            "helps",
            default=(),
        ),
        _column("speed", Kind.NUMBER, "1.25 does the work in 80 % of the minutes", "pace", default=1.0, above=0),
    ),
)
TYPES = SheetSpec(
    name="Types",
    also=("task types", "item types", "work types", "categories", "kinds"),
    meaning="kinds of items, a row each",
    columns=(
        _column(
            "type",
            Kind.ID,
            "as on Open items",
            "task type",
            "item type",
            "work type",
            "category",
            "kind",
            "name",
            required=True,
        ),
        _column(
            "team",
            Kind.TEXT,
            "whose work it is; the only team without this column",
            "home team",
            "department",
            "group",
            "owner",
        ),
        _column(
            "minutes",
            Kind.NUMBER,
            "minutes one takes; a guess will do",
            "handling minutes",
            "minutes guess",
            "guess",
            "min",
            "mins",
            "estimate",
            "effort",
            "duration",
            "standard minutes",
            "average minutes",
            above=0,
        ),
        _column("weight", Kind.NUMBER, "importance, more counts more", "importance", "value", default=1.0, least=0),
        _column(
            "skill", Kind.TEXT, "what one must be able to do for it; the type itself where empty", "needs", "requires"
        ),
    ),
)
SHEETS = (ITEMS, PEOPLE, TYPES)
MAX_LISTED = 60
PRIORITIES = {
    "critical": 8.0,
    "urgent": 8.0,
    "highest": 8.0,
    "high": 4.0,
    "medium": 2.0,
    "normal": 2.0,
    "low": 1.0,
    "lowest": 1.0,
}


def plain(text: str) -> str:
    """Return a header or a name as it is compared: in any case, whatever stands between its words."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def find_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is meant, written as it is known; None where there is none."""
    wanted = plain(name)
    return next((known for known in names if plain(known) == wanted), None)


def count_of(count: int, one: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def list_names(names: Sequence[str]) -> str:
    """Return names for a sentence, the first of many."""
    listed = ", ".join(repr(name) for name in names[:MAX_LISTED])
    return listed if len(names) <= MAX_LISTED else f"{listed} and {len(names) - MAX_LISTED} more"


def hint_name(name: str, names: Iterable[str]) -> str:
    """Return a question for the name that is nearest; nothing where none is near."""
    by_plain = {plain(known): known for known in names}
    close = difflib.get_close_matches(plain(name), list(by_plain), n=1)
    return f"; did you mean {by_plain[close[0]]!r}?" if close else ""
