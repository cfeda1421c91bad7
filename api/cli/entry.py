"""Where the `swingdesk` command begins: Ctrl-C is heard from the first moment on, before the commands are loaded."""

import os
import signal
import sys
from types import FrameType

_CANCELLED = 3


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.stderr.write("swingdesk: stopped\n")
    sys.stderr.flush()
    os._exit(_CANCELLED)  # nothing has begun that would have to be ended


def run() -> None:
    """Load the command line and run it."""
    signal.signal(signal.SIGINT, _leave)
    from api.cli.main import run as run_command

    run_command()


if __name__ == "__main__":
    run()
