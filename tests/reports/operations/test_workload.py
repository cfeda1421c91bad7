from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.operations.record import Record
from reports.operations.workload import ALL, age_backlog, follow_days, measure_output, measure_workload

Make = Callable[..., Record]
seeds = st.integers(0, 10_000)


@pytest.mark.parametrize("by", ["team", "type", "agent"])
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_what_came_less_what_went_is_what_is_more(make_record: Make, by: str, seed: int) -> None:
    made = measure_workload(make_record(seed), by)
    left = made["backlog_start"] + made["arrived"] - made["completed"] - made["closed_otherwise"]
    assert (left == made["backlog_end"]).all()
    whole, parts = made[made[by] == ALL], made[made[by] != ALL]
    if by != "agent":  # what nobody has yet is nobody's
        for name in ("backlog_start", "arrived", "completed", "backlog_end", "num_due", "num_late", "num_pended"):
            assert parts[name].sum() == whole[name].iloc[0]


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_days_follow_on_one_another(make_record: Make, seed: int) -> None:
    record = make_record(seed)
    days = follow_days(record)
    for _, group in days.groupby("team"):
        assert group["backlog_end"].tolist()[:-1] == group["backlog_start"].tolist()[1:]
        change = group["arrived"] - group["completed"] - group["closed_otherwise"]
        assert (group["backlog_start"] + change == group["backlog_end"]).all()
    whole = days[days["team"] == ALL]
    total = measure_workload(record).iloc[0]
    assert whole["arrived"].sum() == total["arrived"]
    assert whole["completed"].sum() == total["completed"]
    assert whole["backlog_end"].iloc[-1] == total["backlog_end"]


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_each_open_task_is_of_one_age(make_record: Make, seed: int) -> None:
    record = make_record(seed)
    ages = age_backlog(record)
    bands = ages[["under_half", "half_to_80", "from_80", "past_due", "no_due"]].sum(axis=1)
    assert (bands == ages["num_open"]).all()
    assert ages["num_open"].iloc[0] == measure_workload(record)["backlog_end"].iloc[0]


def test_a_day_by_hand(make_small: Make) -> None:
    record = make_small(
        [
            {
                "task": "a",
                "type": "k",
                "team": "t",
                "arrived": -2,
                "started": 8,
                "closed": 9,
                "due": 10,
                "standard_minutes": 30,
            },
            {
                "task": "b",
                "type": "k",
                "team": "t",
                "arrived": 7,
                "started": 9,
                "closed": 13,
                "due": 12,
                "standard_minutes": 30,
            },
            {"task": "c", "type": "k", "team": "t", "arrived": 8, "due": 20, "standard_minutes": 45},
            {"task": "d", "type": "k", "team": "t", "arrived": 9, "due": 48, "standard_minutes": 60, "is_pended": True},
        ]
    )
    whole = measure_workload(record).iloc[0]
    assert (whole["backlog_start"], whole["arrived"], whole["completed"], whole["backlog_end"]) == (1, 3, 2, 2)
    assert (whole["num_due"], whole["num_late"]) == (3, 2)
    assert whole["on_time_share"] == pytest.approx(1 / 3)
    assert whole["completed_on_time_share"] == pytest.approx(0.5)
    assert whole["backlog_hours"] == pytest.approx(0.75)  # without what waits for a customer
    assert whole["num_overdue"] == 1
    assert whole["oldest_hours"] == pytest.approx(16)
    assert whole["tardiness_hours"] == pytest.approx(1)


def test_a_task_cancelled_before_its_due_is_owed_to_nobody(make_small: Make) -> None:
    row = {"type": "k", "team": "t", "arrived": 1, "due": 10, "outcome": "cancelled"}
    record = make_small([{"task": "a", "closed": 5, **row}, {"task": "b", "closed": 12, **row}])
    whole = measure_workload(record).iloc[0]
    assert (whole["num_due"], whole["num_late"], whole["closed_otherwise"]) == (1, 1, 2)


def test_output_is_told_of_those_whose_shifts_are_known(make_small: Make) -> None:
    done = {
        "type": "k",
        "team": "t",
        "arrived": 1,
        "started": 8,
        "closed": 10,
        "standard_minutes": 60,
        "handling_minutes": 120,
    }
    agents = pd.DataFrame({"agent": ["x", "y"], "team": ["t", "u"]})
    duty = pd.DataFrame({"agent": ["x"], "start": [8 * 3600.0], "end": [12 * 3600.0]})
    off = pd.DataFrame({"agent": ["x"], "start": [8 * 3600.0], "end": [9 * 3600.0], "code": ["meeting"]})
    record = make_small(
        [{"task": "a", "agent": "x", **done}, {"task": "b", "agent": "y", **done}],
        agents=agents,
        duty=duty,
        off_task=off,
    )
    made = measure_output(record).set_index("team")
    assert made.loc["t", "utilization"] == pytest.approx(0.5)
    assert made.loc["t", "productivity"] == pytest.approx(1 / 3)
    assert made["productivity"].isna().tolist() == [False, True]
    assert made["duty_hours"].isna().tolist() == [False, True]


def test_a_task_that_stands_twice_is_refused(make_small: Make) -> None:
    with pytest.raises(ValueError, match="stands twice"):
        make_small([{"task": "a", "arrived": 1, "closed": 2}, {"task": "a", "arrived": 1, "closed": 2}])
