"""Runs `swingdesk` and `python -m MODULE`, each in a process of its own, forked from this one, which has loaded them.

Loading takes a command two to four seconds of a processor, and a server eight; a run of all tests begins a hundred.
What one finds is otherwise as in a shell: its arguments, its environment (with what Python itself makes of that), its
folder, its standard files, and an exit status.

`listen.py ADDRESS` returns once it is heard. Whoever is connected keeps it alive: it ends when nobody is any more.
"""

import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.running.forking import Forked, fork

LOADED = ("models", "optimizer", "simulations", "reports", "services", "api")
LEFT_OUT = ("models.migrations.versions", "models.migrations.env")
FIGURES = "PROMETHEUS_MULTIPROC_DIR"  # set or not, when its library is loaded, decides for good what its figures are
ALONE_S = 60.0
WORD = 8  # bytes of each number that is told
_machine_time = time.time
_clock = _machine_time


def _present() -> float:
    return _clock()


def load() -> None:
    """Import the product and its kernels; what keeps `time.time` for itself keeps one that can still be moved."""
    time.time = _present
    os.environ[FIGURES] = os.devnull
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(LEFT_OUT):
                importlib.import_module(module.name)
    warm_up = importlib.import_module("api.cli.warm_up")
    for part in warm_up.WHOLE:
        warm_up.compile_part(part)
    del os.environ[FIGURES]


@dataclass
class Asked:
    """What somebody who is connected asked to be run, and the process that does.

    Attributes
    ----------
    process
        None before, and of who only keeps this process alive.
    """

    line: socket.socket
    process: Forked | None = None

    def read(self) -> bool:
        """Run what is asked for; return False where its end does not matter to anybody any more."""
        raw, files, _, _ = socket.recv_fds(self.line, WORD, 3)
        if not raw:
            if self.process is not None:
                self.process.kill()
                self.process.wait()
            return False
        size, body = int.from_bytes(raw, "big"), b""
        while len(body) < size:
            body += self.line.recv(size - len(body))
        asked = json.loads(body)
        self.process = fork(lambda: begin(asked, files), name=asked["program"], keep=files)
        for file in files:
            os.close(file)
        self.tell(self.process.pid)
        return True

    def is_over(self) -> bool:
        """Return whether the process has ended; how is told."""
        code = None if self.process is None else self.process.poll()
        if code is not None:
            self.tell(code)
        return code is not None

    def tell(self, number: int) -> None:
        """Tell a number to who asked; who has gone meanwhile is noticed when the line is read."""
        try:
            self.line.send(number.to_bytes(WORD, "big", signed=True))
        except (BrokenPipeError, ConnectionResetError):
            return


def begin(asked: dict[str, Any], files: list[int]) -> int:
    """Become what was asked for, in a process forked for it."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    _read_environment()
    if asked["program"] == "python":
        _, module, *sys.argv[1:] = asked["arguments"]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["swingdesk", *asked["arguments"]]
        importlib.import_module("api.cli.entry").run()
    return 0


def _read_environment() -> None:
    """Do as Python does when it starts: look for modules where `PYTHONPATH` says, and read a `sitecustomize` there."""
    global _clock  # what the clocks show that are kept elsewhere
    folders = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:0] = folders
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", folders)
    if found is not None and found.loader is not None:
        time.time = _machine_time
        found.loader.exec_module(importlib.util.module_from_spec(found))
        _clock, time.time = time.time, _present


def listen(door: socket.socket) -> None:
    """Run what is asked for, as long as somebody is connected."""
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    with selectors.DefaultSelector() as selector:
        selector.register(door, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        connected: set[socket.socket] = set()
        while (ready := selector.select(ALONE_S)) or connected:
            for key, _ in ready:
                if key.fileobj is door:
                    line, _ = door.accept()
                    selector.register(line, selectors.EVENT_READ, Asked(line))
                    connected.add(line)
                elif key.fileobj is woken:
                    os.read(woken, 4096)
                elif not key.data.read():
                    _leave(key.data.line, selector, connected)
            for line in list(connected):
                if selector.get_key(line).data.is_over():
                    _leave(line, selector, connected)
            if not connected and ready:
                return


def _leave(line: socket.socket, selector: selectors.BaseSelector, connected: set[socket.socket]) -> None:
    selector.unregister(line)
    connected.remove(line)
    line.close()


def main(address: Path) -> None:
    """Load the product, and listen in a process of its own."""
    load()
    gc.collect()
    gc.freeze()  # what is loaded is not looked at again: its memory stays one for all
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{address}.new")
        door.listen()
        Path(f"{address}.new").rename(address)  # it is there once it hears
        if os.fork() == 0:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for number in range(3):
                os.dup2(nothing, number)
            listen(door)
            address.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
