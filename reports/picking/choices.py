"""Choices: what somebody took, and what they could have taken, as columns.

They come from the choice sets that the live desk keeps, or from a queue that is reconstructed at each start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

NO_LEAVE = ""
"""Nothing excuses that the first task was passed over."""

LEAVES: Mapping[str, str] = {
    "offered-alternate": "an alternate that was offered",
    "near-tie": "an index within 5 % of the first",
    "told-by-lead": "a lead's order",
    "skip-reason": "the first was skipped with a reason",
    "continuity": "the same case as the task before",
    "end-of-shift": "the first would not have been done by the end of the shift",
    "batching": "a run of one type, and the first, of another, could wait for it",
}
"""What is no deviation, in the words of reports."""

COLUMNS = ("agent", "team", "task", "type", "at", "num_eligible", "rank", "leave", "has_last", "choose_s")

FIFO, EDF = "fifo", "edf"


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """Choices of a period, in order of time.

    Attributes
    ----------
    frame
        One row a choice: `COLUMNS`. `rank` of what was taken (1: the head) among `num_eligible`; `leave` of `LEAVES`
        where something excuses it; `has_last`: whether the agent's task before is known; `choose_s` seconds from
        looking to taking, NaN where nobody saw.
    first : (C + 1,)
        Where the members of each choice set begin.
    minutes, count : (M,)
        Standard minutes of the members, and how many tasks each stands for.
    is_same : (M,)
        Whether a member is of the same type as the agent's task before.
    taken, head : (C,)
        Which member of its set was taken, and which was to come first.
    rule
        By what the ranks are: the desk's policy, or the rule that a queue was taken to have.
    is_known
        Whether it is known that people were to go by it.
    other_ranks
        Ranks by other rules, where the true one is not known: (C,) each.
    num_left_out
        Starts that are no choices, by why.
    """

    frame: pd.DataFrame
    first: Wholes
    minutes: Reals
    count: Reals
    is_same: NDArray[np.bool_]
    taken: Wholes
    head: Wholes
    rule: str
    is_known: bool
    other_ranks: Mapping[str, Wholes] = field(default_factory=dict)
    num_left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def passed_over(self) -> Wholes:
        """Tasks that were to come first and were passed over, by choice."""
        return np.asarray(self.frame["rank"].to_numpy(dtype=np.int64) - 1)

    @property
    def is_deviation(self) -> NDArray[np.bool_]:
        """Which choices passed over the head with nothing to excuse it."""
        return np.asarray((self.passed_over > 0) & (self.frame["leave"] == NO_LEAVE).to_numpy())

    @property
    def has_choice(self) -> NDArray[np.bool_]:
        """Which had two tasks or more to choose from."""
        return np.asarray(self.frame["num_eligible"].to_numpy(dtype=np.int64) > 1)

    def shortness(self) -> Reals:
        """Return for each member how short it is within its set: the share of the others that are longer, ties half."""
        sets = np.repeat(np.arange(len(self)), np.diff(self.first))
        order = np.lexsort((self.minutes, sets))
        scores = np.empty(len(sets))
        total = np.add.reduceat(self.count, self.first[:-1]) if len(self) else np.zeros(0)
        key_set, key_minutes, weight = sets[order], self.minutes[order], self.count[order]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = (key_set[1:] != key_set[:-1]) | (key_minutes[1:] != key_minutes[:-1])
        tie = np.cumsum(is_new) - 1
        in_tie = np.bincount(tie, weights=weight) if len(tie) else np.zeros(0)
        upto = np.cumsum(in_tie)
        begins = key_set[np.flatnonzero(is_new)] if len(tie) else np.zeros(0, dtype=np.int64)
        before_set = np.concatenate([[0.0], np.cumsum(total)])
        shorter = upto - in_tie - before_set[begins]
        longer = total[begins] - shorter - in_tie
        others = np.maximum(total[begins] - 1, 1.0)
        scores[order] = ((longer + (in_tie - 1) / 2) / others)[tie]
        return scores

    def is_shortest(self) -> NDArray[np.bool_]:
        """Return which members are as short as any of their set."""
        if len(self) == 0:
            return np.zeros(0, dtype=bool)
        least = np.minimum.reduceat(self.minutes, self.first[:-1])
        return np.asarray(self.minutes <= np.repeat(least, np.diff(self.first)))


def leave_heads_out(choices: Choices) -> Choices:
    """Return the sets of deviations without their heads: what could have been taken by who passes over the head."""
    count = choices.count.copy()
    begins = choices.first[:-1]
    count[begins + choices.head] -= 1
    kept = count > 0
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    first = before[choices.first]
    return replace(
        choices,
        first=first,
        minutes=choices.minutes[kept],
        count=count[kept],
        is_same=choices.is_same[kept],
        taken=before[begins + choices.taken] - first[:-1],
        head=np.full(len(choices), -1, dtype=np.int64),
    )


def select(choices: Choices, chosen: NDArray[np.bool_]) -> Choices:
    """Return some of the choices."""
    return _take(choices, np.flatnonzero(chosen))


def split(choices: Choices, codes: Wholes, num_groups: int) -> list[Choices]:
    """Return the choices of each group, in their order."""
    order = np.argsort(codes, kind="stable")
    ordered = _take(choices, order)
    bounds = np.searchsorted(codes[order], np.arange(num_groups + 1))
    return [_cut(ordered, int(low), int(high)) for low, high in pairwise(bounds)]


def _take(choices: Choices, at: Wholes) -> Choices:
    sizes = np.diff(choices.first)[at]
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    members = np.repeat(choices.first[at] - first[:-1], sizes) + np.arange(first[-1])
    return replace(
        choices,
        frame=choices.frame.iloc[at].reset_index(drop=True),
        first=first,
        minutes=choices.minutes[members],
        count=choices.count[members],
        is_same=choices.is_same[members],
        taken=choices.taken[at],
        head=choices.head[at],
        other_ranks={name: ranks[at] for name, ranks in choices.other_ranks.items()},
    )


def _cut(choices: Choices, low: int, high: int) -> Choices:
    begin, end = choices.first[low], choices.first[high]
    return replace(
        choices,
        frame=choices.frame.iloc[low:high].reset_index(drop=True),
        first=choices.first[low : high + 1] - begin,
        minutes=choices.minutes[begin:end],
        count=choices.count[begin:end],
        is_same=choices.is_same[begin:end],
        taken=choices.taken[low:high],
        head=choices.head[low:high],
        other_ranks={name: ranks[low:high] for name, ranks in choices.other_ranks.items()},
    )
