"""`swingdesk principal password`: asked for, never written on the command line."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from models.database import Database
from models.vocabulary import Role
from services.access.passwords.accounts import password_terms, read_password_age, sign_in
from services.access.principals import create_principal
from services.access.sessions import Arrival
from services.access.tracing import Act
from services.settings import Settings

CHOSEN = "quiet lamps on a hill"


@pytest.fixture
def office(make_database_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database that the command finds, with Rosa, who has no password."""
    settings = Settings(database_url=make_database_url("sqlite"), password_memory_mb=19, password_rounds=2)
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SWINGDESK_PASSWORD_MEMORY_MB", "19")
    monkeypatch.setenv("SWINGDESK_PASSWORD_ROUNDS", "2")
    with Database(settings.database_url) as database:
        create_principal(database, "rosa", roles=[Role.PLANNER], act=Act(at=1, by=None, what="test"))
    return settings


def test_a_password_is_read_and_not_shown(office: Settings, shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{CHOSEN}\nand more"))
    ran = shell("principal password rosa")
    assert (ran.code, ran.err) == (0, "")
    assert "is set" in ran.out
    assert "lamps" not in ran.out
    with Database(office.database_url) as database:
        arrival = Arrival(at=2_000_000_000, what="test")
        assert sign_in(database, password_terms(office), "rosa", CHOSEN, arrival)
    assert shell("principal password rosa --remove").out == "rosa has no password any more\n"
    with Database(office.database_url) as database:
        assert read_password_age(database, "rosa") is None


def test_one_that_is_not_taken_changes_nothing(office: Settings, shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, why in (("short\n", "at least 12 characters"), ("", "at least 12"), ("Password2026!\n", "tried first")):
        monkeypatch.setattr("sys.stdin", StringIO(given))
        ran = shell("principal password rosa")
        assert ran.code == 2
        assert why in ran.err
    with Database(office.database_url) as database:
        assert read_password_age(database, "rosa") is None


def test_links_lead_to_where_people_reach_the_server(
    office: Settings, shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.public_url == ""
    assert shell("principal link rosa").out.startswith("http://127.0.0.1:8765/sign-in/")
    monkeypatch.setenv("SWINGDESK_PUBLIC_URL", "https://desk.example.org/")
    assert shell("principal link rosa").out.startswith("https://desk.example.org/sign-in/")
    assert shell("principal link rosa --address http://127.0.0.1:9").out.startswith("http://127.0.0.1:9/sign-in/")
