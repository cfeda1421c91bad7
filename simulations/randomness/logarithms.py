"""The natural logarithm, the same bits everywhere, and in a loop several at a time.

The mathematical library of a machine takes one number at a time, and another machine's may differ in the last bit.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from optimizer.kernels import compiled

_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_MANTISSA_BITS = np.uint64(52)
_LEAST_MANTISSA = np.uint64(0x3FE6A09E00000000)
"""The bits of 2^-0.5, about: the mantissa lies between this and its double."""

_TO_LEAST = np.uint64(0x3FF0000000000000 - 0x3FE6A09E00000000)
_TWO_TO_52 = np.uint64(0x4330000000000000)
"""The bits of 2^52; or-ed with a small whole number they are those of its sum with 2^52."""

_BIAS = 2.0**52 + 1023.0
_LN_2_HIGH = 6.93147180369123816490e-01
_LN_2_LOW = 1.90821492927058770002e-10


def _view_bits(_context: Any, _number: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), generate


def _view_number(_context: Any, _bits: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


view_bits = cast(Callable[[float], np.uint64], intrinsic(_view_bits))
"""Return the bits of a floating-point number."""

view_number = cast(Callable[[np.uint64], float], intrinsic(_view_number))
"""Return the floating-point number that some bits are."""


@compiled(nogil=True, error_model="numpy", forceinline=True)
def take_log(number: float) -> float:
    """Return the natural logarithm of a positive normal number, to within one unit in the last place.

    References
    ----------
    Ng (1993), e_log.c of the freely distributable mathematical library (fdlibm), whose coefficients these are.
    """
    bits = view_bits(number) + _TO_LEAST
    exponent = view_number((bits >> _MANTISSA_BITS) | _TWO_TO_52) - _BIAS
    f = view_number((bits & _MANTISSA) + _LEAST_MANTISSA) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd))
    half = 0.5 * f * f
    return float(s * (half + odd + even) + exponent * _LN_2_LOW - half + f + exponent * _LN_2_HIGH)
