"""The process that does long work as it is asked for, each job in a child of its own; run by the supervisor."""

import argparse
from functools import partial
from threading import Event

from api.serving.background import run_background
from api.serving.lifeline import say_ready
from services.jobs.executing import run_jobs
from services.jobs.nursery import Nursery
from services.settings import Settings

ROLE = "jobs"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Have the process take how many jobs it does at a time."""
    parser.add_argument("--jobs", type=int, default=1, metavar="N")


def do_jobs(settings: Settings, options: argparse.Namespace, stop: Event, *, nursery: Nursery) -> None:
    """Do jobs until told to end; what is not done then goes on elsewhere, or at the next start."""
    say_ready(options.ready)
    run_jobs(settings, stop, num_children=options.jobs, nursery=nursery)


def main(arguments: list[str]) -> int:
    """Do jobs until told to end, and return the exit status."""
    nursery = Nursery(is_forked=True)  # at first: there are no threads yet
    try:
        return run_background(arguments, role=ROLE, work=partial(do_jobs, nursery=nursery), add_options=add_options)
    finally:
        nursery.close()
