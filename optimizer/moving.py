"""A task moved by hand to somebody and an instant: what follows for the two who are concerned, or what is against it.

What a lead asks for is kept to: the place in the order is the one that the instant says, and the task does not start
before it. Those behind it at its new place start later where they must, in the shift that they are in; those behind it
at its old place start as early as they can. Nobody else's tasks change. It is the planner's own insertion and removal
at one place, step by step, so that each reason against it can be named.
"""

from dataclasses import dataclass
from enum import StrEnum

from optimizer.draft import Draft
from optimizer.insertion import IMPOSSIBLE
from optimizer.instance import NEVER, Ints, Seconds
from optimizer.objective import Score, score
from optimizer.removal import cost_lifting, remove
from optimizer.sequences import get_cursor, get_ready, is_move
from optimizer.timeline import NOWHERE, compute_duration, place

Cursor = tuple[int, int, int, int, int]


class Obstacle(StrEnum):
    """What is against a move."""

    NOT_ABLE = "not-able"
    """The agent may not do the task: skill, team, or excluded."""
    IN_PROGRESS = "in-progress"
    SEPARATE = "separate"
    """The agent has a task that must be another agent's than this one's."""
    WAITS = "waits"
    """It waits for a task that would come later, or that is left."""
    HOLDS_UP = "holds-up"
    """It, or one behind it, would end after a task has begun that waits for it."""
    NO_ROOM = "no-room"
    """It does not fit there before the shift ends, or before the tasks of a later shift."""
    TOO_MANY_MOVES = "too-many-moves"
    """The agent would change teams more often than allowed."""
    PUSHES_OUT = "pushes-out"
    """One behind it would not end before its shift does."""
    LEAVES_LATE = "leaves-late"
    """Where it is taken from, those behind it could not be kept: a least stay would count from another move."""


@dataclass(frozen=True, kw_only=True)
class Against:
    """An obstacle; `task` is the other task that it is about, `other` the one that waits for that; -1 for none."""

    obstacle: Obstacle
    task: int = -1
    other: int = -1


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A schedule after a move.

    Attributes
    ----------
    agent, start, end : (T,)
        As in `Sequences`.
    changed
        Tasks whose agent or times are others than before, the moved one included.
    score
        Of the whole schedule.
    """

    agent: Ints
    start: Seconds
    end: Seconds
    changed: tuple[int, ...]
    score: Score


def try_move(draft: Draft, task: int, agent: int, not_before: int) -> Trial | Against:
    """Return the schedule with a task moved to an agent and an instant, or what is against it.

    Parameters
    ----------
    draft
        A feasible schedule; it is not changed.
    not_before
        The instant, in seconds from `now`: the task goes behind those of the agent that start before it, and does not
        start sooner.
    """
    instance, before = draft.instance, draft.sequences
    if instance.task_in_progress[task]:
        return Against(obstacle=Obstacle.IN_PROGRESS)
    speed = _speed_unpinned(draft, task, agent)
    if speed <= 0:
        return Against(obstacle=Obstacle.NOT_ABLE)
    apart = _find_separate(draft, task, agent)
    if apart >= 0:
        return Against(obstacle=Obstacle.SEPARATE, task=apart)
    order = [other for other in draft.sequence_of(agent) if other != task]
    count = sum(bool(before.start[other] < not_before or instance.task_in_progress[other]) for other in order)
    duration = compute_duration(float(instance.task_handling[task]), speed)
    after = draft.copy()
    if before.agent[task] == agent:
        against = _reorder(after, task, agent, order, count, duration, not_before)
    else:
        if before.agent[task] >= 0:
            if cost_lifting(task, draft.terms, after.sequences, draft.charges, draft.roster) >= IMPOSSIBLE:
                return Against(obstacle=Obstacle.LEAVES_LATE)
            remove(task, draft.terms, after.sequences, draft.roster)
        against = _insert(after, task, agent, order, count, duration, not_before)
    if against is not None:
        return against
    mine = after.sequences
    return Trial(
        agent=mine.agent,
        start=mine.start,
        end=mine.end,
        changed=tuple(after.changed_against(draft)),
        score=score(instance, mine.agent, mine.start, mine.end),
    )


def _reorder(
    after: Draft, task: int, agent: int, order: list[int], count: int, duration: int, not_before: int
) -> Against | None:
    """Give a task another place in its agent's own order; all from the first that changes on start as early as then."""
    mine = after.sequences
    since = min(count, sum(bool(mine.start[other] < mine.start[task]) for other in order))
    line = [*order[since:count], task, *order[count:]]
    against, ready = _find_ready(after, task, order[count:])
    if against is not None:
        return against
    walk = _Walk(after, agent, order[since - 1] if since else -1)
    for other in line:
        if other == task:
            against = walk.place(other, max(ready, not_before), duration, order[:count])
        else:
            since_s = int(get_ready(other, agent, after.terms, mine))
            against = walk.place(other, since_s, int(mine.duration[other]), [], last_shift=int(mine.shift[other]))
        if against is not None:
            return _about(task, against)
    walk.write()
    return None


def _insert(
    after: Draft, task: int, agent: int, order: list[int], count: int, duration: int, not_before: int
) -> Against | None:
    """Give an unscheduled task to an agent behind the first so many of an order; push those behind where it must."""
    mine, behind = after.sequences, order[count:]
    against, ready = _find_ready(after, task, behind)
    if against is not None:
        return against
    walk = _Walk(after, agent, order[count - 1] if count else -1)
    last_shift = int(mine.shift[behind[0]]) if behind else -1
    against = walk.place(task, max(ready, not_before), duration, order[:count], last_shift=last_shift)
    if against is not None:
        return _about(task, against)
    for other in behind:
        if mine.shift[other] != walk.shift:
            break
        against = walk.place(
            other, int(mine.start[other]), int(mine.duration[other]), [], last_shift=int(mine.shift[other])
        )
        if against is not None:
            return against
    walk.write()
    return None


def _about(task: int, against: Against) -> Against:
    """Return what is against a move in terms of the task moved: what would push itself out has no room."""
    if against.task != task or against.obstacle is not Obstacle.PUSHES_OUT:
        return against
    return Against(obstacle=Obstacle.NO_ROOM)


class _Walk:
    """Tasks of an agent put one behind the other, each as early as it can."""

    def __init__(self, after: Draft, agent: int, previous: int) -> None:
        self._after, self._agent = after, agent
        self._cursor: Cursor = get_cursor(agent, previous, after.instance.task_type, after.sequences, after.roster)
        self._times: list[tuple[int, int, int]] = []

    @property
    def shift(self) -> int:
        """The shift of the task that was placed last."""
        return self._cursor[0]

    def place(self, task: int, ready: int, duration: int, ahead: list[int], *, last_shift: int = -1) -> Against | None:
        """Put a task behind those before, in no later shift than one, or return what is against it."""
        roster, kind = self._after.roster, int(self._after.instance.task_type[task])
        start, end, shift, moves, moved_at = place(self._agent, *self._cursor, kind, ready, duration, roster)
        if start == NOWHERE or (last_shift >= 0 and shift > last_shift):
            is_limited = is_move(self._cursor[2], kind, roster) and self._cursor[3] >= roster.max_moves[self._agent]
            obstacle = Obstacle.TOO_MANY_MOVES if is_limited else Obstacle.PUSHES_OUT
            return Against(obstacle=obstacle, task=task)
        held = _find_held_up(self._after, task, self._agent, end, ahead)
        if held >= 0:
            return Against(obstacle=Obstacle.HOLDS_UP, task=task, other=held)
        self._times.append((task, start, end))
        self._cursor = (shift, end, kind, moves, moved_at)
        return None

    def write(self) -> None:
        """Note agent and times in the schedule; not the links."""
        mine = self._after.sequences
        for task, start, end in self._times:
            mine.agent[task], mine.start[task], mine.end[task] = self._agent, start, end


def _find_ready(after: Draft, task: int, behind: list[int]) -> tuple[Against | None, int]:
    """Return what of those that a task waits for is against it, else the instant from which it may start."""
    terms, mine = after.terms, after.sequences
    ready = int(terms.release[task])
    for before in terms.after_task[terms.after_ptr[task] : terms.after_ptr[task + 1]].tolist():
        if mine.agent[before] < 0 or before in behind:
            return Against(obstacle=Obstacle.WAITS, task=before), NEVER
        ready = max(ready, int(mine.end[before]))
    return None, ready


def _find_held_up(after: Draft, task: int, agent: int, end: int, ahead: list[int]) -> int:
    """Return a task that waits for one that would end too late for it, or behind it; -1 where there is none."""
    terms, mine = after.terms, after.sequences
    for follower in terms.follower_task[terms.follower_ptr[task] : terms.follower_ptr[task + 1]].tolist():
        if mine.agent[follower] == agent:
            if follower in ahead:
                return int(follower)
        elif mine.agent[follower] >= 0 and mine.start[follower] < end:
            return int(follower)
    return -1


def _find_separate(draft: Draft, task: int, agent: int) -> int:
    """Return a task of an agent that must be another agent's than this one's; -1 where there is none."""
    pointers, others = draft.terms.separate_ptr, draft.terms.separate_task
    for other in others[pointers[task] : pointers[task + 1]].tolist():
        if other != task and draft.sequences.agent[other] == agent:
            return int(other)
    return -1


def _speed_unpinned(draft: Draft, task: int, agent: int) -> float:
    """Return the speed of an agent at a task, whomever it is pinned to: who moves it decides that anew."""
    instance = draft.instance
    if agent in instance.excluded_agent[instance.excluded_ptr[task] : instance.excluded_ptr[task + 1]]:
        return 0.0
    demand = instance.task_class[task]
    members = instance.class_agent[instance.class_ptr[demand] : instance.class_ptr[demand + 1]]
    found = members.searchsorted(agent)
    if found == len(members) or members[found] != agent:
        return 0.0
    return float(instance.class_speed[instance.class_ptr[demand] + found])
