"""What a process of a server owes to the one that started it: to say that it is ready, and to end with it."""

import argparse
import os
import signal
from threading import Thread

READY = b"1"


def add_lifeline_options(parser: argparse.ArgumentParser) -> None:
    """Have a process take what its supervisor gives it."""
    parser.add_argument("--lifeline", type=int, required=True, metavar="FD")
    parser.add_argument("--ready", type=int, required=True, metavar="FD")


def end_with(lifeline: int) -> None:
    """Have this process told to end (SIGTERM) once whoever started it is no more."""
    Thread(target=_wait_for_end, args=(lifeline,), name="lifeline", daemon=True).start()


def say_ready(ready: int) -> None:
    """Tell whoever started this process that it does its work now."""
    try:
        os.write(ready, READY)
    except BrokenPipeError:
        return  # they are gone, and the lifeline says so
    os.close(ready)


def _wait_for_end(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
