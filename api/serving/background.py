"""What the background processes of a server share: their settings, their log, and how they are told to end."""

import argparse
import signal
import sys
from collections.abc import Callable
from threading import Event
from types import FrameType

from api.serving.lifeline import add_lifeline_options, end_with
from api.serving.logs import adopt_log, make_log, route_library_logs
from models.errors import SwingdeskError
from services.settings import Settings, load_settings

BAD_INPUT = 2


def run_background(
    arguments: list[str],
    *,
    role: str,
    work: Callable[[Settings, argparse.Namespace, Event], None],
    add_options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> int:
    """Do a background process's work until it is told to end, and return its exit status.

    Parameters
    ----------
    work
        Is given the settings, the options, and what is set once it is to end; it says itself that it is ready.
    """
    parser = argparse.ArgumentParser(prog=f"swingdesk-{role}")
    add_lifeline_options(parser)
    if add_options is not None:
        add_options(parser)
    options = parser.parse_args(arguments)
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    end_with(options.lifeline)
    try:
        settings = load_settings()
        adopt_log(level=settings.log_level, role=role)
        route_library_logs(make_log(level=settings.log_level, role=role))
        work(settings, options, stop)
    except SwingdeskError as error:
        print(f"swingdesk: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0
