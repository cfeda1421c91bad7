"""The running server, as its user meets it: started by the command, looked at in a real browser."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models.database import Database
from models.formats.offices.office import Office
from services.daily_plan import Search, plan_day
from services.importing.store import store_office
from services.settings import Settings

MONDAY_8 = 1772434800
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(warm: dict[str, str]) -> Start:
    """A starter of the command with options, as a terminal would: `start(url, "--port", "0")`."""

    def start(url: str, *options: str) -> subprocess.Popen[str]:
        environment = {**os.environ, **warm, "SWINGDESK_DATABASE_URL": url}
        command = [str(Path(__file__).parents[2] / "warm" / "swingdesk"), "serve", *options]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.fixture
def link(make_database_url: Callable[..., str], make_office: Callable[..., Office], start: Start) -> Iterator[str]:
    """The link that signs a browser in, once, at a running server with one plan."""
    url = make_database_url("sqlite")
    with Database(url) as database:
        with database.writing() as session:
            store_office(session, make_office(), kind="tables", now=MONDAY_8)
        search = Search(iterations=0, time_limit_s=None)
        plan_day(database, Settings(database_url=url), at=MONDAY_8, made_at=MONDAY_8, search=search)
    server = start(url, "--port", "0")
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/sign-in/\S+", "".join(server.stdout.readline() for _ in range(5)))
        assert found is not None
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
    assert server.returncode == 0
    assert {json.loads(line)["level"] for line in errors.splitlines()} <= {"info"}


def test_from_the_list_to_a_plans_chart_under_the_strict_policy(browser: Browser, link: str) -> None:
    address = link.partition("/sign-in/")[0]
    complaints: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(link)
        page.get_by_label("New password", exact=True).fill("quiet lamps on a hill")
        page.get_by_label("The same again", exact=True).fill("quiet lamps on a hill")
        page.get_by_role("button", name="Choose it and sign in").click()
        expect(page.locator(".site-name")).to_have_text("admin")
        page.goto(f"{address}/plans")
        expect(page.locator("h1")).to_have_text("Plans")
        page.get_by_role("link", name="Plan 1").click()
        expect(page.locator("h1")).to_have_text("Monday, 2 March 2026")
        expect(page.locator(".dc-task").first).to_be_visible()
        expect(page.locator(".dc-status")).to_contain_text("3 tasks")
        page.locator(".dc-task").first.hover()
        expect(page.locator(".dc-card")).to_be_visible()
        page.get_by_label("Zoom in").click()
        page.go_back()
        expect(page.locator("h1")).to_have_text("Plans")
        assert all(url.startswith(address) for url in asked), asked
    assert complaints == []


def test_a_taken_port_is_said_and_not_logged(link: str, start: Start) -> None:
    port = link.split(":")[2].partition("/")[0]
    second = start("sqlite:///nowhere.sqlite3", "--port", port)
    out, errors = second.communicate(timeout=30)
    assert second.returncode == 2
    assert out == ""
    assert errors.startswith(f"swingdesk: cannot listen on 127.0.0.1 port {port}")
    assert "Traceback" not in errors
