"""Proven lower bounds on the total of any plan."""

from optimizer.bounds.quick import quick_bound

__all__ = ["quick_bound"]
