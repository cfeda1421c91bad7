"""Figures of the waste ledger: paid time by category and against the trade's line, and the few causes that matter."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from reports.panels import Panel, label, panel_layout, shorten
from reports.shares import say_share
from reports.theme import NEUTRAL, PALETTE
from reports.waste import measures
from reports.waste.categories import CATEGORIES, FACTS, TRADE_SHARE, Category, is_waste
from reports.waste.causes import VITAL_SHARE, Causes
from reports.waste.tables import HOUR, list_categories, list_causes, list_days, list_teams

MOST_CAUSES = 25
MOST_TEAMS = 20
ALL_TEAMS = "all teams"
_ROW_PX = 26

COLOURS = dict(
    zip(
        CATEGORIES,
        (PALETTE[2], PALETTE[7], PALETTE[1], PALETTE[4], PALETTE[3], PALETTE[9], PALETTE[8], PALETTE[0], PALETTE[6],
         PALETTE[5], NEUTRAL),
        strict=True,
    )
)  # fmt: skip
ROOM_ABOVE = 30
"""Pixels for a word above the axes, which would be cut off otherwise."""


def draw_waste(causes: Causes) -> list[Panel]:
    """Return the figures of a ledger."""
    return [show_shares(causes), show_causes(causes), show_teams(causes), show_days(causes)]


def show_shares(causes: Causes) -> Panel:
    """Return the share of paid time of each team that went to waste, with the trade's line."""
    ledger = causes.ledger
    paid = ledger.history.has_paid_time
    teams = list_teams(ledger)
    rows = []
    detail = ledger.column("detail")
    wasteful = np.array([[is_waste(name, code) for code in ledger.details] for name in CATEGORIES])
    counted = wasteful[ledger.column("category"), detail] if len(ledger.rows) else np.zeros(0, dtype=bool)
    home = ledger.layout.agent_team[ledger.column("agent")]
    by_home = np.zeros(len(ledger.layout.team_ids) + 1)
    np.add.at(by_home, home[counted], ledger.column("seconds")[counted] / HOUR)
    of_team = dict(
        zip([*(ledger.history.name_of(team) for team in ledger.layout.team_ids), "(none)"], by_home, strict=True)
    )
    total_waste = float(by_home.sum())
    rows.append((ALL_TEAMS, total_waste / max(teams["paid"].sum(), 1e-9)))
    rows += [(team, of_team[team] / hours) for team, hours in zip(teams["team"], teams["paid"], strict=True)]
    shown = rows[: MOST_TEAMS + 1]
    figure = go.Figure(layout=panel_layout(height=120 + _ROW_PX * len(shown), has_legend=False))
    low, high = causes.share_interval
    figure.add_bar(
        y=[label(name) for name, _ in shown],
        x=[share for _, share in shown],
        orientation="h",
        marker_color=[PALETTE[1] if position else PALETTE[7] for position in range(len(shown))],
        error_x={
            "type": "data",
            "array": [0.0 if np.isnan(high) else high - shown[0][1], *(0.0 for _ in shown[1:])],
            "arrayminus": [0.0 if np.isnan(low) else shown[0][1] - low, *(0.0 for _ in shown[1:])],
            "color": NEUTRAL,
        },
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    figure.update_xaxes(
        title="share of paid time" if paid else "share of time seen", tickformat=".0%", rangemode="tozero"
    )
    figure.update_yaxes(autorange="reversed")
    figure.add_vline(x=TRADE_SHARE, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=TRADE_SHARE, y=1, yref="paper", yanchor="bottom", text=f"the trade: {say_share(TRADE_SHARE)}", showarrow=False
    )
    figure.update_layout(margin_t=ROOM_ABOVE)
    return Panel(
        name="shares",
        title="Waste by home team",
        formula=measures.WASTE_SHARE.formula,
        text=_say_shares(rows),
        figure=figure,
        headings=["Team", "Waste"],
        rows=[[name, say_share(share, 1)] for name, share in rows],
        words=[ALL_TEAMS],
    )


def _say_shares(rows: Sequence[tuple[str, float]]) -> str:
    """Return what the bars show, the first being that of everybody."""
    (_, whole), *teams = rows
    said = [f"{say_share(whole, 1)} went to waste; the trade says {say_share(TRADE_SHARE)}."]
    if teams:
        name, most = max(teams, key=lambda row: row[1])
        said.append(f"It is most, {say_share(most, 1)}, at {name}.")
    return " ".join(said)


def show_causes(causes: Causes) -> Panel:
    """Return the largest causes with their intervals, what could be won back, and where 80 % are reached."""
    table = list_causes(causes)
    shown = table.head(MOST_CAUSES)
    records = shown.to_dict("records")
    names = [
        shorten(", ".join(part for part in (row["cause"], row["team"], row["type"]) if part), 70) for row in records
    ]
    figure = go.Figure(layout=panel_layout(height=150 + _ROW_PX * max(2, len(shown)), has_legend=True))
    figure.add_bar(
        y=[label(name) for name in names],
        x=shown["hours"].tolist(),
        name="waste",
        orientation="h",
        marker_color=[PALETTE[1] if vital else NEUTRAL for vital in shown["is_vital"]],
        error_x={
            "type": "data",
            "array": (shown["high_hours"] - shown["hours"]).clip(lower=0).fillna(0.0).tolist(),
            "arrayminus": (shown["hours"] - shown["low_hours"]).clip(lower=0).fillna(0.0).tolist(),
            "color": NEUTRAL,
        },
        hovertemplate="%{y}: %{x:,.1f} h",
    )
    figure.add_scatter(
        y=[label(name) for name in names],
        x=[None if np.isnan(hours) else hours for hours in shown["recoverable_hours"]],
        name="could be won back",
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 14, "color": PALETTE[0], "line": {"width": 3}},
        hovertemplate="%{x:,.1f} h",
    )
    figure.update_xaxes(title="hours", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    said = [f"{causes.num_vital} of {len(table)} causes make {say_share(VITAL_SHARE)} of the waste; they are coloured."]
    if len(table) > MOST_CAUSES:
        said.append(f"The first {MOST_CAUSES} of {len(table)} are drawn.")
    return Panel(
        name="causes",
        title="The few causes that matter",
        formula="paid hours by team, type and category, with their 95 % interval by bootstrap over days",
        text=" ".join(said),
        figure=figure,
        headings=["Cause", "Hours", "Interval", "Could be won back", "Running share"],
        rows=[
            [
                name,
                f"{row['hours']:,.1f}",
                f"{row['low_hours']:,.1f} to {row['high_hours']:,.1f}",
                "-" if np.isnan(row["recoverable_hours"]) else f"{row['recoverable_hours']:,.1f}",
                say_share(row["running_share"]),
            ]
            for name, row in zip(names, records, strict=True)
        ],
        words=[*dict.fromkeys(shown["cause"]), *(trace.name for trace in figure.data)],
    )


def show_teams(causes: Causes) -> Panel:
    """Return the paid time of each team by category."""
    teams = list_teams(causes.ledger)
    shown = teams.head(MOST_TEAMS)
    figure = go.Figure(layout=panel_layout(height=200 + _ROW_PX * max(2, len(shown)), has_legend=True))
    for category in CATEGORIES:
        figure.add_bar(
            y=[label(team) for team in shown["team"]],
            x=(shown[category.value] / shown["paid"]).tolist(),
            name=FACTS[category].name,
            orientation="h",
            marker_color=COLOURS[category],
            hovertemplate="%{y}: %{x:.1%}",
        )
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(title="share of paid time", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(autorange="reversed")
    return Panel(
        name="teams",
        title="Where paid time goes, by home team",
        formula=measures.PAID_SHARE.formula,
        text=_say_categories(list_categories(causes)),
        figure=figure,
        headings=["Team", "Paid hours", *(FACTS[category].name for category in CATEGORIES)],
        rows=[
            [row["team"], f"{row['paid']:,.1f}", *(say_share(row[name.value] / row["paid"], 1) for name in CATEGORIES)]
            for row in teams.to_dict("records")
        ],
        words=[FACTS[category].name for category in CATEGORIES],
    )


def _say_categories(categories: pd.DataFrame) -> str:
    """Return the two largest parts of paid time."""
    first, second = categories.sort_values("share", ascending=False, kind="stable").head(2).to_dict("records")
    return (
        f"{say_share(first['share'], 1)} of it is {first['category'].lower()}; "
        f"then comes {second['category'].lower()}, with {say_share(second['share'], 1)}."
    )


def show_days(causes: Causes) -> Panel:
    """Return the hours of waste of each day by category, and what is unexplained."""
    days = list_days(causes.ledger)
    shown = [name for name in CATEGORIES if name not in (Category.VALUE, Category.OFF_TASK) and days[name.value].any()]
    figure = go.Figure(layout=panel_layout(height=360, has_legend=True))
    for category in shown:
        figure.add_bar(
            x=days["day"].tolist(),
            y=days[category.value].tolist(),
            name=FACTS[category].name,
            marker_color=COLOURS[category],
            hovertemplate="%{x}: %{y:,.1f} h",
        )
    figure.update_layout(barmode="stack")
    figure.update_yaxes(title="hours", rangemode="tozero")
    figure.update_xaxes(type="category")
    top = max(shown, key=lambda name: days[name.value].sum(), default=None)
    return Panel(
        name="days",
        title="Waste day by day",
        formula="paid hours by day and category, without value and time off task",
        text="" if top is None else f"Most of it is {FACTS[top].name.lower()}, on {len(days)} days.",
        figure=figure,
        headings=["Day", *(FACTS[name].name for name in shown)],
        rows=[[row["day"], *(f"{row[name.value]:,.1f}" for name in shown)] for row in days.to_dict("records")],
        words=[FACTS[name].name for name in shown],
    )
