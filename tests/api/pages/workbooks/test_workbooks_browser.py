"""A workbook of 5,100 tasks with a browser, on a real server: made aside, by keyboard, without scripts, on a phone."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.repositories.jobs.leasing import claim_job, read_clock, set_progress
from models.vocabulary import Role
from services.access.principals import create_principal
from services.access.tracing import Act
from services.daily_plan import Search
from services.demo import DemoSize, set_up_demo
from services.jobs.doing import do_job
from services.large_workbooks import MOST_ROWS_AT_ONCE
from services.settings import Settings

MANY = 5_100
MADE = 120_000
OPENING = 1_772_434_800


@pytest.fixture(scope="module")
def large_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office with so many tasks that the workbook of its plan is made aside."""
    folder = tmp_path_factory.mktemp("large")
    size = DemoSize(num_agents=12, num_tasks=MANY, num_days=1)
    made = set_up_demo(folder, Settings(), size=size, search=Search(iterations=0, time_limit_s=None), made_at=OPENING)
    with Database(made.database_url) as database:
        for name, role in (("pia", Role.PLANNER), ("ivo", Role.ANALYST)):
            create_principal(database, name, roles=[role], act=Act(at=OPENING, by=None, what="test"))
    return folder / "demo.sqlite3"


@pytest.fixture
def large_desk(
    launch: Callable[..., Any], desk_kind: Callable[..., Any], large_demo: Path, tmp_path: Path
) -> Iterator[Any]:
    """A server on it."""
    desk = desk_kind(launch, tmp_path, large_demo)
    yield desk
    desk.server.stop()


@pytest.fixture
def idle_desk(
    launch: Callable[..., Any], desk_kind: Callable[..., Any], large_demo: Path, tmp_path: Path
) -> Iterator[Any]:
    """A server on it that does no jobs."""
    desk = desk_kind(lambda url, **given: launch(url, "--jobs", "0", **given), tmp_path, large_demo)
    yield desk
    desk.server.stop()


def claim(desk: Any) -> int:
    """Take the job that waits, as another machine would, and say how far it is."""
    with Database(desk.url) as database, database.writing() as session:
        connection = session.connection()
        job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
        assert job is not None
        told = {"stage": "writing the rows", "done": 1, "of": 4}
        set_progress(connection, job.id, owner="test", progress=told)
    return job.id


def test_a_large_workbook_is_made_followed_and_taken_along(
    large_desk: Any, open_page: Callable[..., Page], check_page: Callable[..., None]
) -> None:
    page = open_page("pia", "/plans/1", on=large_desk)
    link = page.get_by_role("link", name="spreadsheet")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Your workbook is (being made|ready)"))
    download = page.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=MADE)
    assert page.url.startswith(f"{large_desk.address}/workbooks/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your workbook is ready")
    expect(download).to_be_focused()  # whoever waited at the keyboard goes on by Enter
    check_page(page)
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    assert caught.value.suggested_filename == "plan-1.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(caught.value.path().read_bytes()), read_only=True)
    num_rows = sum(sum(1 for _ in book[name].iter_rows()) - 1 for name in ("Plan", "Left"))
    planned: Any = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}["Tasks"]
    assert num_rows == planned > MOST_ROWS_AT_ONCE
    # Now it is there at once, and its page by its address.
    made_at = page.url
    page.get_by_role("link", name="Back").click()
    with page.expect_download():
        page.get_by_role("link", name="spreadsheet").click()
    expect(page).to_have_url(f"{large_desk.address}/plans/1")
    page.go_back()
    expect(page).to_have_url(made_at)
    assert (
        open_page("ivo", made_at.removeprefix(large_desk.address), on=large_desk)
        .get_by_text("There is no such page")
        .is_visible()
    )


def test_those_that_wait_say_so_and_are_stopped_or_ready_before_everybody_s_eyes(
    idle_desk: Any, open_page: Callable[..., Page], check_page: Callable[..., None]
) -> None:
    page = open_page("pia", "/plans/1", on=idle_desk)
    page.get_by_role("link", name="spreadsheet").click()
    expect(page.get_by_text("Queued")).to_be_visible()
    expect(page.locator("[aria-live=polite] progress")).to_be_visible()  # heard as it changes
    check_page(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your workbook is being made")

    # Somebody else on a phone, in Spanish, without scripts.
    other = open_page("ivo", "/plans/1", on=idle_desk, language="es", scripts=False, phone=True)
    other.get_by_role("link", name="hoja de cálculo").click()
    heading = other.get_by_role("heading", level=1)
    expect(heading).to_have_text("Su libro se está haciendo")
    other.get_by_role("button", name="Detenerlo").click()
    expect(heading).to_have_text("El libro se detuvo")
    other.get_by_role("link", name="Hacerlo de nuevo").click()
    expect(heading).to_have_text("Su libro se está haciendo")

    spanish = open_page("pia", page.url.removeprefix(idle_desk.address), on=idle_desk, language="es")
    settings, job_id = Settings(database_url=idle_desk.url), claim(idle_desk)
    expect(page.get_by_text("writing the rows")).to_be_visible()
    expect(spanish.get_by_text("escribiendo las filas")).to_be_visible()
    for one in (page, spanish):
        expect(one.get_by_role("progressbar")).to_have_attribute("value", "0.25")
    do_job(settings, job_id, owner="test")
    expect(page.get_by_role("link", name="Download")).to_be_focused(timeout=MADE)
    expect(page).to_have_title(re.compile("^Your workbook is ready"))
    expect(spanish).to_have_title(re.compile("^Su libro está listo"), timeout=MADE)
    do_job(settings, claim(idle_desk), owner="test")
    other.get_by_role("link", name="Volver a mirar").click()
    expect(heading).to_have_text("Su libro está listo")
    with other.expect_download() as caught:
        other.get_by_role("link", name="Descargar").click()
    assert caught.value.path().read_bytes()[:2] == b"PK"
