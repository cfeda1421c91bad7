"""What a search tells of itself while it runs."""

from dataclasses import dataclass

from optimizer.instance import Ints, Seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Progress:
    """The state of a search: the best total so far, candidates tried, seconds since the beginning.

    Attributes
    ----------
    best
        Agent, start and end of each task in the best schedule so far, -1 where it is left: (N,), seconds from now.
    """

    total: float
    iterations: int
    seconds: float
    best: tuple[Ints, Seconds, Seconds]
