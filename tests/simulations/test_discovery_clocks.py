"""Working time between instants, and the deadlines counted in it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.event_logs.log import EventLog
from simulations.discovery.clocks import WorkClock, office_stretches
from simulations.discovery.deadlines import find_sla_minutes
from simulations.discovery.history import US_PER_MINUTE, read_history

UTC = ZoneInfo("UTC")
MADRID = ZoneInfo("Europe/Madrid")
MONDAY = 20514  # 2 March 2026, in days since 1970
OFFICE = pd.DataFrame({"weekday": range(5), "opens": [480] * 5, "closes": [1080] * 5})

STRETCHES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 20), st.integers(1, 4)), max_size=6)


def disjoint(drawn: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    """One stretch an agent and day: agent, day, hour, how many hours; and one far away for everybody."""
    listed = {(agent, day): (hour * 60, (hour + length) * 60) for agent, day, hour, length in drawn}
    listed |= {(agent, 50): (0, 60) for agent in range(3)}
    return pd.DataFrame(
        [(agent, MONDAY + day, *bounds) for (agent, day), bounds in listed.items()],
        columns=["agent_idx", "day", "start", "end"],
    )


@settings(max_examples=40, deadline=None)
@given(STRETCHES, st.integers(0, 2), st.integers(0, 6 * 1440), st.integers(0, 3 * 1440))
def test_minutes_are_those_counted_one_by_one(
    drawn: list[tuple[int, int, int, int]], agent: int, start: int, length: int
) -> None:
    stretches = disjoint(drawn)
    begins = MONDAY * 1440 + start
    by_hand = 0
    for row in stretches[stretches["agent_idx"] == agent].to_dict("records"):
        opens, closes = row["day"] * 1440 + row["start"], row["day"] * 1440 + row["end"]
        by_hand += max(0, min(closes, begins + length) - max(opens, begins))
    found = WorkClock(stretches, UTC).minutes_between(
        np.array([agent]), np.array([begins * US_PER_MINUTE]), np.array([(begins + length) * US_PER_MINUTE])
    )
    assert found.tolist() == [by_hand]


def test_time_is_that_of_the_offices_clock() -> None:
    clock = WorkClock(disjoint([(0, 0, 8, 4)]), MADRID)
    start = np.array([pd.Timestamp("2026-03-02T09:30", tz=MADRID).value // 1000])
    end = np.array([pd.Timestamp("2026-03-02T20:00", tz=MADRID).value // 1000])
    assert clock.minutes_between(np.array([0]), start, end).tolist() == [150.0]


def test_the_office_is_shut_on_closed_days_and_weekends() -> None:
    opens = office_stretches(OFFICE, MONDAY, MONDAY + 6, closed=[MONDAY + 2])
    assert sorted(opens["day"] - MONDAY) == [0, 1, 3, 4, 7]


def test_a_deadline_is_met_by_four_in_five(log_of: Callable[..., EventLog]) -> None:
    rows = []
    for number in range(20):  # enabled at 08:00 by the first, done 2 to 40 office hours later
        due = pd.Timestamp("2026-03-02T08:00") + pd.Timedelta(days=number // 5, hours=2 * (number % 5 + 1))
        rows.append((f"C{number}", "open", "ana", "2026-03-02T07:50", "2026-03-02T08:00"))
        rows.append((f"C{number}", "decide", "bob", (due - pd.Timedelta(minutes=5)).isoformat(), due.isoformat()))
    history = read_history(log_of(rows), zone=UTC)
    kind = history.column("type_idx")
    sla = find_sla_minutes(history, OFFICE, [], kind, np.array([5.0, 10.0]))
    flows = sorted(600 * (number // 5) + 120 * (number % 5 + 1) for number in range(20))
    assert np.quantile(flows, 0.8) <= sla[0] < np.quantile(flows, 0.8) + 15
    assert sla[1] == sla[0]  # nothing is known of when the first of a case was enabled: that of all


@pytest.mark.parametrize(("standard", "sla"), [(10.0, 600.0), (200.0, 810.0)])
def test_a_deadline_leaves_a_day_and_room_for_the_work(
    log_of: Callable[..., EventLog], standard: float, sla: float
) -> None:
    rows = [(f"C{n}", kind, "ana", f"2026-03-02T{hour}:00", f"2026-03-02T{hour}:10") for n in range(12)
            for kind, hour in (("a", "08"), ("b", "09"))]  # fmt: skip
    history = read_history(log_of(rows), zone=UTC)
    found = find_sla_minutes(history, OFFICE, [], history.column("type_idx"), np.array([standard, standard]))
    assert found.tolist() == [sla, sla]
