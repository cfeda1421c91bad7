"""Small problems, solved to proven optimality by CP-SAT."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from optimizer.bounds import bound, quick_bound
from optimizer.bounds.costs import lower
from optimizer.instance import Instance
from optimizer.objective import score
from optimizer.search.stopping import Stop
from optimizer.solution import Solution

BOUND_ROUNDS = 150
"""Rounds of pricing before the program is built."""

GLANCE_S = 0.05
"""Seconds between two looks at whether somebody wants it to end."""

TINY = 10
"""Up to so many tasks the program proves its optimum before a bound would help."""


def solve_exactly(
    instance: Instance,
    *,
    time_limit_s: float | None = 10.0,
    start: Solution | None = None,
    threads: int = 2,
    seed: int = 0,
    cancel: threading.Event | None = None,
) -> Solution:
    """Return the best plan found, with a proven bound: its own total where it is optimal.

    Parameters
    ----------
    time_limit_s
        Seconds to spend; without a limit it ends with a proof.
    start
        A feasible plan to begin from; the answer is never worse.
    cancel
        Ends it soon after it is set, with the best plan so far.
    """
    # OR-Tools takes half a second to import: only those who need it pay.
    from ortools.sat.python import cp_model  # noqa: PLC0415

    from optimizer.exact.program import build_program, hint  # noqa: PLC0415

    stop = Stop(time_limit_s=time_limit_s, iterations=None, cancel=cancel)
    best = _nothing(instance) if start is None else start
    least = quick_bound(instance)
    if instance.num_tasks > TINY:
        limit = None if time_limit_s is None else 0.2 * time_limit_s
        rounds = BOUND_ROUNDS if time_limit_s is None else None
        proven = bound(
            instance, time_limit_s=limit, iterations=rounds, threads=threads, cancel=cancel, target=best.total
        )
        least = max(least, proven.value)
    made = build_program(instance, least)
    if start is not None:
        hint(made, start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = max(1, threads)
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2  # circuits and charges gain from it
    if time_limit_s is not None:
        solver.parameters.max_time_in_seconds = max(0.01, stop.remaining_s())
    with _ending(solver, stop):
        status = solver.solve(made.program)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        agents = np.full(instance.num_tasks, -1, np.int32)
        begins, ends = np.zeros(instance.num_tasks, np.int64), np.zeros(instance.num_tasks, np.int64)
        for (task, n), place in made.places.items():
            if solver.boolean_value(place.is_there):
                shift, position = made.shifts[n], solver.value(place.start)
                agents[task] = shift.agent
                begins[task], ends[task] = shift.start_at(position), shift.end_at(position + place.seconds)
        total = score(instance, agents, begins, ends).total
        if total < best.total:
            best = Solution(task_agent=agents, task_start=begins, task_end=ends, total=total)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        parts = solver.best_objective_bound - (1e-9 if status == cp_model.OPTIMAL else 1.0)
        least = max(least, lower(parts / made.costs.parts - float(made.costs.error)))
    if status == cp_model.OPTIMAL and made.costs.error == 0:
        least = best.total
    return Solution(
        task_agent=best.task_agent,
        task_start=best.task_start,
        task_end=best.task_end,
        total=best.total,
        lower_bound=min(least, best.total),
        seconds=stop.seconds(),
        iterations=int(solver.num_branches),
    )


def _nothing(instance: Instance) -> Solution:
    """Return the plan that leaves everything."""
    agents = np.full(instance.num_tasks, -1, np.int32)
    zeros = np.zeros(instance.num_tasks, np.int64)
    return Solution(
        task_agent=agents, task_start=zeros, task_end=zeros.copy(), total=score(instance, agents, zeros, zeros).total
    )


class _Stoppable(Protocol):
    def stop_search(self) -> None:
        """End the search soon."""


@contextmanager
def _ending(solver: _Stoppable, stop: Stop) -> Iterator[None]:
    """End a solver's search, while it runs, as soon as somebody wants it to end."""
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(GLANCE_S):
            if stop.is_cancelled():
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_done.set()
        watcher.join()
