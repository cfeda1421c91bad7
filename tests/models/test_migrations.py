import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from models.database import Database
from models.errors import ConflictError, NotFoundError
from models.migrations.runner import find_differences, make_config, read_state, upgrade
from models.tables.schema import METADATA


def test_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.reading() as session:
        assert find_differences(session.connection()) == []


def test_alembic_check_is_clean(database: Database) -> None:
    with database.writing() as session:
        config = make_config()
        config.attributes["connection"] = session.connection()
        command.check(config)  # raises where a new migration would not be empty


def test_constraints_and_indices_of_the_code_are_in_the_database(database: Database) -> None:
    """Alembic compares neither checks nor what a partial index leaves out."""
    with database.reading() as session:
        inspector = inspect(session.connection())
        for table in METADATA.sorted_tables:
            checks = {str(item["name"]) for item in inspector.get_check_constraints(table.name)}
            assert checks == {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
            indices = {str(item["name"]) for item in inspector.get_indexes(table.name)}
            expected = {str(index.name) for index in table.indexes}
            assert expected <= indices, table.name


def test_upgrade_creates_once_and_then_finds_nothing_to_do(backend: str, make_database_url: Callable[..., str]) -> None:
    with Database(make_database_url(backend, migrated=False)) as database:
        assert upgrade(database).revision is None
        state = read_state(database)
        assert state.is_current
        assert upgrade(database) == state


def test_downgrade_leaves_nothing(database: Database) -> None:
    with database.migrating() as session:
        config = make_config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "base")
    with database.reading() as session:
        assert inspect(session.connection()).get_table_names() == ["alembic_version"]


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConflictError, match="written by a newer Swingdesk"):
        upgrade(database)
    assert read_state(database).revision == "9999"


def test_reading_the_state_of_a_missing_file_creates_none(make_database_url: Callable[..., str]) -> None:
    with Database(make_database_url("sqlite", migrated=False)) as database:
        with pytest.raises(NotFoundError, match="swingdesk database upgrade"):
            read_state(database)
        assert not database.exists()


def test_alembic_itself_finds_its_way(make_database_url: Callable[..., str]) -> None:
    """The command of those who change the tables, from `pyproject.toml`."""
    ran = subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"url={make_database_url('sqlite')}", "check"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "No new upgrade operations detected" in ran.stdout
