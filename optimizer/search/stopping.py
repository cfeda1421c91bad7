"""When a search stops: the only place that reads a clock."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Stop:
    """A limit in seconds or in iterations, whichever is given, and somebody's wish to end it now.

    Attributes
    ----------
    time_limit_s, iterations
        What ends the search; with a number of iterations the clock has no say.
    cancel
        Set by somebody else to end it.
    """

    time_limit_s: float | None
    iterations: int | None
    cancel: threading.Event | None
    begun: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Return the wall-clock seconds since the beginning."""
        return time.monotonic() - self.begun

    def remaining_s(self) -> float:
        """Return the seconds left; endless where iterations count."""
        if self.iterations is not None or self.time_limit_s is None:
            return float("inf")
        return self.time_limit_s - self.seconds()

    def is_cancelled(self) -> bool:
        """Tell whether somebody wants it to end now."""
        return self.cancel is not None and self.cancel.is_set()
