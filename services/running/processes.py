"""Tasks in processes of this machine: where Python itself is in the loop, and threads would wait for each other."""

import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from models.errors import UnavailableError
from services.running.runner import Argument, Result, check_cancelled

MOST_ATTEMPTS = 3
"""How often a task is begun, where processes that have it end by themselves (killed, out of memory)."""

_POLL_S = 0.1
_END_S = 5.0


@dataclass
class _Child:
    process: BaseProcess
    line: Connection
    task: tuple[int, Any] | None = None


class ProcessRunner:
    """Runs tasks in processes that are started anew, not forked: the threads of this one stay out of them."""

    def __init__(self, num_processes: int) -> None:
        self.num_slots = num_processes
        self._children: list[_Child] = []

    def run(
        self,
        function: Callable[[Argument], Result],
        tasks: Iterable[tuple[int, Argument]],
        *,
        cancel: threading.Event | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yield each task's id with its result; see `Runner`.

        The function, its arguments and its results are pickled. A cancelled run ends its processes at once.

        Raises
        ------
        UnavailableError
            If the processes that get a task end by themselves, time and again.
        """
        packed = pickle.dumps(function, protocol=pickle.HIGHEST_PROTOCOL)
        coming, again, attempts = iter(tasks), list[tuple[int, Argument]](), dict[int, int]()
        for child in self._children:
            _send(child, packed)
        try:
            while True:
                check_cancelled(cancel)
                while (free := self._find_free(packed)) is not None:
                    task = again.pop() if again else next(coming, None)
                    if task is None:
                        break
                    attempts[task[0]] = attempts.get(task[0], 0) + 1
                    free.task = task
                    _send(free, pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL))
                if not any(child.task for child in self._children):
                    return
                for child in self._wait():
                    lost = child.task
                    answer = self._hear(child)
                    if answer is not None:
                        yield answer
                    elif lost is not None:
                        if attempts[lost[0]] >= MOST_ATTEMPTS:
                            raise UnavailableError(
                                f"a process ended {MOST_ATTEMPTS} times while it replicated, the last time with exit "
                                f"code {child.process.exitcode}; is there enough memory?"
                            )
                        again.append(lost)
        except BaseException:
            self.close()  # what still runs answers to nobody
            raise

    def close(self) -> None:
        """End the processes, busy or not."""
        for child in self._children:
            if child.task is not None:
                child.process.terminate()
            child.line.close()
        for child in self._children:
            child.process.join(_END_S)
            if child.process.is_alive():
                child.process.kill()
                child.process.join()
        self._children = []

    def __enter__(self) -> Self:
        """Return the runner itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _find_free(self, packed: bytes) -> _Child | None:
        for child in self._children:
            if child.task is None:
                return child
        if len(self._children) >= self.num_slots:
            return None
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), name="swingdesk-replicating", daemon=True)
        with _without_interrupts():
            process.start()
        theirs.close()
        child = _Child(process=process, line=ours)
        self._children.append(child)
        _send(child, packed)
        return child

    def _wait(self) -> list[_Child]:
        """Return the children that have said something, or have ended."""
        ready = wait([child.line for child in self._children], timeout=_POLL_S)
        return [child for child in self._children if child.line in ready]

    def _hear(self, child: _Child) -> tuple[int, Any] | None:
        """Return a child's task with its result; None where it has ended, and then it is one of ours no more."""
        try:
            name, result, error = child.line.recv()
        except (EOFError, OSError):
            child.process.join(_END_S)
            child.line.close()
            self._children.remove(child)
            return None
        child.task = None
        if error is not None:
            raise error
        return name, result


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach until `_serve` has said what it means to them."""
    resource_tracker.ensure_running()  # here, as it lets signals through again when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(child: _Child, raw: bytes) -> None:
    try:
        child.line.send_bytes(raw)
    except OSError:
        return  # it has ended; that is heard where its answer is waited for


def _serve(line: Connection) -> None:
    """Do what comes over the line until it is closed: functions as bytes, tasks for the last of them as pairs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # it was blocked while this one was started
    function: Callable[[Any], Any] | None = None
    while True:
        try:
            raw = line.recv_bytes()
        except (EOFError, OSError):
            return
        message = pickle.loads(raw)  # noqa: S301 (from the parent, over a pipe of its own)
        if not isinstance(message, tuple):
            function = message
            continue
        name, argument = message
        if function is None:
            raise RuntimeError("a task came before the function to do it with")
        try:
            answer: tuple[int, Any, Exception | None] = (name, function(argument), None)
        except Exception as error:  # noqa: BLE001 (raised again in the parent)
            answer = (name, None, _prepare(error))
        try:
            line.send(answer)
        except OSError:
            return


def _prepare(error: Exception) -> Exception:
    """Return an error that can be sent, with where it came about."""
    where = "".join(traceback.format_exception(error))
    try:
        error.add_note(where)
        pickle.loads(pickle.dumps(error))  # noqa: S301 (made here)
    except Exception:  # noqa: BLE001 (whatever its class does when it is made anew)
        return RuntimeError(where)
    return error
