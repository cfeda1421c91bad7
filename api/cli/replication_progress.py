"""How far the replications are: a bar on a terminal, a line now and then elsewhere; always on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY_S = 5.0

Listener = Callable[[int, int], None]


@contextmanager
def show_replications(*, quiet: bool) -> Iterator[Listener | None]:
    """Show how many replications are done, of how many; nothing where `quiet`."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        columns = (TextColumn("replications"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("replications", total=None)
            yield lambda done, wanted: progress.update(bar, completed=done, total=wanted)
    else:
        yield _lines()


def _lines() -> Listener:
    said = time.monotonic()

    def listen(done: int, wanted: int) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY_S:
            said = time.monotonic()
            print(f"swingdesk: {done} of {wanted} replications", file=sys.stderr, flush=True)

    return listen
