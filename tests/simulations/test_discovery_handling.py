"""How long instances took."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.event_logs.log import EventLog
from simulations.discovery.handling import Handling, measure_worked, share_of_time, share_overlaps
from simulations.discovery.history import History, read_history

UTC = ZoneInfo("UTC")
MONDAY = 20514  # 2 March 2026, in days since 1970
OFFICE = pd.DataFrame({"weekday": range(5), "opens": [480] * 5, "closes": [1080] * 5})


def on_duty(*stretches: tuple[int, int, int, int]) -> pd.DataFrame:
    """Agent, day after Monday, from, until (hours)."""
    return pd.DataFrame(
        [(agent, MONDAY + day, start * 60, end * 60, True) for agent, day, start, end in stretches],
        columns=["agent_idx", "day", "start", "end", "is_seen"],
    )


def measure(log: EventLog, shifts: pd.DataFrame) -> tuple[History, Handling]:
    history = read_history(log, zone=UTC)
    return history, measure_worked(history, shifts, OFFICE, cut_minute=180)


def test_work_within_a_day_lasts_from_start_to_end_even_out_of_hours(log_of: Callable[..., EventLog]) -> None:
    log = log_of([("C", "a", "ana", "2026-03-02T18:00", "2026-03-02T21:30")])
    _, handling = measure(log, on_duty((0, 0, 8, 16)))
    assert handling.minutes.tolist() == [210.0]


def test_work_left_open_overnight_counts_hours_on_duty_only(log_of: Callable[..., EventLog]) -> None:
    log = log_of(
        [
            ("C", "a", "ana", "2026-03-02T15:00", "2026-03-04T09:30"),
            ("D", "a", "?", "2026-03-02T17:00", "2026-03-03T09:00"),
        ]
    )
    _, handling = measure(log, on_duty((0, 0, 8, 16), (0, 1, 8, 16), (0, 2, 9, 12)))
    assert handling.minutes.tolist() == [60.0 + 480 + 30, 60.0 + 60]  # nobody known: by office hours


def test_a_night_shift_is_one_day(log_of: Callable[..., EventLog]) -> None:
    log = log_of([("C", "a", "ana", "2026-03-02T23:30", "2026-03-03T01:00")])
    _, handling = measure(log, on_duty((0, 0, 8, 16)))
    assert handling.minutes.tolist() == [90.0]


def test_what_overlaps_shares_time_and_nobody_elses(log_of: Callable[..., EventLog]) -> None:
    log = log_of(
        [
            ("C", "a", "ana", "2026-03-02T09:00", "2026-03-02T10:00"),
            ("D", "a", "ana", "2026-03-02T09:30", "2026-03-02T10:30"),
            ("E", "a", "bob", "2026-03-02T09:00", "2026-03-02T10:00"),
            ("F", "a", "?", "2026-03-02T09:00", "2026-03-02T10:00"),
        ]
    )
    history, worked = measure(log, on_duty((0, 0, 8, 16)))
    shared = share_overlaps(history, worked, np.zeros(4, dtype=bool))
    by_case = dict(zip(history.rows["case"], shared.minutes, strict=True))
    assert by_case == {"C": 45.0, "D": 45.0, "E": 60.0, "F": 60.0}
    assert dict(zip(history.rows["case"], shared.is_overlapping, strict=True)) == {
        "C": True, "D": True, "E": False, "F": False,
    }  # fmt: skip


def test_what_was_forgotten_takes_no_share(log_of: Callable[..., EventLog]) -> None:
    log = log_of(
        [
            ("C", "a", "ana", "2026-03-02T09:00", "2026-03-02T16:00"),
            ("D", "a", "ana", "2026-03-02T09:30", "2026-03-02T10:30"),
        ]
    )
    history, worked = measure(log, on_duty((0, 0, 8, 16)))
    shared = share_overlaps(history, worked, np.array([True, False]))
    assert shared.minutes.tolist() == [420.0, 60.0]


def test_suspended_time_is_taken_out(log_of: Callable[..., EventLog]) -> None:
    log = log_of([("C", "a", "ana", "2026-03-02T09:00", "2026-03-02T11:00")])
    pauses = pd.DataFrame(
        {"id": ["C-1"], "start": [pd.Timestamp("2026-03-02T09:30Z")], "end": [pd.Timestamp("2026-03-02T10:45Z")]}
    )
    paused = EventLog(
        frame=log.frame, pauses=pauses, zone_name="UTC", has_starts=True, num_records=1, source=log.source
    )
    _, handling = measure(paused, on_duty((0, 0, 8, 16)))
    assert handling.minutes.tolist() == [45.0]


INTERVALS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(1, 20)).map(lambda t: (t[0], t[1], t[1] + t[2])),
    min_size=1,
    max_size=12,
)


def share_by_hand(intervals: list[tuple[int, int, int]]) -> list[float]:
    """Second by second."""
    own = []
    for agent, start, end in intervals:
        parts = [
            1 / sum(1 for other, begins, ends in intervals if other == agent and begins <= second < ends)
            for second in range(start, end)
        ]
        own.append(sum(parts) / (end - start))
    return own


@settings(deadline=None)
@given(INTERVALS)
def test_shares_are_those_counted_second_by_second(intervals: list[tuple[int, int, int]]) -> None:
    agent, start, end = (np.array(column, dtype=np.int64) for column in zip(*intervals, strict=True))
    assert share_of_time(agent, start, end) == pytest.approx(share_by_hand(intervals), abs=1e-9)


@settings(deadline=None)
@given(INTERVALS)
def test_shares_sum_to_the_time_worked(intervals: list[tuple[int, int, int]]) -> None:
    agent, start, end = (np.array(column, dtype=np.int64) for column in zip(*intervals, strict=True))
    own = share_of_time(agent, start, end) * (end - start)
    worked = {(who, second) for who, begins, ends in intervals for second in range(begins, ends)}
    assert own.sum() == pytest.approx(len(worked), abs=1e-6)


def test_a_zone_moves_the_day(log_of: Callable[..., EventLog]) -> None:
    start = datetime(2026, 3, 2, 22, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    rows = [("C", "a", "ana", start.isoformat(), (start + timedelta(hours=3)).isoformat())]
    history = read_history(log_of(rows, timezone="America/New_York"), zone=ZoneInfo("America/New_York"))
    handling = measure_worked(history, on_duty((0, 0, 8, 16)), OFFICE, cut_minute=180)
    assert handling.minutes.tolist() == [180.0]
