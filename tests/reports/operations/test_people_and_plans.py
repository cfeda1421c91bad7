from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from reports.operations.compliance import follow_four_eyes, list_exceptions, measure_compliance
from reports.operations.fairness import measure_people, sum_teams
from reports.operations.plan_outcomes import follow_plans, measure_plans
from reports.operations.record import Record
from reports.operations.resolution import measure_resolution
from reports.operations.skills_use import list_skills, sum_skills
from reports.operations.swing_outcomes import compare_moves, list_lent, measure_lending, value_without

Make = Callable[..., Record]
DAY = 86_400.0


def _done(task: str, agent: str | None, closed: float, **more: object) -> dict[str, object]:
    row = {
        "task": task,
        "type": "k",
        "team": "t",
        "agent": agent,
        "arrived": 0,
        "started": closed - 1,
        "closed": closed,
    }
    return {**row, "standard_minutes": 60, "handling_minutes": 60, **more}


def test_right_the_first_time_is_what_never_came_back(make_small: Make) -> None:
    rows = [
        _done("a", "x", 2, num_returns=1, num_reopens=0, is_failed=False, is_checked=False),
        _done("b", "x", 3, num_returns=0, num_reopens=1, is_failed=True, is_checked=True),
        _done("c", "x", 4, num_returns=0, num_reopens=0, is_failed=False, is_checked=True),
        _done("d", "x", 30, num_returns=0, num_reopens=0, is_failed=False, is_checked=False),
    ]
    row = measure_resolution(make_small(rows)).iloc[0]
    assert row["num_completed"] == 3
    assert row["first_time_right_share"] == pytest.approx(1 / 3)
    assert row["reopen_share"] == pytest.approx(1 / 3)
    assert row["check_share"] == pytest.approx(2 / 3)
    assert row["fail_share"] == pytest.approx(1 / 2)


def test_skills_on_paper_and_in_use(make_small: Make) -> None:
    record = make_small(
        [_done("a", "x", 2), _done("b", "x", 3), _done("c", "z", 4)],
        types=pd.DataFrame({"type": ["k"], "team": ["t"], "skill": ["s"]}),
        skills=pd.DataFrame({"agent": ["x", "y"], "skill": "s", "level": [3, 2]}),
    )
    each = list_skills(record).set_index("agent")
    assert each["num_used"].to_dict() == {"x": 2, "y": 0, "z": 1}
    assert each.loc["x", "last_used"] == 3 * 3600
    assert each["level"].to_dict() == {"x": 3, "y": 2, "z": 0}
    row = sum_skills(list_skills(record)).iloc[0]
    assert row[["num_holders", "num_users", "num_never", "num_without", "num_uses"]].tolist() == [2, 1, 1, 1, 3]
    assert row["used_share"] == pytest.approx(0.5)
    assert row["top_share"] == pytest.approx(2 / 3)


def _lending(make_small: Make) -> Record:
    rows = [
        _done("a", "own", 2, due=2.5),
        _done("b", "guest", 3, due=3, weight=2),
        _done("c", "own", 5, due=5),
        _done("d", "own", 8, due=9),
    ]
    return make_small(rows, agents=pd.DataFrame({"agent": ["own", "guest"], "team": ["t", "u"]}))


def test_what_a_guest_saved_is_what_the_others_would_have_been_later(make_small: Make) -> None:
    record = _lending(make_small)
    lent = list_lent(record)
    assert lent["task"].tolist() == ["b"]
    # Without the guest b takes 5 o'clock, c takes 8, and d none: the end of the day.
    assert value_without(record, "t", frozenset({"b"})) == pytest.approx(2 * 2 + 3 + 15)
    row = measure_lending(record).iloc[0]
    assert (row["from_team"], row["to_team"], row["hours"]) == ("u", "t", 1)
    assert value_without(record, "t", frozenset()) == 0


@pytest.mark.parametrize(
    ("tasks", "agent", "verdict", "gain"),
    [
        (("b",), "guest", "kept", 8),
        (("b", "c"), "guest", "partly", 4),
        (("c",), "guest", "partly", 0),
        (("b",), "x", "not made", 0),
    ],
)
def test_promised_moves_are_kept_as_far_as_their_tasks_were_done(
    make_small: Make, tasks: tuple[str, ...], agent: str, verdict: str, gain: float
) -> None:
    move = {"plan": 1, "agent": agent, "from_team": "u", "to_team": "t", "start": 0.0, "end": 4 * 3600.0, "minutes": 60}
    made = compare_moves(_lending(make_small), pd.DataFrame([{**move, "gain": 8.0, "tasks": tasks}])).iloc[0]
    assert made["verdict"] == verdict
    assert made["gain_kept"] == pytest.approx(gain)


def test_a_plan_beside_what_happened(make_small: Make) -> None:
    rows = [
        _done("a", "x", 9, due=10),
        _done("b", "x", 11, due=10),
        _done("c", "y", 12, due=20),
        _done("e", "x", 30, due=12),
    ]
    planned = pd.DataFrame(
        {
            "plan": 7,
            "task": ["a", "b", "c", "e"],
            "agent": ["x", "x", "x", "x"],
            "start": [10 * 3600.0, 8 * 3600.0, 11 * 3600.0, 12 * 3600.0],
            "end": [11 * 3600.0, 9 * 3600.0, 12 * 3600.0, 13 * 3600.0],
        }
    )
    followed = follow_plans(make_small(rows), planned)
    row = measure_plans(followed).iloc[0]
    assert (row["num_planned"], row["num_done"], row["num_same_agent"]) == (4, 3, 2)
    assert row["on_time_share"] == pytest.approx(2 / 4)
    assert row["planned_on_time_share"] == pytest.approx(2 / 4)
    assert row["start_late_median_minutes"] == pytest.approx(0)
    assert row["order_kept_share"] == pytest.approx(2 / 3)  # a was begun before b, and was to come after it
    assert row["near_share"] == pytest.approx(1 / 3)


def test_four_eyes_by_hand(make_small: Make) -> None:
    rows = [
        _done(name, agent, 2 + n) for n, (name, agent) in enumerate([("a", "x"), ("b", "x"), ("c", "y"), ("d", None)])
    ]
    pairs = pd.DataFrame({"task": ["a", "b", "c", "c", "d"], "other": ["b", "a", "a", "z", "a"]})
    record = make_small(rows, separate=pairs)
    assert follow_four_eyes(record)["verdict"].tolist() == ["broken", "kept", "unknown"]
    row = measure_compliance(record).iloc[0]
    assert (row["num_pairs"], row["num_broken"], row["num_unknown"], row["kept_share"]) == (3, 1, 1, 0.5)


def test_exceptions_are_listed_by_kind(make_small: Make) -> None:
    rows = [
        _done("a", "x", 2, must_by=1, is_failed=False),
        _done("b", "y", 3, must_by=4, is_failed=True),
        {
            "task": "c",
            "type": "k",
            "team": "t",
            "arrived": 0,
            "started": np.nan,
            "closed": np.nan,
            "must_by": 5,
            "is_failed": False,
        },
    ]
    made = list_exceptions(make_small(rows, may_do=pd.DataFrame({"agent": ["x"], "type": ["k"]})))
    assert sorted(zip(made["kind"], made["task"], strict=True)) == [
        ("check-failed", "b"),
        ("must-by-passed", "a"),
        ("must-by-passed", "c"),
        ("without-skill", "b"),
    ]


def _dealt(parts: dict[str, float], *, size: int = 400, seed: int = 1) -> Record:
    """A team's month in which people get hard tasks with these chances."""
    draw = np.random.default_rng(seed)
    agents = draw.choice(list(parts), size)
    hard = draw.random(size) < np.array([parts[name] for name in agents])
    closed = draw.uniform(0, 28 * DAY, size)
    tasks = pd.DataFrame(
        {
            "task": [f"x{n}" for n in range(size)],
            "type": np.where(hard, "hard", "easy"),
            "team": "t",
            "agent": agents,
            "arrived": closed - 60,
            "closed": closed,
            "outcome": "completed",
            "standard_minutes": np.where(hard, 60.0, 5.0),
        }
    )
    return Record(
        tasks=tasks,
        agents=pd.DataFrame({"agent": list(parts), "team": "t"}),
        start=0.0,
        end=28 * DAY,
        day_edges=tuple(n * DAY for n in range(29)),
        day_names=tuple(str(n) for n in range(28)),
    )


def test_who_gets_all_the_hard_work_is_seen_and_who_gets_an_even_part_is_not() -> None:
    people = measure_people(_dealt({"a": 0.6, "b": 0.1, "c": 0.1, "d": 0.1})).set_index("agent")
    assert people.loc["a", "is_uneven"]
    assert people["num_hard"].sum() == pytest.approx((people["hard_expected"] * people["num_tasks"]).sum())
    even = measure_people(_dealt(dict.fromkeys("abcd", 0.2)))
    assert not even["is_uneven"].any()


def test_variety_is_the_number_of_types_in_equal_parts() -> None:
    people = measure_people(_dealt({"a": 0.0, "b": 1.0, "c": 0.5})).set_index("agent")
    assert people.loc["a", "variety"] == pytest.approx(1)
    assert people.loc["c", "variety"] == pytest.approx(2, abs=0.1)


def test_a_small_group_keeps_what_would_tell_of_one() -> None:
    teams = sum_teams(measure_people(_dealt({"a": 0.9, "b": 0.1})))
    assert teams["hard_ratio_most"].isna().all()
    assert sum_teams(measure_people(_dealt(dict.fromkeys("abc", 0.2))))["hard_ratio_most"].notna().all()
