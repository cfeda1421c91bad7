"""Runs: tasks of one type that an agent does one after the other, and in which order they can be worth it.

Between two neighbours of one type lies no setup. Swapping them changes nothing but when these two end, so that some
best plan holds no two neighbours that are better swapped, once both could start. Where the costs of two tasks are
linear, it is known which goes first wherever they are: of two that are tardy the one with the higher rate per second,
of one that is tardy and one in time the tardy one; of two in time it makes no difference, and any order will do. So a
task at a time has a place in an order, and one may directly follow only those before it in that order, save in
stretches where the argument fails: where it could not have started earlier, or near due dates, breaks and the end of
office hours. There the two orders are compared exactly, second by second.

Tasks that must precede or follow others, and what is in progress, are not swapped: they may follow anything.

References
----------
Pessoa, Uchoa, Poggi de Aragão, Rodrigues (2010), Exact algorithm over an arc-time-indexed formulation for parallel
machine scheduling problems, section 2, for leaving out the worse of two orders; Smith (1956), Various optimizers for
single-stage production, for the order of tardy tasks.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from optimizer.bounds.columns import Charges, ShiftColumns, TaskColumns
from optimizer.bounds.pieces import fill_clock, find_level, first_above, is_listed, naming_charge, worked_before
from optimizer.bounds.swaps import find_follows
from optimizer.instance import Flags, Floats, Ints, Seconds
from optimizer.kernels import compiled

MARGIN = 1e-9
"""By how much of the largest cost an order must be better for the other to be left out: more than sums can err."""


COUPLES_A_CHUNK = 4_000
"""Couples of tasks that are compared before anybody looks at the clock."""


class Runs(NamedTuple):
    """The tasks that may be done in a shift. Positions are working seconds from its beginning.

    Attributes
    ----------
    cells : working seconds
    clock : (cells + 1,) office seconds before the instant at which work that ends at a position ends
    has_state : whether the first kind is that of the last task before `now`
    kind_team : (K,) team of each kind, which is a type of task
    task, kind, seconds, floor : (N,) task, its kind, how long it takes, and the position from which on it may start
    width : (N,) positions of its ends that are priced at a time, a power of two, no more than its seconds
    is_loose : (N,) whether it may follow anything
    late, early : (N,) its layer where it is tardy and where it is not, -1 where there is none
    part_ptr, part_first, part_last, part_fixed, part_rate : the ends of each task in parts with a linear cost: ends
        `[first, last)` cost `fixed + rate * clock[end]`
    layer_ptr, layer_task, layer_first, layer_last : (K + 1,), ... the order within each kind: tasks and ends
        `[first, last)`
    follow_ptr, follow_task, follow_first, follow_last : (N + 1,), ... tasks that one may directly follow out of order
        where it starts in `[first, last)`
    """

    cells: int
    clock: Floats
    has_state: bool
    kind_team: Ints
    task: Ints
    kind: Ints
    seconds: Ints
    floor: Ints
    width: Ints
    is_loose: Flags
    late: Ints
    early: Ints
    part_ptr: Ints
    part_first: Ints
    part_last: Ints
    part_fixed: Floats
    part_rate: Floats
    layer_ptr: Ints
    layer_task: Ints
    layer_first: Ints
    layer_last: Ints
    follow_ptr: Ints
    follow_task: Ints
    follow_first: Ints
    follow_last: Ints


def line_up(
    row: int,
    shifts: ShiftColumns,
    tasks: TaskColumns,
    charges: Charges,
    left: Floats,
    is_loose: Flags,
    has_next: Flags,
    is_stopped: Callable[[], bool],
) -> Runs | None:
    """Return the tasks of a shift in their order; None if that was stopped.

    Parameters
    ----------
    left : (T,) cost of leaving each task
    is_loose : (T,) whether it must not be swapped
    has_next : (T,) whether another one must follow it, so that leaving it may cost more than itself
    """
    agent = shifts.agent[row]
    lines = shifts.agent_line[shifts.agent_line_ptr[agent] : shifts.agent_line_ptr[agent + 1]]
    most = int((shifts.line_task_ptr[lines + 1] - shifts.line_task_ptr[lines]).sum())
    starts = shifts.work_start[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
    ends = shifts.work_end[shifts.work_ptr[row] : shifts.work_ptr[row + 1]]
    clock = np.zeros(int((ends - starts).sum()) + 1)
    cells, _ = fill_clock(clock, starts, ends, 1, tasks.office_start, tasks.office_end)
    task, types, seconds, floor, limit = np.zeros((5, most), np.int32)
    cuts, fixed = np.zeros((most, 3), np.int32), np.zeros(most)
    count = collect(
        row,
        shifts,
        tasks,
        charges,
        left,
        has_next,
        starts,
        ends,
        clock,
        task,
        types,
        seconds,
        floor,
        limit,
        cuts,
        fixed,
    )
    task, types, seconds, floor, limit = (a[:count] for a in (task, types, seconds, floor, limit))
    cuts, fixed = cuts[:count], fixed[:count]
    state = int(shifts.state_type[row])
    kinds = [state] * (state >= 0) + [k for k in np.unique(types).tolist() if k != state]
    kind = np.array([kinds.index(k) for k in types.tolist()], np.int32)
    loose = is_loose[task]
    rate = tasks.rate[task]
    part_ptr, part_first, part_last, part_fixed, part_rate = _cut_parts(
        floor + seconds, limit, cuts, fixed, rate, tasks.tardy_from[task], tasks.late[task], tasks.missed
    )
    tardy = np.where(rate > 0, cuts[:, 0], cells).astype(np.int32)
    layers, late, early = _rank(
        kind, task, loose, rate / seconds, tasks.late_after[task], tardy, floor + seconds, limit
    )
    layer_ptr = np.searchsorted(layers[:, 0], np.arange(len(kinds) + 1)).astype(np.int32)
    bends = (np.flatnonzero(np.diff(np.diff(clock)) != 0) + 1).astype(np.int32)
    margin = MARGIN * float((left[task] + tasks.missed).max(initial=0))
    follow_ptr, found = np.zeros(count + 1, np.int32), [np.zeros((3, 0), np.int32)]
    many = max(1, COUPLES_A_CHUNK // max(1, count))
    for begin in range(0, count, many):
        if is_stopped():
            return None
        end, room = min(count, begin + many), 4 * many * count
        while True:
            follows = np.zeros((3, room), np.int32)
            size = find_follows(
                begin, end, kind, seconds, floor, limit, loose, late, early, tardy, cuts, rate, tasks.tardy_from[task],
                tasks.late[task], tasks.missed, clock, bends, margin, follow_ptr, follows[0], follows[1], follows[2],
            )  # fmt: skip
            if size >= 0:
                break
            room *= 2
        follow_ptr[begin:end] += sum(part.shape[1] for part in found)
        found.append(follows[:, :size])
    follow_task, follow_first, follow_last = np.concatenate(found, axis=1)
    follow_ptr[count] = len(follow_task)
    return Runs(
        cells=cells,
        clock=clock,
        has_state=state >= 0,
        kind_team=shifts.type_team[np.array(kinds, np.int32)].astype(np.int32),
        task=task.copy(),
        kind=kind,
        seconds=seconds.copy(),
        floor=floor.copy(),
        width=np.array([1 << find_level(s) for s in seconds.tolist()], np.int32),
        is_loose=loose,
        late=late,
        early=early,
        part_ptr=part_ptr,
        part_first=part_first,
        part_last=part_last,
        part_fixed=part_fixed,
        part_rate=part_rate,
        layer_ptr=layer_ptr,
        layer_task=layers[:, 1].copy(),
        layer_first=layers[:, 2].copy(),
        layer_last=layers[:, 3].copy(),
        follow_ptr=follow_ptr,
        follow_task=follow_task,
        follow_first=follow_first,
        follow_last=follow_last,
    )


def _rank(
    kind: Ints, task: Ints, loose: Flags, urgency: Floats, due: Seconds, tardy: Ints, first: Ints, limit: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return the layers, each with its kind, task and ends, and where each task is among them if tardy and if not."""
    found = []
    for n in np.flatnonzero(~loose).tolist():
        cut = int(tardy[n]) + 1
        if limit[n] > max(first[n], cut):
            found.append((int(kind[n]), 0, -float(urgency[n]), int(task[n]), n, max(int(first[n]), cut), int(limit[n])))
        if first[n] < min(limit[n], cut):
            found.append((int(kind[n]), 1, float(due[n]), int(task[n]), n, int(first[n]), min(int(limit[n]), cut)))
    found.sort()
    late, early = np.full((2, len(kind)), -1, np.int32)
    for at, (_, group, _, _, n, _, _) in enumerate(found):
        (early if group else late)[n] = at
    layers = np.array([(k, n, a, b) for k, _, _, _, n, a, b in found], np.int32).reshape(-1, 4)
    return layers, late, early


def _cut_parts(
    first: Ints, limit: Ints, cuts: Ints, fixed: Floats, rate: Floats, tardy_from: Floats, late: Floats, missed: float
) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Return the ends of each task in parts with a linear cost."""
    ptr, parts = [0], []
    for n in range(len(first)):
        at, end = int(first[n]), int(limit[n])
        while at < end:
            is_past = [at > c for c in cuts[n].tolist()]
            to = min([end, *(c + 1 for c, past in zip(cuts[n].tolist(), is_past, strict=True) if not past)])
            slope = float(rate[n]) * is_past[0]
            base = float(fixed[n]) - slope * float(tardy_from[n]) + float(late[n]) * is_past[1] + missed * is_past[2]
            parts.append((at, to, base, slope))
            at = to
        ptr.append(len(parts))
    columns = list(zip(*parts, strict=True)) if parts else [(), (), (), ()]
    whole = [np.array(c, np.int32) for c in columns[:2]]
    return np.array(ptr, np.int32), whole[0], whole[1], np.array(columns[2], float), np.array(columns[3], float)


@compiled(nogil=True)
def collect(
    row: int,
    shifts: ShiftColumns,
    tasks: TaskColumns,
    charges: Charges,
    left: Floats,
    has_next: Flags,
    starts: Seconds,
    ends: Seconds,
    clock: Floats,
    task: Ints,
    types: Ints,
    seconds: Ints,
    floor: Ints,
    limit: Ints,
    cuts: Ints,
    fixed: Floats,
) -> int:
    """Write the tasks that may be done in a shift; return how many there are.

    Parameters
    ----------
    limit : out: the position before which a task must have ended, or else it is better left
    cuts : (N, 3) out: the last end at which it is not tardy, pays no charge for being late, and none for missing
    fixed : out: what it costs that this agent does it
    """
    agent, total, count = shifts.agent[row], len(clock) - 1, 0
    for n in range(shifts.agent_line_ptr[agent], shifts.agent_line_ptr[agent + 1]):
        line, speed = shifts.agent_line[n], shifts.agent_line_speed[n]
        type_ = shifts.line_type[line]
        away = charges.away if shifts.type_team[type_] != shifts.agent_home[agent] else 0.0
        for m in range(shifts.line_task_ptr[line], shifts.line_task_ptr[line + 1]):
            i = shifts.line_task[m]
            if tasks.pinned[i] >= 0 and tasks.pinned[i] != agent:
                continue
            takes = max(1, int(np.floor(60 * tasks.handling[i] / speed + 0.5)))
            if takes > total or is_listed(tasks.excluded_ptr, tasks.excluded_agent, i, agent):
                continue
            from_ = worked_before(starts, ends, tasks.release[i])
            cost = away * takes / 60 + naming_charge(i, agent, tasks, charges)
            tardy = first_above(clock, 0, total + 1, tasks.tardy_from[i]) - 1 if tasks.rate[i] > 0 else total
            late = worked_before(starts, ends, tasks.late_after[i]) if tasks.late[i] > 0 else total
            must = worked_before(starts, ends, tasks.must_by[i]) if tasks.missed > 0 else total
            end = total
            while end >= from_ + takes and not has_next[i]:
                at_end = cost + tasks.rate[i] * max(0.0, clock[end] - tasks.tardy_from[i])
                at_end += (tasks.late[i] if end > late else 0.0) + (tasks.missed if end > must else 0.0)
                if at_end < left[i]:
                    break
                end -= 1
            if end < from_ + takes:
                continue
            task[count], types[count], seconds[count], floor[count], limit[count] = i, type_, takes, from_, end + 1
            cuts[count, 0], cuts[count, 1], cuts[count, 2], fixed[count] = tardy, late, must, cost
            count += 1
    return count
