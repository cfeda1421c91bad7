"""Taking a task out of a schedule, exactly what that costs, and putting back everything as it was."""

from optimizer.insertion import IMPOSSIBLE
from optimizer.instance import NEVER, Ints, Seconds
from optimizer.kernels import inner, kernel
from optimizer.objective import Charges, charge_agent, charge_completion, charge_leaving
from optimizer.sequences import Sequences, Terms, get_cursor, get_deadline, get_ready, is_move, renew
from optimizer.timeline import NOWHERE, Roster, place


@kernel
def cost_removal(task: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster) -> float:
    """Return what it adds to the total to take a task out and to start those behind it as early as they can.

    `IMPOSSIBLE` where a follower of it is scheduled, or one behind it would end too late for a follower of its own or
    for its shift (a least stay may count from another move then).
    """
    if get_deadline(task, -1, terms, sequences) < NEVER:
        return IMPOSSIBLE
    return charge_leaving(task, charges) + cost_lifting(task, terms, sequences, charges, roster)


@kernel
def cost_lifting(task: int, terms: Terms, sequences: Sequences, charges: Charges, roster: Roster) -> float:
    """Return what `cost_removal` does for a task that goes elsewhere: not what leaving it costs.

    Followers may be scheduled; those that the same agent has start no earlier than they do.
    """
    agent = sequences.agent[task]
    is_away = terms.home[agent] != roster.type_team[terms.type[task]]
    cost = -charge_completion(task, sequences.end[task], charges)
    cost -= charge_agent(task, agent, sequences.duration[task], is_away, charges)
    previous = sequences.previous[task]
    cost -= charges.move * _count_move(task, agent, previous, terms, sequences, roster)
    shift, free, last_type, moves, moved_at = get_cursor(agent, previous, terms.type, sequences, roster)
    behind = sequences.next[task]
    while behind >= 0:
        kind, old_end = terms.type[behind], sequences.end[behind]
        cost -= charges.move * _count_move(behind, agent, sequences.previous[behind], terms, sequences, roster)
        start, end, at, moves, moved_at = place(
            agent,
            shift,
            free,
            last_type,
            moves,
            moved_at,
            kind,
            _get_ready_without(task, behind, agent, terms, sequences),
            sequences.duration[behind],
            roster,
        )
        if start == NOWHERE or end > get_deadline(behind, agent, terms, sequences):
            return IMPOSSIBLE
        if at == shift and is_move(last_type, kind, roster):
            cost += charges.move
        cost += charge_completion(behind, end, charges) - charge_completion(behind, old_end, charges)
        if (
            end == old_end
            and at == sequences.shift[behind]
            and moves == sequences.moves[behind]
            and moved_at == sequences.moved_at[behind]
        ):
            break
        shift, free, last_type = at, end, kind
        behind = sequences.next[behind]
    return float(cost)


@kernel
def remove(task: int, terms: Terms, sequences: Sequences, roster: Roster) -> None:
    """Take a task out and start those behind it as early as they can."""
    agent, previous, behind = sequences.agent[task], sequences.previous[task], sequences.next[task]
    if previous >= 0:
        sequences.next[previous] = behind
    else:
        sequences.first[agent] = behind
    if behind >= 0:
        sequences.previous[behind] = previous
    shift, free, last_type, moves, moved_at = get_cursor(agent, previous, terms.type, sequences, roster)
    while behind >= 0:
        start, end, shift, moves, moved_at = place(
            agent,
            shift,
            free,
            last_type,
            moves,
            moved_at,
            terms.type[behind],
            _get_ready_without(task, behind, agent, terms, sequences),
            sequences.duration[behind],
            roster,
        )
        is_settled = (
            end == sequences.end[behind]
            and shift == sequences.shift[behind]
            and moves == sequences.moves[behind]
            and moved_at == sequences.moved_at[behind]
        )
        sequences.start[behind], sequences.end[behind] = start, end
        if is_settled:
            break
        free, last_type = end, terms.type[behind]
        behind = sequences.next[behind]
    sequences.agent[task], sequences.start[task], sequences.end[task] = -1, 0, 0
    sequences.next[task], sequences.previous[task] = -1, -1
    renew(agent, terms.type, sequences, roster)


@kernel
def save(agent: int, order: Ints, starts: Seconds, ends: Seconds, sequences: Sequences) -> int:
    """Note an agent's sequence, to be brought back by `restore`; return how many tasks it has.

    Parameters
    ----------
    order, starts, ends : (T,) where to note it
    """
    num_tasks, task = 0, sequences.first[agent]
    while task >= 0:
        order[num_tasks], starts[num_tasks], ends[num_tasks] = task, sequences.start[task], sequences.end[task]
        num_tasks += 1
        task = sequences.next[task]
    return num_tasks


@kernel
def restore(
    agent: int,
    num_tasks: int,
    order: Ints,
    starts: Seconds,
    ends: Seconds,
    terms: Terms,
    sequences: Sequences,
    roster: Roster,
) -> None:
    """Give an agent the sequence that `save` noted; what was taken out since must be with nobody."""
    last = -1
    sequences.first[agent] = -1
    for n in range(num_tasks):
        task = order[n]
        sequences.agent[task], sequences.start[task], sequences.end[task] = agent, starts[n], ends[n]
        sequences.previous[task], sequences.next[task] = last, -1
        if last >= 0:
            sequences.next[last] = task
        else:
            sequences.first[agent] = task
        last = task
    renew(agent, terms.type, sequences, roster)


@inner
def _count_move(task: int, agent: int, previous: int, terms: Terms, sequences: Sequences, roster: Roster) -> int:
    shift, _, last_type, _, _ = get_cursor(agent, previous, terms.type, sequences, roster)
    return int(shift == sequences.shift[task] and is_move(last_type, terms.type[task], roster))


@inner
def _get_ready_without(task: int, behind: int, agent: int, terms: Terms, sequences: Sequences) -> int:
    """Return when a task may start that stands behind one that goes: no earlier than it does if it waits for that."""
    ready = get_ready(behind, agent, terms, sequences)
    for n in range(terms.after_ptr[behind], terms.after_ptr[behind + 1]):
        if terms.after_task[n] == task:
            ready = max(ready, sequences.start[behind])
    return int(ready)
