"""What a search tells of itself while it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The state of a search: the best total so far, candidates tried, seconds since the beginning."""

    total: float
    iterations: int
    seconds: float
