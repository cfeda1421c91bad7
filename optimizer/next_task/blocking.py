"""What keeps an agent from a task at an instant; the first that does is the one that is told."""

import math
from enum import IntEnum

from optimizer.kernels import inner
from optimizer.next_task.columns import NOBODY, AgentView, TaskColumns


class Block(IntEnum):
    """What keeps an agent from a task, in the order in which it is looked for."""

    ELIGIBLE = 0
    """Nothing does."""
    NOT_WAITING = 1
    """Somebody has it, it is pended, a lead must look at it, or it is closed."""
    TEAM = 2
    """The agent neither belongs to the task's team nor may be lent to it."""
    SKILL = 3
    """A skill is missing, or its level is too low."""
    CLEARANCE = 4
    """The agent is not cleared for the client."""
    PINNED = 5
    """Only another agent may do it."""
    EXCLUDED = 6
    """This agent may not do it."""
    FOUR_EYES = 7
    """This agent did, or has in hand, a task that must have another agent."""
    PREDECESSOR = 8
    """A task that must be done before it is still open."""
    TOO_EARLY = 9
    """It may not start yet."""
    MOVE_CAP = 10
    """The agent has changed teams as often as is allowed in a shift."""
    DWELL = 11
    """The agent has not been with the present team for as long as a stay must last."""
    SHIFT_END = 12
    """It would not be done before the shift ends."""
    SKIPPED = 13
    """This agent has skipped it today."""

    @property
    def word(self) -> str | None:
        """What it is called in documents, such as ``move-cap``; None where nothing keeps the agent from the task."""
        return None if self is Block.ELIGIBLE else self.name.lower().replace("_", "-")


ELIGIBLE, NOT_WAITING, PINNED = int(Block.ELIGIBLE), int(Block.NOT_WAITING), int(Block.PINNED)
PREDECESSOR, TOO_EARLY, SHIFT_END = int(Block.PREDECESSOR), int(Block.TOO_EARLY), int(Block.SHIFT_END)
MOVE_CAP, SKIPPED = int(Block.MOVE_CAP), int(Block.SKIPPED)


@inner
def find_block(slot: int, agent: int, now: float, tasks: TaskColumns, view: AgentView) -> int:
    """Return the code of the first thing that keeps an agent from a task."""
    if tasks.is_waiting[slot] == 0:
        return NOT_WAITING
    demand = tasks.demand[slot]
    block = view.block[demand]
    if block != ELIGIBLE and block < MOVE_CAP:
        return block
    pinned, barred = tasks.pinned[slot], view.barred[slot]
    if NOBODY != pinned != agent:
        return PINNED
    if ELIGIBLE != barred != SKIPPED:
        return barred
    if tasks.num_before[slot] > 0:
        return PREDECESSOR
    if tasks.earliest[slot] > now:
        return TOO_EARLY
    if block != ELIGIBLE:
        return block
    if max(1.0, math.floor(tasks.standard_s[slot] / view.speed[demand] + 0.5)) > view.room_s[demand]:
        return SHIFT_END
    return barred
