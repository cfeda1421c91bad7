"""What every report is: what to do first, in words; what it could not know; figures; tables, down to their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from reports.metrics import Metric
from reports.panels import Panel

MOST_ACTIONS = 3
"""What can be done on a Monday."""

CellFormat = Literal["text", "words", "count", "number", "share", "instant", "flag"]
"""How the cells of a column are shown; `text` is names, of tasks or people or types, `words` is words of ours."""


@dataclass(frozen=True, kw_only=True)
class ReportColumn:
    """A column of a table: the frame's column, its heading, how its cells are shown, and what it measures.

    Attributes
    ----------
    metric
        What its figures mean; None where the heading says it all.
    """

    name: str
    heading: str
    format: CellFormat = "text"
    metric: Metric | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportTable:
    """A table of a report.

    Attributes
    ----------
    name
        By which files and commands ask for it: a word or several with hyphens.
    title
        What it shows.
    columns
        Its columns, in order; the first names the row.
    rows
        A frame with these columns. Instants are aware, in the zone of the report.
    note
        How it is counted, or what to know when reading it.
    evidence
        Name of the table that holds the rows which these figures are made of; empty where there is none.
    is_evidence
        Whether it is such a table: shown folded, and in a file of its own.
    """

    name: str
    title: str
    columns: Sequence[ReportColumn]
    rows: pd.DataFrame
    note: str = ""
    evidence: str = ""
    is_evidence: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something to do: what, why it pays in figures, and the table that shows it.

    Attributes
    ----------
    heading
        What to do, in a few words.
    text
        Why, and what it would win, in a sentence or two.
    table
        Name of the table it is read off.
    """

    heading: str
    text: str
    table: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """A report, for people and for programs.

    Attributes
    ----------
    name
        What it is asked for by.
    title
        What it is about.
    lead
        Of what, of when, and the one sentence that matters most.
    actions
        What to do first, at most `MOST_ACTIONS`.
    facts
        Sentences with the main figures.
    limits
        What its source cannot know, in sentences.
    panels
        Figures.
    tables
        Tables, the main one first.
    document
        The report as a program reads it: JSON of the form that its page under `docs/formats` describes.
    """

    name: str
    title: str
    lead: str
    actions: Sequence[Action]
    facts: Sequence[str] = ()
    limits: Sequence[str] = ()
    panels: Sequence[Panel] = ()
    tables: Sequence[ReportTable] = ()
    document: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> ReportTable | None:
        """Return the table of a name; None where there is none."""
        return next((table for table in self.tables if table.name == name), None)
