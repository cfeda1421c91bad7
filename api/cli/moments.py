"""What the commands share about time and teams: `--at`, and the one clock of the terminal."""

import time
from typing import Annotated

import typer

from models.errors import UsageError
from models.time import parse_instant

At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        help="Instant to plan from, such as 2026-03-02T08:00:00+01:00; now by default, or the next shift where nobody "
        "works any more.",
        show_default=False,
    ),
]
Teams = Annotated[
    list[str] | None,
    typer.Option("--team", metavar="TEAM", help="Only this team's tasks; may be repeated.", show_default=False),
]
Days = Annotated[int, typer.Option("--days", min=1, max=31, metavar="N", help="Days of shifts to plan.")]
KnownArrivals = Annotated[
    bool, typer.Option("--with-known-arrivals", help="Also plan tasks that are known to arrive later.")
]


def now() -> int:
    """Return the current epoch second. The clock is read here, and passed on."""
    return int(time.time())


def instant(text: str | None) -> int:
    """Return the epoch second of `--at`, or the current one.

    Raises
    ------
    UsageError
        If it is no instant with an offset.
    """
    if text is None:
        return now()
    try:
        return parse_instant(text)
    except ValueError as error:
        raise UsageError(f"--at is {text!r}; expected {error}") from None
