"""Minutes where nobody noted starts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from models.formats.event_logs.log import EventLog
from simulations.discovery.completions import LONGEST_MINUTES, SHORTEST_MINUTES, estimate_minutes
from simulations.discovery.history import read_history
from simulations.discovery.hours import find_hours, find_working_days
from simulations.discovery.rosters import Roster, make_shifts

LogOf = Callable[..., EventLog]
UTC = ZoneInfo("UTC")


def busy_days(minutes: dict[str, float], *, agents: int, days: int, seed: int = 4) -> list[tuple[str, ...]]:
    """People who do one task after the other from 08:00 to 16:00, each of lognormal length around its type's."""
    generator = np.random.default_rng(seed)
    kinds = list(minutes)
    rows: list[tuple[str, ...]] = []
    for agent in range(agents):
        for day in range(days):
            now = datetime(2026, 3, 2, 8) + timedelta(days=day)  # noqa: DTZ001 - a clock time of the log
            while now.hour < 16:
                kind = kinds[generator.integers(len(kinds))]
                now += timedelta(minutes=minutes[kind] * generator.lognormal(-0.08, 0.4))
                rows.append((f"C{len(rows)}", kind, f"p{agent}", "", now.isoformat()))
    return rows


def estimated(log: EventLog) -> NDArray[np.float64]:
    history = read_history(log, zone=UTC)
    days = find_working_days(history.presence)
    hours = find_hours(days, np.zeros(len(history.agent_names), dtype=np.int64))
    shifts = make_shifts(days, hours, roster=Roster.SEEN, days_ahead=0)
    return estimate_minutes(history, days, shifts, history.column("type_idx"), len(history.type_names))


def test_minutes_are_found_where_people_work_all_day(log_of: LogOf) -> None:
    true = {"call": 6.0, "check": 15.0, "pay": 30.0}
    found = estimated(log_of(busy_days(true, agents=4, days=20), has_starts=False))
    assert found.tolist() == pytest.approx([true[name] for name in sorted(true)], rel=0.12)


def test_all_hours_on_duty_are_accounted_for(log_of: LogOf) -> None:
    rows = busy_days({"call": 10.0, "check": 25.0}, agents=3, days=10)
    found = estimated(log_of(rows[::3], has_starts=False))  # two in three were not in the log
    assert found.sum() == pytest.approx(3 * 35.0, rel=0.3)


def test_estimates_stay_within_reason(log_of: LogOf) -> None:
    rows = [(f"C{day}", "audit", "ana", "", f"2026-03-{day:02d}T10:00") for day in range(2, 28)]
    rows += [(f"C{day}", "click", "bob", "", f"2026-03-02T10:00:{day:02d}") for day in range(10, 50)]
    found = estimated(log_of(rows, has_starts=False))
    assert ((found >= SHORTEST_MINUTES) & (found <= LONGEST_MINUTES)).all()


def test_a_single_completion_gives_a_figure(log_of: LogOf) -> None:
    found = estimated(log_of([("C", "a", "ana", "", "2026-03-02T10:00")], has_starts=False))
    assert len(found) == 1
    assert SHORTEST_MINUTES <= found[0] <= LONGEST_MINUTES
