from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.operations.flow import (
    count_hand_offs,
    find_loops,
    list_hand_offs,
    list_repeats,
    order_steps,
    rank_bottlenecks,
)
from reports.operations.process_map import draw_map, place_steps
from reports.operations.record import Record

Make = Callable[..., Record]


def _case(*steps: tuple[str, str, str], case: str = "c") -> list[dict[str, object]]:
    """Steps of an hour each, an hour apart: type, team, agent."""
    return [
        {
            "task": f"{case}{n}", "case": case, "type": kind, "team": team, "agent": agent, "arrived": 0,
            "enabled": 2 * n, "started": 2 * n + 1, "closed": 2 * n + 2, "handling_minutes": 60,
        }
        for n, (kind, team, agent) in enumerate(steps)
    ]  # fmt: skip


def test_hand_offs_and_ping_pong_by_hand(make_small: Make) -> None:
    record = make_small(_case(("k", "t", "x"), ("l", "u", "y"), ("m", "t", "x"), ("n", "t", "x"), ("o", "u", "z")))
    made = count_hand_offs(order_steps(record)).set_index("between")
    assert list(made.loc["agents", ["num_steps", "num_hand_offs", "num_ping_pong"]]) == [4, 3, 1]
    assert list(made.loc["teams", ["num_hand_offs", "num_ping_pong"]]) == [3, 1]
    assert made.loc["agents", "wait_hours"] == pytest.approx(1)
    ways = list_hand_offs(order_steps(record)).set_index(["from_team", "to_team"])["num"].to_dict()
    assert ways == {("t", "u"): 2, ("u", "t"): 1}


def test_loops_are_told_by_their_length(make_small: Make) -> None:
    record = make_small(
        _case(
            ("k", "t", "x"),
            ("k", "t", "x"),
            ("l", "t", "x"),
            ("k", "t", "x"),
            ("m", "t", "x"),
            ("n", "t", "x"),
            ("l", "t", "x"),
        )
    )
    loops = find_loops(order_steps(record)).set_index("type")
    assert list(loops.loc["k", ["num_steps", "num_repeats", "num_loop_1", "num_loop_2", "num_loop_3"]]) == [
        3,
        2,
        1,
        1,
        0,
    ]
    assert list(loops.loc["l", ["num_repeats", "num_loop_3"]]) == [1, 1]
    assert loops.loc["m", "num_repeats"] == 0
    assert loops["rework_hours"].sum() == pytest.approx(3)
    assert len(list_repeats(order_steps(record))) == 3


def test_the_bottleneck_is_where_cases_wait_not_where_work_is_long(make_small: Make) -> None:
    rows = [
        {"task": "long", "type": "long", "team": "t", "agent": "x", "arrived": 0, "started": 0.5, "closed": 8,
         "handling_minutes": 450},
        {"task": "short", "type": "short", "team": "t", "agent": "y", "arrived": 0, "started": 6, "closed": 6.1,
         "handling_minutes": 6},
        {"task": "still", "type": "short", "team": "t", "arrived": 12, "closed": np.nan},
    ]  # fmt: skip
    made = rank_bottlenecks(make_small(rows))
    assert list(made["type"]) == ["short", "long"]
    first = made.iloc[0]
    assert first["wait_hours"] == pytest.approx(18)
    assert first["mean_queue"] == pytest.approx(18 / 24)
    assert first["rank_by_length"] == 2


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_waiting_by_step_is_all_waiting_of_the_period(make_record: Make, seed: int) -> None:
    record = make_record(seed)
    tasks = record.tasks
    until = tasks["started"].fillna(tasks["closed"]).fillna(record.end)
    inside = np.minimum(until, record.end) - np.maximum(tasks["enabled"], record.start)
    made = rank_bottlenecks(record)
    assert made["wait_hours"].sum() == pytest.approx(np.maximum(inside, 0).sum() / 3600)
    assert made["wait_share"].sum() == pytest.approx(1)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_comes_to_a_step_leaves_it_or_ends_there(make_record: Make, seed: int) -> None:
    record = make_record(seed)
    steps = order_steps(record)
    made = draw_map(steps)
    into = made.edges.groupby("to_step")["num"].sum()
    nodes = made.nodes.groupby("step")[["num", "num_first"]].sum()
    assert (nodes["num"] - nodes["num_first"] == into.reindex(nodes.index).fillna(0)).all()
    leaving = made.edges.groupby("from_step")["share"].sum()
    assert (leaving <= 1 + 1e-9).all()
    places = place_steps(made)
    assert set(places) == set(nodes.index)
    assert len(set(places.values())) == len(places)


def test_a_map_by_hand(make_small: Make) -> None:
    rows = _case(("k", "t", "x"), ("l", "t", "x"), ("k", "t", "x")) + _case(("k", "t", "x"), ("l", "t", "x"), case="d")
    made = draw_map(order_steps(make_small(rows)), open_cases=frozenset({"d"}))
    edges = made.edges.set_index(["from_step", "to_step"])
    assert edges["num"].to_dict() == {("k", "l"): 2, ("l", "k"): 1}
    assert edges.loc[("k", "l"), "wait_hours"] == pytest.approx(1)
    nodes = made.nodes.set_index("step")
    assert nodes["num_first"].to_dict() == {"k": 2, "l": 0}
    assert nodes["num_last"].to_dict() == {"k": 1, "l": 0}  # the other case goes on
    assert place_steps(made)["k"][0] < place_steps(made)["l"][0]
