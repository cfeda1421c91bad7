"""Keeps the processes of a server running: starts them, starts what dies anew, and ends them in good order.

Processes are forked from this one, which has loaded what they run: one that is started anew answers at once. They share
nothing but that and the listening socket. They notice the end of this one, however it ends, by a pipe that only this
process holds open.
"""

import gc
import os
import selectors
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FrameType

from api.serving.logs import Log
from models.errors import CancelledError, UnavailableError
from services.running.forking import Forked, fork

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SETTLED_S = 30.0
LOOK_S = 1.0
START_S = 120.0
GRACE_S = 10.0
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A process that is to run as long as the server does.

    Attributes
    ----------
    role
        What it is for; said in the log.
    module
        The module whose `main(arguments)` is run, and returns the exit status. It is given `--lifeline FD --ready FD`
        besides the options: it ends where the first closes, and writes to the second once it does its work.
    files
        Descriptors that it inherits.
    """

    role: str
    module: str
    options: Sequence[str] = ()
    files: Sequence[int] = ()


@dataclass
class _Place:
    """A duty and the process that has it now, if there is one."""

    duty: Duty
    process: Forked | None = None
    ready: int | None = None
    is_ready: bool = False
    started_at: float = 0.0
    start_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S / 2


class Supervisor:
    """Runs duties, each in a process of its own.

    Parameters
    ----------
    duties
        In the order in which they are ended: the first finish before the next are told to.
    shutdown_s
        How long those that end have for what they have begun.
    """

    def __init__(self, duties: Sequence[Duty], *, log: Log, shutdown_s: float) -> None:
        self._places = [_Place(duty) for duty in duties]
        self._log = log
        self._shutdown_s = shutdown_s
        self._selector = selectors.DefaultSelector()
        self._num_signals = 0
        self._lifeline, self._held = os.pipe()
        self._hearing = ExitStack()

    def __enter__(self) -> "Supervisor":
        self._hearing.enter_context(self._hear_signals())
        return self

    def __exit__(self, *_: object) -> None:
        with self._selector, self._hearing:
            self._end_all(grace_s=self._shutdown_s + GRACE_S)

    def start(self) -> None:
        """Start all processes and wait until each does its work.

        Raises
        ------
        UnavailableError
            If one ends before, or takes too long.
        CancelledError
            If this process is told to end meanwhile.
        """
        for place in self._places:
            import_module(place.duty.module)
        gc.collect()
        gc.freeze()  # what is loaded is looked at no more: memory that nobody writes to stays one for all processes
        for place in self._places:
            if self._num_signals == 0:
                self._start(place)
        give_up_at = time.monotonic() + START_S
        while not all(place.is_ready for place in self._places):
            self._look(LOOK_S)
            lost = next((place for place in self._places if place.process is None), None)
            if self._num_signals:
                raise CancelledError("told to end while starting")
            if lost is not None:
                raise UnavailableError(f"the {lost.duty.role} process ended while it started; the log says why")
            if time.monotonic() > give_up_at:
                raise UnavailableError(f"the processes did not start within {START_S:g} s")

    def run(self) -> None:
        """Start anew what dies, until this process is told to end."""
        while self._num_signals == 0:
            self._look(LOOK_S)
            for place in self._places:
                if place.process is None and place.start_at <= time.monotonic() and self._num_signals == 0:
                    self._start(place)
        self._log.info("ending", waits_s=self._shutdown_s)

    @contextmanager
    def _hear_signals(self) -> Iterator[None]:
        """Count signals to end, and wake up for them and for children that end."""
        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        before = {number: signal.signal(number, self._count) for number in ENDING}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _wake)
        woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._selector.register(reader, selectors.EVENT_READ)
        try:
            yield
        finally:
            self._selector.unregister(reader)
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reader)
            os.close(writer)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self._num_signals += 1

    def _look(self, seconds: float) -> None:
        """Wait for something to happen, note who is ready, and who has ended."""
        for key, _ in self._selector.select(seconds):
            told = os.read(key.fd, 64)
            place = key.data
            if place is not None:
                place.is_ready = bool(told)
                self._forget_ready(place)
        for place in self._places:
            if place.process is not None and place.process.poll() is not None:
                self._note_end(place)

    def _start(self, place: _Place) -> None:
        reader, writer = os.pipe()
        duty = place.duty
        arguments = ["--lifeline", str(self._lifeline), "--ready", str(writer), *duty.options]
        # In a session of its own: Ctrl-C at the terminal is for this process, which ends the others in order.
        place.process = fork(
            lambda: int(import_module(duty.module).main(arguments)),
            name=f"swingdesk-{duty.role}",
            keep=(self._lifeline, writer, *duty.files),
        )
        os.close(writer)
        place.ready, place.is_ready, place.started_at = reader, False, time.monotonic()
        self._selector.register(reader, selectors.EVENT_READ, place)

    def _note_end(self, place: _Place) -> None:
        """Plan when what has ended is started anew: at once where it ran a while, else later each time."""
        assert place.process is not None  # noqa: S101 - it was looked at
        status, ran_s = place.process.returncode, time.monotonic() - place.started_at
        place.process = None
        self._forget_ready(place)
        if self._num_signals:
            return
        place.pause_s = FIRST_PAUSE_S if ran_s > SETTLED_S else min(place.pause_s * 2, LONGEST_PAUSE_S)
        place.start_at = time.monotonic() + place.pause_s
        self._log.error(
            "a process ended", of=place.duty.role, status=status, ran_s=round(ran_s, 1), again_in_s=place.pause_s
        )

    def _forget_ready(self, place: _Place) -> None:
        if place.ready is not None:
            self._selector.unregister(place.ready)
            os.close(place.ready)
            place.ready = None

    def _end_all(self, *, grace_s: float) -> None:
        """Have all processes end, those of one role after the other; those that do not are killed."""
        give_up_at = time.monotonic() + grace_s
        for role in dict.fromkeys(place.duty.role for place in self._places):
            mine = [place.process for place in self._places if place.duty.role == role and place.process is not None]
            for process in mine:
                process.terminate()
            for process in mine:
                self._wait(process, role, give_up_at)
        for place in self._places:
            self._forget_ready(place)
        os.close(self._held)  # not before: whoever holds the other end ends with it
        os.close(self._lifeline)

    def _wait(self, process: Forked, role: str, give_up_at: float) -> None:
        while process.poll() is None:
            if time.monotonic() > give_up_at or self._num_signals > 1:
                self._log.error("a process did not end and is killed", of=role)
                process.kill()
                process.wait()
                return
            time.sleep(0.02)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: that a signal came wakes whoever waits."""
