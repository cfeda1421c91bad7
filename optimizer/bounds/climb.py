"""What the stages of a climb to a better bound share: when it ends, and the best so far."""

from collections.abc import Callable

import numpy as np

from optimizer.bounds.costs import lower
from optimizer.instance import Floats, Instance
from optimizer.search.stopping import Stop


class Climb:
    """A climb from a first bound.

    Attributes
    ----------
    best : the best bound so far
    rounds : evaluations so far
    """

    def __init__(self, instance: Instance, stop: Stop, target: Callable[[], float] | float | None, first: float):
        self.instance, self.stop, self.target = instance, stop, target
        self.best, self.rounds = first, 0
        self.task_price: Floats = np.zeros(instance.num_tasks)
        self._earned: Callable[[], Floats] | None = None

    def is_over(self) -> bool:
        """Tell whether the limit or the target is reached, or somebody wants it to end."""
        stop = self.stop
        if stop.iterations is not None and self.rounds >= stop.iterations:
            return True
        target = self.target() if callable(self.target) else self.target
        is_reached = target is not None and self.best >= target * (1 - 1e-9)
        return is_reached or self.is_stopped()

    def is_stopped(self) -> bool:
        """Tell whether the clock has run out or somebody wants it to end, which may be in the middle of a round."""
        return self.stop.remaining_s() <= 0 or self.stop.is_cancelled()

    def progress(self) -> float:
        """Return the part of the limit that is used up; 0 where there is none."""
        if self.stop.iterations is not None:
            return self.rounds / max(1, self.stop.iterations)
        limit = self.stop.time_limit_s
        return self.stop.seconds() / limit if limit else 0.0

    def offer(self, value: float, task_price: Floats, earned: Callable[[], Floats]) -> None:
        """Keep a bound if it is the best so far.

        Parameters
        ----------
        value
            The bound, errors of rounding taken off.
        task_price
            (T,) cost of leaving each task less what doing it pays.
        earned
            Tells what each agent's time is worth there, (A, S) by slot of the prices.
        """
        if np.isfinite(value) and lower(value) > self.best:
            self.best, self.task_price, self._earned = lower(value), task_price, earned

    def earned(self) -> Floats | None:
        """Return what each agent's time is worth where the best bound was found; None where no round was better."""
        return None if self._earned is None else self._earned()
