import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.operations.clearing import NEVER, clear_days, count_days, forecast_breaches
from reports.operations.record import Record

Make = Callable[..., Record]
hours = st.floats(0.01, 1000)


@given(work=hours, capacity=hours, inflow=hours)
def test_a_backlog_is_cleared_by_what_capacity_is_beyond_inflow(work: float, capacity: float, inflow: float) -> None:
    days = count_days(work, capacity, inflow)
    if capacity <= inflow:
        assert days == NEVER
    elif days != NEVER:
        assert days * (capacity - inflow) == pytest.approx(work)


def test_nothing_is_cleared_at_once() -> None:
    assert count_days(0.0, 1.0, 5.0) == 0.0


def test_work_that_one_person_alone_can_do_is_never_cleared_whatever_the_others_have_left(make_small: Make) -> None:
    rows = [
        {"task": f"s{n}", "type": "special", "team": "t", "arrived": 1 + n, "standard_minutes": 240} for n in range(4)
    ]
    rows += [{"task": "e", "type": "easy", "team": "t", "arrived": 1, "standard_minutes": 60}]
    record = make_small(
        [{**row, "closed": np.nan} for row in rows],
        types=pd.DataFrame({"type": ["special", "easy"], "team": "t", "standard_minutes": [240.0, 60.0]}),
        may_do=pd.DataFrame({"agent": ["x", "x", "y", "z"], "type": ["special", "easy", "easy", "easy"]}),
        duty=pd.DataFrame({"agent": ["x", "y", "z"], "start": 8 * 3600.0, "end": 16 * 3600.0}),
    )
    made = clear_days(record)
    assert made["types"].iloc[0] == ("special",)
    assert math.isinf(made["days"].iloc[0])
    assert made["inflow_hours"].iloc[0] == pytest.approx(16)
    whole = made[made["num_people"] == 3].iloc[0]
    assert whole["capacity_hours"] == pytest.approx(24)
    assert whole["days"] == pytest.approx(17 / (24 - 17))


def test_without_shifts_days_to_clear_are_unknown(make_small: Make) -> None:
    record = make_small(
        [{"task": "a", "type": "k", "team": "t", "arrived": 1, "closed": np.nan, "standard_minutes": 10}],
        types=pd.DataFrame({"type": ["k"], "team": ["t"]}),
        may_do=pd.DataFrame({"agent": ["x"], "type": ["k"]}),
    )
    assert clear_days(record)["days"].isna().all()


def _backlog(make_small: Make, *, num_done: int) -> Record:
    done = [
        {"task": f"d{n}", "type": "k", "team": "t", "agent": "x", "arrived": 0, "started": 8, "closed": 9 + n / 100,
         "due": 20, "standard_minutes": 60}
        for n in range(num_done)
    ]  # fmt: skip
    waiting = [
        {"task": f"w{n}", "type": "k", "team": "t", "arrived": 1, "due": 48, "standard_minutes": 60} for n in range(20)
    ]
    return make_small(
        [*done, *waiting, {"task": "l", "type": "k", "team": "t", "arrived": 0, "due": 1, "standard_minutes": 60}]
    )


@pytest.mark.parametrize(("num_done", "num_late"), [(0, 20), (5, 16), (30, 0)])
def test_breaches_to_come_follow_from_what_a_day_yields(make_small: Make, num_done: int, num_late: int) -> None:
    # One hour is late already and goes first; what a day yields is the same each day.
    teams, tasks = forecast_breaches(_backlog(make_small, num_done=num_done), seed=1)
    row = teams.iloc[0]
    assert (row["num_breaches"], row["low"], row["high"], row["num_overdue"]) == (num_late, num_late, num_late, 1)
    assert len(tasks) == num_late


def test_a_seed_gives_the_same_forecast(make_record: Make) -> None:
    first, second = (forecast_breaches(make_record(3), seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(first[0], second[0])
    pd.testing.assert_frame_equal(first[1], second[1])
    assert ((first[1]["chance"] > 0) & (first[1]["chance"] <= 1)).all()
