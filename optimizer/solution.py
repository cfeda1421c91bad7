"""What the solver answers, in positions and seconds from `now`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.vocabulary import UnscheduledReason
from optimizer.instance import Ints, Seconds
from optimizer.prices import Prices


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a task is left for later: the reason, and the facts behind it as a sentence's raw material.

    Attributes
    ----------
    reason
        The public reason.
    eligible_agents
        Positions of the agents who could do it by skill, team, pin and exclusions.
    separated_agents
        Those of them who have a task that must be somebody else's (four eyes).
    move_limited_agents
        For `no-capacity`: those of them who have room for it and only may not move, or not yet.
    full_from
        For `no-capacity`: instant from which it could start and none of them has room for it, even where the tasks
        behind it start later; None where none of them works long enough after that, with or without other tasks.
    predecessor
        For `predecessor-unscheduled`: position of the task that is not done; else None.
    extra_cost
        For `not-worth-it`: by how much the total would grow with the cheapest way to fit it in; else None.
    agent
        For `not-worth-it`: who would do it then; else None.
    """

    reason: UnscheduledReason
    eligible_agents: tuple[int, ...] = ()
    separated_agents: tuple[int, ...] = ()
    move_limited_agents: tuple[int, ...] = ()
    full_from: int | None = None
    predecessor: int | None = None
    extra_cost: float | None = None
    agent: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """A schedule and what is known of it.

    Attributes
    ----------
    task_agent : (T,) agent, -1 where unscheduled
    task_start, task_end : (T,) seconds from `now`; 0 where unscheduled
    total : value of the objective
    lower_bound : proven bound on the least possible total
    seconds : wall-clock time spent
    iterations : candidate moves evaluated
    explanations : why, for each unscheduled task
    prices : what time is worth where the bound was found; None where none was sought
    """

    task_agent: Ints
    task_start: Seconds
    task_end: Seconds
    total: float
    lower_bound: float = 0.0
    seconds: float = 0.0
    iterations: int = 0
    explanations: Mapping[int, Explanation] = field(default_factory=dict)
    prices: Prices | None = None

    def __post_init__(self) -> None:
        for values in (self.task_agent, self.task_start, self.task_end):
            values.flags.writeable = False
