"""Processes forked from one that has loaded the product: they begin at once, and share the memory of what it loaded.

Whoever forks has no other thread and no connection open: a copy has neither, and would believe that it had.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

FAILED = 1
LONGEST_NAME = 15
_RESET = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_NAME = Path("/proc/self/comm")


class Forked:
    """A process forked from this one, asked after as one is that was started by a command (`subprocess.Popen`).

    Attributes
    ----------
    returncode
        How it ended, as a negative signal where by one; None as long as it was not seen to have ended.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended; None where it runs."""
        return self._look(os.WNOHANG)

    def wait(self) -> int:
        """Wait until it has ended, and return how."""
        code = self._look(0)
        assert code is not None  # noqa: S101 - it was waited for
        return code

    def terminate(self) -> None:
        """Tell it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:  # else its number may be somebody else's by now
            os.kill(self.pid, number)

    def _look(self, options: int) -> int | None:
        if self.returncode is None:
            found, status = os.waitpid(self.pid, options)
            if found:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def fork(work: Callable[[], int], *, name: str, keep: Collection[int] = ()) -> Forked:
    """Do some work in a copy of this process, which ends with it, and return the copy.

    It begins as a new process would: in a session of its own, without input, with what signals mean by default, and
    with no file open but the standard ones.

    Parameters
    ----------
    work
        Returns the exit status.
    name
        What the copy is called among the processes of the machine, where that can be said.
    keep
        Descriptors that stay open in it.

    Raises
    ------
    RuntimeError
        If this process has other threads: what they hold would be held for ever in the copy.
    """
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads cannot be forked safely")
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _RESET)  # none is lost between the fork and what it means there
    try:
        pid = os.fork()
        if pid == 0:
            _run(work, name, keep, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Forked(pid)


def _run(work: Callable[[], int], name: str, keep: Collection[int], mask: Collection[int]) -> None:
    status = FAILED
    try:
        _begin_anew(name, keep)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = work()
    except SystemExit as ended:
        status = 0 if ended.code is None else ended.code if isinstance(ended.code, int) else FAILED
    except BaseException:  # noqa: BLE001 (whatever it is, the frames below are of another process)
        sys.excepthook(*sys.exc_info())
    finally:
        # Not by returning: what is further up the stack is the other process's to do.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _begin_anew(name: str, keep: Collection[int]) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    first = 3
    for kept in [*sorted(keep), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(first, kept)
        first = kept + 1
    if _NAME.exists():
        _NAME.write_text(name[:LONGEST_NAME])
