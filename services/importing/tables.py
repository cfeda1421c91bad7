"""The use case of `swingdesk import tables`: read, check against what is stored, and store all or nothing."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from models.calendar import OfficeCalendar
from models.database import Database, Session
from models.errors import CancelledError, NotFoundError, UsageError
from models.formats.offices.cell_times import DateOrder
from models.formats.offices.checks import Known
from models.formats.offices.raw_tables import RawTable, RowFault
from models.formats.offices.table_checks import Checked, check_tables
from models.formats.offices.table_files import Found, ending_of, read_tables
from models.repositories.known import read_known, read_office_calendar
from models.time import load_zone
from services.database import open_database
from services.importing.quarantine import check_quarantine_path, write_quarantine
from services.importing.report import ImportReport
from services.importing.store import ManyGoneError, Snapshot, store_office
from services.importing.targets import open_target
from services.settings import Settings

Confirm = Callable[[ManyGoneError], bool]
OnStore = Callable[[Session, ImportReport], None]
_CHUNK_BYTES = 1024**2


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How to take tables in.

    Attributes
    ----------
    quarantine
        Where to write rows that are left out; all or nothing where None.
    is_snapshot
        Whether the tasks are the whole open list: what it lacks was closed elsewhere.
    is_dry_run
        Whether to store nothing and say what would change.
    timezone
        Zone of an office that has none stored and none in the tables.
    order
        How to read dates like 02/03/2026; read off each file where None.
    name
        What to call what is taken in; the path where None.
    principal_id
        Who takes it in.
    """

    quarantine: Path | None = None
    is_snapshot: bool = False
    is_dry_run: bool = False
    timezone: str | None = None
    order: DateOrder | None = None
    name: str | None = None
    principal_id: str | None = None


class _DryRunError(Exception):
    """Leaves a transaction without committing it."""


def import_tables(
    settings: Settings,
    path: Path,
    options: ImportOptions,
    *,
    now: int,
    confirm: Confirm | None = None,
    on_store: OnStore | None = None,
) -> ImportReport:
    """Take in the tables of a folder, a workbook or a file.

    Parameters
    ----------
    now
        Instant of the import.
    confirm
        Asks whether a snapshot may close so many tasks; where None, nobody can be asked.
    on_store
        Called with the report in the transaction that stores it, which it may end by raising.

    Raises
    ------
    InputError
        With everything that is wrong; nothing was stored then.
    UsageError
        If options contradict each other or what is stored.
    ManyGoneError
        If a snapshot lacks too much and nobody can be asked.
    CancelledError
        If the answer is no.
    """
    if options.quarantine is not None:
        database_file = Database(settings.database_url).file
        check_quarantine_path(options.quarantine, kept=[path, *([] if database_file is None else [database_file])])
    found = read_tables(path, name=options.name)
    if options.is_snapshot and "tasks" not in found.tables and not found.faults:
        raise UsageError(f"--snapshot needs the list of open tasks, and {path} holds no table `tasks`")
    if options.is_snapshot and found.is_part:
        raise UsageError(f"--snapshot needs the whole list, and {path} holds the rows that an import left out")
    digest = _digest(path)
    with _stored(settings, options) as (known, calendar):
        checked = check_tables(
            found.tables,
            found.faults,
            known=replace(known, is_kept=found.is_part),
            calendar=calendar,
            order=options.order,
            may_leave_out=options.quarantine is not None,
            may_be_empty=("tasks",) if options.is_snapshot else (),
            source=options.name or str(path),
        )
    if options.timezone is not None and checked.calendar.zone.key != options.timezone:
        raise UsageError(f"--timezone is {options.timezone}, but the table `office` says {checked.calendar.zone.key}")
    snapshot = Snapshot(besides=_ids_left_out(found.tables, checked.faults)) if options.is_snapshot else None

    def store(asked: Snapshot | None) -> ImportReport:
        return _store(settings, options, found, checked, now=now, digest=digest, snapshot=asked, on_store=on_store)

    try:
        return store(snapshot)
    except ManyGoneError as many:
        if confirm is None or snapshot is None:
            raise
        if not confirm(many):
            raise CancelledError("nothing was stored") from None
    return store(replace(snapshot, is_confirmed=True))


@contextmanager
def _stored(settings: Settings, options: ImportOptions) -> Iterator[tuple[Known, OfficeCalendar]]:
    """Give what is stored and may be referred to; an office that is not there yet has nothing."""
    zone = load_zone(options.timezone or settings.timezone)
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_database(settings))
        except NotFoundError:
            known, calendar = Known(), OfficeCalendar(zone=zone)
        else:
            session = stack.enter_context(database.reading())
            known, calendar = read_known(session), read_office_calendar(session, timezone=zone.key)
            _check_zone(options, known, calendar)
        yield known, calendar


def _check_zone(options: ImportOptions, known: Known, calendar: OfficeCalendar) -> None:
    if options.timezone is not None and any(known.ids.values()) and options.timezone != calendar.zone.key:
        raise UsageError(
            f"--timezone is {options.timezone}, but the stored office is in {calendar.zone.key}; "
            "a table `office` with another timezone moves it"
        )


def _store(
    settings: Settings,
    options: ImportOptions,
    found: Found,
    checked: Checked,
    *,
    now: int,
    digest: str,
    snapshot: Snapshot | None,
    on_store: OnStore | None,
) -> ImportReport:
    made: list[ImportReport] = []

    def describe(report: ImportReport) -> ImportReport:
        return replace(
            report,
            notes=checked.notes,
            asides=found.notes,
            quarantined=_count_left_out(checked),
            quarantine=None if options.quarantine is None else str(options.quarantine),
        )

    try:
        with open_target(settings, is_dry_run=options.is_dry_run) as database, database.writing() as session:
            report = store_office(
                session,
                checked.office,
                kind="tables",
                now=now,
                timezone=checked.calendar.zone.key,
                digest=digest,
                snapshot=snapshot,
                adds=found.is_part,
                principal_id=options.principal_id,
                describe=describe,
            )
            made.append(report)
            if options.is_dry_run:
                raise _DryRunError
            if options.quarantine is not None:
                # Before the commit: rows are left out of the database only where they are kept somewhere.
                write_quarantine(options.quarantine, found.tables, checked.faults)
            if on_store is not None:
                on_store(session, report)
    except _DryRunError:
        return replace(made[0], batch=None, is_dry_run=True, quarantine=None)
    return made[0]


def _count_left_out(checked: Checked) -> dict[str, int]:
    spoilt = {(found.table, found.position) for found in checked.faults}
    return dict(Counter(table for table, _ in spoilt))


def _ids_left_out(tables: Mapping[str, RawTable], faults: Iterable[RowFault]) -> frozenset[str]:
    """Return the tasks of spoilt rows: they are on the list, whatever else is wrong with them."""
    raw = tables.get("tasks")
    if raw is None:
        return frozenset()
    cells = raw.cells(raw.positions["id"])
    spoilt = {found.position for found in faults if found.table == "tasks"}
    return frozenset(str(cells[at]) for at in spoilt if at is not None and cells[at] is not None)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the tables of a folder with their names."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.is_file() and ending_of(file) is not None:
            digest.update(file.name.encode() + b"\0")
            with file.open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
    return digest.hexdigest()
