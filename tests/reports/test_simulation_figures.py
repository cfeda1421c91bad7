"""Figures of simulations: what is drawn are the result's numbers, and the table beside says the same."""

import math

import pytest

from models.formats.scenarios.reading import Question, parse_scenario
from models.formats.scenarios.result import Metric
from models.time import load_zone
from reports.difference_figures import show_differences
from reports.panels import Panel, faded, plotly_script, shorten
from reports.simulation_figures import (
    FrontierPoint,
    show_backlog,
    show_frontier,
    show_on_time,
    show_utilization,
    show_wait,
)
from services.simulating.comparing import DEFAULT_METRICS, Comparison, compare_scenarios
from services.simulating.showing import LONGEST_NAME, name_shortly, show_comparison, show_experiment
from services.simulating.simulate import make_result

ATTACK = "</script><b>team</b>"


def _question(count: int) -> Question:
    days = ["mon", "tue", "wed", "thu", "fri"]
    return parse_scenario(
        {
            "format": "swingdesk/scenario",
            "version": 1,
            "name": "two teams",
            "start": "2026-03-02T00:00:00+00:00",
            "days": 3,
            "replications": 6,
            "teams": [{"id": "billing"}, {"id": ATTACK}],
            "task_types": [
                {
                    "id": name,
                    "team": team,
                    "skill": name,
                    "sla": {"minutes": 200},
                    "handling": {"distribution": "exponential", "mean_minutes": 12},
                }
                for name, team in (("dispute", "billing"), ("claim", ATTACK))
            ],
            "arrivals": [
                {"task_type": name, "pattern": [{"days": days, "from": "08:00", "to": "16:00", "per_hour": 12}]}
                for name in ("dispute", "claim")
            ],
            "agents": [
                {
                    "id": team,
                    "count": count,
                    "team": team,
                    "cost_per_hour": 20,
                    "skills": {name: {"level": 1}},
                    "week": [{"days": days, "start": "08:00", "end": "17:00"}],
                }
                for name, team in (("dispute", "billing"), ("claim", ATTACK))
            ],
        }
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare_scenarios([("base", _question(3)), ("one more each", _question(4))])


def test_bars_are_the_results_with_their_intervals(comparison: Comparison) -> None:
    results = [(name, make_result(item)) for name, item in zip(comparison.names, comparison.experiments, strict=True)]
    for panel, metric in ((show_on_time(results), "on_time_share"), (show_wait(results), "wait_minutes_mean")):
        assert len(panel.figure.data) == 2
        for (_, result), bar in zip(results, panel.figure.data, strict=True):
            overall = result.sections["overall"][""][metric]
            assert bar.x[0] == overall.mean
            assert overall.mean is not None
            assert overall.low is not None
            assert bar.error_x.arrayminus[0] == pytest.approx(abs(overall.mean - overall.low))
        assert [row[0] for row in panel.rows] == ["all teams", "billing", ATTACK]
        assert list(panel.headings) == ["Team", "base", "one more each"]
    utilization = show_utilization(results)
    assert len(utilization.rows) == 2
    assert utilization.rows[0][1].count("%") == 3


def test_the_backlog_has_its_bands(comparison: Comparison) -> None:
    (result,) = [make_result(comparison.experiments[0])]
    total = [Metric(mean=5.0, low=-1.0, high=6.0, sd=1.0)] * 73
    panel = show_backlog([("base", result)], {"base": total}, start=1772409600, zone=load_zone("UTC"))
    lines = [trace for trace in panel.figure.data if trace.mode == "lines" and trace.hovertemplate]
    bands = [trace for trace in panel.figure.data if trace.fill == "toself"]
    assert lines[0].name == "all teams"
    assert len(lines) == len(bands) == 3
    assert len(lines[0].x) == 73
    assert min(bands[0].y) == 0.0  # there are no fewer than none
    assert str(lines[0].x[0]).startswith("2026-03-02")
    within_a_day, days = panel.figure.layout.xaxis.tickformatstops
    assert "%H:%M" in within_a_day.value  # else noon and midnight look the same
    assert within_a_day.dtickrange[1] < days.dtickrange[0] == 86_400_000
    assert "all teams at most 5, 5 at the end" in panel.text


def test_differences_are_points_of_shares_relative_else_and_in_the_table_absolute(comparison: Comparison) -> None:
    results = [(name, make_result(item)) for name, item in zip(comparison.names, comparison.experiments, strict=True)]
    panel = show_differences(results, comparison.differences, metrics=DEFAULT_METRICS)
    points, trace = panel.figure.data
    share = comparison.differences[0]["overall.on_time_share"].estimate
    assert dict(zip(points.y, points.x, strict=True))["on-time share"] == pytest.approx(100 * share.mean)
    assert points.error_x.array[0] == pytest.approx(100 * (share.high - share.mean))
    assert (points.xaxis, trace.xaxis) == ("x", "x2")
    assert "percentage points" in panel.figure.layout.xaxis.title.text
    assert "on-time share" not in trace.y
    assert panel.figure.layout.yaxis2.domain[1] < panel.figure.layout.yaxis.domain[0]
    base = comparison.experiments[0].estimate("overall.cost").mean
    change = comparison.differences[0]["overall.cost"].estimate.mean
    assert dict(zip(trace.y, trace.x, strict=True))["cost"] == pytest.approx(change / base)
    assert {row[0] for row in panel.rows} >= {"one more each: on-time share", "one more each: cost"}
    assert all(len(row) == len(panel.headings) for row in panel.rows)
    assert "points" in panel.rows[0][1]


def test_the_frontier_shows_staffings_and_the_answer() -> None:
    points = [
        FrontierPoint(label="10 + 4", cost=5000, share=0.95, low=0.94, high=0.96, is_chosen=True),
        FrontierPoint(label="8 + 4", cost=4200, share=0.80, low=0.77, high=0.83),
    ]
    panel = show_frontier(points)
    line, star = panel.figure.data
    assert list(line.x) == [4200, 5000]
    assert list(line.y) == [0.80, 0.95]
    assert list(star.x) == [5000]
    assert "The answer: 10 + 4, 95.0 % for 5,000." in panel.text
    assert panel.rows[0] == ["8 + 4", "4,200", "80.0 %", "77.0 % to 83.0 %"]
    assert "replications of its own" in panel.formula
    assert not panel.figure.layout.shapes
    aimed = show_frontier(points, target=0.9)
    assert [shape.y0 for shape in aimed.figure.layout.shapes] == [0.9]
    assert "The target: 90.0 % on time." in aimed.text


def test_long_names_are_shortened_and_told_apart() -> None:
    names = [f"agents.billing-1.swing_teams=[accounts], agents.billing-1.skills.receivables={n}" for n in range(2)]
    made = name_shortly(["base", *names])
    assert made[0] == "base"
    assert len(set(made)) == 3
    assert all(len(name) <= LONGEST_NAME + 4 for name in made)
    assert len(shorten(names[0], 30)) == 30
    assert shorten(names[0], 30).endswith("\N{HORIZONTAL ELLIPSIS}")
    assert shorten("short", 5) == "short"


def test_every_panel_is_whole(comparison: Comparison) -> None:
    panels: list[Panel] = [*show_comparison(comparison), *show_experiment(comparison.experiments[0])]
    assert [panel.name for panel in panels][:5] == ["differences", "on-time", "wait", "backlog", "utilization"]
    for panel in panels:
        assert panel.title
        assert panel.formula
        assert panel.text.endswith(".")
        assert panel.rows
        assert all(len(row) == len(panel.headings) for row in panel.rows)
        assert set(panel.data()) == {"data", "layout"}
        assert panel.figure.layout.height >= 100
        assert ATTACK not in panel.figure.to_json()  # Plotly would read it as markup
    assert faded("#4477aa", 0.5) == "rgba(68,119,170,0.5)"
    assert "Plotly" in plotly_script()
    assert not math.isnan(sum(len(panel.rows) for panel in panels))
