"""How people chose among what waited: the rule that their choices follow most, and what they pick instead."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

RULES = ("fifo", "edf", "priority", "spt")
PREFERENCES = ("shortest", "own_type", "newest")
UNKNOWN_RULE = "fifo"
"""What the rest is taken by where choices follow no rule."""
MOST_CHOICES = 2000
LEAST_CHOICES = 50
LEAST_LIFT, LEAST_FOLLOWED = 1.5, 0.2
"""A rule that the choices meet less often, than so many times as often as by lot or at all, is no rule of theirs."""


_Outcome = dict[str, tuple[bool, dict[str, bool]] | None]


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What choices with two tasks or more to choose from follow.

    Attributes
    ----------
    num
        Choices that were looked at.
    rule, followed_share
        The rule whose first task was taken most often, and how often; None where none is met more than by chance.
    chance_share
        How often a choice by lot would have met it.
    prefers, picked_share
        What is picked in place of the rule's first (of first in, first out where there is none), and how often.
    shares
        How often the first task of each rule was taken.
    """

    num: int
    rule: str | None
    followed_share: float
    chance_share: float
    prefers: str
    picked_share: float
    shares: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Tasks as columns: when they could be begun and were, and what rules look at. Smaller keys come first."""

    enabled: Reals
    begun: Reals
    type_idx: Wholes
    keys: Mapping[str, Reals]


def find_habits(
    tasks: Waiting, taken: Wholes, last_type: Wholes, eligible: NDArray[np.bool_], agent_class: Wholes
) -> Habits | None:
    """Return what choices follow; None where there were too few.

    Parameters
    ----------
    tasks
        All tasks.
    taken : (C,)
        Positions of the tasks that were taken, each at its own start.
    last_type : (C,)
        Type of the task before of whoever took it; -1 for none.
    eligible : (K, Y) bool
        Which types each class of agents may do.
    agent_class : (C,)
        Class of whoever took it.
    """
    step = max(1, -(-len(taken) // MOST_CHOICES))
    followed = dict.fromkeys(RULES, 0)
    chance, num = 0.0, 0
    outcomes: list[_Outcome] = []
    for choice in range(0, len(taken), step):
        own = int(taken[choice])
        now = tasks.begun[own]
        waits = (tasks.enabled <= now) & (tasks.begun >= now) & eligible[agent_class[choice]][tasks.type_idx]
        waits[own] = True
        members = np.flatnonzero(waits)
        if len(members) < 2:
            continue
        num += 1
        chance += 1 / len(members)
        heads = {rule: _head(tasks, members, tasks.keys[rule]) for rule in RULES}
        for rule, head in heads.items():
            followed[rule] += head == own
        last = int(last_type[choice])
        outcomes.append({name: _meets(tasks, members, own, heads, name, last) for name in PREFERENCES})
    if num < LEAST_CHOICES:
        return None
    shares = {rule: followed[rule] / num for rule in RULES}
    rule = max(RULES, key=lambda name: shares[name])
    is_rule = shares[rule] >= max(LEAST_LIFT * chance / num, LEAST_FOLLOWED)
    prefers, picked = _find_preference(outcomes, rule if is_rule else UNKNOWN_RULE)
    return Habits(
        num=num,
        rule=rule if is_rule else None,
        followed_share=shares[rule],
        chance_share=chance / num,
        prefers=prefers,
        picked_share=picked,
        shares=shares,
    )


def _head(tasks: Waiting, members: Wholes, keys: Reals) -> int:
    return int(members[np.lexsort((members, tasks.enabled[members], keys[members]))[0]])


def _meets(
    tasks: Waiting, members: Wholes, own: int, heads: Mapping[str, int], preference: str, last: int
) -> tuple[bool, dict[str, bool]] | None:
    """Return whether the task taken is as a preference wants it, and whether the first of each rule is.

    None where all that waits is so, or nothing.
    """
    if preference == "shortest":
        is_wanted = tasks.keys["spt"][members] <= tasks.keys["spt"][members].min()
    elif preference == "own_type":
        is_wanted = tasks.type_idx[members] == last
    else:
        is_wanted = tasks.enabled[members] >= tasks.enabled[members].max()
    if is_wanted.all() or not is_wanted.any():
        return None
    wanted = dict(zip(members.tolist(), is_wanted.tolist(), strict=True))
    return wanted[own], {rule: wanted[head] for rule, head in heads.items()}


def _find_preference(outcomes: list[_Outcome], rule: str) -> tuple[str, float]:
    """Return what is picked in place of the rule's first, and how often, by moments.

    Where a task is picked with a chance of c, else the rule's first is taken, what is taken is as wanted with a chance
    of c + (1 - c) h, with h that of the first.
    """
    found: list[tuple[float, int, str]] = []
    for position, name in enumerate(PREFERENCES):
        told = [outcome[name] for outcome in outcomes]
        pairs = [(taken, heads[rule]) for taken, heads in (item for item in told if item is not None)]
        if len(pairs) < LEAST_CHOICES:
            continue
        taken, first = np.array(pairs, dtype=np.float64).mean(axis=0)
        found.append((max((taken - first) / (1 - first), 0.0) if first < 1 else 0.0, -position, name))
    if not found:
        return PREFERENCES[0], 0.0
    share, _, name = max(found)
    return name, float(share)
