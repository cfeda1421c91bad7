"""Stretches of time of several owners at once, as columns of whole seconds: united, covered, cut, clipped."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Wholes = NDArray[np.int64]
Flags = NDArray[np.bool_]

_BITS = 34
"""Enough for an instant, so that an owner and an instant are one number that sorts by owner, then by instant."""


def key_of(owner: Wholes, instant: Wholes) -> Wholes:
    """Return numbers that sort by owner, then by instant (from 0 to 2**33)."""
    return np.asarray((owner.astype(np.int64) << _BITS) + instant, dtype=np.int64)


def unite(owner: Wholes, start: Wholes, end: Wholes) -> tuple[Wholes, Wholes, Wholes]:
    """Return the union of each owner's spans: disjoint, apart, in order of owner and time."""
    order = np.lexsort((end, start, owner))[: len(owner)]
    order = order[end[order] > start[order]]
    begins, ends = key_of(owner[order], start[order]), np.maximum.accumulate(key_of(owner[order], end[order]))
    if not len(order):
        return owner[order], start[order], end[order]
    is_new = np.concatenate([[True], begins[1:] > ends[:-1]])
    first = np.flatnonzero(is_new)
    last = np.concatenate([first[1:] - 1, [len(order) - 1]])
    owners = owner[order][first]
    return owners, start[order][first], ends[last] - key_of(owners, np.zeros(len(first), dtype=np.int64))


def cover(owner: Wholes, start: Wholes, end: Wholes, label: Wholes) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Return each owner's spans without their overlaps: an instant is of the span that began first."""
    order = np.lexsort((label, end, start, owner))
    order = order[end[order] > start[order]]
    owners, begins, ends = owner[order], start[order], end[order]
    reached = np.maximum.accumulate(key_of(owners, ends))
    before = np.concatenate([[-1], reached[:-1]])[: len(order)]
    from_key = np.maximum(key_of(owners, begins), before)
    is_kept = key_of(owners, ends) > from_key
    zero = key_of(owners, np.zeros(len(owners), dtype=np.int64))
    return owners[is_kept], (from_key - zero)[is_kept], ends[is_kept], label[order][is_kept]


def cut(start: Wholes, end: Wholes, edges: Wholes) -> tuple[Wholes, Wholes, Wholes]:
    """Return spans cut at edges and clipped to the first and the last: of which span each piece is, start, end."""
    low, high = np.maximum(start, edges[0]), np.minimum(end, edges[-1])
    is_kept = np.flatnonzero(high > low)
    low, high = low[is_kept], high[is_kept]
    first = np.searchsorted(edges, low, side="right") - 1
    last = np.searchsorted(edges, high, side="left") - 1
    counts = last - first + 1
    piece_of = np.repeat(np.arange(len(is_kept)), counts)
    day = first[piece_of] + _within(counts)
    return is_kept[piece_of], np.maximum(low[piece_of], edges[day]), np.minimum(high[piece_of], edges[day + 1])


def split(
    owner: Wholes, start: Wholes, end: Wholes, spans: tuple[Wholes, Wholes, Wholes]
) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Return rows split by spans of their owners.

    Parameters
    ----------
    owner, start, end
        Rows.
    spans
        Owner, start and end: disjoint, in order of owner and time.

    Returns
    -------
    row, start, end, span : (P,)
        Pieces of the rows, in order of row and time, with the span that each lies in, -1 where in none.
    """
    span_owner, span_start, span_end = spans
    low = np.searchsorted(key_of(span_owner, span_end), key_of(owner, start), side="right")
    high = np.searchsorted(key_of(span_owner, span_start), key_of(owner, end), side="left")
    counts = np.maximum(high - low, 0)
    inside_row = np.repeat(np.arange(len(owner)), counts)
    inside_span = low[inside_row] + _within(counts)
    inside_start = np.maximum(start[inside_row], span_start[inside_span])
    inside_end = np.minimum(end[inside_row], span_end[inside_span])
    # What is outside lies before the first piece inside, between two of them, and after the last.
    outside_row = np.repeat(np.arange(len(owner)), counts + 1)
    at = _within(counts + 1)
    ptr = np.concatenate([[0], np.cumsum(counts)])[:-1][outside_row] if len(owner) else outside_row
    outside_start, outside_end = start[outside_row], end[outside_row]
    has_before, has_after = at > 0, at < counts[outside_row]
    outside_start = outside_start.copy()
    outside_end = outside_end.copy()
    outside_start[has_before] = inside_end[(ptr + at - 1)[has_before]]
    outside_end[has_after] = inside_start[(ptr + at)[has_after]]
    row = np.concatenate([inside_row, outside_row])
    begins, ends = np.concatenate([inside_start, outside_start]), np.concatenate([inside_end, outside_end])
    span = np.concatenate([inside_span, np.full(len(outside_row), -1, dtype=np.int64)])
    is_kept = np.flatnonzero(ends > begins)
    order = is_kept[np.lexsort((begins[is_kept], row[is_kept]))]
    return row[order], begins[order], ends[order], span[order]


def _within(counts: Wholes) -> Wholes:
    """Return 0, 1, ... for each of so many."""
    total = int(counts.sum())
    return np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)


def positions_in(known: pd.Index, names: "pd.Series[Any]") -> Wholes:
    """Return where each name stands among those known, -1 where it does not."""
    return np.asarray(known.get_indexer(pd.Index(names)), dtype=np.int64)
