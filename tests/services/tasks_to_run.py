"""What the tests of runners have others do: apart, so that other processes can import it."""

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    return number * number


def fail(number: int) -> int:
    if number == 3:
        raise ValueError(f"no square of {number}")
    return number


def die(folder: Path) -> str:
    """End the process that runs this, the first time."""
    mark = folder / "died"
    if not mark.exists():
        mark.write_text("once", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die_always(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


class Slow:
    """Leaves a mark for each number that is begun, and takes its time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, number: int) -> tuple[int, int]:
        (self._folder / f"{number}-{os.getpid()}-{time.monotonic_ns()}").touch()
        time.sleep(0.15)
        return number * number, os.getpid()
