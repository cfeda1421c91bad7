"""A finished plan replayed with drawn handling: everybody keeps agents and order, only the clock differs.

Nobody starts a task before its release or before what it waits for is done, nor after the end of the shift for which it
is planned; what is begun by then is finished in overtime. What is not begun is left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import Instance

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What became of a plan on N days.

    Attributes
    ----------
    end : (T, N) seconds from now, `nan` where a task is left
    overtime_s : (N,) seconds that people stay beyond the ends of their shifts
    """

    end: Matrix
    overtime_s: NDArray[np.float64]


def draw_factors(num_tasks: int, num_days: int, *, cv: NDArray[np.float64], seed: int) -> Matrix:
    """Return by task and day how many times its expected handling a task takes: lognormal, of mean 1.

    Parameters
    ----------
    cv : (T,) coefficient of variation
    """
    spread = np.sqrt(np.log1p(cv * cv))[:, None]
    normal = np.random.Generator(np.random.PCG64([seed, num_tasks])).standard_normal((num_tasks, num_days))
    factors: Matrix = np.exp(spread * normal - spread * spread / 2)
    return factors


def replay_plan(
    instance: Instance,
    task_agent: NDArray[np.int32],
    task_start: NDArray[np.int64],
    duration_s: NDArray[np.int64],
    factors: Matrix,
) -> Replay:
    """Return how a plan goes when tasks take other times than expected.

    Parameters
    ----------
    task_agent, task_start : (T,) the plan, -1 where a task is left
    duration_s : (T,) working seconds that the plan expects
    factors : (T, N)
    """
    num_days = factors.shape[1]
    end = np.full(factors.shape, np.nan)
    shift_of = {
        task: _find_shift(instance, task_agent[task], task_start[task])
        for task in np.flatnonzero(task_agent >= 0).tolist()
    }
    order = sorted(shift_of, key=lambda task: (task_start[task], task))
    worked: dict[int, NDArray[np.float64]] = {}  # working seconds from the beginning of a shift, by shift
    last: dict[int, int] = {}
    latest: dict[int, NDArray[np.float64]] = {}
    edges = {shift: _count_working(instance, shift) for shift in set(shift_of.values())}
    for task in order:
        shift = shift_of[task]
        instants, before = edges[shift]
        ready = np.full(num_days, float(max(0, instance.task_release[task])))
        for other in instance.after_task[instance.after_ptr[task] : instance.after_ptr[task + 1]].tolist():
            ready = np.maximum(ready, end[other])  # a task that waits for one that is left is left
        at = np.interp(ready, instants, before)
        if shift in worked:
            at = np.maximum(at, worked[shift] + _get_setup(instance, last[shift], int(instance.task_type[task])))
        elif instance.shift_start[shift] <= 0:
            begun = float(np.interp(0.0, instants, before))
            at = np.maximum(
                at,
                begun + _get_setup(instance, int(instance.state_type[task_agent[task]]), int(instance.task_type[task])),
            )
        room = before[-1]
        is_begun = (at < room) & ~np.isnan(ready) & (ready < instants[-1])
        done = at + duration_s[task] * factors[task]
        clock = np.where(done <= room, np.interp(done, before, instants), instants[-1] + done - room)
        end[task] = np.where(is_begun, clock, np.nan)
        worked[shift] = np.where(is_begun, done, worked.get(shift, np.zeros(num_days)))
        latest[shift] = np.maximum(latest.get(shift, np.zeros(num_days)), np.where(is_begun, done - room, 0.0))
        last[shift] = int(instance.task_type[task])
    overtime: NDArray[np.float64] = np.zeros(num_days)
    for beyond in latest.values():
        overtime = overtime + np.maximum(0.0, beyond)
    return Replay(end=end, overtime_s=overtime)


def _find_shift(instance: Instance, agent: int, start: int) -> int:
    """Return the shift in which an agent starts a task."""
    low, high = instance.agent_shift_ptr[agent], instance.agent_shift_ptr[agent + 1]
    return int(low + np.searchsorted(instance.shift_end[low:high], start, side="right"))


def _count_working(instance: Instance, shift: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of the working intervals of a shift, and the working seconds before each."""
    low, high = instance.shift_work_ptr[shift], instance.shift_work_ptr[shift + 1]
    starts, ends = instance.work_start[low:high], instance.work_end[low:high]
    instants = np.column_stack([starts, ends]).ravel().astype(np.float64)
    lengths = np.column_stack([np.zeros(len(starts)), ends - starts]).ravel()
    return instants, np.cumsum(lengths)


def _get_setup(instance: Instance, last_type: int, kind: int) -> int:
    if last_type < 0 or last_type == kind:
        return 0
    is_same = instance.type_team[last_type] == instance.type_team[kind]
    return instance.setup_same_team if is_same else instance.setup_other_team
