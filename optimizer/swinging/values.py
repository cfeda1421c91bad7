"""What a block of lending is worth: the day without it, by re-evaluation."""

from dataclasses import dataclass

import numpy as np

from optimizer.draft import Draft
from optimizer.swinging.blocks import Block
from optimizer.swinging.filling import charge_tasks, fill_agent


@dataclass(frozen=True, kw_only=True)
class BlockValue:
    """What changes where an agent is not lent: the tasks go to others, or are left; home work takes the time.

    Attributes
    ----------
    saving
        By how much the total would grow without it, at the most; below 0 where the plan would be better so.
    left_without, late_without
        Tasks of other teams that would be left, and that would be late, without it and are not so with it.
    home_cost
        What the tasks of the agent's home team cost more with it than without.
    home_late
        Tasks of the home team that are late or left with it and would not be so without.
    """

    saving: float
    left_without: tuple[int, ...]
    late_without: tuple[int, ...]
    home_cost: float
    home_late: tuple[int, ...]


def plan_without(draft: Draft, block: Block) -> Draft:
    """Return the day without a block, mended greedily, which may not be the best that can be done.

    Its tasks, with what cannot stay without them, go one by one to whom they cost least with, though not to the agent
    for this team; then the agent takes over home work that gains by it.
    """
    without = draft.copy()
    team_of = draft.instance.type_team[draft.instance.task_type]
    for task in without.take_out(list(block.tasks)):
        place = without.find_best_place(task, barred=block.agent if team_of[task] == block.team else -1)
        if place is not None and place.change < 0:
            without.put(task, place)
    fill_agent(without, block.agent, np.flatnonzero(team_of == block.home).astype(np.int32))
    return without


def value_block(draft: Draft, block: Block) -> BlockValue:
    """Return what a block is worth: the plan against `plan_without` it."""
    without = plan_without(draft, block)
    instance = draft.instance
    team_of = instance.type_team[instance.task_type]
    is_home = team_of == block.home
    due = instance.task_due
    mine, theirs = draft.sequences, without.sequences
    is_late, would_be_late = (mine.agent < 0) | (mine.end > due), (theirs.agent < 0) | (theirs.end > due)
    return BlockValue(
        saving=without.score().total - draft.score().total,
        left_without=_positions((theirs.agent < 0) & (mine.agent >= 0) & ~is_home),
        late_without=_positions((theirs.agent >= 0) & would_be_late & ~is_late & ~is_home),
        home_cost=float((charge_tasks(draft) - charge_tasks(without))[is_home].sum()),
        home_late=_positions(is_late & ~would_be_late & is_home),
    )


def _positions(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(flags).tolist())
