"""Figures of a plan: on time by team beside other plans, backlog over the day, use of time, lending, slack."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from reports.metrics import AT_RISK_MINUTES, BACKLOG, LENT_HOURS, ON_TIME, UTILIZATION
from reports.plan_tables import PlanTables
from reports.plan_tasks import epoch_seconds, to_instants
from reports.theme import NEUTRAL, PALETTE, RULE, SOFT_INK, figure_layout, team_colours

STEP_MINUTES = 10


def plot_on_time(tables: PlanTables, others: Mapping[str, PlanTables] | None = None) -> go.Figure:
    """Return the on-time share by team, this plan's beside that of others by name."""
    teams = tables.teams[tables.teams["num_due"] > 0].iloc[::-1]
    figure = go.Figure(layout=figure_layout(title=ON_TIME.name, formula=ON_TIME.formula, height=460))
    greys = (NEUTRAL, "#b4bcc4", "#d5dbe1")
    for position, (name, other) in enumerate(reversed(list((others or {}).items()))):
        shares = teams["team"].map(other.teams.set_index("team")["on_time_share"])
        figure.add_bar(y=teams["name"], x=shares, name=name, orientation="h", marker_color=greys[position % 3])
    figure.add_bar(
        y=teams["name"],
        x=teams["on_time_share"],
        name="This plan",
        orientation="h",
        marker_color=PALETTE[0],
        customdata=teams[["num_on_time", "num_due"]],
        hovertemplate="%{y}: %{x:.1%}, %{customdata[0]} of %{customdata[1]}<extra></extra>",
    )
    figure.update_xaxes(title="share of tasks due", tickformat=".0%", range=[0, 1.02], gridcolor=RULE)
    figure.update_yaxes(automargin=True)
    figure.update_layout(barmode="group", legend_traceorder="reversed")
    return figure


def plot_backlog(tables: PlanTables) -> go.Figure:
    """Return the hours of work that wait or are in hand over the plan's period, by team."""
    moments = np.arange(tables.now, tables.until + 1, STEP_MINUTES * 60)
    axis = to_instants(pd.Series(moments), tables.zone).dt.tz_localize(None)
    figure = go.Figure(layout=figure_layout(title="Backlog over the day", formula=BACKLOG.formula))
    tasks = tables.tasks
    owners = set(tasks["team"])
    colours = team_colours([team in owners for team in tables.teams["team"]])
    for (team, name), colour in zip(tables.teams[["team", "name"]].itertuples(index=False), colours, strict=True):
        owned = tasks[tasks["team"] == team]
        if owned.empty:
            continue
        hours = owned["standard_minutes"].to_numpy(float) / 60
        arrived = epoch_seconds(owned["arrived"])
        ended = np.nan_to_num(epoch_seconds(owned["end"]), nan=np.inf)
        is_open = (arrived[None, :] <= moments[:, None]) & (ended[None, :] > moments[:, None])
        figure.add_scatter(
            x=axis,
            y=is_open @ hours,
            name=name,
            stackgroup="teams",
            mode="lines",
            line={"width": 0.5, "color": PALETTE[colour]},
            hovertemplate="%{x|%H:%M} " + name + ": %{y:.1f} h<extra></extra>",
        )
    figure.update_xaxes(title=f"time of day ({tables.zone})", tickformat="%H:%M", gridcolor=RULE)
    figure.update_yaxes(title="hours of work", gridcolor=RULE, rangemode="tozero")
    return figure


def plot_time_use(tables: PlanTables) -> go.Figure:
    """Return how the time on shift of each team's people is planned: handling at home, lent, setup, free."""
    agents = tables.agents.assign(home=tables.agents["handling_hours"] - tables.agents["lent_hours"])
    sums = agents.groupby("team_name", sort=False)[["home", "lent_hours", "setup_hours", "duty_hours"]].sum()
    sums = sums[sums["duty_hours"] > 0].iloc[::-1]
    free = (sums["duty_hours"] - sums["home"] - sums["lent_hours"] - sums["setup_hours"]).clip(lower=0)
    figure = go.Figure(
        layout=figure_layout(title="Planned use of time on shift", formula=UTILIZATION.formula, height=460)
    )
    parts = (
        ("handling for the home team", sums["home"], PALETTE[0], ""),
        ("handling for other teams", sums["lent_hours"], PALETTE[4], "/"),
        ("setup", sums["setup_hours"], PALETTE[3], "x"),
        ("reserve and free", free, "#e3e8ed", ""),
    )
    for name, hours, colour, pattern in parts:
        figure.add_bar(
            y=sums.index,
            x=hours,
            name=name,
            orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern, "fgcolor": "white", "size": 6}},
            hovertemplate="%{y}: %{x:.1f} h " + name + "<extra></extra>",
        )
    figure.update_xaxes(title="hours on shift, breaks aside", gridcolor=RULE)
    figure.update_yaxes(automargin=True)
    figure.update_layout(barmode="stack")
    return figure


def plot_lending(tables: PlanTables) -> go.Figure:
    """Return the hours of work that each team's people do for each other team."""
    figure = go.Figure(layout=figure_layout(title=LENT_HOURS.name, formula=LENT_HOURS.formula, height=460))
    order = tables.teams["name"].tolist()
    matrix = tables.swing.pivot_table(
        index="home_name", columns="team_name", values="handling_hours", aggfunc="sum", fill_value=0.0, observed=True
    ).reindex(index=[n for n in order if n in set(tables.swing["home_name"])][::-1])
    matrix = matrix.reindex(columns=[name for name in order if name in set(tables.swing["team_name"])])
    text = matrix.map(lambda hours: f"{hours:.1f}" if hours > 0 else "")
    figure.add_heatmap(
        z=matrix.to_numpy(float),
        x=matrix.columns,
        y=matrix.index,
        text=text.to_numpy(),
        texttemplate="%{text}",
        colorscale=[[0, "#f6f8fa"], [1, PALETTE[0]]],
        xgap=2,
        ygap=2,
        colorbar={"title": "hours"},
        hovertemplate="%{y} for %{x}: %{z:.1f} h<extra></extra>",
    )
    figure.update_xaxes(title="does work of", automargin=True)
    figure.update_yaxes(title="people of", automargin=True)
    return figure


def plot_slack(tables: PlanTables, *, widest_hours: float = 8.0) -> go.Figure:
    """Return how many tasks end how long before their due; those that were overdue before the plan are left out."""
    done = tables.tasks[tables.tasks["agent"].notna() & ~tables.tasks["was_overdue"]]
    hours = (done["slack_minutes"] / 60).clip(-widest_hours, widest_hours)
    figure = go.Figure(
        layout=figure_layout(title="Slack of the tasks that are done", formula="due - planned end, in hours")
    )
    figure.add_histogram(
        x=hours, xbins={"start": -widest_hours, "end": widest_hours, "size": 0.25}, marker_color=PALETTE[0]
    )
    figure.add_vline(x=0, line={"color": SOFT_INK, "width": 2}, annotation_text="due")
    figure.add_vrect(x0=0, x1=AT_RISK_MINUTES / 60, fillcolor=PALETTE[4], opacity=0.25, line_width=0)
    figure.update_xaxes(title=f"hours to spare (beyond ±{widest_hours:g} h at the edge)", gridcolor=RULE)
    figure.update_yaxes(title="tasks", gridcolor=RULE)
    return figure
