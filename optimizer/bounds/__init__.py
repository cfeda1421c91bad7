"""Proven lower bounds on the total of any plan."""

from optimizer.bounds.lagrange import Bound, Prices, bound, warm_up
from optimizer.bounds.quick import quick_bound

__all__ = ["Bound", "Prices", "bound", "quick_bound", "warm_up"]
