"""Spans against sets of instants."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.waste.spans import cover, cut, split, unite

spans = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 30)), max_size=10)


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    made = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return made[:, 0], made[:, 1], made[:, 2]


def instants(owner: np.ndarray, start: np.ndarray, end: np.ndarray) -> set[tuple[int, int]]:
    return {(o, t) for o, s, e in zip(owner.tolist(), start.tolist(), end.tolist(), strict=True) for t in range(s, e)}


@settings(deadline=None)
@given(rows=spans)
def test_the_union_has_the_same_instants_apart_and_in_order(rows: list[tuple[int, int, int]]) -> None:
    owner, start, end = unite(*columns(rows))
    assert instants(owner, start, end) == instants(*columns(rows))
    for n in range(1, len(owner)):
        assert owner[n - 1] < owner[n] or (owner[n - 1] == owner[n] and end[n - 1] < start[n])


@settings(deadline=None)
@given(rows=spans)
def test_a_cover_gives_each_instant_to_the_span_that_began_first(rows: list[tuple[int, int, int]]) -> None:
    label = np.arange(len(rows), dtype=np.int64)
    owner, start, end, of = cover(*columns(rows), label)
    found = [(o, t) for o, s, e in zip(owner, start, end, strict=True) for t in range(s, e)]
    assert len(found) == len(set(found))
    assert set(found) == instants(*columns(rows))
    for s, e, n in zip(start.tolist(), end.tolist(), of.tolist(), strict=True):
        earlier = [row for row in rows if row[0] == rows[n][0] and row[1] < rows[n][1]]
        assert rows[n][1] <= s < e <= rows[n][2]
        assert not any(first <= t < last for _, first, last in earlier for t in range(s, e))


@settings(deadline=None)
@given(rows=spans, edges=st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True))
def test_cutting_keeps_what_lies_between_the_edges(rows: list[tuple[int, int, int]], edges: list[int]) -> None:
    marks = np.array(sorted(edges), dtype=np.int64)
    owner, start, end = columns(rows)
    piece, low, high = cut(start, end, marks)
    whole = {(n, t) for n, (_, s, e) in enumerate(rows) for t in range(s, e) if marks[0] <= t < marks[-1]}
    found = [(n, t) for n, s, e in zip(piece.tolist(), low, high, strict=True) for t in range(s, e)]
    assert len(found) == len(set(found))
    assert set(found) == whole
    assert not any(s < edge < e for s, e in zip(low, high, strict=True) for edge in edges)
    assert len(owner) == len(rows)


@settings(deadline=None)
@given(rows=spans, others=spans)
def test_splitting_tells_what_is_inside_and_loses_nothing(
    rows: list[tuple[int, int, int]], others: list[tuple[int, int, int]]
) -> None:
    united = unite(*columns(others))
    owner, start, end = columns(rows)
    row, low, high, span = split(owner, start, end, united)
    inside = instants(*united)
    found = [(n, t) for n, s, e in zip(row.tolist(), low, high, strict=True) for t in range(s, e)]
    assert len(found) == len(set(found))
    assert set(found) == {(n, t) for n, (_, s, e) in enumerate(rows) for t in range(s, e)}
    for n, s, e, at in zip(row.tolist(), low, high, span.tolist(), strict=True):
        assert all(((rows[n][0], t) in inside) == (at >= 0) for t in range(s, e))
