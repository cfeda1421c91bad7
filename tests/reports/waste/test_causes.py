"""80/20, intervals, what could be won back, and the words, tables and figures on them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.report import Report
from reports.waste.bootstrap import find_intervals
from reports.waste.categories import CATEGORIES, Category, is_waste
from reports.waste.causes import Causes, find_causes
from reports.waste.free_time import LEAST_PUSHED
from reports.waste.history import WorkHistory
from reports.waste.ledger import keep_ledger
from reports.waste.report import report_ledger

DAY, HOUR, MINUTE = 86_400, 3600, 60
NUM_DAYS = 10


def make_history(rows: list[tuple[Any, ...]], **changes: Any) -> WorkHistory:
    """Return ten days of Ana (billing) and Ben (data), each paid from 8 to 16 o'clock.

    Rows: agent, day, from and to in minutes after eight, kind, task, code, begun. Tasks d... are disputes, r...
    refunds, f... forms.
    """
    starts = [(day, day * DAY + 8 * HOUR) for day in range(NUM_DAYS)]
    stretches = [
        (agent, starts[day][1] + low * MINUTE, starts[day][1] + high * MINUTE, kind, task, code, begun)
        for agent, day, low, high, kind, task, code, begun in rows
    ]
    kinds = {"d": "dispute", "r": "refund", "f": "form"}
    tasks = sorted({row[5] for row in rows} - {""})
    frames = {
        "agents": pd.DataFrame({"agent": ["ana", "ben"], "team": ["billing", "data"], "cost_per_hour": [30.0, np.nan]}),
        "types": pd.DataFrame(
            [("dispute", "billing", 1200.0), ("refund", "billing", 600.0), ("form", "data", 300.0)],
            columns=["type", "team", "standard_s"],
        ),
        "abilities": pd.DataFrame(
            [("ana", "dispute", True), ("ana", "refund", True), ("ben", "form", True), ("ben", "dispute", False)],
            columns=["agent", "type", "is_given"],
        ),
        "paid": pd.DataFrame(
            [(agent, at, at + 8 * HOUR) for agent in ("ana", "ben") for _, at in starts],
            columns=["agent", "start", "end"],
        ),
        "stretches": pd.DataFrame(stretches, columns=["agent", "start", "end", "kind", "task", "code", "begun"]),
        "tasks": pd.DataFrame([(task, kinds[task[0]], "") for task in tasks], columns=["task", "type", "finished_by"]),
    }
    days = {
        "day_edges": tuple(DAY * n for n in range(NUM_DAYS + 1)),
        "day_names": tuple(f"2026-03-{n + 1:02d}" for n in range(NUM_DAYS)),
    }
    return WorkHistory(**{**frames, **days, **changes})


def waiting(rows: list[tuple[str, str, int, int, int, float]]) -> pd.DataFrame:
    """Return what waited: task, type, day, from and to in minutes after eight, latest safe start (likewise)."""
    return pd.DataFrame(
        [
            (task, kind, *(day * DAY + 8 * HOUR + minute * MINUTE for minute in (low, high, safe)))
            for task, kind, day, low, high, safe in rows
        ],
        columns=["task", "type", "start", "end", "safe_until"],
    )


def told(causes: Causes) -> dict[tuple[str, str], tuple[float, float]]:
    """Return minutes and recoverable minutes by category and type."""
    types = (*causes.ledger.layout.type_ids, "")
    return {
        (CATEGORIES[row["category"]].value, types[row["type"]]): (row["seconds"] / 60, row["recoverable_s"] / 60)
        for row in causes.table.to_dict("records")
    }


def test_the_smallest_set_that_makes_four_fifths() -> None:
    rows = [("ana", day, 0, minutes, "rework", task, "", "chosen")
            for day, (minutes, task) in enumerate([(240, "d1"), (160, "r1"), (100, "d2")])]  # fmt: skip
    rows += [("ben", 0, 0, 30, "lost", "f1", "", "chosen")]
    causes = find_causes(keep_ledger(make_history(rows)), only=None)
    table = causes.table
    seconds = table["seconds"].to_numpy()
    assert (np.diff(seconds) <= 0).all()
    num = causes.num_vital
    assert seconds[:num].sum() >= 0.8 * causes.waste_s > seconds[: num - 1].sum()
    assert table["cumulative"].iloc[-1] == pytest.approx(1.0)
    paid = causes.ledger.total_paid_s
    left = sum(seconds for name, seconds in zip(CATEGORIES, causes.ledger.totals, strict=True) if not is_waste(name))
    assert causes.waste_s == paid - left


def test_meetings_are_no_waste_and_systems_that_are_down_are() -> None:
    rows = [
        ("ana", 0, 0, 60, "off-task", "", "meeting", ""),
        ("ana", 0, 60, 90, "off-task", "", "system-issue", ""),
    ]
    table = find_causes(keep_ledger(make_history(rows))).table
    off_task = table[table["category"] == CATEGORIES.index(Category.OFF_TASK)]
    assert off_task["seconds"].tolist() == [30 * MINUTE]


def test_of_choosing_what_tasks_take_that_are_handed_out_is_not_won_back() -> None:
    # Ana is handed a task every ten minutes, and takes one minute to begin; then she looks for three before two more.
    rows = [("ana", 0, 10 * n + 1, 10 * n + 10, "handling", f"d{n}", "", "pushed") for n in range(LEAST_PUSHED)]
    after = 10 * LEAST_PUSHED
    rows += [
        ("ana", 0, after, after + 3, "looking", "", "", ""),
        ("ana", 0, after + 3, after + 10, "handling", "d90", "", "chosen"),
        ("ana", 0, after + 14, after + 20, "handling", "d91", "", "chosen"),
    ]
    queue = waiting([("w", "dispute", 0, 0, after + 20, 9999)])
    causes = find_causes(keep_ledger(make_history(rows, waiting=queue)))
    assert causes.ledger.free.pushed_s[0] == 60
    # three minutes with the list open, of which one would go anyway; and a gap of four, less that one
    assert told(causes)["choosing", "dispute"] == (3 + 3, 2 + 3)


def test_of_setup_switches_while_more_of_the_last_type_waits_are_won_back() -> None:
    rows = [
        ("ana", 0, 0, 10, "handling", "d1", "", "chosen"),
        ("ana", 0, 10, 13, "setup", "r1", "", "chosen"),
        ("ana", 0, 13, 20, "handling", "r1", "", "continued"),
        ("ana", 0, 20, 25, "setup", "d2", "", "chosen"),
        ("ana", 0, 25, 40, "handling", "d2", "", "continued"),
        ("ana", 0, 40, 41, "setup", "d3", "", "chosen"),
        ("ana", 0, 41, 50, "handling", "d3", "", "continued"),
    ]
    queue = waiting([("d2", "dispute", 0, 5, 20, 9999), ("d3", "dispute", 0, 5, 40, 9999)])
    found = told(find_causes(keep_ledger(make_history(rows, waiting=queue))))
    assert list(found["setup", "refund"]) == [3, 3]  # disputes were still waiting when she turned to a refund
    assert list(found["setup", "dispute"]) == [
        6,
        0,
    ]  # no refund was waiting when she came back, and then it was the same


def test_lending_wins_back_no_more_than_the_work_that_was_urgent() -> None:
    queue = waiting([("u", "dispute", 0, 0, 480, 60), ("v", "dispute", 1, 0, 480, 470)])
    causes = find_causes(keep_ledger(make_history([], waiting=queue)))
    assert told(causes)["imbalance", "dispute"] == (420 + 10, 2 * 20)


def test_the_rest_is_compared_with_the_best_quarter_of_the_teams_own_days() -> None:
    rows = [("ana", day, 0, 10 * (day + 1), "lost", "d1", "", "chosen") for day in range(NUM_DAYS)]
    minutes = np.arange(10, 10 * NUM_DAYS + 10, 10)
    best = np.quantile(minutes, 0.25)
    spent, recoverable = told(find_causes(keep_ledger(make_history(rows))))["lost_handling", "dispute"]
    assert spent == minutes.sum()
    assert recoverable == pytest.approx(minutes.sum() - NUM_DAYS * best)
    few = {"day_edges": tuple(DAY * n for n in range(5)), "day_names": tuple(f"day {n}" for n in range(4))}
    short = told(find_causes(keep_ledger(make_history(rows, **few))))["lost_handling", "dispute"]
    assert np.isnan(short[1])


def test_money_is_hours_times_the_cost_of_whoever_it_was() -> None:
    rows = [("ana", 0, 0, 60, "lost", "d1", "", "chosen"), ("ben", 0, 0, 60, "lost", "f1", "", "chosen")]
    history = make_history(rows)
    own = find_causes(keep_ledger(history)).table.set_index("category")["money"]
    lost = CATEGORIES.index(Category.LOST_HANDLING)
    assert sorted(own[lost].tolist(), key=str) == [30.0, pytest.approx(np.nan, nan_ok=True)]
    given = find_causes(keep_ledger(history), cost_per_hour=20).table.set_index("category")["money"]
    assert sorted(given[lost].tolist()) == [20.0, 30.0]


def test_intervals_hold_what_they_should() -> None:
    generator = np.random.default_rng(1)
    days, held = 10, 0
    for _ in range(400):
        amounts = generator.gamma(4.0, 25.0, size=(1, days))
        low, high = find_intervals(amounts, seed=3)
        held += bool(low[0] <= 100.0 * days <= high[0])
    assert 0.925 <= held / 400 <= 0.985
    low, high = find_intervals(np.ones((2, 1)), seed=3)
    assert np.isnan([*low, *high]).all()


def test_a_team_alone_balances_and_has_its_own_waste() -> None:
    rows = [("ana", 0, 0, 60, "lost", "d1", "", "chosen"), ("ben", 0, 0, 60, "lost", "f1", "", "chosen")]
    whole, part = (keep_ledger(history) for history in (make_history(rows), make_history(rows).of_teams(["data"])))
    assert part.total_paid_s == whole.total_paid_s / 2
    assert (part.seconds.sum(axis=2) == part.paid_s).all()
    assert part.totals[CATEGORIES.index(Category.LOST_HANDLING)] == HOUR


def make_report(**changes: Any) -> Report:
    rows = [("ana", day, 30, 60, "rework", "d1", "", "chosen") for day in range(NUM_DAYS)]
    rows += [("ana", day, 0, 20, "handling", "d2", "", "chosen") for day in range(NUM_DAYS)]
    rows += [("ben", day, 0, 100, "handling", "f1", "", "chosen") for day in range(NUM_DAYS)]
    queue = waiting([("d3", "dispute", day, 0, 240, 30) for day in range(NUM_DAYS)])
    ledger = keep_ledger(make_history(rows, waiting=queue, **changes))
    return report_ledger(ledger, source="here", zone="Europe/Madrid", cost_per_hour=20, is_annualised=True)


def test_a_report_has_three_things_to_do_and_its_document_balances() -> None:
    report = make_report()
    assert len(report.actions) == 3
    names = {table.name for table in report.tables}
    assert all(action.table in names for action in report.actions)
    document = json.loads(json.dumps(report.document, allow_nan=False))
    assert list(document["categories"]) == [category.value for category in CATEGORIES]
    assert sum(document["categories"].values()) == pytest.approx(document["paid_minutes"])
    assert document["paid_minutes"] == 2 * NUM_DAYS * 480
    assert document["agents"] == 2
    assert all(sum(row["seconds"].values()) == row["paid_seconds"] for row in document["by_agent_day"])
    assert sum(cause["minutes"] for cause in document["causes"]) == pytest.approx(document["waste_minutes"])
    assert document["annualised"]["waste_minutes"] == pytest.approx(document["waste_minutes"] * 365.25 / NUM_DAYS)
    assert "28 %" in report.lead


def test_every_figure_is_drawn_with_its_numbers_beside_it() -> None:
    report = make_report()
    assert [panel.name for panel in report.panels] == ["shares", "causes", "teams", "days"]
    for panel in report.panels:
        assert panel.formula
        assert panel.rows
        assert all(len(row) == len(panel.headings) for row in panel.rows)
        assert panel.data()["data"]
    layout = report.panels[0].data()["layout"]
    assert layout["shapes"][0]["x0"] == 0.28
    above = layout["annotations"][0]  # what stands above the axes has room to be read
    assert (above["y"], above["yanchor"]) == (1, "bottom")
    assert layout["margin"]["t"] >= 1.5 * layout["font"]["size"]


def test_of_a_source_that_knows_little_it_says_what_to_record() -> None:
    report = make_report(has_queue=False, has_paid_time=False)
    headings = [action.heading for action in report.actions]
    assert len(headings) == 3
    assert headings[1].startswith("Find out what people do")
    assert headings[2].startswith("Record when work on a task begins")
    assert report.document["paid_minutes"] is None
    assert report.document["seen_minutes"] == 2 * NUM_DAYS * 480
