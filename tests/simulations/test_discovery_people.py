"""Teams, helpers, skills and speeds."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from models.formats.event_logs.log import EventLog
from simulations.discovery.history import History, read_history
from simulations.discovery.skills import estimate_speeds, find_skills
from simulations.discovery.teams import MAX_TEAMS, Teams, affinity, cluster_profiles, find_teams

UTC = ZoneInfo("UTC")


def rows_of(*counts: tuple[str, str, int], team: str | None = None) -> list[tuple[str, ...]]:
    """Task type, agent, how many; ten minutes each, a day each in turn."""
    rows: list[tuple[str, ...]] = []
    for kind, agent, count in counts:
        for number in range(count):
            day = f"2026-03-{2 + number % 20:02d}"
            row = (f"{kind}-{agent}-{number}-{team}", kind, agent, f"{day}T09:00", f"{day}T09:10")
            rows.append(row if team is None else (*row, team))
    return rows


def teams_of(log: EventLog) -> tuple[History, Teams]:
    history = read_history(log, zone=UTC)
    day = history.day(history.column("end_us"), 180)
    return history, find_teams(history, day)


def test_types_that_the_same_people_do_are_a_team(log_of: Callable[..., EventLog]) -> None:
    log = log_of(
        rows_of(
            ("check", "ana", 80), ("check", "bob", 70), ("pay", "ana", 60), ("pay", "bob", 50),
            ("call", "cleo", 90), ("call", "dan", 40), ("call", "ana", 15), ("rare", "dan", 3), ("check", "dan", 4),
        )
    )  # fmt: skip
    history, teams = teams_of(log)
    assert not teams.is_told
    assert teams.ids == ("check", "call")
    assert teams.names == ("check and pay", "call and rare")
    homes = dict(zip(history.agent_names, teams.home.tolist(), strict=True))
    assert homes == {"ana": 0, "bob": 0, "cleo": 1, "dan": 1}
    helpers = dict(zip(history.agent_names, teams.swing, strict=True))
    assert helpers == {"ana": (1,), "bob": (), "cleo": (), "dan": ()}  # four instances are no help


def test_teams_of_the_log_are_kept_and_types_of_several_are_split(log_of: Callable[..., EventLog]) -> None:
    rows = [
        *rows_of(("check", "ana", 60), team="East"),
        *rows_of(("check", "bob", 50), team="West"),
        *rows_of(("pay", "bob", 90), team="West"),
        *rows_of(("pay", "ana", 3), team="East"),
        *rows_of(("check", "cleo", 5), team="EMPTY"),
    ]
    history, teams = teams_of(log_of(rows, team=True))
    assert teams.is_told
    assert teams.ids == ("West", "East")
    assert teams.kinds["name"].tolist() == ["check (East)", "check (West)", "pay"]
    kind_of = teams.kinds["name"].to_numpy()[teams.kind_idx]
    is_pay = (history.rows["type_idx"] == 1).to_numpy()
    assert set(kind_of[is_pay]) == {"pay"}  # three in a hundred are no other team's work
    unknown = history.rows["team"].isna().to_numpy()
    assert set(kind_of[unknown]) == {"check (East)"}  # the type's usual team
    assert dict(zip(history.agent_names, teams.home.tolist(), strict=True)) == {"ana": 1, "bob": 0, "cleo": 1}


def test_profiles_are_alike_by_shares_and_not_by_size() -> None:
    alike = affinity(np.array([[10.0, 30.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0]]))
    assert alike[0, 1] == pytest.approx(1.0)
    assert alike[0, 2] == 0.0
    assert alike[3].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_there_are_never_too_many_teams() -> None:
    labels = cluster_profiles(np.eye(20) * 100)
    assert len(set(labels.tolist())) <= MAX_TEAMS
    assert labels.min() == 0


def test_one_type_alone_is_a_team() -> None:
    assert cluster_profiles(np.array([[5.0, 2.0]])).tolist() == [0]


def test_levels_grow_with_the_logarithm_of_experience(log_of: Callable[..., EventLog]) -> None:
    counts = [("check", name, count) for name, count in zip("abcdefg", (1, 4, 5, 19, 20, 80, 320), strict=True)]
    history, _ = teams_of(log_of(rows_of(*counts)))
    skills = find_skills(history, np.full(len(history.rows), 10.0), has_personal_speed=False)
    assert skills["level"].tolist() == [1, 1, 2, 2, 3, 4, 5]
    assert (skills["speed"] == 1.0).all()


def measured(speeds: dict[int, float], count: int, sigma: float = 0.5) -> pd.DataFrame:
    generator = np.random.default_rng(8)
    return pd.concat(
        [
            pd.DataFrame({"agent_idx": agent, "type_idx": 0, "minutes": generator.lognormal(2, sigma, count) / speed})
            for agent, speed in speeds.items()
        ]
    )


def test_speeds_are_found_where_there_is_much_to_see() -> None:
    true = dict(enumerate([0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.17]))
    found = estimate_speeds(measured(true, 2_000)).set_index("agent_idx")["speed"]
    centre = np.exp(np.mean(np.log(list(true.values()))))
    for agent, speed in true.items():
        assert found[agent] == pytest.approx(speed / centre, rel=0.04)


def test_speeds_shrink_to_one_where_there_is_little_and_stay_within_limits() -> None:
    same = estimate_speeds(measured(dict.fromkeys(range(12), 1.0), 50, sigma=1.0))
    raw = measured(dict.fromkeys(range(12), 1.0), 50, sigma=1.0)
    spread = np.log(raw["minutes"]).groupby(raw["agent_idx"]).mean().std()
    assert np.log(same["speed"]).std() < 0.6 * spread
    wild = estimate_speeds(measured({0: 0.3, 1: 1.0, 2: 3.0}, 500))
    assert wild["speed"].min() == 0.75
    assert wild["speed"].max() == 1.3


def test_speeds_need_fifty_instances() -> None:
    assert estimate_speeds(measured({0: 0.8, 1: 1.2}, 49)).empty
    assert len(estimate_speeds(measured({0: 0.8, 1: 1.2}, 50))) == 2


def test_somebody_may_do_each_kind_of_work(log_of: Callable[..., EventLog]) -> None:
    rows = [
        *rows_of(("check", "ana", 90), ("check", "bob", 80), team="East"),
        *rows_of(("audit", "ana", 4), ("audit", "bob", 1), team="West"),
    ]
    history, teams = teams_of(log_of(rows, team=True))
    helpers = dict(zip(history.agent_names, teams.swing, strict=True))
    assert helpers == {"ana": (1,), "bob": ()}  # four in five of West's work is enough


def test_who_never_takes_a_second_is_a_system_only_if_there_is_enough_to_see(log_of: Callable[..., EventLog]) -> None:
    rows = rows_of(("check", "ana", 20))
    for agent, count in (("robot", 10), ("bob", 9), ("cleo", 1)):
        days = [f"2026-03-{2 + number:02d}T09:00" for number in range(count)]
        rows += [(f"{agent}-{number}", "check", agent, day, day) for number, day in enumerate(days)]
    history = read_history(log_of(rows), zone=UTC)
    assert history.systems == ("robot",)
    assert history.agent_names == ("ana", "bob", "cleo")
