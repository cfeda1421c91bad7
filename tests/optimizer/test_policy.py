"""The index rules by their formulas, their order, and what happens where floats end."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import Rule
from optimizer import policy
from optimizer.policy import CODE_OF_RULE, NO_DUE, NO_URGENCY, comes_before, evaluate, rank

FUNCTIONS = {
    Rule.FIFO: policy.fifo,
    Rule.EDF: policy.edf,
    Rule.SLACK: policy.slack,
    Rule.PRIORITY: policy.priority,
    Rule.SPT: policy.spt,
    Rule.WSPT: policy.wspt,
    Rule.ATC: policy.atc,
}
TIMES = st.floats(-1e6, 1e6)
CANDIDATES = st.lists(
    st.tuples(TIMES, TIMES, st.floats(0, 100, allow_subnormal=False), st.floats(1, 1e5)).map(
        lambda row: tuple(map(float, row))
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(
    ("rule", "index"),
    [
        (Rule.FIFO, 300.0),
        (Rule.EDF, -900.0),
        (Rule.SLACK, -(900.0 - 100.0 - 240.0)),
        (Rule.PRIORITY, 4.0),
        (Rule.SPT, -240.0),
        (Rule.WSPT, 4.0 / 240.0),
        (Rule.ATC, 4.0 / 240.0 * math.exp(-(900.0 - 100.0 - 240.0) / 600.0)),
    ],
)
def test_each_rule_is_its_formula(rule: Rule, index: float) -> None:
    arguments = {"now": 100.0, "enabled": -300.0, "due": 900.0, "weight": 4.0, "handling": 240.0, "scale": 600.0}
    assert FUNCTIONS[rule](**arguments) == pytest.approx(index, rel=1e-12)
    assert evaluate(CODE_OF_RULE[rule], *arguments.values()) == FUNCTIONS[rule](**arguments)


def test_every_rule_has_a_code_and_no_other_code_has_a_rule() -> None:
    assert set(CODE_OF_RULE) == set(Rule)
    assert len(set(CODE_OF_RULE.values())) == len(Rule)
    assert math.isnan(evaluate(len(Rule), 0.0, 0.0, 0.0, 1.0, 1.0, 1.0))


@settings(deadline=None)
@given(
    rule=st.sampled_from(list(Rule)), now=TIMES, candidate=CANDIDATES.map(lambda rows: rows[0]), scale=st.floats(1, 1e4)
)
def test_the_compiled_switch_calls_the_very_functions(
    rule: Rule, now: float, candidate: tuple[float, float, float, float], scale: float
) -> None:
    function: Any = FUNCTIONS[rule]
    plain = function.py_func
    assert evaluate(CODE_OF_RULE[rule], now, *candidate, scale) == pytest.approx(
        plain(now, *candidate, scale), rel=1e-12, abs=1e-300
    )


@settings(deadline=None)
@given(now=TIMES, due=TIMES, weight=st.floats(0.01, 100), handling=st.floats(1, 1e5), scale=st.floats(0.5, 1e4))
def test_atc_is_the_textbook_index_wherever_a_float_holds_it(
    now: float, due: float, weight: float, handling: float, scale: float
) -> None:
    textbook = weight / handling * math.exp(-max(0.0, due - now - handling) / scale)
    assert max(0.0, policy.atc(now, 0.0, due, weight, handling, scale)) == pytest.approx(textbook, rel=1e-9, abs=1e-300)


def test_atc_keeps_its_order_where_exp_underflows() -> None:
    day = 86_400.0
    dues = [day * n for n in (0, 1, 5, 6, 7, 30, 31, 400)]
    indices = [policy.atc(0.0, 0.0, due, 1.0, 600.0, 900.0) for due in dues]
    assert indices == sorted(indices, reverse=True)
    assert len(set(indices)) == len(dues)
    heavy, light = (policy.atc(0.0, 0.0, 30 * day, weight, 600.0, 900.0) for weight in (2.0, 1.0))
    assert heavy > light


@pytest.mark.parametrize(("due", "weight"), [(NO_DUE, 5.0), (100.0, 0.0)])
def test_atc_of_what_no_delay_makes_costlier_comes_last(due: float, weight: float) -> None:
    index = policy.atc(0.0, 0.0, due, weight, 60.0, 60.0)
    assert index == NO_URGENCY
    assert index < policy.atc(0.0, 0.0, NO_DUE - 1, 0.001, 1e6, 0.5)


def test_ties_go_to_the_one_enabled_first_then_to_the_one_that_came_first() -> None:
    order, index = rank(
        Rule.PRIORITY,
        now=0.0,
        enabled=np.array([5.0, 3.0, 3.0, 1.0]),
        due=np.zeros(4),
        weight=np.array([2.0, 2.0, 2.0, 1.0]),
        handling=np.ones(4),
        scale=1.0,
    )
    assert order.tolist() == [1, 2, 0, 3]
    assert index.tolist() == [2.0, 2.0, 2.0, 1.0]


@settings(deadline=None)
@given(rule=st.sampled_from(list(Rule)), now=TIMES, rows=CANDIDATES, scale=st.floats(1, 1e4))
def test_rank_and_comes_before_agree(
    rule: Rule, now: float, rows: list[tuple[float, float, float, float]], scale: float
) -> None:
    enabled, due, weight, handling = (np.array(column) for column in zip(*rows, strict=True))
    order, index = rank(rule, now=now, enabled=enabled, due=due, weight=weight, handling=handling, scale=scale)
    for one, other in pairwise(order):
        assert comes_before(index[one], enabled[one], int(one), index[other], enabled[other], int(other))
        assert not comes_before(index[other], enabled[other], int(other), index[one], enabled[one], int(one))
