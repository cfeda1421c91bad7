"""The terms beside the index: what they do to it, and that they keep an order."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.policy import NO_URGENCY, atc
from optimizer.terms import get_leaning, lean, price_premiums

leanings = st.floats(-50.0, 50.0)


@given(due=st.floats(0.0, 1e6), leaning=leanings)
def test_a_leaning_multiplies_the_index(due: float, leaning: float) -> None:
    index = atc(0.0, 0.0, due, 2.0, 600.0, 1200.0)
    exponent = math.log(2.0 / 600.0) - max(0.0, due - 600.0) / 1200.0 + leaning
    expected = math.exp(exponent) if exponent > -700.0 else exponent + 700.0
    assert lean(index, leaning) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(a=st.floats(0.0, 1e7), b=st.floats(0.0, 1e7), leaning=leanings)
def test_a_leaning_to_both_keeps_their_order(a: float, b: float, leaning: float) -> None:
    first, second = (atc(0.0, 0.0, due, 1.0, 600.0, 1200.0) for due in (a, b))
    if first < second:
        assert lean(first, leaning) <= lean(second, leaning)


def test_what_no_delay_makes_costlier_stays_so() -> None:
    assert lean(NO_URGENCY, 9.0) == NO_URGENCY
    assert lean(0.25, 0.0) == 0.25


def test_each_term_leans_its_way() -> None:
    assert get_leaning(2.0, 0.5, 0.0, 0.0, 0.0, False) == -1.0
    assert get_leaning(0.0, 0.5, 3.0, 2.0, 0.0, False) == -6.0
    assert get_leaning(0.0, 0.0, 0.0, 0.0, 1.5, True) == 1.5
    assert get_leaning(0.0, 0.0, 0.0, 0.0, 1.5, False) == 0.0


def test_an_hour_of_somebody_scarce_costs_more_on_what_others_can_do() -> None:
    # the second group alone does the second type, which fills 80 % of its time; the first type fills 25 % of all time
    premium = price_premiums(np.array([50.0, 80.0]), np.array([100.0, 100.0]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    assert premium == pytest.approx(np.array([[0.0, 0.0], [0.8 - 0.25, 0.0]]))
    assert not price_premiums(np.array([5.0]), np.array([0.0]), np.array([[1.0]])).any()
