"""Agents' days carried on: the kernel says what a plain loop over each agent's list says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimizer.next_task.carrying_on import NEVER, carry_days_on

HOUR = 3600
seconds = st.integers(0, 10 * HOUR)
lists = st.lists(st.tuples(seconds, st.integers(1, 8 * HOUR).map(lambda tenths: tenths / 10)), max_size=6)
days = st.lists(st.tuples(seconds, seconds, lists), min_size=1, max_size=4)


def carry_on_plainly(begins: int, leaves: int, listed: list[tuple[int, float]]) -> list[tuple[int, int]]:
    """Return start and end of each task of one agent's list."""
    spans, at = [], begins
    for earliest, taken in listed:
        start = max(at, earliest)
        end = round(start + taken)
        fits = end <= leaves
        spans.append((start, end) if fits else (NEVER, NEVER))
        at = end if fits else at
    return spans


@given(days)
def test_each_list_is_carried_on_as_by_hand(days: list[tuple[int, int, list[tuple[int, float]]]]) -> None:
    rows = [(agent, *task) for agent, (_, _, listed) in enumerate(days) for task in listed]
    start, end = np.full(len(rows), 7.0), np.full(len(rows), 7.0)
    carry_days_on(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.float64),
        np.array([row[2] for row in rows], np.float64),
        np.array([begins for begins, _, _ in days], np.float64),
        np.array([leaves for _, leaves, _ in days], np.float64),
        start,
        end,
    )
    told = list(zip(start.tolist(), end.tolist(), strict=True))
    assert told == [span for begins, leaves, listed in days for span in carry_on_plainly(begins, leaves, listed)]


def test_nobody_with_nothing_to_do_is_no_trouble() -> None:
    none = np.empty(0)
    carry_days_on(np.empty(0, np.int32), none, none, none, none, none, none)
    assert not len(none)
