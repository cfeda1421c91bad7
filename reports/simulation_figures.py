"""Figures of simulations: on time, wait, utilization with intervals, backlog with bands, the frontier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from models.formats.scenarios.result import Metric, SimulationResult
from models.time import to_datetime
from reports.panels import Panel, faded, label, panel_layout
from reports.shares import say_share
from reports.theme import NEUTRAL, PALETTE

Named = Sequence[tuple[str, SimulationResult]]
"""Results by the name of their scenario; the first is the one that others are compared with."""

ALL = "all teams"
MOST_BACKLOGS = 6
MOST_GROUPS = 40
MOST_ROWS = 60
SHARES = ("on_time_share", "waited_share", "utilization")
DAY_MS = 86_400_000
_BAR_PX = 26


@dataclass(frozen=True, kw_only=True)
class FrontierPoint:
    """A staffing: what it costs, and the on-time share that it reaches, with its interval."""

    label: str
    cost: float
    share: float
    low: float
    high: float
    is_chosen: bool = False


def show_on_time(results: Named) -> Panel:
    """Return the on-time share of all teams and of each, with intervals."""
    return _by_team(
        results,
        "on_time_share",
        name="on-time",
        title="On time",
        formula="tasks completed by their due / tasks that arrived and fell due in the counted days; open = late",
        axis="share of tasks due",
    )


def show_wait(results: Named) -> Panel:
    """Return the mean wait of all teams and of each, with intervals."""
    return _by_team(
        results,
        "wait_minutes_mean",
        name="wait",
        title="Wait",
        formula="from when a task can be begun to its beginning, in minutes of elapsed time; mean over tasks begun",
        axis="minutes",
    )


def show_utilization(results: Named) -> Panel:
    """Return the utilization of each group of agents, with intervals."""
    groups = list(dict.fromkeys(group for _, result in results for group in result.sections["agents"]))
    shown = groups[:MOST_GROUPS]
    figure = _bars(results, [("agents", group) for group in shown], shown, "utilization")
    figure.update_xaxes(title="share of time attended", tickformat=".0%", rangemode="tozero")
    less = f" The first {MOST_GROUPS} of {len(groups)} groups are drawn." if len(groups) > MOST_GROUPS else ""
    return Panel(
        name="utilization",
        title="Utilization by group",
        formula="(handling + setup) / attended time less breaks, overtime in both",
        text=f"{_say(results, 'utilization')}{less}",
        figure=figure,
        headings=["Group", *(name for name, _ in results)],
        rows=[[group, *(_cell(result, ("agents", group), "utilization") for _, result in results)] for group in groups],
    )


def show_backlog(results: Named, totals: Mapping[str, Sequence[Metric]], *, start: int, zone: ZoneInfo) -> Panel:
    """Return the open tasks over time with bands: by team for one result, of all teams for several.

    Parameters
    ----------
    totals
        Open tasks of all teams, by the name of the scenario.
    start
        Instant of the first point, epoch second.
    """
    interval = timedelta(minutes=results[0][1].series.interval_minutes)
    lines: list[tuple[str, Sequence[Metric]]] = []
    if len(results) > 1:
        lines = [(name, totals[name]) for name, _ in results]
    else:
        name, result = results[0]
        lines = [(ALL, totals[name])] if len(result.series.backlog) > 1 else []
        ordered = sorted(result.series.backlog.items(), key=lambda item: -_area(item[1]))
        lines += [item for item in ordered[:MOST_BACKLOGS] if _area(item[1]) > 0 or len(ordered) == 1]
    first = to_datetime(start, zone).replace(tzinfo=None)
    figure = go.Figure(layout=panel_layout(height=400, has_legend=True))
    for position, (name, points) in enumerate(lines):
        colour = NEUTRAL if name == ALL else PALETTE[position % len(PALETTE)]
        at = [first + n * interval for n in range(len(points))]
        low, high = ([max(_number(getattr(point, side)), 0.0) for point in points] for side in ("low", "high"))
        figure.add_scatter(
            x=[*at, *reversed(at)],
            y=[*high, *reversed(low)],
            fill="toself",
            fillcolor=faded(colour, 0.2),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=name,
        )
        figure.add_scatter(
            x=at,
            y=[point.mean for point in points],
            mode="lines",
            name=label(name),
            legendgroup=name,
            line={"color": colour, "width": 2},
            hovertemplate="%{x|%a %d %b %H:%M}: %{y:,.1f} open<extra>" + label(name) + "</extra>",
        )
    figure.update_xaxes(
        tickformatstops=[
            {"dtickrange": [None, DAY_MS - 1], "value": "%H:%M\n%a %d %b"},  # the day below the hour, once for each
            {"dtickrange": [DAY_MS, None], "value": "%a %d %b"},
        ]
    )
    figure.update_yaxes(title="open tasks", rangemode="tozero")
    step = max(1, -(-len(lines[0][1]) // MOST_ROWS)) if lines else 1
    peaks = [(name, max((point.mean or 0.0) for point in points)) for name, points in lines]
    said = "; ".join(
        f"{name} at most {peak:,.0f}, {_last(points)} at the end"
        for (name, peak), (_, points) in zip(peaks, lines, strict=True)
    )
    return Panel(
        name="backlog",
        title="Backlog over time",
        formula="open tasks, waiting and in service, each hour: mean over replications, with the interval of the mean",
        text=f"Open tasks: {said}.",
        figure=figure,
        headings=["Time", *(name for name, _ in lines)],
        rows=[
            [f"{first + n * interval:%a %d %b %H:%M}", *(_range(points[n], share=False) for _, points in lines)]
            for n in range(0, len(lines[0][1]) if lines else 0, step)
        ],
    )


def show_frontier(points: Sequence[FrontierPoint], *, target: float | None = None) -> Panel:
    """Return what each further share of work on time costs: staffings by cost and on-time share.

    Parameters
    ----------
    target
        The on-time share that was asked for, drawn as a line.
    """
    ordered = sorted(points, key=lambda point: (point.cost, point.share))
    figure = go.Figure(layout=panel_layout(height=400, has_legend=True))
    chosen = [point for point in ordered if point.is_chosen]
    for name, some, mode, colour, size in (
        ("frontier", ordered, "lines+markers", PALETTE[0], 8),
        ("answer", chosen, "markers", PALETTE[1], 15),
    ):
        if not some:
            continue
        figure.add_scatter(
            x=[point.cost for point in some],
            y=[point.share for point in some],
            mode=mode,
            name=name,
            marker={"color": colour, "size": size, "symbol": "star" if name == "answer" else "circle"},
            text=[label(point.label) for point in some],
            error_y={
                "type": "data",
                "array": [point.high - point.share for point in some],
                "arrayminus": [point.share - point.low for point in some],
                "thickness": 1.5,
            },
            hovertemplate="%{text}: %{y:.1%} for %{x:,.0f}<extra></extra>",
        )
    figure.update_xaxes(title="cost")
    figure.update_yaxes(title="on-time share", tickformat=".0%")
    if target is not None:
        figure.add_hline(y=target, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="right",
            y=target,
            yanchor="bottom",
            text=f"target {say_share(target, 1)}",
            showarrow=False,
        )
    cheapest, dearest = ordered[0], ordered[-1]
    said = (
        f"From {say_share(cheapest.share, 1)} on time for {cheapest.cost:,.0f} "
        f"to {say_share(dearest.share, 1)} for {dearest.cost:,.0f}."
    )
    return Panel(
        name="frontier",
        title="Cost against work on time",
        formula="for each cost the staffing that brings the most on time, with the interval of the share; from "
        "replications of its own, not those that confirmed the answer",
        text=(said if target is None else f"{said} The target: {say_share(target, 1)} on time.")
        + "".join(f" The answer: {p.label}, {say_share(p.share, 1)} for {p.cost:,.0f}." for p in chosen),
        figure=figure,
        headings=["Staffing", "Cost", "On time", "Interval"],
        rows=[
            [p.label, f"{p.cost:,.0f}", say_share(p.share, 1), f"{say_share(p.low, 1)} to {say_share(p.high, 1)}"]
            for p in ordered
        ],
    )


def _by_team(results: Named, metric: str, *, name: str, title: str, formula: str, axis: str) -> Panel:
    teams = list(dict.fromkeys(team for _, result in results for team in result.sections["teams"]))
    places = [("overall", ""), *(("teams", team) for team in teams)] if len(teams) > 1 else [("overall", "")]
    names = [ALL, *teams][: len(places)]
    known = [n for n, place in enumerate(places) if any(_find(result, place, metric) for _, result in results)]
    figure = _bars(results, [places[n] for n in known], [names[n] for n in known], metric)
    if metric in SHARES:
        figure.update_xaxes(tickformat=".0%", range=[0, 1.02])
    figure.update_xaxes(title=axis, rangemode="tozero")
    return Panel(
        name=name,
        title=title,
        formula=formula,
        text=_say(results, metric),
        figure=figure,
        headings=["Team", *(item for item, _ in results)],
        rows=[[names[n], *(_cell(result, places[n], metric) for _, result in results)] for n in range(len(places))],
    )


def _bars(results: Named, places: Sequence[tuple[str, str]], names: Sequence[str], metric: str) -> go.Figure:
    height = 110 + _BAR_PX * max(2, len(places)) * max(1, min(len(results), 3))
    figure = go.Figure(layout=panel_layout(height=height, has_legend=len(results) > 1))
    for position, (scenario, result) in enumerate(results):
        found = [_find(result, place, metric) for place in places]
        figure.add_bar(
            y=[label(name) for name in names],
            x=[None if item is None else item.mean for item in found],
            name=label(scenario),
            orientation="h",
            marker_color=PALETTE[position % len(PALETTE)],
            error_x={
                "type": "data",
                "array": [_arm(item, "high") for item in found],
                "arrayminus": [_arm(item, "low") for item in found],
                "thickness": 1.5,
                "color": NEUTRAL,
            },
            hovertemplate="%{y}: %{x:"
            + (".1%" if metric in SHARES else ",.1f")
            + "}<extra>"
            + label(scenario)
            + "</extra>",
        )
    figure.update_layout(barmode="group", legend_traceorder="normal")
    figure.update_yaxes(autorange="reversed")
    return figure


def _find(result: SimulationResult, place: tuple[str, str], metric: str) -> Metric | None:
    found = result.sections[place[0]].get(place[1], {}).get(metric)
    return None if found is None or found.mean is None else found


def _arm(metric: Metric | None, side: str) -> float:
    """Return how far an interval reaches to one side; nothing where there is none."""
    end = None if metric is None else getattr(metric, side)
    if metric is None or metric.mean is None or end is None:
        return 0.0
    return abs(float(end) - metric.mean)


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def _area(points: Sequence[Metric]) -> float:
    return sum(_number(point.mean) for point in points)


def _last(points: Sequence[Metric]) -> str:
    return f"{_number(points[-1].mean):,.0f}"


def _cell(result: SimulationResult, place: tuple[str, str], metric: str) -> str:
    found = _find(result, place, metric)
    return "-" if found is None else _range(found, share=metric in SHARES)


def _range(metric: Metric, *, share: bool) -> str:
    style = ".1%" if share else ",.1f"
    if metric.mean is None:
        return "-"
    said = format(metric.mean, style)
    if metric.low is None or metric.high is None:
        return said
    return f"{said} ({format(metric.low, style)} to {format(metric.high, style)})"


def _say(results: Named, metric: str) -> str:
    said = [f"{name}: {_cell(result, ('overall', ''), metric)}" for name, result in results]
    return f"All teams together, with 95 % interval: {'; '.join(said)}."
