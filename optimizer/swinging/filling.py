"""Giving an agent what another agent, or nobody, would do at a higher cost."""

import numpy as np
from numpy.typing import NDArray

from optimizer.draft import Draft
from optimizer.insertion import IMPOSSIBLE, find_place, insert_for
from optimizer.instance import NEVER, Floats, Ints
from optimizer.kernels import kernel
from optimizer.objective import Charges, charge_agent, charge_completion, charge_leaving
from optimizer.removal import cost_lifting, remove
from optimizer.sequences import Sequences, Terms, get_ready, is_separated
from optimizer.timeline import Roster, compute_duration, contains, get_speed

LEAST_GAIN = 1e-6
MOST_ROUNDS = 4


def fill_agent(draft: Draft, agent: int, tasks: Ints) -> float:
    """Give an agent, one after the other, those of some tasks that gain by it; return by how much the total falls.

    Tasks that cost most come first; each goes to its cheapest place, if that gains, and all are tried again while one
    does. Nothing else changes but that tasks behind one that goes start sooner, and those behind one that comes later.
    """
    order = np.ascontiguousarray(tasks[np.argsort(-charge_tasks(draft)[tasks], kind="stable")], np.int32)
    return float(_fill(agent, order, draft.terms, draft.sequences, draft.charges, draft.roster))


def charge_tasks(draft: Draft) -> Floats:
    """Return, (T,), what each task costs, moves apart."""
    charges = np.zeros(draft.instance.num_tasks)
    _charge(charges, draft.terms, draft.sequences, draft.charges, draft.roster)
    return charges


@kernel
def _fill(agent: int, order: Ints, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster) -> float:
    gained = 0.0
    for _ in range(MOST_ROUNDS):
        before = gained
        for n in range(len(order)):
            task = order[n]
            owner, pinned = sequences.agent[task], terms.pinned[task]
            if (
                owner == agent
                or terms.in_progress[task]
                or (pinned >= 0 and pinned != agent)
                or contains(agent, task, terms.excluded_ptr, terms.excluded_agent)
                or is_separated(task, agent, terms, sequences)
            ):
                continue
            speed = get_speed(terms.demand[task], agent, terms.class_ptr, terms.class_agent, terms.class_speed)
            ready = get_ready(task, -1, terms, sequences)
            if speed == 0.0 or ready == NEVER:
                continue
            # Two sequences, which only `after` ties together: what the task leaves and where it goes add up.
            going = -charge_leaving(task, charges)
            if owner >= 0:
                going = cost_lifting(task, terms, sequences, charges, roster)
            if going >= -LEAST_GAIN:
                continue
            duration = compute_duration(terms.handling[task], speed)
            cost, previous, shift = find_place(
                task, agent, duration, ready, 0.0, -going - LEAST_GAIN, terms, sequences, charges, roster
            )
            if cost == IMPOSSIBLE:
                continue
            if owner >= 0:
                remove(task, terms, sequences, roster)
            insert_for(duration, task, agent, previous, shift, terms, sequences, roster)
            gained -= going + cost
        if gained == before:
            break
    return gained


@kernel
def _charge(each: NDArray[np.float64], terms: Terms, sequences: Sequences, charges: Charges, roster: Roster) -> None:
    for task in range(len(each)):
        agent = sequences.agent[task]
        if agent < 0:
            each[task] = charge_leaving(task, charges)
            continue
        is_away = terms.home[agent] != roster.type_team[terms.type[task]]
        each[task] = charge_completion(task, sequences.end[task], charges)
        each[task] += charge_agent(task, agent, sequences.duration[task], is_away, charges)
