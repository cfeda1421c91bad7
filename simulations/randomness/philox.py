"""Philox4x32-10: a block of random bits for each key and counter, with no state.

The key is the seed; the counter is (index, use, stream, replication). So no draw depends on how many others were made,
by whom, or in which order.

References
----------
Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. Proceedings of SC11, section 4.3.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from optimizer.kernels import compiled
from simulations.randomness.logarithms import view_number

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_TO_52_BITS = np.uint64(12)
_BITS_OF_ONE = np.uint64(0x3FF0000000000000)
_BELOW_ONE = 1.0 - 2.0**-53


@compiled(nogil=True, forceinline=True)
def mix(key: np.uint64, counter_low: np.uint64, counter_high: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return 128 random bits for a key of 64 bits and a counter of 128, each word of 64 its low half first."""
    x0, x1 = counter_low & _LOW, counter_low >> _HALF
    x2, x3 = counter_high & _LOW, counter_high >> _HALF
    k0, k1 = key & _LOW, key >> _HALF
    for _ in range(10):
        product_0 = x0 * _MULTIPLIER_0
        product_1 = x2 * _MULTIPLIER_1
        x0 = (product_1 >> _HALF) ^ x1 ^ k0
        x1 = product_1 & _LOW
        x2 = (product_0 >> _HALF) ^ x3 ^ k1
        x3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return x0 | (x1 << _HALF), x2 | (x3 << _HALF)


@compiled(nogil=True)
def draw(seed: int, replication: int, stream: int, index: int, use: int) -> tuple[float, float]:
    """Return two independent uniform numbers, strictly between 0 and 1.

    Parameters
    ----------
    seed
        64 bits.
    replication, stream, index, use
        32 bits each; `use` tells apart what one index of a stream is used for.
    """
    low = (np.uint64(index) & _LOW) | (np.uint64(use) << _HALF)
    high = (np.uint64(stream) & _LOW) | (np.uint64(replication) << _HALF)
    first, second = mix(np.uint64(seed), low, high)
    return to_unit(first), to_unit(second)


@compiled(nogil=True)
def draw_row(
    seed: int,
    replication: int,
    stream: int,
    first_index: int,
    use: int,
    firsts: NDArray[np.float64],
    seconds: NDArray[np.float64],
) -> None:
    """Write what `draw` gives for as many indices as there is room for; several at a time, which takes a sixth."""
    key, begin = np.uint64(seed), np.uint64(first_index)
    above = np.uint64(use) << _HALF
    high = (np.uint64(stream) & _LOW) | (np.uint64(replication) << _HALF)
    for n in range(len(firsts)):
        first, second = mix(key, ((begin + np.uint64(n)) & _LOW) | above, high)
        firsts[n] = to_unit(first)
        seconds[n] = to_unit(second)


@compiled(nogil=True)
def draw_pairs(seed: int, replication: int, stream: int, first_index: int, units: NDArray[np.float64]) -> None:
    """Write what `draw` gives for use 0 of half as many indices as there is room for, both numbers of each."""
    key, begin = np.uint64(seed), np.uint64(first_index)
    high = (np.uint64(stream) & _LOW) | (np.uint64(replication) << _HALF)
    for n in range(len(units) >> 1):
        first, second = mix(key, (begin + np.uint64(n)) & _LOW, high)
        units[2 * n] = to_unit(first)
        units[2 * n + 1] = to_unit(second)


@compiled(nogil=True, forceinline=True)
def to_unit(bits: np.uint64) -> float:
    """Return the middle of one of 2^52 equal parts of (0, 1), by the high bits."""
    return float(view_number((bits >> _TO_52_BITS) | _BITS_OF_ONE) - _BELOW_ONE)


def name_stream(*names: str) -> int:
    """Return the number, of 32 bits, of a stream by its name: the same whatever other streams there are."""
    digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")
