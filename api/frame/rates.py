"""How often somebody may ask: each key or session, each address, and whoever fails to be recognised.

Counted in each process by itself: with several, somebody whose connections spread over them may ask that much more.
"""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import Scope

from models.errors import TooManyRequestsError

MIN_WAIT_S = 1


class Rates:
    """Counts what is asked, and says when it is too much.

    Parameters
    ----------
    per_caller, per_address, failures
        Such as `100/second` or `6000/minute`; empty for no limit.
    """

    def __init__(self, *, per_caller: str = "", per_address: str = "", failures: str = "") -> None:
        self._per_caller = _parse(per_caller)
        self._per_address = _parse(per_address)
        self._failures = _parse(failures)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check_address(self, scope: Scope) -> None:
        """Count a request of an address.

        Raises
        ------
        TooManyRequestsError
            If there were too many.
        """
        self._hit(self._per_address, "address", _address(scope))

    def check_caller(self, name: str) -> None:
        """Count a request of somebody who was recognised.

        Raises
        ------
        TooManyRequestsError
            If there were too many.
        """
        self._hit(self._per_caller, "caller", name)

    def check_failures(self, scope: Scope) -> None:
        """Check that an address has not shown too many keys that are none, before another is looked up.

        Raises
        ------
        TooManyRequestsError
            If it has.
        """
        if self._failures is not None and not self._limiter.test(self._failures, "failures", _address(scope)):
            raise self._too_many(self._failures, "failures", _address(scope), of="with keys that are none")

    def note_failure(self, scope: Scope) -> None:
        """Count a key or session that is none."""
        if self._failures is not None:
            self._limiter.hit(self._failures, "failures", _address(scope))

    def _hit(self, rate: RateLimitItem | None, kind: str, name: str) -> None:
        if rate is not None and not self._limiter.hit(rate, kind, name):
            raise self._too_many(rate, kind, name, of="in a while")

    def _too_many(self, rate: RateLimitItem, kind: str, name: str, *, of: str) -> TooManyRequestsError:
        again_at = self._limiter.get_window_stats(rate, kind, name).reset_time
        wait_s = max(math.ceil(again_at - time.time()), MIN_WAIT_S)
        return TooManyRequestsError(f"too many requests {of}: at most {rate}", retry_after_s=wait_s)


def _parse(text: str) -> RateLimitItem | None:
    return parse(text) if text else None


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "local"
