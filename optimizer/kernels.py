"""How kernels are compiled."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def kernel(function: Function) -> Function:
    """Compile what takes its arrays in named tuples and allocates nothing.

    Without numba's runtime an array is not counted in and out each time it is taken from a tuple, by atomic operations
    that nobody needs, as the caller holds it: dispatching takes half the time. A kernel that allocates after all does
    not compile.
    """
    return cast(Function, njit(**_OPTIONS)(function))
