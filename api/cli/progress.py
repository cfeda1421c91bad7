"""How a search is going: a bar on a terminal, a line now and then elsewhere; always on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

LINE_EVERY_S = 5.0


class SearchState(Protocol):
    """What a search tells of itself while it runs."""

    @property
    def total(self) -> float:
        """The best total so far."""

    @property
    def iterations(self) -> int:
        """Candidates tried."""

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""


Listener = Callable[[SearchState], None]


@contextmanager
def show_progress(*, time_limit_s: float | None, iterations: int | None, quiet: bool) -> Iterator[Listener]:
    """Show how far a search has come towards its limit; nothing where `quiet`."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar(time_limit_s=time_limit_s, iterations=iterations) as listener:
            yield listener
    else:
        yield _lines()


@contextmanager
def _bar(*, time_limit_s: float | None, iterations: int | None) -> Iterator[Listener]:
    limit = time_limit_s if iterations is None else iterations
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("planning", total=limit)

        def listen(state: SearchState) -> None:
            done = state.seconds if iterations is None else state.iterations
            progress.update(bar, completed=done, description=_describe(state))

        yield listen


def _lines() -> Listener:
    next_s = LINE_EVERY_S

    def listen(state: SearchState) -> None:
        nonlocal next_s
        if state.seconds >= next_s:
            next_s = state.seconds + LINE_EVERY_S
            print(f"swingdesk: {state.seconds:.0f} s, {_describe(state)}", file=sys.stderr, flush=True)

    return listen


def _describe(state: SearchState) -> str:
    return f"total {state.total:,.0f} after {state.iterations:,} candidates"
