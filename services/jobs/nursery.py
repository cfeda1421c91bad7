"""Where the processes of jobs come from: one that has loaded what they need, and forks one for each, at once.

To load a kind of job takes seconds; it is loaded when the first of them is to be done. Whoever does jobs has threads
and connections and cannot be forked itself. It asks over a socket, and each process ends with it: by its order's pipe.
"""

import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from models.vocabulary_jobs import JobKind
from services.jobs import doing
from services.jobs.kinds import KINDS
from services.running.forking import Forked, fork

GONE = 255
"""How a process has ended of which nobody knows: the nursery was killed."""
_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-c", "import sys; from services.jobs.nursery import tend; tend(int(sys.argv[1]))")
_START, _KILL = b"s", b"k"
_REQUEST = struct.Struct("!cq32s")  # what to do, for which process, and of which kind its job is
_CODE = struct.Struct("!q")


class JobProcess:
    """A process that does one job.

    Attributes
    ----------
    returncode
        How it ended, as a negative signal where by one; None as long as it was not seen to have ended.
    """

    def __init__(self, line: BinaryIO, ended: int, kill: Callable[[], None]) -> None:
        self.returncode: int | None = None
        self._line, self._ended, self._kill = line, ended, kill

    def poll(self) -> int | None:
        """Return how it ended; None where it runs."""
        os.set_blocking(self._ended, False)
        return self._look()

    def kill(self) -> None:
        """End it."""
        if self.returncode is None:
            self._kill()

    def send(self, raw: bytes) -> None:
        """Tell it something; what has ended does not hear it, and that is seen when it is looked at next."""
        try:
            self._line.write(raw)
            self._line.flush()
        except BrokenPipeError:
            return

    def close(self) -> None:
        """Wait until it has ended."""
        with suppress(BrokenPipeError):  # what it was not told in time
            self._line.close()
        os.set_blocking(self._ended, True)
        self._look()
        os.close(self._ended)

    def _look(self) -> int | None:
        if self.returncode is None:
            try:
                raw = os.read(self._ended, _CODE.size)
            except BlockingIOError:
                return None
            self.returncode = _CODE.unpack(raw)[0] if raw else GONE
        return self.returncode


class Nursery:
    """Begins processes of jobs; where the one that forks them is not there or was killed, it is started first.

    Parameters
    ----------
    is_forked
        Whether to fork it from this process, now: only where this one has no threads and no connections yet.
    """

    def __init__(self, *, is_forked: bool = False) -> None:
        self._num_begun = 0
        self._line: socket.socket | None = None
        self._tender: Forked | subprocess.Popen[bytes] | None = None
        if is_forked:
            self._line, theirs = socket.socketpair()
            self._tender = fork(lambda: tend(theirs.fileno()), name="swingdesk-nurse", keep=[theirs.fileno()])
            theirs.close()

    def begin(self, kind: JobKind, order: bytes) -> JobProcess:
        """Begin a process for a job, with what `doing.main` reads first."""
        orders, order_line = os.pipe()
        ended, ended_line = os.pipe()
        self._num_begun += 1
        number = self._num_begun
        try:
            self._ask(_REQUEST.pack(_START, number, kind.encode()), [orders, ended_line])
        finally:
            os.close(orders)
            os.close(ended_line)
        begun = JobProcess(os.fdopen(order_line, "wb"), ended, lambda: self._ask(_REQUEST.pack(_KILL, number, b""), []))
        begun.send(order)
        return begun

    def close(self) -> None:
        """End the process that forks; those that it has forked end by themselves."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._tender is not None:
            self._tender.wait()
            self._tender = None

    def _ask(self, request: bytes, files: list[int]) -> None:
        if self._line is not None:
            try:
                socket.send_fds(self._line, [request], files)
            except (BrokenPipeError, ConnectionResetError):
                self.close()  # it was killed, and what it had forked has nobody to answer for it
            else:
                return
        if files:
            self._start()
            self._ask(request, files)

    def _start(self) -> None:
        self._line, theirs = socket.socketpair()
        path = os.pathsep.join(item for item in (str(_ROOT), os.environ.get("PYTHONPATH")) if item)
        with theirs:
            self._tender = subprocess.Popen(  # noqa: S603 - our own command
                [*_COMMAND, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                pass_fds=[theirs.fileno()],
            )


def tend(file: int) -> int:
    """Fork processes as they are asked for over a socket, tell how each ended, and end with whoever asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; whoever asks decides
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    running: dict[int, tuple[Forked, int]] = {}
    with socket.socket(fileno=file) as line, selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is line:
                    raw, files, _, _ = socket.recv_fds(line, _REQUEST.size, 2)
                    if not raw:
                        return 0
                    _do(raw, files, running)
                else:
                    os.read(woken, 4096)
            for number, (process, ended) in list(running.items()):
                code = process.poll()
                if code is not None:
                    del running[number]
                    _tell(ended, code)


def _do(raw: bytes, files: list[int], running: dict[int, tuple[Forked, int]]) -> None:
    what, number, kind = _REQUEST.unpack(raw)
    if what == _KILL:
        if number in running:
            running[number][0].kill()
        return
    orders, ended = files
    KINDS[JobKind(kind.rstrip(b"\0").decode())].load()
    running[number] = fork(lambda: doing.main(orders), name="swingdesk-job", keep=[orders]), ended
    os.close(orders)


def _tell(ended: int, code: int) -> None:
    try:
        os.write(ended, _CODE.pack(code))
    except BrokenPipeError:
        return  # nobody wants to know any more
    finally:
        os.close(ended)
