from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.operations.chance import adjust_p_values, permute_within
from reports.operations.record import Record
from reports.operations.standards import WEEK_S, follow_weeks, give_back, measure_handling

DAY = 86_400.0


def _handled(factor: float | np.ndarray, *, size: int = 400, weeks: int = 8, seed: int = 5, cv: float = 0.8) -> Record:
    """Tasks of 10 standard minutes that take so many times that: lognormal, spread evenly over weeks."""
    draw = np.random.default_rng(seed)
    sigma = np.sqrt(np.log1p(cv * cv))
    closed = np.linspace(0, weeks * WEEK_S - 1, size)
    minutes = 10 * factor * np.exp(sigma * draw.standard_normal(size) - sigma * sigma / 2)
    tasks = pd.DataFrame(
        {
            "task": [f"x{n}" for n in range(size)],
            "type": "k",
            "team": "t",
            "arrived": closed - 3600,
            "closed": closed,
            "outcome": "completed",
            "standard_minutes": 10.0,
            "handling_minutes": minutes,
        }
    )
    days = 7 * weeks
    return Record(
        tasks=tasks,
        types=pd.DataFrame({"type": ["k"], "team": ["t"], "standard_minutes": [10.0]}),
        start=0.0,
        end=days * DAY,
        day_edges=tuple(n * DAY for n in range(days + 1)),
        day_names=tuple(str(n) for n in range(days)),
    )


def test_a_standard_that_holds_is_left_alone() -> None:
    row = measure_handling(_handled(1.0)).iloc[0]
    assert row["verdict"] == "holds"
    assert np.isnan(row["proposed_minutes"])
    assert row["ratio_low"] < 1 < row["ratio_high"]


def test_a_standard_that_is_wrong_gets_a_new_one_within_its_interval() -> None:
    row = measure_handling(_handled(1.5)).iloc[0]
    assert row["verdict"] == "propose"
    assert row["proposed_minutes"] == pytest.approx(15, rel=0.12)
    assert row["low_minutes"] < 15 < row["high_minutes"]


def test_a_few_tasks_propose_nothing() -> None:
    row = measure_handling(_handled(3.0, size=20)).iloc[0]
    assert row["verdict"] == "too few measured"
    assert np.isnan(row["proposed_minutes"])


def test_what_takes_longer_each_week_drifts_and_what_does_not_does_not() -> None:
    rising = measure_handling(_handled(np.linspace(0.7, 1.3, 800), size=800, cv=0.3)).iloc[0]
    assert rising["is_drifting"]
    assert rising["drift_a_week"] == pytest.approx(0.6 / 8, rel=0.25)
    assert not measure_handling(_handled(1.0, cv=0.3)).iloc[0]["is_drifting"]


def test_what_was_forgotten_open_moves_no_standard() -> None:
    record = _handled(1.0)
    record.tasks.loc[0:3, "handling_minutes"] = 10_000.0
    row = measure_handling(record).iloc[0]
    assert row["num_runaway"] == 4
    assert row["verdict"] == "holds"


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = sum(
        row["ratio_low"] <= 1 <= row["ratio_high"]
        for row in (measure_handling(_handled(1.0, size=150, seed=seed)).iloc[0] for seed in range(40))
    )
    assert held >= 33  # 95 % of 40 are 38; below 33 by chance in fewer than 1 of 1,000


@settings(max_examples=20, deadline=None)
@given(sigma=st.floats(0.05, 1.2))
def test_the_tail_that_is_cut_off_a_lognormal_is_given_back(sigma: float) -> None:
    quantiles = (np.arange(20_000) + 0.5) / 20_000
    from scipy.special import ndtri

    values = np.exp(sigma * ndtri(quantiles))
    kept = values[values <= np.exp(3 * sigma)]
    assert kept.mean() * give_back(sigma) == pytest.approx(np.exp(sigma * sigma / 2), rel=0.02)


def test_weeks_count_all_that_is_measured() -> None:
    record = _handled(1.0)
    weeks = follow_weeks(record)
    assert weeks["num_measured"].sum() == len(record.tasks)
    assert weeks["week"].tolist() == list(range(8))


def test_adjusted_p_values_are_those_of_the_paper() -> None:
    # Benjamini, Hochberg (1995), section 3.1: fifteen hypotheses, of which the method rejects the first four at 5 %.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    adjusted = adjust_p_values(np.array(p))
    assert (adjusted <= 0.05).sum() == 4
    assert adjusted[0] == pytest.approx(0.0015)


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_keeps_the_order_and_never_lowers(p: list[float]) -> None:
    values = np.array(p)
    adjusted = adjust_p_values(values)
    assert (adjusted >= values - 1e-12).all()
    assert (adjusted[np.argsort(values)][1:] >= adjusted[np.argsort(values)][:-1] - 1e-12).all()
    with_unknown = adjust_p_values(np.append(values, np.nan))
    assert np.isnan(with_unknown[-1])
    assert with_unknown[:-1].tolist() == adjusted.tolist()


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=5), seed=st.integers(0, 999))
def test_a_permutation_test_comes_to_what_all_permutations_say(sizes: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.integers(0, 4, sum(sizes)).astype(float)
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    taken = np.array([draw.integers(0, size) for size in sizes], dtype=np.int64)
    sums = np.zeros(1)
    for n, size in enumerate(sizes):
        sums = (sums[:, None] + scores[first[n] : first[n] + size][None, :]).ravel()
    observed = scores[first[:-1] + taken].sum()
    mean, expected, p = permute_within(
        scores,
        first,
        taken,
        np.zeros(len(sizes), np.int64),
        count=np.ones(len(scores)),
        num_groups=1,
        draws=4000,
        seed=1,
    )
    assert mean[0] == pytest.approx(observed / len(sizes))
    assert expected[0] == pytest.approx(sums.mean() / len(sizes))
    assert p[0] == pytest.approx((sums >= observed - 1e-9).mean(), abs=0.04)


def test_a_large_group_is_judged_alike_by_its_limit_and_by_lots() -> None:
    draw = np.random.default_rng(1)
    size, members = 199, 5
    scores = draw.random(size * members)
    first = np.arange(0, size * members + 1, members)
    taken = draw.integers(0, members, size)
    args: dict[str, Any] = {"count": np.ones(size * members), "draws": 2000, "seed": 2}
    _, _, lots = permute_within(scores, first, taken, np.zeros(size, np.int64), num_groups=1, **args)
    one_more = np.append(first, first[-1] + 1)
    args["count"] = np.ones(size * members + 1)
    _, _, limit = permute_within(
        np.append(scores, 0.5), one_more, np.append(taken, 0), np.zeros(size + 1, np.int64), num_groups=1, **args
    )
    assert lots[0] == pytest.approx(limit[0], abs=0.04)
