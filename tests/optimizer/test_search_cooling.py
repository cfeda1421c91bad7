"""The temperatures of a search: each round begins hot and ends cold, whatever the deals it is cut into."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.search.board import Records
from optimizer.search.cooling import Cooling, choose_cooling
from optimizer.search.pacing import CountedPace
from optimizer.search.records import TASK


def make_tasks(count: int) -> Records:
    tasks = np.zeros(count, TASK)
    tasks["rate"], tasks["work"], tasks["left"] = 3, 600.0, 10_000
    return tasks


@given(rounds=st.integers(1, 7), cuts=st.lists(st.floats(0.0, 1.0), max_size=30))
def test_no_deal_warms_and_each_round_begins_hot(rounds: int, cuts: list[float]) -> None:
    cooling = Cooling(unit=2.0, hot=4.0, cold=0.5, rounds=rounds)
    for share, next_share in pairwise(sorted([0.0, *cuts, 1.0])):
        hot, cold = cooling.between(share, next_share)
        assert 1.0 <= cold <= hot <= 8.0
    for n in range(rounds):
        hot, cold = cooling.between(n / rounds, (n + 1) / rounds)
        assert hot == pytest.approx(8.0)
        assert cold == pytest.approx(1.0)
        middle = cooling.between((n + 0.5) / rounds, (n + 0.5) / rounds)[0]
        assert middle == pytest.approx(math.sqrt(8.0))


def test_small_problems_cool_down_more_often_the_more_time_there_is_and_large_ones_once() -> None:
    rounds = [choose_cooling(make_tasks(200), n, is_calm=False).rounds for n in (1e3, 3e4, 2e5, 2e6, 1e12)]
    assert rounds[:2] == [1, 1]
    assert rounds == sorted(rounds)
    assert 2 <= rounds[2] <= 6
    assert rounds[4] == 64
    assert choose_cooling(make_tasks(1_000), 3.9e5, is_calm=False).rounds == 1
    assert choose_cooling(make_tasks(20_000), 1e6, is_calm=False).rounds == 1
    assert choose_cooling(make_tasks(200), 1e12, is_calm=True).rounds == 1


@given(iterations=st.integers(0, 10**8), num_lanes=st.integers(1, 32), rounds=st.integers(1, 9))
def test_counted_deals_spend_the_budget_and_no_more(iterations: int, num_lanes: int, rounds: int) -> None:
    pace = CountedPace(iterations, num_lanes, rounds)
    steps = list(iter(pace.step, None))
    assert pace.step() is None
    tried = num_lanes * sum(step.candidates for step in steps)
    assert tried <= iterations
    assert iterations - tried < num_lanes * len(steps)
    assert steps[0].share == 0.0
    assert steps[-1].next_share == 1.0
    assert all(a.next_share == b.share for a, b in pairwise(steps))
