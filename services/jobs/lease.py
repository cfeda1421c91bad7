"""A job in the hands of whoever does it: how far it is, what was worked out so far, and its one result."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from models.database import Database, Session
from models.errors import CancelledError, ConflictError, UnavailableError
from models.repositories.jobs.asking import get_job, read_inputs
from models.repositories.jobs.leasing import (
    finish_job,
    read_checkpoints,
    read_clock,
    save_checkpoint,
    set_progress,
)
from models.repositories.jobs.records import Job, JobResult, LeaseLostError
from models.vocabulary_jobs import JobState

TELL_EVERY_S = 0.5
_LOG = logging.getLogger("swingdesk.jobs")


class Lease:
    """A job, held by an owner. Everything written names the owner, and raises where it is no longer theirs.

    Attributes
    ----------
    cancel
        Set when somebody wants the job stopped.
    is_finished
        Whether its result is stored.
    """

    def __init__(self, database: Database, job: Job, *, owner: str, cancel: threading.Event | None = None) -> None:
        self.database, self.job, self.owner = database, job, owner
        self.cancel = cancel or threading.Event()
        self.is_finished = False
        self._stage = ""
        self._told_at = -TELL_EVERY_S

    def tell(self, stage: str, *, done: float | None = None, of: float | None = None, **figures: Any) -> None:
        """Say how far the job is; a stage at once, and what goes on within it twice a second.

        Raises
        ------
        LeaseLostError
            If somebody else has it by now.
        """
        now = time.monotonic()
        if stage == self._stage and now - self._told_at < TELL_EVERY_S:
            return
        self._stage, self._told_at = stage, now
        counted = {name: value for name, value in (("done", done), ("of", of)) if value is not None}
        progress = {"stage": stage, **counted, **figures}
        try:
            with self.database.writing() as session:
                set_progress(session.connection(), self.job.id, owner=self.owner, progress=progress)
        except LeaseLostError:
            raise
        except (ConflictError, UnavailableError) as error:
            # Not worth the work done so far: whether the job is still ours shows when there is more to write.
            _LOG.warning("job %d: how far it is could not be written: %s", self.job.id, error)

    def save(self, name: str, body: bytes) -> None:
        """Keep a part of what was worked out, for whoever goes on with the job; one of the same name is replaced.

        Raises
        ------
        LeaseLostError
            If somebody else has it by now.
        """
        with self.database.writing() as session:
            save_checkpoint(session.connection(), self.job.id, owner=self.owner, name=name, body=body)

    def read_saved(self) -> dict[str, bytes]:
        """Return what was worked out by those who had the job before."""
        with self.database.reading() as session:
            return read_checkpoints(session.connection(), self.job.id)

    def read_files(self) -> dict[str, bytes]:
        """Return the files that came with the job."""
        with self.database.reading() as session:
            return read_inputs(session.connection(), self.job.id)

    def finish(
        self, session: Session, *, result: JobResult | None = None, ref: Mapping[str, Any] | None = None
    ) -> None:
        """End the job in a transaction that stores what came of it: both are there, or neither.

        Raises
        ------
        CancelledError
            If somebody wants it stopped; the transaction is to be left by it.
        LeaseLostError
            If somebody else has it by now; the same.
        """
        connection = session.connection()
        now = read_clock(connection)
        try:
            finish_job(connection, self.job.id, owner=self.owner, now=now, result=result, result_ref=ref)
        except LeaseLostError:
            job = get_job(connection, self.job.id)
            if job.state is JobState.CANCELLING and job.lease_owner == self.owner:
                raise CancelledError(f"job {self.job.id} was stopped") from None
            raise
        self.is_finished = True

    def check_wanted(self) -> None:
        """See whether the job is still wanted.

        Raises
        ------
        CancelledError
            If somebody wants it stopped.
        """
        if self.cancel.is_set():
            raise CancelledError(f"job {self.job.id} was stopped")
