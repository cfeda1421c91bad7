"""`swingdesk jobs ...`: long work done aside: what there is, how far it is, stopping it, doing it."""

import json
import logging
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.vocabulary_jobs import JobKind, JobState

if TYPE_CHECKING:
    from models.repositories.jobs.records import Job
    from services.access.caller import Caller

app = typer.Typer(
    name="jobs", help="Long work done aside: what there is, how far it is, stopping it, doing it.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON document.")]
Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, metavar="JOB", help="The job.", show_default=False)]
MOST_CHILDREN = 64


@app.command("list")
def list_(
    kind: Annotated[
        list[JobKind] | None, typer.Option("--kind", help="Only of this kind; may be repeated.", show_default=False)
    ] = None,
    state: Annotated[
        list[JobState] | None, typer.Option("--state", help="Only in this state; may be repeated.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="The newest N.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first.

    Example:  swingdesk jobs list --state running
    """
    from api.documents.jobs import job_document
    from services.database import open_database
    from services.jobs.asking import find_jobs
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        found = find_jobs(database, _caller(), kinds=kind, states=state, limit=limit)
    if as_json:
        print(json.dumps({"jobs": [job_document(job).model_dump() for job in found]}, ensure_ascii=False))
        return
    for job in found:
        print(_line(job))
    if not found:
        print("there are no such jobs")


@app.command("show")
def show(number: Number, as_json: AsJson = False) -> None:
    """Show how far a job is, and why it failed.

    Example:  swingdesk jobs show 12
    """
    from api.documents.jobs import job_document
    from services.database import open_database
    from services.jobs.asking import find_job
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        job = find_job(database, _caller(), number)
    if as_json:
        print(json.dumps(job_document(job).model_dump(), ensure_ascii=False))
        return
    print(_line(job))
    if job.problem is not None:
        print(f"{job.problem['title']}: {job.problem['detail']}")
    for name, address in job_document(job).links.items():
        print(f"{name}: {address}")


@app.command("cancel")
def cancel(number: Number, as_json: AsJson = False) -> None:
    """Stop a job: at once where it waits, soon where it runs.

    Example:  swingdesk jobs cancel 12
    """
    from api.documents.jobs import job_document
    from services.database import open_database
    from services.jobs.asking import stop_job
    from services.settings import load_settings

    with open_database(load_settings()) as database:
        job = stop_job(database, _caller(), number, what="swingdesk jobs cancel")
    print(json.dumps(job_document(job).model_dump(), ensure_ascii=False) if as_json else _line(job))


@app.command("work")
def work(
    children: Annotated[
        int, typer.Option("--at-a-time", min=1, max=MOST_CHILDREN, metavar="N", help="Jobs to do at a time.")
    ] = 1,
    lease: Annotated[
        int,
        typer.Option(
            min=2, max=3600, metavar="SECONDS", help="A job whose process is silent for so long is done by others."
        ),
    ] = 30,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when there is nothing to do.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Do jobs as they come, each in a process of its own, beside a server or on another machine. Ctrl-C ends it.

    What is not done then is given back and goes on elsewhere from where it was.

    Example:  swingdesk jobs work --until-idle
    """
    from services.jobs.executing import Terms, run_jobs
    from services.settings import load_settings

    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING if quiet else logging.INFO)
    stop = threading.Event()
    before = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        run_jobs(load_settings(), stop, num_children=children, terms=Terms(lease_s=lease), until_idle=until_idle)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stopper(stop: threading.Event) -> Any:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return on_signal


def _caller() -> "Caller":
    """Return who acts at the terminal: whoever can read the database can do all that it holds."""
    from api.cli.plan import user_name
    from models.vocabulary import Role
    from services.access.caller import Caller

    return Caller(principal_id=user_name(), roles=frozenset({Role.ADMIN}))


def _line(job: "Job") -> str:
    from models.time import format_instant

    said = [f"{job.id:>6}", f"{job.kind:<9}", f"{job.state:<10}", format_instant(job.created_at), job.principal_id]
    stage, done, of = (job.progress.get(name) for name in ("stage", "done", "of"))
    if stage and not job.is_ended:
        said.append(f"{stage} {done:,} of {of:,}" if done is not None and of is not None else str(stage))
    return "  ".join(said)
