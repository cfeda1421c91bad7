"""Answers say what their intervals bear out, first what was asked for, and draw it to scale."""

from typing import Any

import pytest

from api.language.texts import ENGLISH, Texts
from api.pages.what_if.answers import answer_comparison
from api.pages.what_if.exports import tabulate
from api.pages.what_if.intervals import Axis
from api.pages.what_if.single_answers import answer_staffing
from models.vocabulary_jobs import JobKind

SHARE, WAIT, BACKLOG, COST = (
    f"overall.{name}" for name in ("on_time_share", "wait_minutes_mean", "backlog_end", "cost")
)
SCENARIO: dict[str, Any] = {
    "name": "Base",
    "teams": [{"id": "t", "name": "Team"}],
    "agents": [{"id": "a", "name": "Ann's"}],
}


def spread(mean: float, around: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - around, "high": mean + around}


def compared(**differences: tuple[float, float, float, float]) -> dict[str, Any]:
    """A comparison of two: of each figure before, after, how far intervals reach, and that of the difference."""
    first: dict[str, Any] = {"name": "Base"}
    second: dict[str, Any] = {"name": "Two more"}
    difference: dict[str, Any] = {"from": "Base", "to": "Two more"}
    for metric, (before, after, around, reach) in differences.items():
        path = f"overall.{metric}"
        first[path], second[path] = spread(before, around), spread(after, around)
        difference[path] = spread(after - before, reach)
    return {"replications": 30, "scenarios": [first, second], "differences": [difference]}


@pytest.mark.parametrize(
    ("figures", "said", "more"),
    [
        ({"on_time_share": (0.91, 0.96, 0.01, 0.02)}, "Two more: on time 91 % to 96 %, surely better.", None),
        ({"on_time_share": (0.96, 0.91, 0.01, 0.02)}, "Two more: on time 96 % to 91 %, surely worse.", None),
        (
            {"on_time_share": (0.91, 0.92, 0.01, 0.02)},
            "Two more: on time 91.0 % to 92.0 %, which cannot be told from chance yet; 120 more replications would.",
            120,
        ),
        (
            {"on_time_share": (0.91, 0.91001, 0.01, 0.02)},
            (
                "Two more: on time 91.0 % to 91.0 %, which may be nothing at all: no number of replications worth "
                "waiting for would tell."
            ),
            None,
        ),
        (
            {"on_time_share": (1.0, 1.0, 0.0, 0.0), "backlog_end": (80.0, 70.0, 5.0, 3.0)},
            "Two more: tasks open at the end 80 to 70, surely better.",
            None,
        ),
        (
            {"on_time_share": (1.0, 1.0, 0.0, 0.0), "wait_minutes_mean": (8.0, 7.5, 1.0, 0.1)},
            "Two more: mean wait 8.0 to 7.5 minutes, surely better.",
            None,
        ),
    ],
)
def test_a_headline_says_what_is_sure(figures: dict[str, Any], said: str, more: int | None) -> None:
    answer = answer_comparison(compared(**figures), SCENARIO, ENGLISH)
    (headline,) = answer.headlines
    assert headline.said.replace("\N{NO-BREAK SPACE}", " ") == said
    assert answer.more == more


def test_what_it_costs_stands_beside_and_what_costs_nothing_is_left_out() -> None:
    figures = {"on_time_share": (0.91, 0.96, 0.01, 0.02), "cost": (1000.0, 1200.0, 5.0, 6.0)}
    answer = answer_comparison(compared(**figures), SCENARIO, ENGLISH)
    assert answer.headlines[0].beside == ("Cost: 1,000 to 1,200 (+200).",)
    free = answer_comparison(compared(**{**figures, "cost": (0.0, 0.0, 0.0, 0.0)}), SCENARIO, ENGLISH)
    assert [line.metric for line in free.numbers] == ["On time"]
    spanish = answer_comparison(compared(**figures), SCENARIO, Texts("es"))
    assert "seguro que mejor" in spanish.headlines[0].said


def test_bars_are_drawn_to_scale() -> None:
    answer = answer_comparison(compared(on_time_share=(0.25, 0.5, 0.125, 0.1)), SCENARIO, ENGLISH)
    difference, on_time = answer.charts
    first, second = on_time.rows[0].bars
    assert first.low is not None
    assert (first.mean, first.high, second.mean) == pytest.approx((2 * first.low, 3 * first.low, 4 * first.low), abs=1)
    assert difference.zero is not None
    assert difference.zero < (difference.rows[0].bars[0].low or 0)


@pytest.mark.parametrize("values", [[0.0, 1e-9], [0.0, 0.97], [-3.2, 7.1], [5.0], [0.0, 12345.0], [213.0, 221.0]])
def test_an_axis_holds_what_it_is_made_for(values: list[float]) -> None:
    axis = Axis(values)
    places = [axis.at(value) for value in values]
    assert all(0 <= place <= 1000 for place in places)
    assert places == sorted(places) or values != sorted(values)
    assert 1 <= len(axis.ticks) <= 8
    assert all(0 <= axis.at(tick) <= 1000 for tick in axis.ticks)


def test_a_staffing_names_its_people_and_draws_its_frontier() -> None:
    share = {"mean": 0.934, "low": 0.921, "high": 0.945}
    document: dict[str, Any] = {
        "scenario": "Base",
        "status": "found",
        "groups": {"a": 7},
        "cost": {"mean": 1742.3, "low": 1738.9, "high": 1745.6},
        "on_time_share": share,
        "targets": [{"metric": "overall.on_time_share", "at_least": 0.9}],
        "proof": "dominated",
        "because": "every cheaper staffing ...",
        "replications": {"search": 416, "confirmation": 64, "frontier": 96, "plans": 21},
        "undecided": [{"a": 6}],
        "frontier": [
            {"cost": 1742.3, "on_time_share": share, "replications": 32, "groups": {"a": 7}},
            {"cost": 1900.0, "on_time_share": spread(0.97, 0.01), "replications": 32, "groups": {"a": 8}},
        ],
        "warnings": [],
    }
    frontier = document["frontier"]
    answer = answer_staffing(document, SCENARIO, ENGLISH)
    beside = answer.headlines[0].beside
    assert (answer.headlines[0].tone, beside[0]) == ("good", "7 in Ann's")
    assert "1 cheaper staffing is too close to tell." in beside
    # Without a cost an hour its figure is hours, and is called so; where some have one, who is taken as free is said.
    assert answer.cost_name == "Hours on duty"
    assert any("Nobody in this scenario has a cost an hour" in told for told in beside)
    assert "Hours on duty: 1,742." in beside[1]
    agents = [{**SCENARIO["agents"][0], "cost_per_hour": 24}, {"id": "b", "name": "Ben's"}]
    document["warnings"] = ["agent group b: costs nothing, as it has no cost_per_hour", "odd"]
    priced = answer_staffing(document, {**SCENARIO, "agents": agents}, ENGLISH)
    assert (priced.cost_name, priced.warnings) == ("Cost", ("odd",))
    assert not any("cost an hour" in told for told in priced.headlines[0].beside)
    document |= {"groups": {"a": 7, "b": 3}, "frontier": []}
    half = answer_staffing(document, {**SCENARIO, "agents": agents}, ENGLISH)
    assert any("Taken as free, as they have no cost an hour: Ben's." in told for told in half.headlines[0].beside)
    (plot,) = answer.plots
    assert plot.title == "Hours on duty against work on time"
    assert [is_answer for *_, is_answer, _ in plot.dots] == [True, False]
    assert plot.level is not None
    assert all(y < plot.level for _, y, *_ in plot.dots), "both lie above what was asked for"
    document |= {"groups": {"a": 7}, "frontier": frontier}
    table, columns = tabulate(JobKind.STAFF, document, SCENARIO)
    assert [column.name for column in columns][:2] == ["is_answer", "cost"]
    assert table["Ann's"].tolist() == [7, 8]
