"""`swingdesk live`: the states of the desk against its log, on both databases."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.live.states import read_task, write_task
from services.importing.store import store_office

NOW = 1772434800


@pytest.fixture
def stored(database: Database, database_url: str, make_office: Callable[..., Office], monkeypatch: Any) -> Database:
    """A database with an office whose tasks have arrived, named in the environment."""
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    with database.writing() as session:
        store_office(session, make_office(), kind="tables", now=NOW)
    return database


def _break(database: Database) -> None:
    with database.writing() as session:
        task = read_task(session.connection(), "T1")
        assert task is not None
        write_task(session.connection(), replace(task, num_skips=2, worked_seconds=60), is_new=False)


@pytest.mark.usefixtures("stored")
def test_what_agrees_is_said_to_agree(shell: Callable[[str], Any]) -> None:
    ran = shell("live verify")
    assert (ran.code, ran.out) == (0, "4 events, 3 tasks, 0 agents: what is stored is what the log gives\n")
    assert json.loads(shell("live verify --json").out) == {
        "holds": True,
        "num_events": 4,
        "num_tasks": 3,
        "num_agents": 0,
        "differences": [],
    }


def test_what_differs_is_named_and_mended(stored: Database, shell: Callable[[str], Any]) -> None:
    _break(stored)
    ran = shell("live verify")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "task 'T1': worked_seconds is stored as 60; the log gives 0",
        "task 'T1': num_skips is stored as 2; the log gives 0",
    ]
    assert "`swingdesk live rebuild`" in ran.err
    assert json.loads(shell("live verify --json").out)["holds"] is False
    mended = shell("live rebuild")
    assert (mended.code, mended.out.splitlines()[-1]) == (0, "4 events, 3 tasks, 0 agents: mended")
    assert shell("live verify").code == 0
    assert shell("live rebuild").out == "4 events, 3 tasks, 0 agents: nothing had to be mended\n"
