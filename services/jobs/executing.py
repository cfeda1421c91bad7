"""Doing jobs as they come: each leased, and done in a child process; any number of these may run, on any machine."""

import logging
import os
import platform
import threading
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from models.database import Database
from models.errors import ConflictError, UnavailableError
from models.repositories.jobs.asking import delete_jobs
from models.repositories.jobs.leasing import (
    claim_job,
    expire_leases,
    extend_lease,
    get_state,
    give_up_job,
    has_work,
    read_clock,
    release_job,
)
from models.repositories.jobs.records import Job, LeaseLostError
from models.time import SECONDS_PER_DAY
from models.vocabulary_jobs import JobKind, JobState
from services.database import open_database
from services.jobs import doing
from services.jobs.nursery import JobProcess, Nursery
from services.large_workbooks import free_workbooks
from services.settings import Settings

KEPT_S = 30 * SECONDS_PER_DAY
"""How long a job that has ended is kept, with its result."""
QUICK = frozenset({JobKind.WORKBOOK})
"""Kinds that take seconds, for which somebody waits at a page: one is done beside as many others as there may be, since
a search for staffing can take an hour."""
FREE_EVERY_S = 600.0
"""How often to look for results that are kept no longer; at the beginning too, and when another one was made."""
_LOG = logging.getLogger("swingdesk.jobs")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How jobs are leased.

    Attributes
    ----------
    lease_s
        How long a job is left to a holder who tells nothing; they tell three times as often.
    poll_s
        How often to look for jobs, and at those that run.
    grace_s
        How long a job may take to stop before its process is killed.
    most_attempts
        How often a job is begun.
    """

    lease_s: int = 30
    poll_s: float = 0.5
    grace_s: float = 10.0
    most_attempts: int = 3


@dataclass(kw_only=True)
class _Child:
    process: JobProcess
    job: Job
    owner: str
    told_at: float
    stop_at: float | None = None


class JobExecutor:
    """Does the jobs of a database, some at a time.

    Parameters
    ----------
    num_children
        Jobs that are done at a time, and beside them one of those that are `QUICK`.
    nursery
        Where their processes come from; one of its own by default.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        num_children: int = 1,
        terms: Terms | None = None,
        nursery: Nursery | None = None,
    ) -> None:
        self._nursery, self._has_own_nursery = nursery or Nursery(), nursery is None
        self._settings, self._database = settings, database
        self._num_children, self._terms = num_children, terms or Terms()
        self._name = f"{platform.node()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._num_claims = 0
        self._freed_at = float("-inf")
        self._children: list[_Child] = []

    @property
    def num_running(self) -> int:
        """Jobs that are being done."""
        return len(self._children)

    def run(self, stop: threading.Event, *, until_idle: bool = False) -> None:
        """Do jobs until told to stop, or, if asked, until there is none; what is not done then is given back."""
        try:
            while not stop.is_set():
                try:
                    found = self.step()
                except (ConflictError, UnavailableError) as error:
                    # The database is busy or away: children go on, and their leases are seen to again in a moment.
                    _LOG.warning("jobs: %s", error)
                    found = True
                    self._kill_overdue()
                if until_idle and not found and not self._children:
                    return
                stop.wait(self._terms.poll_s)
        finally:
            self.close()

    def step(self) -> bool:
        """See to the jobs that run, begin one where there is room for it, and return whether one was begun."""
        for child in list(self._children):
            if child.process.poll() is None:
                self._see_to(child)
            else:
                self._settle(child)
        self._free()
        kinds = self._find_room()
        job = self._claim(kinds) if kinds else None
        if job is None:
            return False
        self._start(job)
        return True

    def close(self) -> None:
        """Give back the jobs that are not done; they go on from their checkpoints elsewhere."""
        for child in self._children:
            child.process.kill()
        for child in self._children:
            child.process.close()
            try:
                with self._database.writing() as session:
                    connection = session.connection()
                    release_job(connection, child.job.id, owner=child.owner, now=read_clock(connection))
            except LeaseLostError:
                continue  # it had just ended
            except (ConflictError, UnavailableError) as error:
                _LOG.warning("job %d is not given back; its lease runs out: %s", child.job.id, error)
        self._children = []
        if self._has_own_nursery:
            self._nursery.close()

    def _find_room(self) -> Collection[JobKind]:
        """Return the kinds of which one more may be begun."""
        num_quick = sum(child.job.kind in QUICK for child in self._children)
        kinds: Collection[JobKind] = () if num_quick else QUICK
        if len(self._children) - num_quick < self._num_children:
            kinds = {*kinds, *(kind for kind in JobKind if kind not in QUICK)}
        return kinds

    def _free(self) -> None:
        """Make room in the database, now and then."""
        now = time.monotonic()
        if now - self._freed_at >= FREE_EVERY_S:
            self._freed_at = now
            num_freed = free_workbooks(self._database)
            if num_freed:
                _LOG.info("%d workbooks were kept long enough and are freed", num_freed)

    def _claim(self, kinds: Collection[JobKind]) -> Job | None:
        with self._database.reading() as session:
            connection = session.connection()
            if not has_work(connection, now=read_clock(connection), kinds=kinds):
                return None
        self._num_claims += 1
        with self._database.writing() as session:
            connection = session.connection()
            now = read_clock(connection)
            expire_leases(connection, now=now, most_attempts=self._terms.most_attempts)
            delete_jobs(connection, ended_before=now - KEPT_S)
            owner = f"{self._name}:{self._num_claims}"
            return claim_job(connection, owner=owner, now=now, lease_s=self._terms.lease_s, kinds=kinds)

    def _start(self, job: Job) -> None:
        assert job.lease_owner is not None  # noqa: S101 - it was just claimed
        process = self._nursery.begin(job.kind, doing.pack_order(self._settings, job.id, job.lease_owner))
        self._children.append(_Child(process=process, job=job, owner=job.lease_owner, told_at=time.monotonic()))
        _LOG.info("job %d (%s) is begun, for the %d. time", job.id, job.kind, job.attempts)

    def _see_to(self, child: _Child) -> None:
        """Tell that a child lives, hear whether its job is still wanted, and kill it where it should have stopped."""
        now = time.monotonic()
        if child.stop_at is not None and now > child.stop_at:
            child.process.kill()
            return
        due = now - child.told_at >= self._terms.lease_s / 3
        try:
            if due:
                with self._database.writing() as session:
                    connection = session.connection()
                    until = read_clock(connection) + self._terms.lease_s
                    state = extend_lease(connection, child.job.id, owner=child.owner, until=until)
                child.told_at = now
            else:
                with self._database.reading() as session:
                    state = get_state(session.connection(), child.job.id, owner=child.owner)
        except LeaseLostError:
            # It has just ended, or is somebody else's; what the child still does is of no use to anybody.
            if child.process.poll() is None and child.stop_at is None:
                child.stop_at = now + self._terms.grace_s
            return
        if state is JobState.CANCELLING and child.stop_at is None:
            child.stop_at = now + self._terms.grace_s
            child.process.send(doing.STOP)

    def _settle(self, child: _Child) -> None:
        """Take note that a child has ended: where its job has not, it is to be begun again."""
        code = child.process.returncode
        if code not in (doing.SETTLED, doing.LOST):
            why = f"its process ended {self._terms.most_attempts} times, the last time with exit code {code}"
            try:
                with self._database.writing() as session:
                    connection = session.connection()
                    state = give_up_job(
                        connection,
                        child.job.id,
                        owner=child.owner,
                        now=read_clock(connection),
                        most_attempts=self._terms.most_attempts,
                        why=f"{why}; is there enough memory?",
                    )
                _LOG.warning("job %d: its process ended with exit code %d; it is %s", child.job.id, code, state)
            except LeaseLostError:
                _LOG.warning("job %d: its process ended with exit code %d after its lease", child.job.id, code)
        self._children.remove(child)
        child.process.close()
        if child.job.kind is JobKind.WORKBOOK:
            self._freed_at = float("-inf")  # there may be too many by now

    def _kill_overdue(self) -> None:
        """Kill children whose lease may have run out unseen: somebody else may be at their jobs by now.

        Not on SQLite: while one process writes there, nobody can tell that they live, and nobody can take a job.
        """
        if self._database.is_sqlite:
            return
        now = time.monotonic()
        for child in self._children:
            if now - child.told_at > self._terms.lease_s:
                child.process.kill()


def run_jobs(
    settings: Settings,
    stop: threading.Event,
    *,
    num_children: int = 1,
    terms: Terms | None = None,
    until_idle: bool = False,
    nursery: Nursery | None = None,
) -> None:
    """Do the jobs of the settings' database until told to stop; see `JobExecutor`."""
    with open_database(settings) as database:
        executor = JobExecutor(settings, database, num_children=num_children, terms=terms, nursery=nursery)
        executor.run(stop, until_idle=until_idle)
