"""The database as a user sees it: none yet, empty, of another version, current."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import Database
from models.errors import ConflictError, NotFoundError
from services.database import database_status, open_database, upgrade_database
from services.settings import Settings

MakeUrl = Callable[..., str]


def set_revision(url: str, revision: str) -> None:
    with Database(url) as database, database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_none_yet(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/none.sqlite3")
    assert not database_status(settings).is_there
    with pytest.raises(NotFoundError, match="swingdesk import tables FOLDER"), open_database(settings):
        pass
    assert list(tmp_path.iterdir()) == []


def test_empty(backend: str, make_database_url: MakeUrl) -> None:
    url = make_database_url(backend, migrated=False)
    settings = Settings(database_url=url)
    if backend == "postgresql":
        with pytest.raises(NotFoundError, match="there is no database"), open_database(settings):
            pass
    before = upgrade_database(settings)
    assert (before.is_there, before.revision) == (False, None)
    again = upgrade_database(settings)
    assert again.is_current


def test_created_when_first_needed(backend: str, make_database_url: MakeUrl) -> None:
    settings = Settings(database_url=make_database_url(backend, migrated=False))
    with open_database(settings, create=True):
        pass
    status = database_status(settings)
    assert (status.is_current, status.num_open_tasks, status.num_plans) == (True, 0, 0)


def test_of_a_newer_version(backend: str, make_database_url: MakeUrl) -> None:
    url = make_database_url(backend)
    settings = Settings(database_url=url)
    set_revision(url, "9999")
    for create in (False, True):
        with pytest.raises(ConflictError, match="newer Swingdesk"), open_database(settings, create=create):
            pass
    status = database_status(settings)
    assert (status.is_there, status.is_current, status.revision) == (True, False, "9999")


def test_the_password_is_not_shown(make_database_url: MakeUrl) -> None:
    settings = Settings(database_url=make_database_url("postgresql"))
    assert "***" not in settings.database_url
    assert database_status(settings).address.startswith("postgresql+psycopg://postgres")
