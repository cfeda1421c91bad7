"""What tests of jobs over HTTP share: a small office behind the interface, and jobs done in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.offices import write_office
from services.jobs.doing import do_job
from services.settings import Settings


@pytest.fixture
def office_api(api: Any, make_office: Callable[..., Any]) -> Any:
    """The application on a database with the small office, on each backend."""
    with Database(api.url) as database, database.writing() as session:
        write_office(session, make_office())
    return api


@pytest.fixture
def small_api(
    make_database_url: Callable[..., str], make_api: Callable[..., Any], make_office: Callable[..., Any]
) -> Any:
    """The same on SQLite alone, for what no database decides."""
    url = make_database_url("sqlite")
    with Database(url) as database, database.writing() as session:
        write_office(session, make_office())
    return make_api(url)


@pytest.fixture
def do_jobs() -> Iterator[Callable[[Any], int]]:
    """Do all jobs of an application in this process, and return how many there were."""
    with ExitStack() as opened:

        def do(api: Any) -> int:
            settings = Settings(database_url=api.url)
            database = opened.enter_context(Database(api.url))
            num_done = 0
            while True:
                with database.writing() as session:
                    connection = session.connection()
                    job = claim_job(connection, owner=f"test {num_done}", now=read_clock(connection), lease_s=600)
                if job is None:
                    return num_done
                do_job(settings, job.id, owner=f"test {num_done}")
                num_done += 1

        yield do
