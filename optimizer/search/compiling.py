"""How the search's kernels are compiled.

Kernels get their arrays from outside and keep none, so counting references to them would only cost time: three
quarters of it, measured. They divide by numpy's rules, since a zero divisor cannot occur.
"""

from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
"""Compiles a function that allocates nothing."""

inlined = njit(cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)
"""Compiles a small one, to be merged into its only or its hottest callers."""
