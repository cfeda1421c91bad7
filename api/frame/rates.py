"""How often somebody may ask: each key or session, each address, and whoever fails to be recognised.

A sliding window: what was asked in the window before counts by as much of it as the sliding one still covers. Each
process counts by itself: with several, somebody whose connections spread over them may ask that much more. Limits are
written as the `limits` library reads them; its own counters start threads, which would cost more than most requests.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItem, parse
from starlette.types import Scope

from models.errors import TooManyRequestsError

MAX_KNOWN = 100_000


@dataclass
class _Counted:
    """What somebody has asked in a window and in the one before it."""

    window: int
    now: int = 0
    before: int = 0


class Window:
    """Counts what each of many asks, and says when it is too much.

    Parameters
    ----------
    rate
        What is the most.
    clock
        Seconds that never go back.
    """

    def __init__(self, rate: RateLimitItem, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._length_s = float(rate.get_expiry())
        self._clock = clock
        self._counted: dict[str, _Counted] = {}

    def take(self, name: str) -> bool:
        """Count a request, if it is not too much, and return whether it was not."""
        if not self.has_room(name):
            return False
        self._counted[name].now += 1
        return True

    def has_room(self, name: str) -> bool:
        """Return whether one more would not be too much."""
        window, passed = divmod(self._clock() / self._length_s, 1.0)
        found = self._find(name, int(window))
        return found.now + found.before * (1.0 - passed) + 1 <= self.rate.amount

    def wait_s(self, name: str) -> int:
        """Return after how many seconds one more will not be too much, at least 1."""
        window, passed = divmod(self._clock() / self._length_s, 1.0)
        found = self._find(name, int(window))
        # Within this window the one before fades; in the next, this one does.
        left = 1.0 - passed
        if found.now + 1 <= self.rate.amount:
            share = (self.rate.amount - 1 - found.now) / found.before if found.before else 1.0
            windows = left - share
        else:
            windows = left + 1.0 - (self.rate.amount - 1) / found.now
        return max(math.ceil(windows * self._length_s), 1)

    def _find(self, name: str, window: int) -> _Counted:
        found = self._counted.get(name)
        if found is None:
            if len(self._counted) >= MAX_KNOWN:
                self._forget(window)
            found = self._counted[name] = _Counted(window)
        elif found.window != window:
            found.before = found.now if found.window == window - 1 else 0
            found.now, found.window = 0, window
        return found

    def _forget(self, window: int) -> None:
        """Forget who has not asked lately; and all, should as many ask at once, rather than run out of memory."""
        self._counted = {name: one for name, one in self._counted.items() if one.window >= window - 1}
        if len(self._counted) >= MAX_KNOWN:
            self._counted.clear()


class Rates:
    """Counts what is asked, and refuses what is too much.

    Parameters
    ----------
    per_caller, per_address, failures
        Such as `100/second` or `6000/minute`; empty for no limit.
    """

    def __init__(self, *, per_caller: str = "", per_address: str = "", failures: str = "") -> None:
        self._per_caller = _window(per_caller)
        self._per_address = _window(per_address)
        self._failures = _window(failures)

    def check_address(self, scope: Scope) -> None:
        """Count a request of an address.

        Raises
        ------
        TooManyRequestsError
            If there were too many.
        """
        if self._per_address is not None and not self._per_address.take(_address(scope)):
            raise _too_many(self._per_address, _address(scope), of="in a while")

    def check_caller(self, name: str) -> None:
        """Count a request of somebody who was recognised.

        Raises
        ------
        TooManyRequestsError
            If there were too many.
        """
        if self._per_caller is not None and not self._per_caller.take(name):
            raise _too_many(self._per_caller, name, of="in a while")

    def check_failures(self, scope: Scope) -> None:
        """Check that an address has not shown too many keys that are none, before another is looked up.

        Raises
        ------
        TooManyRequestsError
            If it has.
        """
        if self._failures is not None and not self._failures.has_room(_address(scope)):
            raise _too_many(self._failures, _address(scope), of="with keys that are none")

    def note_failure(self, scope: Scope) -> None:
        """Count a key or session that is none."""
        if self._failures is not None:
            self._failures.take(_address(scope))


def _window(text: str) -> Window | None:
    return Window(parse(text)) if text else None


def _too_many(window: Window, name: str, *, of: str) -> TooManyRequestsError:
    return TooManyRequestsError(f"too many requests {of}: at most {window.rate}", retry_after_s=window.wait_s(name))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "local"
