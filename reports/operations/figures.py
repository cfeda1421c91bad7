"""Figures of the reports on running the place."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from reports.operations.process_map import ProcessMap, place_steps
from reports.operations.record import Record, iterate
from reports.operations.showing import call
from reports.operations.workload import ALL
from reports.panels import Panel, label, panel_layout, shorten
from reports.theme import NEUTRAL, PALETTE

MOST_LINES = 6
MOST_BARS = 20
MOST_WAYS = 30
MAIN_SHARE = 0.9
"""The ways that together are so much of what goes on between steps are drawn."""
_BAR_PX = 26
_ALONG, _LOWER = 0.4, 0.35
_BESIDE_PX, _ROOM_BELOW, _ROOM_ABOVE = 14, 0.7, 0.3


def draw_days(days: pd.DataFrame) -> Panel:
    """Return what arrived, was completed and is open, day by day, of everything together."""
    whole = days[days["team"] == ALL]
    figure = go.Figure(layout=panel_layout(height=360, has_legend=True))
    for name, column, colour in (("arrived", "arrived", PALETTE[0]), ("completed", "completed", PALETTE[2])):
        figure.add_bar(x=list(whole["day"]), y=[int(value) for value in whole[column]], name=name, marker_color=colour)
    figure.add_scatter(
        x=list(whole["day"]),
        y=[int(value) for value in whole["backlog_end"]],
        name="open at the end of the day",
        mode="lines+markers",
        line={"color": PALETTE[1]},
    )
    figure.update_layout(barmode="group")
    figure.update_yaxes(title="tasks", rangemode="tozero")
    last = whole.iloc[-1]
    return Panel(
        name="days",
        title="Day by day",
        formula="open at the end of a day = open at its start + arrived - completed - closed otherwise",
        text=f"{last['backlog_end']:,} tasks are open at the end of {last['day']}.",
        figure=figure,
        headings=["Day", "Arrived", "Completed", "Closed otherwise", "Open at its end"],
        rows=[
            [row.day, f"{row.arrived:,}", f"{row.completed:,}", f"{row.closed_otherwise:,}", f"{row.backlog_end:,}"]
            for row in iterate(whole)
        ],
        words=[trace.name for trace in figure.data],
    )


def draw_bars(
    record: Record,
    frame: pd.DataFrame,
    *,
    by: str,
    value: str,
    name: str,
    title: str,
    formula: str,
    axis: str,
    format: str = ",.1f",
    low: str = "",
    high: str = "",
    line_at: float | None = None,
    text: str = "",
) -> Panel:
    """Return bars of a figure by what a column names, in the order of the frame, with intervals where there are any."""
    shown = frame[frame[value].notna()].head(MOST_BARS)
    names = [label(shorten(str(call(record, item)), 40)) for item in shown[by]]
    values = [float(item) for item in shown[value]]
    figure = go.Figure(layout=panel_layout(height=90 + _BAR_PX * max(len(shown), 2), has_legend=False))
    error = None
    if low and high:
        error = {
            "type": "data",
            "array": [float(a) - b for a, b in zip(shown[high], values, strict=True)],
            "arrayminus": [b - float(a) for a, b in zip(shown[low], values, strict=True)],
        }
    figure.add_bar(x=values, y=names, orientation="h", marker_color=PALETTE[0], error_x=error, hoverinfo="x+y")
    if line_at is not None:
        figure.add_vline(x=line_at, line={"color": NEUTRAL, "dash": "dot"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=axis, tickformat=format, rangemode="tozero")
    told = f"The first {MOST_BARS} of {len(frame)} are drawn." if len(frame) > MOST_BARS else ""
    return Panel(
        name=name,
        title=title,
        formula=formula,
        text=" ".join(filter(None, (text, told))),
        figure=figure,
        headings=["Name", axis],
        rows=[[str(call(record, key)), f"{item:{format}}"] for key, item in zip(shown[by], values, strict=True)],
    )


def draw_process_map(record: Record, made: ProcessMap) -> Panel:
    """Return the process map: steps as marks, ways as arrows, as thick as they are frequent, with the mean wait."""
    places = _stagger(place_steps(made))
    figure = go.Figure(layout=panel_layout(height=max(360, 70 * _height(places)), has_legend=False))
    is_loop = made.edges["from_step"] == made.edges["to_step"]
    loops = {row.from_step: row for row in iterate(made.edges[is_loop])}
    between = made.edges[~is_loop]
    upto = between["num"].cumsum() - between["num"]
    shown = between[upto < MAIN_SHARE * between["num"].sum()].head(MOST_WAYS)
    most = float(shown["num"].max()) if len(shown) else 1.0
    for row in iterate(shown):
        (x0, y0), (x1, y1) = places[row.from_step], places[row.to_step]
        figure.add_annotation(
            x=x1,
            y=y1,
            ax=x0,
            ay=y0,
            xref="x",
            yref="y",
            axref="x",
            ayref="y",
            text="",
            showarrow=True,
            arrowhead=3,
            arrowwidth=1 + 4 * row.num / most,
            arrowcolor=PALETTE[0] if x1 > x0 else PALETTE[1],
            opacity=0.35 + 0.6 * row.num / most,
            standoff=22,
            startstandoff=22,
        )
    for row in iterate(shown):
        # A word beside each way, two fifths along it: above those that go on, below those that go back.
        (x0, y0), (x1, y1) = places[row.from_step], places[row.to_step]
        way = " \N{RIGHTWARDS ARROW} ".join(label(str(call(record, step))) for step in (row.from_step, row.to_step))
        figure.add_annotation(
            x=x0 + (x1 - x0) * _ALONG,
            y=y0 + (y1 - y0) * _ALONG,
            yshift=_BESIDE_PX if x1 > x0 else -_BESIDE_PX,
            text=f"{row.num:,} · {row.wait_hours:,.1f} h",
            font={"size": 11},
            showarrow=False,
            hovertext=f"{way}: {row.num:,}",
        )
    steps = made.nodes.groupby("step", sort=True)["num"].sum()
    figure.add_scatter(
        x=[places[step][0] for step in steps.index],
        y=[places[step][1] for step in steps.index],
        mode="markers+text",
        marker={"size": [18 + 26 * (num / max(steps.max(), 1)) ** 0.5 for num in steps], "color": PALETTE[2]},
        text=[_say_step(record, str(step), loops.get(step)) for step in steps.index],
        textposition="bottom center",
        hoverinfo="text",
        hovertext=[f"{label(str(call(record, step)))}: {num:,}" for step, num in steps.items()],
    )
    figure.update_xaxes(visible=False, range=[-0.5, max((x for x, _ in places.values()), default=0) + 0.5])
    heights = [y for _, y in places.values()] or [0.0]
    figure.update_yaxes(visible=False, range=[min(heights) - _ROOM_BELOW, max(heights) + _ROOM_ABOVE])
    return Panel(
        name="map",
        title="Process map",
        formula="on an arrow: times that one step follows the other, and mean hours from the end to the start",
        text=f"{len(steps)} steps; the {len(shown)} most frequent ways between different ones are drawn, nine tenths "
        "of what goes on. A step that follows itself has that below its name.",
        figure=figure,
        headings=["From", "To", "Times", "Mean wait, hours"],
        rows=[
            [str(call(record, row.from_step)), str(call(record, row.to_step)), f"{row.num:,}", f"{row.wait_hours:,.1f}"]
            for row in iterate(made.edges.head(MOST_WAYS))
        ],
    )


def _stagger(places: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Return places of which every other column is a little lower, so that no way runs through a step between."""
    return {step: (x, y - _LOWER * (int(x) % 2)) for step, (x, y) in places.items()}


def _say_step(record: Record, step: str, loop: Any) -> str:
    name = label(shorten(str(call(record, step)), 28))
    again = "\N{CLOCKWISE OPEN CIRCLE ARROW}"
    return name if loop is None else f"{name}<br>{again} {loop.num:,} · {loop.wait_hours:,.1f} h"


def draw_weeks(record: Record, weeks: pd.DataFrame, types: Sequence[str]) -> Panel:
    """Return handling against standard by week, of some types."""
    figure = go.Figure(layout=panel_layout(height=360, has_legend=True))
    for position, kind in enumerate(types[:MOST_LINES]):
        own = weeks[weeks["type"] == kind]
        figure.add_scatter(
            x=[int(week) + 1 for week in own["week"]],
            y=[float(ratio) for ratio in own["ratio"]],
            mode="lines+markers",
            name=label(shorten(str(call(record, kind)), 30)),
            line={"color": PALETTE[position % len(PALETTE)]},
        )
    figure.add_hline(y=1, line={"color": NEUTRAL, "dash": "dot"})
    figure.update_xaxes(title="week of the period", dtick=1)
    figure.update_yaxes(title="handling / standard", rangemode="tozero")
    return Panel(
        name="weeks",
        title="Handling against standard, by week",
        formula="handling minutes / standard minutes, sums over the tasks measured in a week",
        text="1 is as the standard says.",
        figure=figure,
        headings=["Type", "Week", "Measured", "Ratio"],
        rows=[
            [str(call(record, row.type)), f"{row.week + 1}", f"{row.num_measured:,}", f"{row.ratio:.2f}"]
            for row in iterate(weeks[weeks["type"].isin(types[:MOST_LINES])])
        ],
    )


def _height(places: dict[str, tuple[float, float]]) -> int:
    return len({y for _, y in places.values()}) + 2
