"""What else could have been decided: each planned task elsewhere, each task left in exchange for others. All exact.

Everything is reckoned on whole sequences, with the rest of the plan as it is: the tasks behind one that goes start
sooner, those behind one that comes start later, and what that costs or saves is counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.vocabulary import Rule
from optimizer.dispatch import dispatch
from optimizer.draft import Draft
from optimizer.insertion import END, IMPOSSIBLE, find_place, find_place_behind
from optimizer.instance import NEVER, Floats, Ints, Seconds
from optimizer.kernels import kernel
from optimizer.objective import Charges, charge_agent, charge_completion, charge_leaving
from optimizer.removal import cost_lifting, remove, restore, save
from optimizer.search.tiny import tiny_instance
from optimizer.sequences import Sequences, Terms, get_deadline, get_ready, is_move, is_separated
from optimizer.settling import settle
from optimizer.timeline import Roster, compute_duration, contains

MOST_OTHERS = 2
MOST_EXCHANGED = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Alternatives:
    """What each planned task would cost elsewhere. N tasks.

    Attributes
    ----------
    task : (N,) planned tasks
    agent : (N, 2) the next best agents for each, -1 where there is none
    change : (N, 2) what the total would grow by if they did it; below 0 where the plan would be better so
    sooner, later : (N,) what the total would grow by if its agent did it before, or after, the task that it now stands
        behind or before; without end where that cannot be
    """

    task: Ints
    agent: Ints
    change: Floats
    sooner: Floats
    later: Floats


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Tasks in a row that would have to be left for a task that is left now, and what that would add to the total."""

    change: float
    agent: int
    tasks: tuple[int, ...]


def weigh_alternatives(draft: Draft, tasks: Ints) -> Alternatives:
    """Return what planned tasks would cost elsewhere; the draft stays as it is."""
    num_tasks = len(tasks)
    found = Alternatives(
        task=np.asarray(tasks, np.int32),
        agent=np.full((num_tasks, MOST_OTHERS), -1, np.int32),
        change=np.full((num_tasks, MOST_OTHERS), IMPOSSIBLE),
        sooner=np.full(num_tasks, IMPOSSIBLE),
        later=np.full(num_tasks, IMPOSSIBLE),
    )
    _weigh(
        found.task,
        found.agent,
        found.change,
        found.sooner,
        found.later,
        *_notes(draft),
        draft.terms,
        draft.sequences,
        draft.charges,
        draft.roster,
    )
    return found


def find_exchange(draft: Draft, task: int) -> Exchange | None:
    """Return what it takes, at the least, to fit in a task that is left: one to three tasks in a row are left for it.

    None where no such exchange makes room, or it waits for a task that is left.
    """
    change, agent, first, count = _exchange(
        task, *_notes(draft), draft.terms, draft.sequences, draft.charges, draft.roster
    )
    if change >= IMPOSSIBLE:
        return None
    tasks = [int(first)]
    for _ in range(count - 1):
        tasks.append(int(draft.sequences.next[tasks[-1]]))
    return Exchange(change=float(change), agent=int(agent), tasks=tuple(tasks))


def warm_up() -> None:
    """Compile the kernels of alternatives and exchanges, and what settles a plan before they are asked for."""
    instance = tiny_instance()
    plan = settle(instance, dispatch(instance, Rule.ATC))
    draft = Draft(instance, plan.task_agent, plan.task_start, plan.task_end)
    weigh_alternatives(draft, np.flatnonzero(plan.task_agent >= 0).astype(np.int32))
    draft.take_out([instance.num_tasks - 1])
    find_exchange(draft, instance.num_tasks - 1)


def _notes(draft: Draft) -> tuple[Ints, Seconds, Seconds]:
    num_tasks = draft.instance.num_tasks
    return np.empty(num_tasks, np.int32), np.empty(num_tasks, np.int64), np.empty(num_tasks, np.int64)


@kernel
def _weigh(
    tasks: Ints,
    best_agent: Ints,
    change: NDArray[np.float64],
    sooner: NDArray[np.float64],
    later: NDArray[np.float64],
    order: Ints,
    starts: Seconds,
    ends: Seconds,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> None:
    for n in range(len(tasks)):
        task = tasks[n]
        agent, demand, pinned = sequences.agent[task], terms.demand[task], terms.pinned[task]
        if terms.in_progress[task]:
            continue
        lifted = cost_lifting(task, terms, sequences, charges, roster)
        if lifted == IMPOSSIBLE:
            continue
        previous, behind, own = sequences.previous[task], sequences.next[task], sequences.duration[task]
        count = save(agent, order, starts, ends, sequences)
        remove(task, terms, sequences, roster)
        ready = get_ready(task, -1, terms, sequences)
        if previous >= 0:
            sooner[n] = (
                lifted
                + find_place_behind(
                    -1,
                    sequences.previous[previous],
                    task,
                    agent,
                    own,
                    ready,
                    0.0,
                    IMPOSSIBLE,
                    terms,
                    sequences,
                    charges,
                    roster,
                )[0]
            )
        if behind >= 0:
            later[n] = (
                lifted
                + find_place_behind(
                    behind, END, task, agent, own, ready, 0.0, IMPOSSIBLE, terms, sequences, charges, roster
                )[0]
            )
        for m in range(terms.class_ptr[demand], terms.class_ptr[demand + 1]):
            other = terms.class_agent[m]
            if (
                other == agent
                or (pinned >= 0 and other != pinned)
                or contains(other, task, terms.excluded_ptr, terms.excluded_agent)
                or is_separated(task, other, terms, sequences)
            ):
                continue
            duration = compute_duration(terms.handling[task], terms.class_speed[m])
            cost = (
                lifted
                + find_place(
                    task,
                    other,
                    duration,
                    ready,
                    0.0,
                    change[n, 1] - lifted,
                    terms,
                    sequences,
                    charges,
                    roster,
                )[0]
            )
            if cost < change[n, 0]:
                change[n, 1], best_agent[n, 1] = change[n, 0], best_agent[n, 0]
                change[n, 0], best_agent[n, 0] = cost, other
            elif cost < change[n, 1]:
                change[n, 1], best_agent[n, 1] = cost, other
        restore(agent, count, order, starts, ends, terms, sequences, roster)


@kernel
def _exchange(
    task: int,
    order: Ints,
    starts: Seconds,
    ends: Seconds,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> tuple[float, int, int, int]:
    """Return the least change, whose sequence it is, the first task to leave and how many in a row."""
    best, best_agent, best_first, best_count = IMPOSSIBLE, -1, -1, 0
    if get_ready(task, -1, terms, sequences) == NEVER:
        return best, best_agent, best_first, best_count
    demand, pinned, leaving = terms.demand[task], terms.pinned[task], charge_leaving(task, charges)
    for m in range(terms.class_ptr[demand], terms.class_ptr[demand + 1]):
        agent = terms.class_agent[m]
        if (
            (pinned >= 0 and agent != pinned)
            or contains(agent, task, terms.excluded_ptr, terms.excluded_agent)
            or is_separated(task, agent, terms, sequences)
        ):
            continue
        duration = compute_duration(terms.handling[task], terms.class_speed[m])
        count = save(agent, order, starts, ends, sequences)
        # What the tasks from here on cost in all: no more than that can be saved on them.
        saved = 0.0
        for n in range(count):
            saved += _charge(n, agent, order, ends, terms, sequences, charges, roster)
        for n in range(count):
            left, until, is_changed, low = 0.0, n, False, -leaving - saved
            while until < count and until < n + MOST_EXCHANGED:
                out = order[until]
                low += charge_leaving(out, charges)
                if low >= best or terms.in_progress[out] or get_deadline(out, -1, terms, sequences) < NEVER:
                    break
                lifting = cost_lifting(out, terms, sequences, charges, roster)
                if lifting == IMPOSSIBLE:
                    break
                left += charge_leaving(out, charges) + lifting
                remove(out, terms, sequences, roster)
                is_changed = True
                until += 1
                # A predecessor may be among those that go, or end sooner now.
                ready = get_ready(task, -1, terms, sequences)
                if ready == NEVER:
                    break
                cost = (
                    left
                    + find_place(task, agent, duration, ready, leaving, best - left, terms, sequences, charges, roster)[
                        0
                    ]
                )
                if cost < best:
                    best, best_agent, best_first, best_count = cost, agent, order[n], until - n
            if is_changed:
                restore(agent, count, order, starts, ends, terms, sequences, roster)
            saved -= _charge(n, agent, order, ends, terms, sequences, charges, roster)
    return float(best), best_agent, best_first, best_count


@kernel
def _charge(
    n: int,
    agent: int,
    order: Ints,
    ends: Seconds,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
) -> float:
    """Return what the `n`-th task of a saved sequence costs, and a move to it where there may be one."""
    task = order[n]
    is_away = terms.home[agent] != roster.type_team[terms.type[task]]
    cost = charge_completion(task, ends[n], charges)
    cost += charge_agent(task, agent, sequences.duration[task], is_away, charges)
    if n == 0 or is_move(terms.type[order[n - 1]], terms.type[task], roster):
        cost += charges.move
    return float(cost)
