"""The best of several systems: replications go to those that may still be it.

References
----------
Kim and Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation. ACM Transactions on
Modeling and Computer Simulation 11(3), 251-273.
Kim and Nelson (2006), On the asymptotic validity of fully sequential selection procedures for steady-state simulation.
Operations Research 54(3), 475-488 (KN++: variances are estimated anew as observations come).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FIRST_LOOK = 20
GROWTH = 1.1
"""Between two looks: seldom enough to let threads work, often enough to eliminate early."""

Reals = NDArray[np.float64]
Draw = Callable[[list[int], int, int], Reals]
"""Gets systems and the numbers of replications from and to, and returns (replications, systems), larger is better."""


@dataclass(frozen=True, kw_only=True)
class Elimination:
    """A system that is not the best, from when on that was clear, and beside which other."""

    system: int
    by: int
    replications: int


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a selection ended with.

    Attributes
    ----------
    best
        The only one left; where it ended early, the one with the best mean of those left.
    replications
        Of each system.
    left
        Systems that were not eliminated, the best among them.
    is_decided
        Whether the promise holds: false where replications ran out.
    """

    best: int
    eliminations: tuple[Elimination, ...]
    replications: tuple[int, ...]
    left: tuple[int, ...]
    is_decided: bool


def select_best(
    draw: Draw, num_systems: int, *, indifference: float, confidence: float, most: int, first: int = FIRST_LOOK
) -> Selection:
    """Return the system with the largest mean, by KN++.

    With probability of at least `confidence` it is the best, or less than `indifference` worse. Replications of the
    same number may share their random numbers: the procedure goes by the variances of differences.

    Parameters
    ----------
    draw
        Gets systems and the numbers of the replications. Rows with `nan` are left out.
    most
        Replications of any system at most.
    """
    left = list(range(num_systems))
    values = np.empty((0, num_systems))
    counts = [0] * num_systems
    eliminations: list[Elimination] = []
    wanted = min(first, most)
    while len(left) > 1:
        rows = np.full((wanted - len(values), num_systems), np.nan)
        rows[:, left] = draw(left, len(values), wanted)
        values = np.concatenate([values, rows])
        for system in left:
            counts[system] = wanted
        seen = values[:, left]
        seen = seen[~np.isnan(seen).any(axis=1)]
        out, is_close = _find_worse(seen, 1 - confidence, num_systems, indifference)
        eliminations += [Elimination(system=left[a], by=left[b], replications=wanted) for a, b in out]
        means = seen.mean(axis=0) if len(seen) else np.zeros(len(left))
        ranked = [left[n] for n in np.argsort(-means, kind="stable")]
        gone = {item.system for item in eliminations}
        left = [system for system in left if system not in gone]
        if len(left) > 1 and is_close:  # all that are left are as good as each other
            best = next(system for system in ranked if system in left)
            eliminations += [Elimination(system=n, by=best, replications=wanted) for n in left if n != best]
            left = [best]
        if wanted >= most and len(left) > 1:
            best = next(system for system in ranked if system in left)
            return _make(best, eliminations, counts, left, is_decided=False)
        wanted = min(most, max(wanted + 1, int(np.ceil(GROWTH * wanted))))
    return _make(left[0], eliminations, counts, left, is_decided=True)


def _make(
    best: int, eliminations: list[Elimination], counts: list[int], left: list[int], *, is_decided: bool
) -> Selection:
    return Selection(
        best=best,
        eliminations=tuple(eliminations),
        replications=tuple(counts),
        left=tuple(left),
        is_decided=is_decided,
    )


def _find_worse(seen: Reals, error: float, num_systems: int, indifference: float) -> tuple[list[tuple[int, int]], bool]:
    """Return the columns to eliminate, each with one that beats it, and whether what is left is within reach."""
    num, width = seen.shape
    if num < 2:
        return [], False
    freedom = num - 1
    factor = freedom * ((2 * error / (num_systems - 1)) ** (-2 / freedom) - 1)
    sums = seen.sum(axis=0)
    out: dict[int, int] = {}
    is_close = True
    for a in range(width):
        for b in range(width):
            if a == b:
                continue
            variance = float((seen[:, a] - seen[:, b]).var(ddof=1))
            room = max(0.0, factor * variance / (2 * indifference) - indifference * num / 2)
            if sums[b] - sums[a] > room and a not in out:
                out[a] = b
            is_close = is_close and room == 0
    return list(out.items()), is_close
