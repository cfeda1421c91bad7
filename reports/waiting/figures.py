"""Figures of the waiting ledger: where it comes together, and which few transitions make most of it."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from reports.panels import Panel, label, panel_layout, shorten
from reports.shares import say_share
from reports.theme import NEUTRAL, PALETTE
from reports.waiting.ledger import WaitingLedger
from reports.waiting.measures import CAUSES, RUNNING_SHARE, WAITED

MOST_TYPES, MOST_TRANSITIONS = 15, 20
_BAR_PX = 26
_RIGHT_AXIS_PX = 76
_FOUR_FIFTHS = 0.8


def show_waiting(ledger: WaitingLedger, by_type: pd.DataFrame, by_transition: pd.DataFrame) -> list[Panel]:
    """Return the figures of a ledger; none where nothing waited.

    Parameters
    ----------
    by_type, by_transition
        Tables of `reports.waiting.tables`, the most waiting first.
    """
    if ledger.wait_hours() <= 0:
        return []
    return [_show_types(ledger.causes, by_type), _show_pareto(by_transition)]


def _show_types(causes: Sequence[str], rows: pd.DataFrame) -> Panel:
    shown = rows.head(MOST_TYPES)
    names = [shorten(str(name), 40) for name in shown["type"]]
    figure = go.Figure(layout=panel_layout(height=150 + _BAR_PX * len(shown), has_legend=True))
    for position, cause in enumerate(causes):
        figure.add_bar(
            y=[label(name) for name in names],
            x=shown[cause].tolist(),
            name=CAUSES[cause].name,
            orientation="h",
            marker={"color": PALETTE[position % len(PALETTE)]},
            hovertemplate="%{y}: %{x:,.1f} h",
        )
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title="hours waited", rangemode="tozero")
    first = shown.iloc[0]
    main = max(causes, key=lambda cause: first[cause])
    return Panel(
        name="by-type-and-cause",
        title="Waiting by type and cause",
        formula=f"{WAITED.formula}, in hours; each second has one cause",
        text=_join(
            f"{first['type']} waited longest in all: {first['waited']:,.1f} hours, most of it "
            f"{CAUSES[main].name.lower()} ({first[main]:,.1f}).",
            _less(len(shown), len(rows), "types"),
        ),
        figure=figure,
        headings=["Type", "Hours", *(CAUSES[cause].name for cause in causes)],
        rows=[
            [row["type"], f"{row['waited']:,.1f}", *(f"{row[cause]:,.1f}" for cause in causes)]
            for row in rows.to_dict("records")
        ],
        words=[CAUSES[cause].name for cause in causes],
    )


def _show_pareto(rows: pd.DataFrame) -> Panel:
    rows = rows[rows["waited"] > 0]
    shown = rows.head(MOST_TRANSITIONS)
    names = [f"{row['before']} \N{RIGHTWARDS ARROW} {row['type']}" for row in rows.to_dict("records")]
    # By their place: names that differ only where they are cut are still two bars.
    places, told = list(range(len(shown))), [label(shorten(name, 40)) for name in names[: len(shown)]]
    figure = go.Figure(layout=panel_layout(height=440, has_legend=False))
    figure.add_bar(
        x=places,
        y=shown["waited"].tolist(),
        marker={"color": PALETTE[0]},
        customdata=[label(name) for name in names[: len(shown)]],
        hovertemplate="%{customdata}: %{y:,.1f} h<extra></extra>",
    )
    figure.add_scatter(
        x=places,
        y=shown["running"].tolist(),
        yaxis="y2",
        mode="lines+markers",
        line={"color": PALETTE[1]},
        customdata=[label(name) for name in names[: len(shown)]],
        name="running share",
        hovertemplate="%{customdata}: %{y:.1%}",
    )
    figure.add_hline(y=_FOUR_FIFTHS, yref="y2", line={"color": NEUTRAL, "dash": "dot"})
    figure.update_layout(
        margin={"r": _RIGHT_AXIS_PX},
        xaxis={"tickvals": places, "ticktext": told},
        yaxis={"title": "hours waited", "rangemode": "tozero"},
        yaxis2={
            "title": "running share",
            "overlaying": "y",
            "side": "right",
            "range": [0, 1.02],
            "tickformat": ".0%",
            "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1],
            "showgrid": False,
        },
    )
    num_most = int((rows["running"] < _FOUR_FIFTHS).sum()) + 1
    return Panel(
        name="pareto",
        title="Which transitions make most of the waiting",
        formula=f"{WAITED.formula}, by the task before and the type; {RUNNING_SHARE.formula}",
        text=_join(
            f"{min(num_most, len(rows)):,} of {len(rows):,} transitions make 80 % of all waiting.",
            _less(len(shown), len(rows), "transitions"),
        ),
        figure=figure,
        headings=["Transition", "Hours", "Running share"],
        words=["running share"],
        rows=[
            [name, f"{row['waited']:,.1f}", say_share(row["running"], 1)]
            for name, row in zip(names, rows.to_dict("records"), strict=True)
        ],
    )


def _less(num_shown: int, num_all: int, what: str) -> str:
    return "" if num_shown == num_all else f"The first {num_shown} of {num_all:,} {what} are drawn."


def _join(*said: str) -> str:
    return " ".join(filter(None, said))
