"""Proven lower bounds on the total of any plan."""

from optimizer.bounds.lagrange import Bound, bound, warm_up
from optimizer.bounds.quick import quick_bound

__all__ = ["Bound", "bound", "quick_bound", "warm_up"]
