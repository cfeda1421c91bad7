"""Storing an office, wherever it came from: tables, a log, the demo. One transaction, one record of the import."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace

from models.database import Session
from models.errors import SwingdeskError
from models.formats.offices.office import Office
from models.repositories.audit import record_change
from models.repositories.changes import TableChanges
from models.repositories.imports import add_batch, finish_batch
from models.repositories.offices import write_office
from models.repositories.task_counts import count_open_tasks
from models.repositories.tasks import close_tasks, find_missing_tasks
from models.vocabulary import ClosedReason
from models.vocabulary_audit import Subject
from reports.shares import say_share
from services.importing.report import ImportReport
from services.live.arriving import follow_import

MOST_GONE_SHARE = 0.3
"""A list of open work that would close more than this part of what is open asks first."""


class ManyGoneError(SwingdeskError):
    """A list of open work lacks so many open tasks that it may not be the whole list; nothing was stored.

    Parameters
    ----------
    num_gone, num_open
        Open tasks that the list lacks, and all open tasks.
    """

    def __init__(self, num_gone: int, num_open: int) -> None:
        self.num_gone, self.num_open = num_gone, num_open
        super().__init__(
            f"the list lacks {num_gone:,} of {num_open:,} open tasks ({say_share(num_gone / num_open)}); "
            "with --snapshot they would be closed: say --yes if that is right"
        )


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Says that an office's tasks are the whole open list.

    Attributes
    ----------
    besides
        Tasks that are on the list although the office lacks them: those of rows that were left out.
    is_confirmed
        Whether any number of tasks may be gone.
    """

    besides: Collection[str] = ()
    is_confirmed: bool = False


def store_office(
    session: Session,
    office: Office,
    *,
    kind: str,
    now: int,
    timezone: str = "UTC",
    digest: str = "",
    snapshot: Snapshot | None = None,
    adds: bool = False,
    principal_id: str | None = None,
    describe: Callable[[ImportReport], ImportReport] = lambda report: report,
) -> ImportReport:
    """Write an office, the record of its import and its trace in the audit trail, in the session's transaction.

    Parameters
    ----------
    kind
        What the record calls the import: `tables`, `log`, `demo`.
    now
        Instant of the import; tasks that a snapshot lacks are closed at it.
    timezone
        Zone of an office that is not stored yet and comes without a table of its own.
    digest
        SHA-256 of what was read.
    snapshot
        Where the tasks are the whole open list.
    adds
        Whether the rows are a part of what their tables should hold, so that nothing that is stored goes.
    principal_id
        Who takes it in.
    describe
        Adds to the report what the caller knows, before it is recorded.

    Raises
    ------
    InputError
        If a row refers to what is not there.
    ManyGoneError
        If a snapshot lacks too much and is not confirmed; the caller's transaction must not be committed.
    """
    batch = add_batch(
        session, kind=kind, source=office.source, digest=digest, imported_at=now, principal_id=principal_id
    )
    num_open = count_open_tasks(session.connection())
    changes = write_office(session, office, batch_id=batch, timezone=timezone, adds=adds)
    if snapshot is not None:
        num_gone = _close_missing(session, office, snapshot, num_open=num_open, now=now, batch=batch)
        changes["tasks"] = replace(changes.get("tasks", TableChanges()), gone=num_gone)
    follow_import(
        session,
        now=now,
        principal_id=principal_id,
        batch=batch,
        tables=[name for name, counts in changes.items() if counts.new or counts.changed or counts.gone],
        tasks=_listed(office) if snapshot is None else None,
    )
    report = describe(ImportReport(source=office.source, batch=batch, tables=changes))
    finish_batch(session, batch, report.counts())
    record_change(
        session,
        at=now,
        principal_id=principal_id,
        what=f"import {kind}",
        subject=Subject.IMPORT,
        subject_id=batch,
        after={"digest": digest, "tables": {name: asdict(counts) for name, counts in report.tables.items()}},
    )
    return report


def _listed(office: Office) -> frozenset[str]:
    """Return the tasks of an office by their ids."""
    return frozenset(office.tables["tasks"]["id"]) if "tasks" in office.tables else frozenset()


def _close_missing(session: Session, office: Office, snapshot: Snapshot, *, num_open: int, now: int, batch: int) -> int:
    connection = session.connection()
    listed = {*office.table("tasks")["id"], *snapshot.besides}
    missing = find_missing_tasks(connection, sorted(listed))
    if not snapshot.is_confirmed and len(missing) > MOST_GONE_SHARE * num_open:
        raise ManyGoneError(len(missing), num_open)
    return close_tasks(connection, missing, at=now, reason=ClosedReason.GONE, batch_id=batch)
