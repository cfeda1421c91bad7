"""An office read off a log, as a whole."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from models.formats.event_logs.log import EventLog
from models.formats.offices.checks import Known, find_office_faults
from models.formats.offices.office import Office
from models.formats.offices.tables import TABLES
from simulations.discovery import Discovery, DiscoveryOptions, DiscoveryRule, discover_office, open_work

LogOf = Callable[..., EventLog]
MINUTES = {"check": 12.0, "pay": 6.0, "call": 20.0}


def small_office(seed: int = 6, days: int = 40, slow: str = "") -> list[tuple[str, ...]]:
    """Four who check and pay, three who call; cases are checked, paid, and some are called. One may be slow."""
    generator = np.random.default_rng(seed)
    rows: list[tuple[str, ...]] = []
    for day in range(days):
        midnight = datetime(2026, 3, 2) + timedelta(days=day)  # noqa: DTZ001 - a clock time of the log
        if midnight.weekday() > 4:
            continue
        desks = {name: midnight + timedelta(hours=8) for name in ("ana", "bob", "cleo", "dan", "eve", "finn", "gus")}
        for number in range(70):
            now = midnight + timedelta(hours=8)
            for kind in ("check", "pay", "call")[: 2 + number % 2]:
                staff = list(desks)[4:] if kind == "call" else list(desks)[:4]
                person = min(staff, key=lambda name: desks[name])
                start = max(desks[person], now)
                minutes = MINUTES[kind] * generator.lognormal(-0.18, 0.6) * (1.25 if person == slow else 1.0)
                now = desks[person] = start + timedelta(minutes=minutes)
                written = "NOT_SET" if generator.random() < 0.05 else person
                rows.append((f"{day}-{number}", kind, written, start.isoformat(), now.isoformat()))
            rows.append((f"{day}-{number}", "registered", "robot", now.isoformat(), now.isoformat()))
    return rows


@pytest.fixture
def discovery(log_of: LogOf) -> Discovery:
    return discover_office(log_of(small_office(), timezone="Europe/Madrid"))


def faults(office: Office) -> list[object]:
    tables = {name: {str(key): frame[key].tolist() for key in frame} for name, frame in office.tables.items()}
    zone = ZoneInfo(office.table("office")["timezone"][0])
    return list(find_office_faults(tables, {}, known=Known(), zone=zone, record=lambda name, at: f"{name} {at}"))


def found_rules(discovery: Discovery) -> dict[str, int]:
    return {finding.rule: finding.count for finding in discovery.findings}


def test_the_office_is_the_one_that_made_the_log(discovery: Discovery) -> None:
    kinds = discovery.kinds.set_index("name")
    assert sorted(kinds.index) == sorted(MINUTES)
    for name, minutes in MINUTES.items():
        assert kinds.loc[name, "standard_minutes"] == pytest.approx(minutes, rel=0.08)
    assert not discovery.kinds["is_estimated"].any()
    agents = discovery.office.table("agents").set_index("id")
    assert sorted(agents.index) == ["ana", "bob", "cleo", "dan", "eve", "finn", "gus"]
    assert agents.loc[["ana", "dan", "eve", "gus"], "team"].tolist() == ["check", "check", "call", "call"]
    hours = discovery.office.table("office_hours")
    assert hours["weekday"].tolist() == ["mon", "tue", "wed", "thu", "fri"]
    assert {clock.hour for clock in hours["opens"]} == {8}
    assert 0.5 < (discovery.recorded_share or 0) <= 1.0
    assert found_rules(discovery)[DiscoveryRule.MILESTONE] == 1


def test_its_tables_hold_together(discovery: Discovery) -> None:
    assert faults(discovery.office) == []
    assert set(discovery.office.tables) <= {table.name for table in TABLES}
    assert discovery.office.table("task_types")["is_sla_estimated"].all()


def test_the_queue_of_the_tables_is_that_of_the_log(discovery: Discovery, log_of: LogOf) -> None:
    log = log_of(small_office(), timezone="Europe/Madrid")
    tasks = discovery.office.table("tasks")
    frame = log.frame[log.frame["type"] != "registered"]
    for hour in (0, 9.5, 12.25, 16.75, 40):
        at = pd.Timestamp("2026-03-11T00:00", tz="Europe/Madrid") + pd.Timedelta(hours=hour)
        second = int(at.timestamp())
        is_open = (tasks["arrived"] <= second) & (tasks["closed"].isna() | (tasks["closed"] > second))
        found = open_work(frame, at)
        # To the second: what begins or ends within it may be on either side.
        assert abs(int(is_open.sum()) - len(found)) <= 1
        assert len(set(tasks["id"][is_open]) ^ set(found["id"])) <= 1


def test_open_work_is_enabled_and_not_closed(log_of: LogOf) -> None:
    log = log_of(
        [
            ("C", "a", "ana", "2026-03-02T08:00", "2026-03-02T09:00"),
            ("C", "b", "ana", "2026-03-02T11:00", "2026-03-02T12:00"),
            ("D", "a", "ana", "2026-03-02T13:00", ""),
        ]
    )
    states = {
        hour: open_work(log.frame, pd.Timestamp(f"2026-03-02T{hour:02d}:00Z"))["state"].tolist()
        for hour in range(7, 15)
    }
    assert states == {
        7: [], 8: ["in progress"], 9: ["waiting"], 10: ["waiting"], 11: ["in progress"], 12: [],
        13: ["in progress"], 14: ["in progress"],
    }  # fmt: skip


INSTANTS = st.integers(0, 30)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), INSTANTS, INSTANTS), min_size=1, max_size=20), INSTANTS)
def test_each_instance_is_open_exactly_between_enabling_and_end(rows: list[tuple[int, int, int]], moment: int) -> None:
    base = pd.Timestamp("2026-03-02T08:00Z")
    frame = pd.DataFrame(
        {
            "id": [str(at) for at in range(len(rows))],
            "enabled": [base + pd.Timedelta(minutes=min(row[1:])) for row in rows],
            "start": [base + pd.Timedelta(minutes=min(row[1:])) for row in rows],
            "closed": [base + pd.Timedelta(minutes=max(row[1:])) for row in rows],
        }
    )
    found = open_work(frame, base + pd.Timedelta(minutes=moment))
    assert found["id"].tolist() == [str(at) for at, row in enumerate(rows) if min(row[1:]) <= moment < max(row[1:])]


def test_the_order_of_rows_does_not_matter(log_of: LogOf) -> None:
    rows = small_office(days=12)
    shuffled = list(rows)
    random.Random(3).shuffle(shuffled)  # noqa: S311 - no secret
    one, other = discover_office(log_of(rows)), discover_office(log_of(shuffled))
    assert one.office.tables.keys() == other.office.tables.keys()
    for name, frame in one.office.tables.items():
        pd.testing.assert_frame_equal(frame, other.office.table(name))
    assert found_rules(one) == found_rules(other)


def test_a_log_of_completions_says_that_handling_is_unknown(log_of: LogOf) -> None:
    found = discover_office(log_of([row for row in small_office() if row[1] != "registered"], has_starts=False))
    assert found.kinds["is_estimated"].all()
    assert found.office.table("task_types")["is_estimated"].all()
    assert found.recorded_share is None
    assert found_rules(found)[DiscoveryRule.HANDLING_UNKNOWN] == 3
    assert found.office.table("tasks")["started"].isna().all()
    assert faults(found.office) == []


def test_personal_speed_is_asked_for(log_of: LogOf) -> None:
    log = log_of(small_office(slow="ana"))
    assert (discover_office(log).office.table("agent_skills")["speed"] == 1.0).all()
    found = discover_office(log, DiscoveryOptions(has_personal_speed=True)).office.table("agent_skills")
    speed = found[found["skill"] == "check"].set_index("agent")["speed"].astype(float)
    assert speed["ana"] / speed[["bob", "cleo", "dan"]].mean() == pytest.approx(1 / 1.25, abs=0.08)
    assert found["speed"].between(0.75, 1.3).all()


def test_whoever_never_takes_time_or_never_sleeps_is_no_person(log_of: LogOf) -> None:
    rows = small_office(days=12)
    rows += [
        (
            f"night {day} {hour}",
            "check",
            "daemon",
            f"2026-03-{day:02d}T{hour:02d}:10",
            f"2026-03-{day:02d}T{hour:02d}:20",
        )
        for day in range(2, 13)
        for hour in range(24)
    ]
    rows += [(f"x{n}", "check", "clicker", f"2026-03-03T09:{n}", f"2026-03-03T09:{n}") for n in range(10, 20)]
    found = discover_office(log_of(rows))
    assert found_rules(found)[DiscoveryRule.SYSTEM] == 2
    assert not {"daemon", "clicker"} & set(found.office.table("agents")["id"])
    assert faults(found.office) == []


def test_a_clock_change_at_night_leaves_no_empty_shift(log_of: LogOf) -> None:
    rows = small_office(days=5)
    rows += [("n", "check", "owl", "2026-03-29T03:05", "2026-03-29T03:07")]  # minutes after the clocks went on
    found = discover_office(log_of(rows, timezone="Europe/Madrid"))
    assert faults(found.office) == []


def test_the_office_may_keep_another_clock_than_the_log(log_of: LogOf) -> None:
    log = log_of(small_office(days=12), timezone="UTC")
    found = discover_office(log, DiscoveryOptions(office_timezone="America/Bogota", name="Claims"))
    assert found.office.table("office").iloc[0][["name", "timezone"]].tolist() == ["Claims", "America/Bogota"]
    assert {clock.hour for clock in found.office.table("office_hours")["opens"]} == {3}


def test_a_log_without_people_or_without_work_makes_no_office(log_of: LogOf) -> None:
    with pytest.raises(InputError, match="nobody is known"):
        discover_office(log_of([("C", "a", "", "2026-03-02T08:00", "2026-03-02T09:00")]))
    with pytest.raises(InputError, match="no task type takes any time"):
        discover_office(log_of([("C", "a", "ana", "2026-03-02T08:00", "2026-03-02T08:00")]))


def tiny_logs() -> Iterator[list[tuple[str, ...]]]:
    yield [("C", "a", "ana", "2026-03-02T08:00", "2026-03-02T09:00")]
    yield [("C", "a", "ana", "2026-03-01T23:30", "2026-03-02T00:30"), ("C", "b", "", "2026-03-02T08:00", "")]
    yield [("C", "a", "ana", "2026-03-02T08:00", "2026-03-07T08:00")]


@pytest.mark.parametrize("rows", list(tiny_logs()))
def test_the_smallest_logs_make_an_office(log_of: LogOf, rows: list[tuple[str, ...]]) -> None:
    found = discover_office(log_of(rows))
    assert faults(found.office) == []
    assert (found.kinds["standard_minutes"] > 0).all()
    assert len(found.office.table("shifts")) >= 1
