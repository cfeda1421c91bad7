"""Why a task is left for later: statements about the schedule as it stands, each of them checked."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.vocabulary import UnscheduledReason
from optimizer.insertion import IMPOSSIBLE, find_insertion, find_place
from optimizer.instance import NEVER, NO_LIMIT, Flags, Instance, Ints, Seconds
from optimizer.kernels import kernel
from optimizer.objective import Charges, charge_leaving, get_charges
from optimizer.sequences import Sequences, Terms, build_sequences, get_ready, get_terms, is_separated
from optimizer.solution import Explanation
from optimizer.timeline import Roster, compute_duration, contains, count_working, get_roster

ABLE, SEPARATED, MOVE_LIMITED, ON_DUTY = 1, 2, 4, 8
"""What may be true of an agent and a task: may do it; has a task that must be another's; would have room for it if
moves had no limits; works long enough after the task could start, had it nothing else to do."""

Bits = NDArray[np.uint8]


def explain(instance: Instance, task_agent: Ints, task_start: Seconds, task_end: Seconds) -> Mapping[int, Explanation]:
    """Return the explanation of each task that a feasible schedule leaves, by its position.

    A task *fits* where it can be put between two others of an eligible agent so that everything stays feasible, nobody
    else's tasks change, and those behind it start later where they must but stay in their shifts. It is *not worth it*
    where it fits and even the cheapest of these ways would raise the total.
    """
    tasks = np.flatnonzero(np.asarray(task_agent) < 0)
    roster, terms = get_roster(instance), get_terms(instance)
    free_roster = roster._replace(
        max_moves=np.full_like(roster.max_moves, NO_LIMIT),
        min_stay=np.zeros_like(roster.min_stay),
        state_team_since=np.full_like(roster.state_team_since, -NEVER),
    )
    sequences = build_sequences(instance, task_agent, task_start, task_end, roster)
    crews = np.diff(instance.class_ptr)[instance.task_class[tasks]]
    pointers = np.concatenate([[0], np.cumsum(crews)])
    bits = np.zeros(pointers[-1], dtype=np.uint8)
    cost, best, ready = np.zeros(len(tasks)), np.zeros(len(tasks), np.int64), np.zeros(len(tasks), np.int64)
    _examine(tasks, pointers, terms, sequences, get_charges(instance), roster, free_roster, bits, cost, best, ready)

    crew = _Crew(instance)
    explanations: dict[int, Explanation] = {}
    for n, task in enumerate(tasks.tolist()):
        of_task = bits[pointers[n] : pointers[n + 1]]
        able = crew.pick(task, (of_task & ABLE) > 0)
        before = instance.after_task[instance.after_ptr[task] : instance.after_ptr[task + 1]]
        left = before[task_agent[before] < 0]
        if not able:
            explanations[task] = Explanation(reason=UnscheduledReason.NO_ELIGIBLE_AGENT)
        elif len(left):
            explanations[task] = Explanation(
                reason=UnscheduledReason.PREDECESSOR_UNSCHEDULED, eligible_agents=able, predecessor=int(left[0])
            )
        elif best[n] >= 0:
            explanations[task] = Explanation(
                reason=UnscheduledReason.NOT_WORTH_IT,
                eligible_agents=able,
                extra_cost=float(cost[n]),
                agent=int(best[n]),
            )
        else:
            explanations[task] = Explanation(
                reason=UnscheduledReason.NO_CAPACITY,
                eligible_agents=able,
                separated_agents=crew.pick(task, (of_task & SEPARATED) > 0),
                move_limited_agents=crew.pick(task, (of_task & MOVE_LIMITED) > 0),
                full_from=int(ready[n]) if (of_task & ON_DUTY).any() else None,
            )
    return explanations


class _Crew:
    """Picks agents of a task's class; equal picks are one tuple, as thousands of tasks may share it."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._picks: dict[tuple[int, bytes], tuple[int, ...]] = {}

    def pick(self, task: int, chosen: Flags) -> tuple[int, ...]:
        demand, pointers = int(self._instance.task_class[task]), self._instance.class_ptr
        key = (demand, chosen.tobytes())
        if key not in self._picks:
            members = self._instance.class_agent[pointers[demand] : pointers[demand + 1]]
            self._picks[key] = tuple(members[chosen].tolist())
        return self._picks[key]


@kernel
def _examine(
    tasks: Seconds,
    pointers: Seconds,
    terms: Terms,
    sequences: Sequences,
    charges: Charges,
    roster: Roster,
    free_roster: Roster,
    bits: Bits,
    cost: NDArray[np.float64],
    best: Seconds,
    ready: Seconds,
) -> None:
    """Fill in what is true of each task and each agent of its class; the cheapest insertion; the earliest start."""
    for n in range(len(tasks)):
        task = tasks[n]
        demand, pinned = terms.demand[task], terms.pinned[task]
        ready[n] = get_ready(task, -1, terms, sequences)
        cost[n], best[n], _, _ = find_insertion(task, terms, sequences, charges, roster)
        leaving = charge_leaving(task, charges)
        for m in range(terms.class_ptr[demand], terms.class_ptr[demand + 1]):
            agent, at = terms.class_agent[m], pointers[n] + m - terms.class_ptr[demand]
            if (pinned >= 0 and agent != pinned) or contains(agent, task, terms.excluded_ptr, terms.excluded_agent):
                continue
            bits[at] |= ABLE
            if ready[n] == NEVER or best[n] >= 0:
                continue
            if is_separated(task, agent, terms, sequences):
                bits[at] |= SEPARATED
                continue
            duration = compute_duration(terms.handling[task], terms.class_speed[m])
            if _is_on_duty(agent, ready[n], duration, roster):
                bits[at] |= ON_DUTY
                is_limited = roster.max_moves[agent] < NO_LIMIT or roster.min_stay[agent] > 0
                if is_limited or roster.state_team_since[agent] > 0:
                    price, _, _ = find_place(
                        task, agent, duration, ready[n], leaving, IMPOSSIBLE, terms, sequences, charges, free_roster
                    )
                    if price < IMPOSSIBLE:
                        bits[at] |= MOVE_LIMITED


@kernel
def _is_on_duty(agent: int, ready: int, duration: int, roster: Roster) -> bool:
    """Return whether an agent works so long in one shift from an instant on."""
    for shift in range(roster.shift_ptr[agent], roster.shift_ptr[agent + 1]):
        if count_working(shift, max(0, ready), roster.shift_end[shift], roster) >= duration:
            return True
    return False
