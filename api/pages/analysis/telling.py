"""Reports in the reader's language: the sentences and words of ours in them said anew, figures as readers write them.

Reports word everything in English, as their files have it. Names of teams, people, types and tasks stay as they are.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from api.documents.report_cells import cell_text
from api.language import formats
from api.language.catalogues import SOURCE
from api.language.texts import Texts
from reports.metrics import Metric
from reports.operations.showing import EVERYTHING
from reports.report import ReportColumn
from reports.waiting.tables import NOBODY_KNOWN, START
from reports.waste.tables import NO_TEAM
from services.reporting.archive import StoredPanel

STAND_INS = frozenset({EVERYTHING, NOBODY_KNOWN, NO_TEAM, START})
"""What stands where a name would, and is none."""
ENDS_OF_WORD = (", ", " \N{RIGHTWARDS ARROW} ")
"""What may follow a word of ours in the name of a bar."""
LINE = "<br>"
CONTEXT = "report"
"""In catalogues, of single words that are headings of reports."""
_PERIOD = re.compile(r"(?:.{1,200}, )?(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?: (?=\S)")
"""Of what source, where that is said, and from when to when: what reports begin with."""
_WITH_PERIOD = re.compile(r"^.{1,200}?\d{4}-\d\d-\d\d: (?=\S)")
_PLACES = ("x", "y", "text", "customdata", "ticktext")


@dataclass(frozen=True, kw_only=True)
class PanelView:
    """A figure in the reader's language; `data` is Plotly's JSON."""

    name: str
    title: str
    text: str
    formula: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    data: Mapping[str, Any]


def tell(text: str, texts: Texts) -> str:
    """Return what a report words; what no catalogue has stays as it is."""
    word = texts.catalogue.pgettext(CONTEXT, text)
    return texts.told(text) if word == text else formats.bound_percents(word)


def tell_lead(text: str, texts: Texts) -> tuple[str, str]:
    """Return what a report is of and what it says first: its period, empty where it says none, and a sentence.

    The source is left out: on a page it is always what the desk and the imports have recorded.
    """
    found = _PERIOD.match(text)
    days = [] if found is None else [_day(part) for part in found.groups() if part]
    if found is None or None in days:
        return "", tell(text, texts)
    told = [texts.day(day) for day in days]
    period = told[0] if len(told) == 1 else texts.gettext("%(first)s to %(last)s", first=told[0], last=told[1])
    is_apart = found.start(1) == 0  # else it is part of the sentence that says the source
    said = tell(text[found.end() :], texts) if is_apart else _WITH_PERIOD.sub("", tell(text, texts), count=1)
    return period, said[:1].upper() + said[1:]


def tell_heading(text: str, texts: Texts) -> str:
    """Return what a column is called; on pages each begins with a capital."""
    told = tell(text, texts)
    return told[:1].upper() + told[1:]


def tell_cell(value: Any, column: ReportColumn, texts: Texts) -> str:
    """Return a cell of a table as readers write it, days and times too."""
    if value is None or pd.isna(value):
        return cell_text(value, column.format)
    if column.format == "instant":
        return f"{texts.day(value.date())} {value:%H:%M:%S}"
    if column.format == "text" and (day := _day(str(value))) is not None:
        return texts.day(day)
    if texts.language == SOURCE:
        return cell_text(value, column.format)
    if column.format == "words":
        return _tell_word(str(value), texts)
    if column.format == "text":
        return _tell_name(str(value), STAND_INS, texts)
    if column.format == "flag":
        return texts.gettext("yes") if value else texts.gettext("no")
    if column.format == "share":
        return texts.share(value, 1)
    return texts.number(value, 2 if column.format == "number" else 0)


def tell_metric(metric: Metric, texts: Texts) -> Metric:
    """Return what a figure means."""
    parts = {name: tell(getattr(metric, name), texts) for name in ("name", "unit", "formula", "denominator", "note")}
    return Metric(key=metric.key, **parts)


def tell_panel(panel: StoredPanel, texts: Texts) -> PanelView:
    """Return a figure with what stands around it."""
    words = STAND_INS | frozenset(panel.words)
    return PanelView(
        name=panel.name,
        title=tell(panel.title, texts),
        text=tell(panel.text, texts),
        formula=tell(panel.formula, texts),
        headings=[tell_heading(heading, texts) for heading in panel.headings],
        rows=[
            [_tell_label(first, words, texts), *(_tell_cell(cell, texts) for cell in rest)]
            for first, *rest in panel.rows
        ],
        data=panel.data() if texts.language == SOURCE else _tell_drawing(panel.data(), words, texts),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tell_drawing(data: Mapping[str, Any], words: frozenset[str], texts: Texts) -> Mapping[str, Any]:
    def say(text: str) -> str:
        return _tell_name(text, words, texts)

    symbols = formats.locale_of(texts.language).number_symbols["latn"]
    layout = {name: _tell_axis(part, say, texts) for name, part in data["layout"].items()}
    layout["separators"] = f"{symbols['decimal']}{symbols['group']}"
    if "annotations" in layout:
        layout["annotations"] = [_tell_note(note, texts) for note in layout["annotations"]]
    return {"data": [_tell_trace(trace, say, texts) for trace in data["data"]], "layout": layout}


def _tell_axis(part: Any, say: Callable[[str], str], texts: Texts) -> Any:
    """Return a part of a layout; where it is an axis, its title and the names along it are said anew."""
    if not isinstance(part, dict):
        return part
    made = _tell_places(part, say)
    if isinstance(title := part.get("title"), dict) and "text" in title:
        made["title"] = {**title, "text": tell(title["text"], texts)}
    return made


def _tell_trace(trace: Mapping[str, Any], say: Callable[[str], str], texts: Texts) -> Mapping[str, Any]:
    made = _tell_places(trace, say)
    if "name" in made:
        made["name"] = say(made["name"])
    if isinstance(hovers := made.get("hovertext"), list):
        made["hovertext"] = [_tell_hover(text, texts) for text in hovers]
    if isinstance(marks := made.get("text"), list):
        made["text"] = [_tell_mark(text, texts) for text in marks]
    return made


def _tell_places(part: Mapping[str, Any], say: Callable[[str], str]) -> dict[str, Any]:
    made = dict(part)
    for name in _PLACES:
        if isinstance(items := made.get(name), list):
            made[name] = [say(item) if isinstance(item, str) else item for item in items]
    return made


def _tell_note(note: Mapping[str, Any], texts: Texts) -> Mapping[str, Any]:
    made = dict(note)
    if text := note.get("text"):
        told = tell(text, texts)
        made["text"] = _tell_figures(text, texts) if told == text else told
    if hover := note.get("hovertext"):
        made["hovertext"] = _tell_hover(hover, texts)
    return made


def _tell_hover(text: str, texts: Texts) -> str:
    """Return a name and a figure of it."""
    name, joint, figure = text.rpartition(": ")
    return f"{name}{joint}{_tell_figures(figure, texts)}"


def _tell_mark(text: str, texts: Texts) -> str:
    """Return a name, and below it figures."""
    name, line, figures = text.partition(LINE)
    return f"{name}{line}{_tell_figures(figures, texts)}"


def _tell_name(text: str, words: frozenset[str], texts: Texts) -> str:
    """Return a name, which stays as it is unless it is a word of ours, or begins with one."""
    for end in ENDS_OF_WORD:
        word, joint, rest = text.partition(end)
        if word in words:
            return f"{_tell_word(word, texts)}{joint}{rest}"
    return text


def _tell_label(text: str, words: frozenset[str], texts: Texts) -> str:
    """Return what a row of numbers is of: a day as readers write it, a word of ours, or a name."""
    day = _day(text)
    return _tell_name(text, words, texts) if day is None else texts.day(day)


def _tell_word(text: str, texts: Texts) -> str:
    """Return a word of ours, perhaps with another that says which of it."""
    if texts.catalogue.gettext(text) != text:
        return tell(text, texts)
    return ": ".join(tell(part, texts) for part in text.split(": "))


def _tell_cell(text: str, texts: Texts) -> str:
    """Return a figure, or an interval, as readers write it; a name stays as it is."""
    if texts.language == SOURCE:
        return formats.bound_percents(text)
    written = [formats.rewritten_figure(part, texts.language) for part in text.split(" to ")]
    match written:
        case [str() as figure]:
            return figure
        case [str() as low, str() as high]:
            return texts.gettext("%(low)s to %(high)s", low=low, high=high)
    return text


def _tell_figures(text: str, texts: Texts) -> str:
    """Return figures and their units as readers write them."""
    return " ".join(formats.rewritten_figure(piece, texts.language) or piece for piece in text.split(" "))
