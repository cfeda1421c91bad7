"""An event log, read and cleaned: one row a task instance, whatever file it came from.

Reports, scenarios and discovery all start from these frames; what was mended on the way is listed beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import pandas as pd

ATTRIBUTE_PREFIX = "attr."
NUM_EXAMPLES = 3
SHORTEST_WORK_US = 1_000_000
"""What took less than a second is an instant: somebody (or something) clicked; nobody measured work."""


class Outcome(StrEnum):
    """How an instance ended."""

    DONE = "done"
    DROPPED = "dropped"
    OPEN = "open"


class EnabledBy(StrEnum):
    """What says when an instance could first be worked on."""

    LOG = "log"
    CASE = "case"
    NOTHING = "nothing"


class LogRule(StrEnum):
    """The cleaning rules, by the names under which a report counts them."""

    ENCODING = "encoding"
    MIXED_FRACTIONS = "mixed-fractions"
    MIXED_OFFSETS = "mixed-offsets"
    GUESSED_ZONE = "guessed-zone"
    CLOCK_CHANGE = "clock-change"
    NO_TIME_OF_DAY = "no-time-of-day"
    NOT_IN_ORDER = "not-in-order"
    BLANK_CASE = "blank-case"
    BLANK_TYPE = "blank-type"
    SPELLING = "spelling"
    DECIMAL_ID = "decimal-id"
    UNKNOWN_AGENT = "unknown-agent"
    PLACEHOLDER_INSTANT = "placeholder-instant"
    NO_INSTANT = "no-instant"
    FUTURE = "future"
    DUPLICATE = "duplicate"
    UNKNOWN_TRANSITION = "unknown-transition"
    COMPLETE_WITHOUT_START = "complete-without-start"
    START_WITHOUT_COMPLETE = "start-without-complete"
    SCHEDULE_WITHOUT_START = "schedule-without-start"
    RESUME_WITHOUT_SUSPEND = "resume-without-suspend"
    DROPPED_WORK = "dropped-work"
    PAUSED = "paused"
    END_BEFORE_START = "end-before-start"
    ENABLED_AFTER_START = "enabled-after-start"
    ZERO_LENGTH = "zero-length"
    UNFINISHED = "unfinished"


LOG_RULES: Mapping[LogRule, str] = MappingProxyType(
    {
        LogRule.ENCODING: "the text is not UTF-8 and was read as Windows-1252",
        LogRule.MIXED_FRACTIONS: "instants with and without fractions of a second stand in one column; all were read",
        LogRule.MIXED_OFFSETS: "instants with and without an offset stand in one file; "
        "those without were read in the time zone given",
        LogRule.GUESSED_ZONE: "no time zone was given; the first usual one was taken whose clocks show these offsets",
        LogRule.CLOCK_CHANGE: "clock times that a clock change skips were moved on; repeated ones are the first",
        LogRule.NO_TIME_OF_DAY: "dates without a time of day were taken as midnight (a due date as the end of the day)",
        LogRule.NOT_IN_ORDER: "rows do not stand in order of time; they were sorted",
        LogRule.BLANK_CASE: "rows without a case were left out",
        LogRule.BLANK_TYPE: "rows without a task type were left out",
        LogRule.SPELLING: "white space in names was made single and trimmed, so that one name is one thing",
        LogRule.DECIMAL_ID: "ids that a spreadsheet turned into decimals (10861.0) were turned back",
        LogRule.UNKNOWN_AGENT: "the person is blank or a placeholder (NOT_SET, null, ...): kept, done by nobody known",
        LogRule.PLACEHOLDER_INSTANT: "instants before 1972 or after 2199 stand for none and were taken as blank",
        LogRule.NO_INSTANT: "rows without any instant to place them were left out",
        LogRule.FUTURE: "instants in the future have not happened and were taken as blank",
        LogRule.DUPLICATE: "rows that say the same thing twice were taken once",
        LogRule.UNKNOWN_TRANSITION: "events whose transition is not of the XES standard were left out",
        LogRule.COMPLETE_WITHOUT_START: "completions without a start, of types that have them, were kept as instants",
        LogRule.START_WITHOUT_COMPLETE: "starts without a completion were kept as work that nobody finished",
        LogRule.SCHEDULE_WITHOUT_START: "scheduled work that nobody began was kept as waiting",
        LogRule.RESUME_WITHOUT_SUSPEND: "a resumption without a suspension was taken as a start, "
        "a suspension without a start was left out",
        LogRule.DROPPED_WORK: "work that was withdrawn, skipped or aborted was closed then, and left out of standards",
        LogRule.PAUSED: "time between suspension and resumption was taken out of the handling",
        LogRule.END_BEFORE_START: "rows that end before they start were kept as instants at their end",
        LogRule.ENABLED_AFTER_START: "work that started before it was enabled counts as enabled at its start",
        LogRule.ZERO_LENGTH: "instances shorter than a second were kept as instants, and left out of standards",
        LogRule.UNFINISHED: "work without an end was closed by the last event of its case; "
        "where that is its own, it is open to this day",
    }
)
"""What each rule does, as reports and `docs/formats/event-log.md` say it."""

LEAVES_OUT = frozenset(
    {
        LogRule.BLANK_CASE,
        LogRule.BLANK_TYPE,
        LogRule.NO_INSTANT,
        LogRule.DUPLICATE,
        LogRule.UNKNOWN_TRANSITION,
    }
)
"""Rules by which records are left out; all others mend or point out."""


@dataclass(frozen=True, kw_only=True)
class LogColumns:
    """Which columns (of an XES log: attribute keys, those of a trace as `case:KEY`) say what; None = not there.

    `lifecycle` holds the transitions of events that are to be paired into instances; `instance` what ties them
    together; `case_start` when the case came in; `attributes` what else to keep.
    """

    case: str | None = None
    type: str | None = None
    agent: str | None = None
    end: str | None = None
    start: str | None = None
    enabled: str | None = None
    due: str | None = None
    team: str | None = None
    case_start: str | None = None
    lifecycle: str | None = None
    instance: str | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawLog:
    """A log as its file has it: text cells under our names for the columns.

    Attributes
    ----------
    frame
        Text columns out of `case type agent end start enabled due team case_start lifecycle instance` and
        `attr.NAME`; the index is the number that messages give a record.
    file
        The file, for messages.
    names
        What the file calls each column.
    record
        What the file's records are: `row` or `event`.
    hints
        What the reader noticed about the file that its user should know.
    findings
        What the reader had to mend.
    """

    frame: pd.DataFrame
    file: str
    names: Mapping[str, str]
    record: str
    hints: tuple[str, ...] = ()
    findings: tuple["Finding", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that was mended or noticed: by which rule, how often, and where for example."""

    rule: str
    count: int
    meaning: str
    examples: tuple[str, ...] = ()

    @classmethod
    def of(cls, rule: LogRule, count: int, examples: tuple[str, ...] = ()) -> "Finding":
        """Return the finding of a cleaning rule."""
        return cls(rule=rule.value, count=count, meaning=LOG_RULES[rule], examples=examples[:NUM_EXAMPLES])


@dataclass(frozen=True, kw_only=True, eq=False)
class EventLog:
    """A cleaned log.

    Attributes
    ----------
    frame
        One row a task instance, ordered by its first instant. Columns: `id` (unique), `case`, `type`, `agent` and
        `team` (str; missing where unknown), `enabled`, `start`, `end`, `closed`, `due` (datetime64[us, UTC]; NaT
        where unknown), `enabled_by` (`EnabledBy`), `outcome` (`Outcome`), `paused_s` (seconds of suspension between
        start and end), and `attr.NAME` for each attribute kept. `enabled <= start <= end <= closed` where known;
        `closed` is when it left the queue, NaT while it is in there.
    pauses
        One row a suspension: `id` of the instance, `start`, `end`.
    zone_name
        IANA zone of the office: that of the instants without an offset, or the one given for its wall clock.
    has_starts
        Whether the log knows when work began; without it handling is unknown.
    num_records
        Rows or events that the file has.
    findings
        What was cleaned and why, with counts.
    hints
        What its user should know besides.
    source
        The file it came from.
    names
        What the file calls the columns that were read.
    """

    frame: pd.DataFrame
    pauses: pd.DataFrame
    zone_name: str
    has_starts: bool
    num_records: int
    findings: tuple[Finding, ...] = ()
    hints: tuple[str, ...] = ()
    source: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
