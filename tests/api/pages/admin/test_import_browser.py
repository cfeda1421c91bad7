"""Taking files in with a browser: faults in place, then all of it or its good rows; an empty database's first start."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models.database import Database
from models.repositories.office_pages import get_agent
from models.tables.jobs import JobRow
from models.time import SECONDS_PER_HOUR
from models.vocabulary_jobs import JobKind
from services.access.sessions import start_session
from services.demo import demo_opening, next_open_day
from services.jobs.questions import AT, SHOWN_BY

ENDED = 30_000
BAD = "id,name,team\nzoe,Zoe Vega,billing\nyan,Yan Li,nowhere\n"


def upload(page: Page, name: str, text: str) -> None:
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Look at it first").click()


def test_a_file_is_looked_at_with_its_faults_in_place_and_its_good_rows_are_taken_in(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/office/import")
    check_page(page)
    upload(page, "agents.csv", BAD)
    row = page.get_by_role("row").filter(has_text="nowhere")
    expect(row).to_contain_text("row 3", timeout=ENDED)
    expect(row).to_contain_text("team")
    check_page(page)
    page.wait_for_load_state()  # the scripts that open dialogs have run
    page.get_by_role("button", name="Take in the good rows only").click()
    page.get_by_role("dialog").get_by_role("button", name="Take in the good rows").click()
    expect(page.get_by_text("Rows were left out: agents: 1.")).to_be_visible(timeout=ENDED)
    with page.expect_download() as caught:
        page.get_by_role("link", name="The rows that were left out").click()
    assert "yan" in caught.value.path().read_text(encoding="utf-8")
    page.goto(f"{desk.address}/office/people?q=vega")
    expect(page.get_by_role("link", name="Zoe Vega")).to_be_visible()


def test_an_empty_database_offers_the_demo_office_and_fills_it(
    launch: Callable[..., Any], make_database_url: Callable[..., str], browser: Any
) -> None:
    url = make_database_url("sqlite", migrated=True)
    server = launch(url)
    with Database(url) as database:
        with database.writing() as session:
            secret = start_session(session, "admin", now=int(time.time()))
        context = browser.new_context()
        context.add_cookies([{"name": "swingdesk_session", "value": secret, "url": server.address}])
        page: Page = context.new_page()
        try:
            page.goto(server.address)
            expect(page.get_by_role("heading", level=1)).to_have_text("There is no office here yet")
            page.get_by_role("button", name="Set up the demo office").click()
            expect(page.get_by_text("The demo office is here")).to_be_visible(timeout=ENDED)
            page.get_by_role("link", name="People", exact=True).first.click()
            page.get_by_role("table").get_by_role("link").first.click()
            agent = page.url.rpartition("/")[2]
            with database.reading() as session:
                assert get_agent(session.connection(), agent)["skills"]
                question = session.scalars(select(JobRow.question).where(JobRow.kind == JobKind.PLAN)).one()
            opening = demo_opening(next_open_day(int(time.time())))
            assert question[AT] == opening or abs(question[AT] - time.time()) < SECONDS_PER_HOUR
            assert question[SHOWN_BY] == "POST /office/demo"  # its agents see the plan as soon as it is there
            page.goto(f"{server.address}/office")
            expect(page.get_by_role("heading", name="What next")).to_be_visible()
            expect(page.get_by_role("link", name="Add an account")).to_be_visible()
        finally:
            context.close()
            server.stop()


@pytest.mark.parametrize("who", ["lea", "ivo"])
def test_whoever_is_no_administrator_is_told_so(open_page: Callable[..., Page], who: str) -> None:
    page = open_page(who, "/office/import")
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not open to you")
