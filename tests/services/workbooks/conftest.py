"""What tests of a lead's workbook share: three lists, written into a workbook, and the question that they become."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from models.errors import InputError
from models.formats.problem import Problem
from models.time import parse_instant
from services.settings import Settings
from services.workbooks.planning import WorkbookQuestion, ask_workbook

ZONE = ZoneInfo("Europe/Madrid")
AT = "2026-03-02 08:00"
NOW = parse_instant("2026-03-02T07:00:00+01:00")
SETTINGS = Settings(plannable_share=1.0, setup_same_team_minutes=0, setup_other_team_minutes=0)
ITEMS: tuple[tuple[Any, ...], ...] = (
    ("id", "type", "due", "title"),
    ("A", "Refund", datetime(2026, 3, 2, 12), "first"),  # noqa: DTZ001 - a spreadsheet's dates have no zone
    ("B", "refund ", date(2026, 3, 2), "+second"),
    ("C", "Claim", date(2026, 3, 2), None),
)
PEOPLE: tuple[tuple[Any, ...], ...] = (
    ("name", "team", "can do", "start", "end", "lunch", "lend to"),
    ("Ana", "Billing", None, time(8), time(16), "12:00-12:30", "claims"),
    ("Ben", "Claims", "Claim", time(9), time(17), "13:00", None),
)
TYPES: tuple[tuple[Any, ...], ...] = (
    ("type", "team", "minutes", "weight"),
    ("Refund", "Billing", 30, 2),
    ("Claim", "Claims", 60, None),
)


@dataclass(frozen=True)
class Lists:
    """A lead's three lists, where and when they are planned."""

    items: list[list[Any]] = field(default_factory=lambda: [list(row) for row in ITEMS])
    people: list[list[Any]] = field(default_factory=lambda: [list(row) for row in PEOPLE])
    types: list[list[Any]] = field(default_factory=lambda: [list(row) for row in TYPES])
    zone: ZoneInfo = ZONE
    at: str = AT
    now: int = NOW
    settings: Settings = SETTINGS


@pytest.fixture
def lists() -> Lists:
    """The lists, to be changed."""
    return Lists()


@pytest.fixture(scope="session")
def workbook() -> Callable[..., Path]:
    """Writes a workbook of the lists: `workbook(path, People=rows)`; `_` in a sheet's name stands for a space."""

    def write(path: Path, **sheets: list[list[Any]]) -> Path:
        lists = Lists()
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        usual = {"Open_items": lists.items, "People": lists.people, "Types": lists.types}
        for name, rows in (usual | sheets).items():
            if rows:
                sheet = book.create_sheet(name.replace("_", " "))
                for row in rows:
                    sheet.append(row)
        book.save(path)
        return path

    return write


@pytest.fixture(scope="session")
def ask() -> Callable[..., WorkbookQuestion]:
    """Asks a workbook: `ask(path, at=..., now=...)`, Monday at eight where nothing else is said."""

    def read(path: Path, *, at: str | None = AT, now: int = NOW) -> WorkbookQuestion:
        return ask_workbook(path, SETTINGS, now=now, at=at, timezone=ZONE.key)

    return read


@pytest.fixture
def problem(workbook: Any, ask: Any) -> Callable[..., Problem]:
    """Asks a workbook of these sheets, and gives its problem."""

    def read(tmp_path: Path, **sheets: list[list[Any]]) -> Problem:
        found: Problem = ask(workbook(tmp_path / "in.xlsx", **sheets)).day.problem
        return found

    return read


@pytest.fixture
def faults(problem: Any) -> Callable[..., list[str]]:
    """Asks a workbook of these sheets, and gives what is wrong with it."""

    def read(tmp_path: Path, **sheets: list[list[Any]]) -> list[str]:
        with pytest.raises(InputError) as caught:
            problem(tmp_path, **sheets)
        return [str(fault).removeprefix("in.xlsx ") for fault in caught.value.faults]

    return read
