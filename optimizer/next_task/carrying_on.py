"""Agents' days carried on from the present: each does what is listed for them in its order, as far as the day goes."""

import numpy as np

from optimizer.instance import Floats, Ints
from optimizer.kernels import kernel

NEVER = -1
"""The start and end of what does not fit in."""


@kernel
def carry_days_on(
    agent: Ints,
    earliest: Floats,
    seconds: Floats,
    begins: Floats,
    leaves: Floats,
    start: Floats,
    end: Floats,
) -> None:
    """Write when each listed task starts and ends; what comes after one that does not fit in may still do so.

    L tasks are listed by agent, each agent's in the order in which they are done; A agents.

    Parameters
    ----------
    agent : (L,) who does each
    earliest : (L,) before which it is not begun
    seconds : (L,) how long it takes
    begins, leaves : (A,) from when until when each agent works
    start, end : (L,) written: whole seconds, `NEVER` where it is not done
    """
    doer, at = -1, 0.0
    for n in range(len(agent)):
        if agent[n] != doer:
            doer = agent[n]
            at = begins[doer]
        starts = max(at, np.floor(earliest[n]))
        ends = np.rint(starts + seconds[n])
        if ends > leaves[doer]:
            start[n] = end[n] = NEVER
        else:
            start[n], end[n] = starts, ends
            at = ends
