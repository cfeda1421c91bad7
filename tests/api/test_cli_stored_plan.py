"""Commands about the plan that was stored last: no file is named, and the clock is the office's."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.database import Database
from models.formats.offices.office import Office
from models.repositories.offices import write_office

PLAN = ("plan", "--at", "2026-03-02T08:00:00+01:00", "--iterations", "100", "--threads", "1")


@pytest.fixture
def planned(
    database: Database,
    database_url: str,
    make_office: Callable[..., Office],
    monkeypatch: pytest.MonkeyPatch,
    swingdesk: Any,
) -> Any:
    """The command line of an office that has a plan by a preset."""
    with database.writing() as session:
        write_office(session, make_office())
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    ran = swingdesk(*PLAN, "--preset", "protect-on-time")
    assert ran.code == 0, ran
    assert "aimed at protect-on-time: as many on time as can be" in ran.out
    return swingdesk


def test_the_stored_plan_has_its_board_reasons_and_presets(planned: Any) -> None:
    ran = planned("swing")
    assert ran.code == 0, ran
    assert "members of the swing team are lent" in ran.out
    ran = planned("explain", "--task", "T1")
    assert ran.code == 0, ran
    assert ran.out.startswith("T1: ")
    assert "does it from 08:" in ran.out
    ran = planned("presets", "--iterations", "100")
    assert ran.code == 0, ran
    assert ran.out.splitlines()[-1].startswith("Made on expected handling times")
    assert json.loads(planned("swing", "--plan", "1", "--json").out)["teams"]


def test_a_number_that_no_plan_has_is_told(planned: Any) -> None:
    for command in ("swing", "explain", "presets"):
        ran = planned(command, "--plan", "7")
        assert (ran.code, ran.out) == (2, ""), ran
        assert "7" in ran.err


@pytest.mark.usefixtures("database")
def test_a_database_without_a_plan_says_how_to_make_one(
    swingdesk: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", database_url)
    for command in ("swing", "explain", "presets"):
        ran = swingdesk(command)
        assert (ran.code, ran.out) == (2, ""), ran
        assert "no plan is stored yet; `swingdesk plan` makes one" in ran.err
