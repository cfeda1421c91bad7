"""What tests of imports share: the template's office as files, taking them in, and looking at what became of them."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.offices import read_office
from models.tables.schema import METADATA
from models.time import parse_instant
from services.importing import ImportOptions, ImportReport, import_tables, write_template_folder
from services.settings import Settings

FRIDAY = date(2026, 2, 27)
MONDAY_8 = parse_instant("2026-03-02T08:00:00+01:00")
NOW = parse_instant("2026-03-01T12:00:00+01:00")
Change = Callable[[list[dict[str, str]]], list[dict[str, str]]]


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that name an empty database, on each backend."""
    return Settings(database_url=database_url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The template's office, rostered on Monday 2 March 2026."""
    write_template_folder(tmp_path / "office", today=FRIDAY)
    return tmp_path / "office"


@pytest.fixture
def take_in() -> Callable[..., ImportReport]:
    """Takes in files on Sunday: `take_in(settings, path, is_snapshot=True)`."""

    def take(settings: Settings, path: Path, **options: Any) -> ImportReport:
        confirm = options.pop("confirm", None)
        return import_tables(settings, path, ImportOptions(**options), now=NOW, confirm=confirm)

    return take


@pytest.fixture
def stored() -> Callable[[Settings], dict[str, list[tuple[Any, ...]]]]:
    """Reads every row of every table, so that nothing can change unseen."""

    def read(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
        with Database(settings.database_url) as database, database.reading() as session:
            connection = session.connection()
            return {
                table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
                for table in METADATA.sorted_tables
            }

    return read


@pytest.fixture
def office_at() -> Callable[[Settings, int], Office]:
    """Reads the stored office for an instant."""
    return _read_office


@pytest.fixture
def open_tasks() -> Callable[..., set[str]]:
    """Reads which tasks are open, on Monday morning where nothing else is said."""

    def read(settings: Settings, at: int = MONDAY_8) -> set[str]:
        rows = _read_office(settings, at).rows("tasks")
        return {row["id"] for row in rows if row["closed"] is None or row["closed"] > at}

    return read


@pytest.fixture
def rewrite() -> Callable[[Path, Change], None]:
    """Changes the rows of a CSV file."""

    def write(path: Path, change: Change) -> None:
        with path.open(newline="") as stream:
            reader = csv.DictReader(stream)
            names = list(reader.fieldnames or [])
            rows = change(list(reader))
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(rows)

    return write


def _read_office(settings: Settings, at: int) -> Office:
    with Database(settings.database_url) as database, database.reading() as session:
        return read_office(session, at=at)
