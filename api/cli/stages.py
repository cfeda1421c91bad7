"""What a long command is at: a line on a terminal, on standard error, gone when it is done; nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Stages = Callable[[str], None]


@contextmanager
def show_stages(*, quiet: bool) -> Iterator[Stages]:
    """Give what a command calls with the name of each stage that it comes to."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task("starting", total=None)
        yield lambda stage: progress.update(line, description=stage, refresh=True)
