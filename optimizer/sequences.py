"""A schedule as sequences, one an agent, linked both ways; what follows from it for one more task or one less.

Both are reckoned exactly and against the schedule as it stands: no task changes its agent or its place in the order,
and none ends later than a follower of it starts, so that no other sequence is touched. Those behind a new task stay in
their shift and start later where they must; those behind one that is taken out start sooner where they can.
"""

from typing import NamedTuple

import numpy as np

from optimizer.columns import reverse
from optimizer.instance import NEVER, Flags, Floats, Instance, Ints, Seconds
from optimizer.kernels import inner, kernel
from optimizer.timeline import NOWHERE, Roster, compute_setup, count_working, find_shift, open_cursor

Cursor = tuple[int, int, int, int, int]
"""Shift, instant from which the agent is free, last type, moves, instant of the last move; see `timeline`."""


class Terms(NamedTuple):
    """The columns of an `Instance` that say who may do a task, and after what. `follower_*` is `after_*` reversed."""

    type: Ints
    demand: Ints
    handling: Floats
    release: Seconds
    pinned: Ints
    in_progress: Flags
    excluded_ptr: Ints
    excluded_agent: Ints
    separate_ptr: Ints
    separate_task: Ints
    after_ptr: Ints
    after_task: Ints
    follower_ptr: Ints
    follower_task: Ints
    class_ptr: Ints
    class_agent: Ints
    class_speed: Floats
    home: Ints


class Sequences(NamedTuple):
    """A schedule, as lists that are linked both ways. T tasks, A agents.

    Attributes
    ----------
    agent, start, end : (T,) agent is -1 where unscheduled
    first : (A,) first task, -1 where there is none
    next, previous : (T,) neighbours in the sequence, -1 where there is none
    duration : (T,) working seconds of a task
    shift, moves, moved_at : (T,) of the cursor behind a task
    room : (T,) working seconds between the end of a task and that of its shift
    needed : (T,) working seconds that a task and those behind it in its shift take, with the setups between them
    slack : (S,) working seconds of a shift, from `now` on, that tasks and setups leave over
    """

    agent: Ints
    start: Seconds
    end: Seconds
    duration: Seconds
    first: Ints
    next: Ints
    previous: Ints
    shift: Ints
    moves: Ints
    moved_at: Seconds
    room: Seconds
    needed: Seconds
    slack: Seconds


def get_terms(instance: Instance) -> Terms:
    """Return the columns of an instance that say who may do a task, and after what."""
    return Terms(
        instance.task_type,
        instance.task_class,
        instance.task_handling,
        instance.task_release,
        instance.task_pinned,
        instance.task_in_progress,
        instance.excluded_ptr,
        instance.excluded_agent,
        instance.separate_ptr,
        instance.separate_task,
        instance.after_ptr,
        instance.after_task,
        *reverse(instance.after_ptr, instance.after_task, instance.num_tasks),
        instance.class_ptr,
        instance.class_agent,
        instance.class_speed,
        instance.agent_home,
    )


def build_sequences(
    instance: Instance, task_agent: Ints, task_start: Seconds, task_end: Seconds, roster: Roster
) -> Sequences:
    """Return the sequences of a feasible schedule, on copies of its columns."""
    num_tasks, num_agents = instance.num_tasks, instance.num_agents
    order = np.lexsort((task_start, task_agent)).astype(np.int32)
    sequences = Sequences(
        agent=task_agent.astype(np.int32),
        start=task_start.astype(np.int64),
        end=task_end.astype(np.int64),
        duration=np.zeros(num_tasks, dtype=np.int64),
        first=np.full(num_agents, -1, dtype=np.int32),
        next=np.full(num_tasks, -1, dtype=np.int32),
        previous=np.full(num_tasks, -1, dtype=np.int32),
        shift=np.full(num_tasks, -1, dtype=np.int32),
        moves=np.zeros(num_tasks, dtype=np.int32),
        moved_at=np.full(num_tasks, -NEVER, dtype=np.int64),
        room=np.zeros(num_tasks, dtype=np.int64),
        needed=np.zeros(num_tasks, dtype=np.int64),
        slack=np.zeros(len(instance.shift_start), dtype=np.int64),
    )
    _link(order[task_agent[order] >= 0], sequences)
    _renew_all(instance.task_type, sequences, roster)
    return sequences


@kernel
def _link(order: Ints, sequences: Sequences) -> None:
    for n in range(len(order)):
        task = order[n]
        agent = sequences.agent[task]
        if n > 0 and sequences.agent[order[n - 1]] == agent:
            sequences.previous[task] = order[n - 1]
            sequences.next[order[n - 1]] = task
        else:
            sequences.first[agent] = task


@kernel
def _renew_all(task_type: Ints, sequences: Sequences, roster: Roster) -> None:
    for task in range(len(sequences.agent)):
        agent = sequences.agent[task]
        if agent >= 0:
            shift = find_shift(agent, sequences.start[task], roster)
            sequences.duration[task] = count_working(shift, sequences.start[task], sequences.end[task], roster)
    for agent in range(len(sequences.first)):
        renew(agent, task_type, sequences, roster)


@kernel
def renew(agent: int, task_type: Ints, sequences: Sequences, roster: Roster) -> None:
    """Renew what follows from the order and the times of an agent's tasks."""
    task, last = sequences.first[agent], -1
    while task >= 0:
        shift, _, last_type, moves, moved_at = get_cursor(agent, last, task_type, sequences, roster)
        start = sequences.start[task]
        at = find_shift(agent, start, roster)
        if at != shift:
            shift, last_type, moves, moved_at = at, -1, 0, -NEVER
        if is_move(last_type, task_type[task], roster):
            moves, moved_at = moves + 1, start
        sequences.shift[task], sequences.moves[task], sequences.moved_at[task] = shift, moves, moved_at
        sequences.room[task] = count_working(shift, sequences.end[task], roster.shift_end[shift], roster)
        last, task = task, sequences.next[task]
    slack = sequences.slack
    for shift in range(roster.shift_ptr[agent], roster.shift_ptr[agent + 1]):
        slack[shift] = count_working(shift, 0, roster.shift_end[shift], roster)
    behind = -1
    while last >= 0:
        shift, needed = sequences.shift[last], sequences.duration[last]
        if behind >= 0 and sequences.shift[behind] == shift:
            setup = compute_setup(task_type[last], task_type[behind], roster)
            slack[shift] -= setup
            needed += setup + sequences.needed[behind]
        sequences.needed[last] = needed
        slack[shift] -= sequences.duration[last]
        behind, last = last, sequences.previous[last]
    if behind >= 0:
        shift, _, last_type, _, _ = get_cursor(agent, -1, task_type, sequences, roster)
        if sequences.shift[behind] == shift:
            slack[shift] -= compute_setup(last_type, task_type[behind], roster)


@kernel
def is_move(last_type: int, next_type: int, roster: Roster) -> bool:
    """Return whether tasks of these types in a row are a move; -1 as the last type means none before in the shift."""
    return bool(last_type >= 0 and roster.type_team[last_type] != roster.type_team[next_type])


@kernel
def get_cursor(agent: int, task: int, task_type: Ints, sequences: Sequences, roster: Roster) -> Cursor:
    """Return the cursor behind a task of an agent; with -1 as the task, where the agent stands at `now`."""
    if task < 0:
        shift, free, last_type, moves, moved_at = open_cursor(agent, roster)
        return int(shift), int(free), int(last_type), int(moves), int(moved_at)
    return (
        int(sequences.shift[task]),
        int(sequences.end[task]),
        int(task_type[task]),
        int(sequences.moves[task]),
        int(sequences.moved_at[task]),
    )


@kernel
def get_ready(task: int, agent: int, terms: Terms, sequences: Sequences) -> int:
    """Return the instant from which a task may start; `NEVER` where a predecessor is unscheduled.

    Predecessors with this agent are left out, as the order of its sequence keeps them before the task; -1 leaves none.
    """
    ready = terms.release[task]
    for n in range(terms.after_ptr[task], terms.after_ptr[task + 1]):
        before = terms.after_task[n]
        if sequences.agent[before] < 0:
            return NEVER
        if sequences.agent[before] != agent:
            ready = max(ready, sequences.end[before])
    return int(ready)


@inner
def get_deadline(task: int, agent: int, terms: Terms, sequences: Sequences) -> int:
    """Return the instant at which a task must have ended for the tasks that follow it; `NEVER` where there is none.

    Followers with this agent are left out, as the order of its sequence keeps them behind the task; -1 leaves none.
    """
    deadline = NEVER
    for n in range(terms.follower_ptr[task], terms.follower_ptr[task + 1]):
        follower = terms.follower_task[n]
        if sequences.agent[follower] >= 0 and sequences.agent[follower] != agent:
            deadline = min(deadline, sequences.start[follower])
    return int(deadline)


@inner
def find_last_before(task: int, agent: int, terms: Terms, sequences: Sequences) -> int:
    """Return the start of the last predecessor of a task that an agent has, `NOWHERE` if it has none."""
    start = NOWHERE
    for n in range(terms.after_ptr[task], terms.after_ptr[task + 1]):
        before = terms.after_task[n]
        if sequences.agent[before] == agent:
            start = max(start, sequences.start[before])
    return int(start)


@inner
def find_first_after(task: int, agent: int, terms: Terms, sequences: Sequences) -> int:
    """Return the start of the first follower of a task that an agent has, `NEVER` if it has none."""
    start = NEVER
    for n in range(terms.follower_ptr[task], terms.follower_ptr[task + 1]):
        follower = terms.follower_task[n]
        if sequences.agent[follower] == agent:
            start = min(start, sequences.start[follower])
    return int(start)


@kernel
def is_separated(task: int, agent: int, terms: Terms, sequences: Sequences) -> bool:
    """Return whether an agent has a task that must be another agent's than this one's."""
    for n in range(terms.separate_ptr[task], terms.separate_ptr[task + 1]):
        if sequences.agent[terms.separate_task[n]] == agent:
            return True
    return False
