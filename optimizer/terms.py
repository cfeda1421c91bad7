"""The terms that the one policy puts beside the `atc` index: scarce skills, the end of the shift, continuity.

Each term makes a task less or more urgent to the person who asks: it multiplies the index by the exponential of a
*leaning*, so that a term of 0 changes nothing and the order of tasks due in the far future is kept.
"""

import math

import numpy as np
from numpy.typing import NDArray

from optimizer.kernels import compiled
from optimizer.policy import LEAST_EXPONENT, NO_URGENCY

Floats = NDArray[np.float64]


@compiled(nogil=True)
def get_leaning(
    price: float, premium: float, shift_fit: float, overrun: float, continuity: float, is_same_agent: bool
) -> float:
    """Return how much a person leans to a task.

    Parameters
    ----------
    price, premium
        The coefficient, and by how much the person's hour is worth more than that of whoever else could do the task.
    shift_fit, overrun
        The coefficient, and what of the expected handling would reach beyond the shift, in mean expected handlings.
    continuity, is_same_agent
        The coefficient, and whether the person did the step before in the same case.
    """
    leaning = -price * premium - shift_fit * overrun
    return leaning + continuity if is_same_agent else leaning


@compiled(nogil=True)
def lean(index: float, leaning: float) -> float:
    """Return an `atc` index (see `optimizer.policy.atc`) as somebody sees it who leans to the task."""
    if leaning == 0.0 or index <= NO_URGENCY:
        return index
    exponent = (math.log(index) if index > 0.0 else index + LEAST_EXPONENT) + leaning
    return math.exp(exponent) if exponent > LEAST_EXPONENT else exponent - LEAST_EXPONENT


def price_premiums(work: Floats, capacity: Floats, speed: Floats) -> Floats:
    """Return by how much an hour of each group is worth more than the cheapest that could do a type instead.

    The load of a type is its work over the time, at their speeds, of all who may do it; an hour is worth the highest
    load that it could relieve.

    Parameters
    ----------
    work : (Y,) work by type at speed 1
    capacity : (G,) time by group, in the same unit
    speed : (G, Y) speed of each group at each type, 0 where it may not do it

    Returns
    -------
    premium : (G, Y) 0 where a group may not do a type, or nobody has time
    """
    offered = (capacity[:, None] * speed).sum(axis=0)
    load = np.divide(work, offered, out=np.zeros(len(work)), where=offered > 0)
    is_able = speed > 0
    hour = np.where(is_able, load[None, :], 0.0).max(axis=1, initial=0.0)
    there = is_able & (capacity > 0)[:, None]
    least = np.where(there, hour[:, None], np.inf).min(axis=0, initial=np.inf)
    return np.where(is_able & np.isfinite(least)[None, :], np.maximum(0.0, hour[:, None] - least[None, :]), 0.0)
