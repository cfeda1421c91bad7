"""Stretches of time, merged and taken from each other, second by second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.waiting.duty import merge_stretches, subtract_stretches


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
def test_merged_stretches_cover_the_same_and_touch_nowhere(stretches: list[tuple[int, int]]) -> None:
    merged = merge_stretches(stretches)
    assert {at for low, high in merged for at in range(low, high)} == {
        at for low, high in stretches for at in range(low, high)
    }
    assert all(before[1] < after[0] for before, after in pairwise(merged))


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(SPANS, SPANS)
def test_subtracted_stretches_are_what_only_the_first_have(
    stretches: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    left = subtract_stretches(stretches, others)
    moments = [{at for low, high in spans for at in range(low, high)} for spans in (stretches, others)]
    assert {at for low, high in left for at in range(low, high)} == moments[0] - moments[1]
    assert all(low < high for low, high in left)
    assert all(before[1] <= after[0] for before, after in pairwise(left))
