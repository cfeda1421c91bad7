"""A plan without a proof, for whoever asks often: bounded by iterations, the same answer whenever it is asked."""

from dataclasses import replace

import numpy as np

from optimizer.dispatch import best_dispatch
from optimizer.instance import Instance
from optimizer.objective import score
from optimizer.search.search import Search
from optimizer.search.stopping import Stop
from optimizer.solution import Solution
from optimizer.tidying import tidy


def replan(instance: Instance, *, iterations: int, seed: int = 0) -> Solution:
    """Return the best plan found by dispatching and so many candidates of the search, in this thread alone."""
    best = best_dispatch(instance, threads=1)
    if iterations == 0 or instance.num_tasks == 0 or instance.num_agents == 0:
        return best
    search = Search(instance, (best.task_agent, best.task_start), seed=seed, threads=1)
    search.run(Stop(time_limit_s=None, iterations=iterations, cancel=None), None)
    agent, begins, ends = search.best
    total = score(instance, agent, begins, ends).total
    if total < best.total:
        best = replace(best, task_agent=np.asarray(agent), task_start=begins, task_end=ends, total=total)
    return tidy(instance, best)
