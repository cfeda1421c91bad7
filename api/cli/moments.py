"""What the commands share about time and teams: `--at`, and the one clock of the terminal."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models.database import Database
    from services.settings import Settings

At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        help="Instant to plan from, such as '2026-03-02 08:00' by the office's clock, or 2026-03-02T08:00:00+01:00; "
        "now by default, or the next shift where nobody works any more.",
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


def instant(text: str | None, database: "Database", settings: "Settings") -> int:
    """Return the epoch second of `--at`, by the clock of the stored office, or the current one.

    Raises
    ------
    UsageError
        If it is no instant.
    """
    if text is None:
        return now()

    from services.instants import find_office_zone, parse_at

    return parse_at(text, find_office_zone(database, settings))
