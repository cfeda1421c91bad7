"""How the search's kernels are compiled.

Kernels get their arrays from outside and keep none, so counting references to them would only cost time: three
quarters of it, measured. They divide by numpy's rules, since a zero divisor cannot occur.
"""

from collections.abc import Callable
from typing import Any

from optimizer.kernels import compiled

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

kernel: Callable[[Any], Any] = compiled(**_OPTIONS)
"""Compiles a function that allocates nothing."""

inner: Callable[[Any], Any] = compiled(is_inner=True, **_OPTIONS)
"""Compiles one that only kernels call."""

inlined: Callable[[Any], Any] = compiled(is_inner=True, **_OPTIONS, forceinline=True)
"""Compiles a small one that only kernels call, to be merged into its only or its hottest callers."""

inlined_too: Callable[[Any], Any] = compiled(**_OPTIONS, forceinline=True)
"""Compiles one to be merged that is called from Python as well."""
