"""The tables of an office as files: every column, once. Templates, validation and docs are made from these.

A table is a CSV, a sheet of an XLSX workbook, or a Parquet file named after it. Clock times and dates without an
offset are in the office's zone.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.calendar import WEEKDAYS

MOST_MINUTES = 1e5
MOST_QUANTITY = 1e4
MOST_SLA_MINUTES = 1e6
MOST_WEIGHT = 1e9
"""What a column takes at the most: far beyond any office, and so that no product of them leaves what can be planned."""


class Kind(StrEnum):
    """What a cell holds, and what it becomes once read.

    `ID` and `TEXT` become str; `INTEGER` int; `NUMBER` float; `FLAG` bool; `DATE` date; `CLOCK` time of day;
    `INSTANT` epoch second; `DUE` epoch second, a date alone being the close of business of that day;
    `IDS` tuple of str (separated by `;`); `LEVELS` dict of skill to least level (`spanish:1; authority:3`);
    `BREAKS` tuple of `(from, to, kind, is paid)` (`12:00-12:30 lunch; 15:00-15:30 meeting`), both times of day;
    one before the shift's start is on the next day.
    """

    ID = "id"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    CLOCK = "clock"
    INSTANT = "instant"
    DUE = "due"
    IDS = "ids"
    LEVELS = "levels"
    BREAKS = "breaks"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, what its cells hold and mean, and the bounds they keep.

    `refers_to` names the table whose ids the cells hold; `default` stands where a cell is empty (None = nothing);
    `choices` are the words that a text may be; with `ends_day` a date alone is the end of that day.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    default: object = None
    least: float | None = None
    most: float | None = None
    above: float | None = None
    refers_to: str | None = None
    choices: tuple[str, ...] = ()
    ends_day: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns, and which of them together name a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    required: bool = False
    takes_attributes: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]


def _id(meaning: str) -> Column:
    return Column(name="id", kind=Kind.ID, meaning=meaning, required=True)


_NAME = Column(name="name", kind=Kind.TEXT, meaning="what people call it; the id where empty", default="")
_VALID_FROM = Column(name="valid_from", kind=Kind.DATE, meaning="first day it holds; always where empty")
_VALID_TO = Column(name="valid_to", kind=Kind.DATE, meaning="last day it holds; for good where empty")

OFFICE = Table(
    name="office",
    meaning="One row: the office itself. Without this table the office keeps what it has.",
    columns=(
        Column(name="name", kind=Kind.TEXT, meaning="what people call the office", required=True),
        Column(name="timezone", kind=Kind.TEXT, meaning="IANA time zone, such as Europe/Madrid", required=True),
        Column(name="country", kind=Kind.TEXT, meaning="ISO 3166 code whose public holidays are kept, such as ES"),
        Column(name="subdivision", kind=Kind.TEXT, meaning="its part with holidays of its own, such as MD"),
    ),
    key=("name",),
)
OFFICE_HOURS = Table(
    name="office_hours",
    meaning="When the office is open; Monday to Friday 08:00 to 18:00 without this table.",
    columns=(
        Column(name="weekday", kind=Kind.TEXT, meaning="day of the week", required=True, choices=WEEKDAYS),
        Column(name="opens", kind=Kind.CLOCK, meaning="opening time", required=True),
        Column(name="closes", kind=Kind.CLOCK, meaning="close of business", required=True),
    ),
    key=("weekday", "opens"),
)
HOLIDAYS = Table(
    name="holidays",
    meaning="Days on which the office is closed, besides its country's.",
    columns=(
        Column(name="date", kind=Kind.DATE, meaning="the day", required=True),
        Column(name="name", kind=Kind.TEXT, meaning="why", default=""),
    ),
    key=("date",),
)
CLIENTS = Table(
    name="clients",
    meaning="Whom the office works for.",
    columns=(
        _id("the client"),
        _NAME,
        Column(
            name="needs_clearance",
            kind=Kind.FLAG,
            meaning="whether only agents cleared for the client may do its tasks",
            default=False,
        ),
    ),
)
TEAMS = Table(name="teams", meaning="Teams that own task types.", columns=(_id("the team"), _NAME), required=True)
SKILLS = Table(name="skills", meaning="What agents can do.", columns=(_id("the skill"), _NAME))
AGENTS = Table(
    name="agents",
    meaning="People who do tasks.",
    columns=(
        _id("the agent"),
        _NAME,
        Column(name="team", kind=Kind.ID, meaning="home team", required=True, refers_to="teams"),
        Column(
            name="swing_teams",
            kind=Kind.IDS,
            meaning="other teams the agent may be lent to; not empty = a member of the swing team",
            default=(),
            refers_to="teams",
        ),
        Column(
            name="clients",
            kind=Kind.IDS,
            meaning="clients the agent is cleared for",
            default=(),
            refers_to="clients",
        ),
        Column(name="max_moves", kind=Kind.INTEGER, meaning="most changes of team within one shift", least=0),
        Column(
            name="min_stay_minutes",
            kind=Kind.NUMBER,
            meaning="least minutes between one move and the next",
            default=0.0,
            least=0,
        ),
        _VALID_FROM,
        _VALID_TO,
    ),
    required=True,
)
AGENT_SKILLS = Table(
    name="agent_skills",
    meaning="Who can do what, how well, and until when.",
    columns=(
        Column(name="agent", kind=Kind.ID, meaning="the agent", required=True, refers_to="agents"),
        Column(name="skill", kind=Kind.ID, meaning="the skill", required=True, refers_to="skills"),
        Column(
            name="level", kind=Kind.INTEGER, meaning="1 (learning) to 5 (teaches it)", required=True, least=1, most=5
        ),
        Column(
            name="speed",
            kind=Kind.NUMBER,
            meaning="1.25 does the work in 80 % of the standard minutes",
            default=1.0,
            above=0,
        ),
        _VALID_FROM,
        _VALID_TO,
    ),
    key=("agent", "skill", "valid_from"),
    required=True,
)
SHIFTS = Table(
    name="shifts",
    meaning="Who is on duty when.",
    columns=(
        Column(name="agent", kind=Kind.ID, meaning="the agent", required=True, refers_to="agents"),
        Column(name="date", kind=Kind.DATE, meaning="day on which the shift starts", required=True),
        Column(name="start", kind=Kind.CLOCK, meaning="start of the shift", required=True),
        Column(name="end", kind=Kind.CLOCK, meaning="its end; not after the start = on the next day", required=True),
        Column(
            name="breaks",
            kind=Kind.BREAKS,
            meaning="stretches without tasks: lunch (unpaid), break, meeting, training, phone duty (paid); "
            "add `paid` or `unpaid` to say otherwise",
            default=(),
        ),
    ),
    key=("agent", "date", "start"),
    required=True,
)
ABSENCES = Table(
    name="absences",
    meaning="Who is away although on a roster.",
    columns=(
        Column(name="agent", kind=Kind.ID, meaning="the agent", required=True, refers_to="agents"),
        Column(
            name="start", kind=Kind.INSTANT, meaning="from when; a date alone is the start of that day", required=True
        ),
        Column(
            name="end",
            kind=Kind.INSTANT,
            meaning="until when; a date alone is the end of that day",
            required=True,
            ends_day=True,
        ),
        Column(name="reason", kind=Kind.TEXT, meaning="ill, holiday, ...", default=""),
    ),
    key=("agent", "start"),
)
_ALSO_REQUIRES = Column(
    name="also_requires",
    kind=Kind.LEVELS,
    meaning="further skills wanted, each at a least level",
    refers_to="skills",
)
TASK_TYPES = Table(
    name="task_types",
    meaning="Kinds of tasks and how long they should take.",
    columns=(
        _id("the task type"),
        _NAME,
        Column(name="team", kind=Kind.ID, meaning="team that owns it", required=True, refers_to="teams"),
        Column(name="skill", kind=Kind.ID, meaning="skill it wants", required=True, refers_to="skills"),
        Column(name="min_level", kind=Kind.INTEGER, meaning="least level of that skill", default=1, least=1, most=5),
        Column(
            name="handling_minutes",
            kind=Kind.NUMBER,
            meaning="standard minutes: expected handling at speed 1",
            required=True,
            above=0,
            most=MOST_MINUTES,
        ),
        _ALSO_REQUIRES,
        Column(
            name="sla_minutes",
            kind=Kind.NUMBER,
            meaning="minutes of open office within which a task without a due is due",
            above=0,
            most=MOST_SLA_MINUTES,
        ),
        Column(
            name="weight",
            kind=Kind.NUMBER,
            meaning="importance of a task without one of its own",
            default=1.0,
            least=0,
            most=MOST_WEIGHT,
        ),
        Column(
            name="is_estimated",
            kind=Kind.FLAG,
            meaning="whether the standard minutes are an estimate and not measured",
            default=False,
        ),
        Column(
            name="is_sla_estimated",
            kind=Kind.FLAG,
            meaning="whether `sla_minutes` is read off what happened and was promised to nobody",
            default=False,
        ),
        Column(
            name="pending_stops_clock",
            kind=Kind.FLAG,
            meaning="whether the deadline moves on while a task waits for a customer or a third party",
            default=False,
        ),
        _VALID_FROM,
    ),
    key=("id", "valid_from"),
    required=True,
)
TASKS = Table(
    name="tasks",
    meaning="Work items.",
    columns=(
        _id("the task"),
        Column(name="type", kind=Kind.ID, meaning="task type", required=True, refers_to="task_types"),
        Column(name="title", kind=Kind.TEXT, meaning="what it is about", default=""),
        Column(name="client", kind=Kind.ID, meaning="client it is for", refers_to="clients"),
        Column(name="case", kind=Kind.ID, meaning="customer matter it belongs to"),
        Column(name="step", kind=Kind.TEXT, meaning="step of the case's process", default=""),
        Column(name="source", kind=Kind.TEXT, meaning="system it came from", default=""),
        Column(name="external_id", kind=Kind.TEXT, meaning="its id there", default=""),
        Column(name="link", kind=Kind.TEXT, meaning="address where it is done", default=""),
        Column(
            name="quantity",
            kind=Kind.NUMBER,
            meaning="units in it; the type's minutes are per unit",
            default=1.0,
            above=0,
            most=MOST_QUANTITY,
        ),
        Column(name="arrived", kind=Kind.INSTANT, meaning="when it came in", required=True),
        Column(name="due", kind=Kind.DUE, meaning="deadline; by the type's `sla_minutes` where empty"),
        Column(name="must_by", kind=Kind.DUE, meaning="instant that must not pass (a law, a contract)"),
        Column(name="earliest_start", kind=Kind.INSTANT, meaning="not before it"),
        Column(
            name="weight", kind=Kind.NUMBER, meaning="importance; the type's where empty", least=0, most=MOST_WEIGHT
        ),
        Column(
            name="handling_minutes",
            kind=Kind.NUMBER,
            meaning="instead of the type's minutes",
            above=0,
            most=MOST_MINUTES,
        ),
        Column(name="min_level", kind=Kind.INTEGER, meaning="instead of the type's level", least=1, most=5),
        _ALSO_REQUIRES,
        Column(name="pinned_agent", kind=Kind.ID, meaning="only this agent may do it", refers_to="agents"),
        Column(name="in_progress", kind=Kind.FLAG, meaning="the pinned agent has it open", default=False),
        Column(
            name="preferred_agents",
            kind=Kind.IDS,
            meaning="better done by one of these",
            default=(),
            refers_to="agents",
        ),
        Column(name="excluded_agents", kind=Kind.IDS, meaning="who may not do it", default=(), refers_to="agents"),
        Column(
            name="separate_from",
            kind=Kind.IDS,
            meaning="tasks that another agent must do",
            default=(),
            refers_to="tasks",
        ),
        Column(name="after", kind=Kind.IDS, meaning="tasks that must be done before", default=(), refers_to="tasks"),
        Column(name="pended_until", kind=Kind.INSTANT, meaning="waits for a customer or third party until then"),
        Column(name="started", kind=Kind.INSTANT, meaning="when somebody began it; not begun where empty"),
        Column(name="closed", kind=Kind.INSTANT, meaning="when it was done or dropped; open where empty"),
        Column(name="done_by", kind=Kind.ID, meaning="who did it, or has begun it", refers_to="agents"),
    ),
    required=True,
    takes_attributes=True,
)

TABLES: tuple[Table, ...] = (
    OFFICE,
    OFFICE_HOURS,
    HOLIDAYS,
    CLIENTS,
    TEAMS,
    SKILLS,
    AGENTS,
    AGENT_SKILLS,
    SHIFTS,
    ABSENCES,
    TASK_TYPES,
    TASKS,
)
"""All tables, each after those that it refers to."""

TABLES_BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
"""The same tables by their names."""
