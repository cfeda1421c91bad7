from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest

from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import load_zone
from reports import metrics
from reports.plan_figures import plot_backlog, plot_lending, plot_on_time, plot_slack, plot_time_use
from reports.plan_tables import PlanTables, tabulate_plan


class Day(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables


def test_on_time_shows_this_plan_and_the_others(day: Day) -> None:
    figure = plot_on_time(day.tables, {"First in, first out": day.tables})
    shares = {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}
    assert shares["This plan"] == {"Billing": pytest.approx(1 / 3), "Data entry": 0.5}
    assert shares["First in, first out"] == shares["This plan"]


def test_every_figure_says_how_it_is_counted(day: Day) -> None:
    assert metrics.ON_TIME.formula in plot_on_time(day.tables).layout.title.text
    assert metrics.BACKLOG.formula in plot_backlog(day.tables).layout.title.text
    assert metrics.UTILIZATION.formula in plot_time_use(day.tables).layout.title.text
    assert metrics.LENT_HOURS.formula in plot_lending(day.tables).layout.title.text
    for figure in (plot_backlog(day.tables), plot_slack(day.tables)):
        assert figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text


def test_backlog_starts_and_ends_at_the_figures_of_the_table(day: Day) -> None:
    figure = plot_backlog(day.tables)
    teams = day.tables.teams.set_index("name")
    for line in figure.data:
        assert line.y[0] == pytest.approx(teams.loc[line.name, "backlog_start_hours"])
        assert line.y[-1] == pytest.approx(teams.loc[line.name, "backlog_end_hours"])


def test_use_of_time_adds_up_to_the_time_on_shift(day: Day) -> None:
    figure = plot_time_use(day.tables)
    total = np.sum([np.asarray(bar.x, float) for bar in figure.data], axis=0)
    assert dict(zip(figure.data[0].y, total, strict=True)) == {"Billing": 7.5, "Data entry": 7.5}


def test_lending_shows_who_works_for_whom(day: Day) -> None:
    figure = plot_lending(day.tables)
    heat = figure.data[0]
    assert list(heat.x) == ["Billing"]
    assert list(heat.y) == ["Data entry"]
    assert heat.z[0][0] == pytest.approx(20 / 60)


def test_slack_counts_each_task_that_is_done_and_was_not_overdue(day: Day) -> None:
    assert len(plot_slack(day.tables).data[0].x) == 4


def test_an_empty_day_has_figures_too(day: Day) -> None:
    problem = replace(day.problem, tasks=(), agents=())
    plan = replace(day.plan, assignments=(), unscheduled=())
    tables = tabulate_plan(problem, plan, zone=load_zone("UTC"))
    for plot in (plot_on_time, plot_backlog, plot_time_use, plot_lending, plot_slack):
        assert plot(tables).to_json()
