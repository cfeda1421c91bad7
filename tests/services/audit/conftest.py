"""What the tests of the audit trail share: events and changes written as the desk writes them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from models.database import Database
from models.repositories.audit import record_change
from models.repositories.live.events import assign_positions
from models.tables.schema import table_of
from models.vocabulary_audit import Subject
from services.live.acts import ITSELF
from services.live.desk import Desk
from services.settings import Settings

NOW = 1772434800


@pytest.fixture
def write_events(database: Database) -> Callable[..., None]:
    """A writer of events; each gets a position, in its order, like those that the sequencer has seen."""

    def write(count: int, *, is_positioned: bool = True, **fields: Any) -> None:
        table = table_of("events")
        with database.writing() as session:
            connection = session.connection()
            last = connection.execute(text("SELECT coalesce(max(position), 0) FROM events")).scalar() or 0
            connection.execute(
                insert(table),
                [
                    {
                        "position": last + n + 1 if is_positioned else None,
                        "kind": "claimed",
                        "agent_id": f"a{n % 7}",
                        "task_id": f"T{n}",
                        "occurred_at": NOW + n,
                        "recorded_at": NOW + n,
                        "schema_version": 1,
                        "details": {"rank": n, "index": n / 3, "terms": {"price": 1e22, "fit": -0.5e-7, "whole": 2.0}},
                    }
                    | fields
                    for n in range(count)
                ],
            )

    return write


@pytest.fixture
def write_changes(database: Database) -> Callable[..., None]:
    """A writer of changes of agents' levels."""

    def write(count: int) -> None:
        with database.writing() as session:
            for n in range(count):
                record_change(
                    session,
                    at=NOW + n,
                    principal_id="ada",
                    what="PATCH /api/agents",
                    subject=Subject.AGENT,
                    subject_id=f"a{n}",
                    before={"level": n, "name": "Kim"},
                    after={"level": n + 0.5, "name": "Kim Lee"},
                )

    return write


@pytest.fixture
def work(database: Database) -> Callable[[int], None]:
    """Has Ben, of the small office, sign in and begin a claim where he has not, and then pause and resume it often."""
    clock = iter(range(NOW, NOW + 100_000, 5))
    desk = Desk(database, Settings(), clock=lambda: next(clock))
    begun: list[str] = []

    def go_on(times: int) -> None:
        if not begun:
            begun.append("T2")
            desk.sign_in("ben", ITSELF)
            desk.claim("ben", "T2", ITSELF)
            desk.start("ben", "T2", ITSELF)
        for _ in range(times):
            desk.pause("ben", "T2", ITSELF)
            desk.resume("ben", "T2", ITSELF)
        with database.writing() as session:
            assign_positions(session.connection())

    return go_on


@pytest.fixture
def tamper(database: Database) -> Callable[..., None]:
    """A way past the product: statements run as whoever has the database's password runs them."""

    def run(*statements: str) -> None:
        with database.writing() as session:
            for statement in statements:
                session.connection().execute(text(statement))

    return run


Edit = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="session")
def rewrite() -> Callable[..., None]:
    """A writer of a backup with another manifest, or with other rows: `rewrite(source, target, edit, change)`."""

    def write(source: Path, target: Path, edit: Edit, change: Callable[[str, bytes], bytes] | None = None) -> None:
        with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w") as written:
            for name in read.namelist():
                content = read.read(name)
                if name == "manifest.json":
                    content = json.dumps(edit(json.loads(content))).encode()
                written.writestr(name, content if change is None else change(name, content))

    return write
