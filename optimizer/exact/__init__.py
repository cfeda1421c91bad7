"""Small problems, solved to proven optimality."""

from optimizer.exact.solving import solve_exactly

__all__ = ["solve_exactly"]
