from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.operations.order import count_inversions
from reports.picking.choices import NO_LEAVE, Choices
from reports.picking.cost import compare_replays, sum_cost, weigh_tardiness
from reports.picking.measures import count_leaves, measure_by_rule, measure_picking
from reports.picking.people import LEAST_PICKS, judge_people, spread_of

Make = Callable[..., Choices]
MENU = [60.0, 30.0, 20.0, 10.0, 5.0]


def _head(agent: str, times: int) -> list[tuple[str, list[float], int, str]]:
    return [(agent, MENU, 0, NO_LEAVE)] * times


def _shortest(agent: str, times: int, leave: str = NO_LEAVE) -> list[tuple[str, list[float], int, str]]:
    return [(agent, MENU, 4, leave)] * times


def _by_lot(agent: str, times: int, seed: int) -> list[tuple[str, list[float], int, str]]:
    return [(agent, MENU, int(at), NO_LEAVE) for at in np.random.default_rng(seed).integers(0, 5, times)]


def test_figures_by_hand(make_choices: Make) -> None:
    rows = [*_head("a", 2), *_shortest("a", 1), *_shortest("a", 1, "continuity"), ("a", [7.0], 0, NO_LEAVE)]
    row = measure_picking(make_choices(rows), seed=1).iloc[0]
    assert row[["num_picks", "num_choices", "num_head", "num_excused", "num_deviations"]].tolist() == [5, 4, 2, 1, 1]
    assert row["deviation_share"] == pytest.approx(1 / 4)
    assert row["by_lot_share"] == pytest.approx(4 / 5)
    assert row["passed_over_mean"] == 4
    assert row["inversions_share"] == pytest.approx(4 / 12)  # 4 passed over of 3 choices with 4 others each
    assert row["shortest_lift"] == pytest.approx(2 / (4 / 5))
    assert row["shortness"] == 1
    assert row["shortness_expected"] == pytest.approx(0.5)  # of what is not the head
    assert row["choose_median_s"] == 30


def test_what_excuses_is_taken_out_and_shown(make_choices: Make) -> None:
    made = count_leaves(make_choices([*_shortest("a", 3, "told-by-lead"), *_shortest("a", 1)]))
    whole = made[made["team"] == ""].set_index("leave")
    assert whole["num"].to_dict() == {"": 1, "told-by-lead": 3}
    assert whole.loc["told-by-lead", "share"] == pytest.approx(0.75)
    assert whole["meaning"].to_dict() == {"": "nothing excuses it", "told-by-lead": "a lead's order"}


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 4), st.sampled_from(["", "near-tie"])), min_size=1, max_size=20
    )
)
def test_each_choice_is_head_excused_or_deviation(make_choices: Make, rows: list[tuple[str, int, str]]) -> None:
    made = measure_picking(
        make_choices([(agent, MENU, at, leave) for agent, at, leave in rows]), "agent", seed=1, draws=9
    )
    assert (made["num_head"] + made["num_excused"] + made["num_deviations"] == made["num_choices"]).all()
    assert made["num_choices"].iloc[1:].sum() == made["num_choices"].iloc[0]


def test_shortness_counts_equal_ones_half(make_choices: Make) -> None:
    choices = make_choices([("a", [10.0, 5.0, 5.0, 1.0], 1, NO_LEAVE)])
    assert choices.shortness().tolist() == pytest.approx([0, 0.5, 0.5, 1])


def test_who_picks_the_short_ones_is_clear_and_who_draws_lots_is_not(make_choices: Make) -> None:
    rows = [*_head("good", 100), *_head("picker", 60), *_shortest("picker", 40)]
    rows += [row for n in range(8) for row in _by_lot(f"lot{n}", 100, n)]
    people = judge_people(make_choices(rows), seed=1).set_index("agent")
    assert people.loc["picker", "is_clear"]
    assert not people.drop(index="picker")["is_clear"].any()
    assert people.loc["good", "is_judged"]


def test_nobody_is_judged_on_few_choices_or_by_a_log(make_choices: Make) -> None:
    few = judge_people(make_choices(_shortest("a", LEAST_PICKS - 1)), seed=1).iloc[0]
    assert not few["is_judged"]
    assert not few["is_clear"]
    of_log = judge_people(make_choices(_shortest("a", 200), is_known=False), seed=1).iloc[0]
    assert not of_log["is_clear"]


def test_excused_choices_make_nobody_clear(make_choices: Make) -> None:
    people = judge_people(make_choices([*_head("a", 50), *_shortest("a", 100, "offered-alternate")]), seed=1)
    assert not people["is_clear"].any()


def test_falsely_named_are_few(make_choices: Make) -> None:
    # Thirty people who draw lots, ten times over: at most some 5 % of such offices may name anybody.
    named = 0
    for seed in range(10):
        rows = [row for n in range(30) for row in _by_lot(f"p{n}", 60, 100 * seed + n)]
        named += int(judge_people(make_choices(rows), seed=seed, draws=499)["is_clear"].any())
    assert named <= 3  # more by chance in 1 of 100


def test_a_group_of_two_tells_nothing_of_either(make_choices: Make) -> None:
    people = judge_people(make_choices([*_head("a", 60), *_shortest("b", 60)]), seed=1)
    row = spread_of(people, pd.Series({"a": "t", "b": "t"})).iloc[0]
    assert (row["num_people"], row["num_judged"], row["num_clear"]) == (2, 2, 1)
    assert row["deviation_share_most"] is None


def test_ranks_by_each_rule_are_shown_where_the_true_one_is_unknown(make_choices: Make) -> None:
    made = measure_by_rule(make_choices([*_head("a", 3), *_shortest("a", 1)], is_known=False))
    assert made.loc[0, "head_share"] == pytest.approx(0.75)
    assert made.loc[0, "inversions_share"] == pytest.approx(4 / 16)


@given(values=st.lists(st.integers(-5, 5), max_size=40))
def test_inversions_are_pairs_the_wrong_way_round(values: list[int]) -> None:
    pairs = sum(first > second for n, first in enumerate(values) for second in values[n + 1 :])
    assert count_inversions(np.array(values, dtype=float)) == pairs


def test_what_is_not_completed_is_late_until_it_is_looked_at() -> None:
    due, weight = np.array([1.0, 1.0, np.nan]) * 3600, np.array([1.0, 2.0, 1.0])
    completed = np.array([3 * 3600, np.nan, np.nan])
    assert weigh_tardiness(due, weight, completed, until=5 * 3600) == pytest.approx(2 + 2 * 4)


def test_the_cost_is_what_was_less_what_would_have_been() -> None:
    actual = pd.DataFrame(
        {"task": ["a", "b"], "team": "t", "due": 3600.0, "weight": 1.0, "completed": [7200.0, 10_800.0]}
    )
    replayed = pd.DataFrame({"task": ["a", "b"], "completed": [3600.0, 7200.0]})
    days = [compare_replays(actual, replayed, day=day, until=86_400.0) for day in ("mon", "tue")]
    made = sum_cost(pd.concat(days)).set_index("team")
    assert made.loc["", "added_weighted_hours"] == pytest.approx(2 * 2)
    assert made.loc["", "num_days"] == 2
    assert made.loc["t", "low"] == pytest.approx(4)  # both days alike


def test_the_head_is_no_part_of_what_a_deviation_is_compared_with(make_choices: Make) -> None:
    # Longest first is the policy here: whoever leaves the head takes something shorter, which says nothing of them.
    made = measure_picking(make_choices([("a", [60.0, 5.0, 5.0], 1, NO_LEAVE)] * 50), seed=1).iloc[0]
    assert made["shortness"] == pytest.approx(made["shortness_expected"])
    assert made["p"] > 0.9
