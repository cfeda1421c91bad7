"""What the commands share that search for a plan: how long, how much, from which seed, in how many threads."""

import math
from typing import Annotated

import typer

from models.errors import UsageError

MAX_SEED = 2**63 - 1
MAX_THREADS = 256

TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", min=0, metavar="SECONDS", help="How long to search; 10 by default.", show_default=False
    ),
]
Iterations = Annotated[
    int | None,
    typer.Option(
        "--iterations",
        min=0,
        metavar="N",
        help="Candidate changes to try: the same number and seed give the same plan, unless --time-limit ends it "
        "before.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, metavar="N", help="Seed of the search.")]


def choose_time_limit(time_limit: float | None, iterations: int | None, default: float) -> float | None:
    """Return how many seconds to search; the default where neither they nor iterations are given.

    Raises
    ------
    UsageError
        If it is no number of seconds.
    """
    if time_limit is None:
        return default if iterations is None else None
    if not math.isfinite(time_limit):
        raise UsageError(f"--time-limit is {time_limit}; expected a number of seconds")
    return time_limit
