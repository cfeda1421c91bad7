"""Who replicates: threads of this process, processes of this machine, or the machines of a Dask cluster."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import UsageError

if TYPE_CHECKING:
    from services.running.runner import Runner

MAX_THREADS = 256


class RunnerName(StrEnum):
    """What `--runner` takes."""

    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


Threads = Annotated[
    int, typer.Option("--threads", min=1, max=MAX_THREADS, metavar="N", help="Threads, or processes, to replicate in.")
]
RunnerOption = Annotated[
    RunnerName,
    typer.Option("--runner", help="Who replicates; the result is the same. dask: the machines of a Dask scheduler."),
]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="HOST:PORT", help="Of the scheduler, with --runner dask.", show_default=False),
]


def open_runner(name: RunnerName, *, threads: int, address: str | None) -> "Runner":
    """Return who replicates; whoever gets it closes it.

    Raises
    ------
    UsageError
        If the options contradict each other, or the scheduler does not answer.
    """
    if (address is not None) != (name is RunnerName.DASK):
        raise UsageError("--address and --runner dask go together: the scheduler's address, such as 10.0.0.5:8786")
    if address is not None:
        from services.running.clusters import ClusterRunner

        return ClusterRunner(address)
    if name is RunnerName.PROCESSES:
        from services.running.processes import ProcessRunner

        return ProcessRunner(threads)
    from services.running.threads import ThreadRunner

    return ThreadRunner(threads)
