"""How the system stands, for whoever runs it: the database, its size, the last backup, what waits to be done."""

from dataclasses import dataclass
from pathlib import Path

from models.database import Database
from models.migrations.runner import newest_revision, read_revision
from models.repositories.audit import list_changes
from models.repositories.database_size import measure_database
from models.repositories.jobs.asking import count_jobs
from models.repositories.live.events import last_position
from models.vocabulary_audit import Subject
from models.vocabulary_jobs import UNDERWAY, JobState

BACKUP = "backup"


@dataclass(frozen=True, kw_only=True)
class SystemState:
    """What is known of a database and of the work on it.

    Attributes
    ----------
    address
        Where the database is, without a password.
    revision, newest
        Of its tables, and of this version of the product.
    size_bytes
        What it takes on the disk; None where it lives in memory.
    last_backup_at
        Epoch second of the last backup by the product; None where none was made.
    num_events
        Events of the desk so far, by the position of the last.
    num_waiting, num_running
        Jobs.
    """

    address: str
    revision: str | None
    newest: str
    size_bytes: int | None
    last_backup_at: int | None
    num_events: int
    num_waiting: int
    num_running: int


def read_system_state(database: Database) -> SystemState:
    """Return how a database and the work on it stand."""
    revision = read_revision(database)
    file = database.file
    with database.reading() as session:
        connection = session.connection()
        backups = list_changes(session, subject=Subject.DATABASE.value, subject_id=BACKUP, limit=1)
        return SystemState(
            address=database.address,
            revision=revision,
            newest=newest_revision(),
            size_bytes=measure_database(connection) if file is None else _size_with_log(file),
            last_backup_at=backups[0].at if backups else None,
            num_events=last_position(connection),
            num_waiting=count_jobs(connection, states=(JobState.QUEUED,)),
            num_running=count_jobs(connection, states=UNDERWAY),
        )


def _size_with_log(file: Path) -> int:
    """Return the bytes of a SQLite database with those of its write-ahead log."""
    files = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in files if one.exists())
