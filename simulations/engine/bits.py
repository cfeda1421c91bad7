"""Sets as bits: which queues hold work, which classes have somebody free."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simulations.engine.bundles import inner
from simulations.engine.layout import Words

ONE = np.uint64(1)
_LOW_SIX = np.uint64(63)


def _find_lowest(_context: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


find_lowest = cast(Callable[[np.uint64], int], intrinsic(_find_lowest))
"""Return the position of the lowest bit that is set in a word that is not 0."""


@inner
def set_bit(words: Words, position: int) -> None:
    """Put a position into a set."""
    words[position >> 6] |= ONE << (np.uint64(position) & _LOW_SIX)


@inner
def clear_bit(words: Words, position: int) -> None:
    """Take a position out of a set."""
    words[position >> 6] &= ~(ONE << (np.uint64(position) & _LOW_SIX))
