"""A figure with what stands around it: title, formula, a sentence for those who do not see it, and its numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from reports.theme import PALETTE


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A figure of a page.

    Attributes
    ----------
    name
        Of the panel within its page: a word.
    formula
        How it is counted.
    text
        What the figure shows, in a sentence or two.
    headings, rows
        The numbers behind it; the first column names the row.
    words
        Which of the names in it, of rows, bars and lines, are words of ours: others name teams, types, people, days.
    """

    name: str
    title: str
    formula: str
    text: str
    figure: go.Figure
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[str] = ()

    def data(self) -> Mapping[str, Any]:
        """Return the figure as Plotly's JSON."""
        made: dict[str, Any] = json.loads(self.figure.to_json())
        return {"data": made["data"], "layout": made["layout"]}


def panel_layout(*, height: int, has_legend: bool) -> dict[str, Any]:
    """Return the layout of figures in a page: its own title and colours stand around them, light or dark."""
    return {
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "colorway": list(PALETTE),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "height": height,
        "margin": {"l": 12, "r": 20, "t": 12, "b": 16, "pad": 4},
        "showlegend": has_legend,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
        "xaxis": {"automargin": True},
        "yaxis": {"automargin": True},
        "template": "none",
    }


def shorten(text: str, most: int = 80) -> str:
    """Return a text of at most so many characters, with an ellipsis where more was left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def plotly_script() -> str:
    """Return Plotly's own script, which a page that needs no network carries along."""
    return str(get_plotlyjs())


def label(text: str) -> str:
    """Return a name that Plotly shows as it is: it reads markup in texts."""
    return escape(text, quote=False)


def faded(colour: str, share: float) -> str:
    """Return a colour of which so much covers what is behind."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
