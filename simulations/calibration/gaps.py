"""Time between two tasks while work waits: what people choose, look for and do besides, and what another type costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

LEAST_GAPS = 30
LEAST_Z = 2.0
TRIM = 0.1


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Minutes on duty between having nothing in hand, with work waiting, and beginning the next task.

    Attributes
    ----------
    minutes : (N,) less what another type or team costs
    setup_same_team, setup_other_team
        Minutes that a task of another type takes longer to begin, in the same team and in another; 0 where the
        difference may be chance.
    num_switches_same_team, num_switches_other_team
        Tasks of another type than the one before.
    """

    minutes: Reals
    setup_same_team: float
    setup_other_team: float
    num_switches_same_team: int
    num_switches_other_team: int


def merge_spans(begins: Reals, ends: Reals) -> tuple[Reals, Reals]:
    """Return the union of spans as disjoint ones in order."""
    order = np.argsort(begins, kind="stable")
    starts, stops = begins[order], np.maximum.accumulate(ends[order])
    if len(starts) == 0:
        return starts, stops
    is_new = np.concatenate([[True], starts[1:] > stops[:-1]])
    first = np.flatnonzero(is_new)
    last = np.concatenate([first[1:] - 1, [len(starts) - 1]])
    return starts[first], stops[last]


def first_inside(spans: tuple[Reals, Reals], instants: Reals) -> Reals:
    """Return for each instant the first one, from it on, that lies in a span; infinite where there is none."""
    starts, stops = spans
    at = np.searchsorted(stops, instants, side="right")
    is_there = at < len(starts)
    found = np.full(len(instants), np.inf)
    found[is_there] = np.maximum(instants[is_there], starts[at[is_there]])
    return found


class DutyClock:
    """Seconds on duty of one person, from disjoint spans in order."""

    def __init__(self, starts: Sequence[float], ends: Sequence[float]) -> None:
        self._edges = np.array([edge for span in zip(starts, ends, strict=True) for edge in span])
        lengths = np.array(ends, dtype=np.float64) - np.array(starts, dtype=np.float64)
        total = np.cumsum(lengths)
        self._until = np.column_stack([total - lengths, total]).ravel()

    def between(self, begins: Reals, ends: Reals) -> Reals:
        """Return the seconds of each `[begin, end)` on duty."""
        if len(self._edges) == 0:
            return np.zeros(len(begins))
        return np.asarray(np.interp(ends, self._edges, self._until) - np.interp(begins, self._edges, self._until))


def free_since(started: Reals, closed: Reals) -> Reals:
    """Return for each of a person's tasks, in order of their starts, since when nothing else was in hand; NaN first."""
    before = np.full(len(started), np.nan)
    before[1:] = np.maximum.accumulate(closed)[:-1]
    return before


def find_gaps(minutes: Reals, is_same_type: NDArray[np.bool_], is_same_team: NDArray[np.bool_]) -> Gaps:
    """Return gaps, with what a switch costs taken out of those of switches."""
    same, within, away = minutes[is_same_type], minutes[~is_same_type & is_same_team], minutes[~is_same_team]
    setups = (_excess(within, same), _excess(away, same))
    left = minutes.copy()
    left[~is_same_type & is_same_team] -= setups[0]
    left[~is_same_team] -= setups[1]
    return Gaps(
        minutes=np.maximum(left, 0.0),
        setup_same_team=setups[0],
        setup_other_team=setups[1],
        num_switches_same_team=len(within),
        num_switches_other_team=len(away),
    )


def _excess(switched: Reals, same: Reals) -> float:
    """Return how much longer trimmed means are after a switch, 0 where that may be chance.

    References
    ----------
    Yuen (1974), The two-sample trimmed t for unequal population variances. Biometrika 61(1), 165-170.
    """
    if min(len(switched), len(same)) < LEAST_GAPS:
        return 0.0
    (first, error_a), (second, error_b) = _trimmed(switched), _trimmed(same)
    difference, error = first - second, float(np.hypot(error_a, error_b))
    return difference if difference > LEAST_Z * error else 0.0


def _trimmed(values: Reals) -> tuple[float, float]:
    """Return the trimmed mean and its standard error, by winsorised variance."""
    ordered = np.sort(values)
    cut = int(TRIM * len(ordered))
    kept = ordered[cut : len(ordered) - cut]
    winsorised = np.clip(ordered, kept[0], kept[-1])
    error = winsorised.std(ddof=1) / ((1 - 2 * TRIM) * np.sqrt(len(ordered)))
    return float(kept.mean()), float(error)
