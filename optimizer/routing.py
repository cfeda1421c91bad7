"""The door to the daily plan: who does what, in which order, and what is left for later."""

import threading
from collections.abc import Callable

import numpy as np

from optimizer.dispatch import best_dispatch
from optimizer.instance import Instance
from optimizer.objective import score
from optimizer.search.progress import Progress
from optimizer.search.search import Search
from optimizer.search.stopping import Stop
from optimizer.search.tiny import tiny_instance
from optimizer.solution import Solution

__all__ = ["Progress", "solve", "warm_up"]


def solve(
    instance: Instance,
    *,
    seed: int = 0,
    time_limit_s: float | None = 10.0,
    iterations: int | None = None,
    threads: int = 2,
    start: Solution | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Solution:
    """Return the best plan found, never worse than the best dispatch rule or the start.

    Parameters
    ----------
    time_limit_s
        Seconds to search; ignored where `iterations` is given.
    iterations
        Candidates to try: the same number and seed give the same plan, whatever `threads` is.
    threads
        Threads that search.
    start
        A plan to begin from; what of it does not hold is left out.
    on_progress
        Called from this thread now and then.
    cancel
        Ends the search soon after it is set; the best plan so far is returned.
    """
    stop = Stop(time_limit_s=time_limit_s, iterations=iterations, cancel=cancel)
    best = best_dispatch(instance) if start is None else start
    if instance.num_tasks == 0 or instance.num_agents == 0:
        return best
    search = Search(instance, (best.task_agent, best.task_start), seed=seed, threads=threads)
    search.run(stop, on_progress)
    agent, begins, ends = search.best
    total = score(instance, agent, begins, ends).total
    if start is None and total > best.total:
        agent, begins, ends, total = best.task_agent, best.task_start, best.task_end, best.total
    return Solution(
        task_agent=np.asarray(agent),
        task_start=begins,
        task_end=ends,
        total=total,
        seconds=stop.seconds(),
        iterations=search.iterations,
    )


def warm_up() -> None:
    """Compile the kernels of dispatch and search, so that no plan waits for them."""
    solve(tiny_instance(), iterations=2_000, time_limit_s=None)
