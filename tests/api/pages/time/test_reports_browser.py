"""Reports with a browser: made by a job, read by figure and row, kept by address, taken along; names by leave only."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from models.database import Database
from models.repositories.audit import list_changes

ENDED = 120_000


def test_an_analyst_reads_a_report_down_to_its_rows_and_takes_it_along(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("ivo", "/time")
    check_page(page)
    page.get_by_role("link", name="Waiting", exact=True).click()
    expect(page.get_by_role("heading", name="What to do first")).to_be_visible(timeout=ENDED)
    expect(page.locator("[data-figure] svg").first).to_be_visible(timeout=ENDED)
    assert page.get_by_label(re.compile("Name people")).count() == 0
    check_page(page)

    page.get_by_text("Teams", exact=True).first.click()
    page.get_by_role("group", name="Teams").get_by_role("checkbox").first.check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="What to do first")).to_be_visible(timeout=ENDED)
    assert "team=" in page.url
    filtered = page.url

    page.locator("tbody th a").first.click()
    expect(page.get_by_text("Only ")).to_be_visible()
    assert "team=" in page.url
    page.get_by_role("link", name="Show all").click()
    heading = page.get_by_role("columnheader").nth(2).get_by_role("link")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader").nth(2)).to_have_attribute("aria-sort", "ascending")
    check_page(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="As CSV").click()
    assert len(caught.value.path().read_text(encoding="utf-8-sig").splitlines()) > 1

    # A report that is fresh is there at once, by its address alone.
    again = open_page("ivo", filtered.removeprefix(desk.address), language="es", scripts=False)
    expect(again.get_by_role("heading", name="Qué hacer primero")).to_be_visible()
    again.get_by_text("Descargar").click()
    with again.expect_download() as caught:
        again.get_by_role("link", name="Libro (XLSX)").click()
    assert caught.value.path().read_bytes()[:2] == b"PK"


def test_a_lead_has_people_named_and_each_look_leaves_a_trace(desk: Any, open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/time/skills?names=shown")
    expect(page.get_by_role("heading", level=1)).to_have_text("Skills")
    expect(page.get_by_text("As of ")).to_be_visible(timeout=ENDED)
    page.reload()
    with Database(desk.url) as database, database.reading() as session:
        looks = list_changes(session, principal_id="lea", subject="office", subject_id="report skills")
    assert len(looks) >= 2
    assert all(look.after is not None and look.after["people"] == "by name" for look in looks)
    assert open_page("ivo", "/time/skills?names=shown").get_by_text("This is not open to you").is_visible()
    assert open_page("ana", "/time").get_by_text("This is not open to you").is_visible()


def test_a_period_without_work_says_what_to_do(
    open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("ivo", "/time/waiting?from=2031-01-01&to=2031-01-31", phone=True)
    expect(page.get_by_text("Choose another period")).to_be_visible(timeout=ENDED)
    check_page(page)
    page.get_by_role("link", name="Clear").click()
    expect(page.get_by_text(re.compile("What to do first|Make this report|Running")).first).to_be_visible(timeout=ENDED)
