"""On a slow connection: a press is answered at once, a second press sends nothing, pages are usable before all came."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Request, expect

from models.database import Database
from models.repositories.live.events import read_task_events
from models.vocabulary_live import EventKind

LATENCY_MS, BYTES_A_SECOND = 400, 50_000
MOST_BYTES = 100_000
"""What a page with all its parts may have, two seconds of such a connection."""
PATIENT_MS = 90_000
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const note = (text) => {
    const told = JSON.parse(sessionStorage.getItem("told") ?? "[]");
    sessionStorage.setItem("told", JSON.stringify([...told, text]));
  };
  for (const place of document.querySelectorAll(".sending")) {
    new MutationObserver(() => place.textContent && note(place.textContent)).observe(place, { childList: true });
  }
});
"""
"""Keeps what was said to be sent or opened, over pages: the next one takes the words away."""


def slow_down(page: Page) -> CDPSession:
    """Give a page the connection of a train."""
    page.set_default_timeout(PATIENT_MS)
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    return session


def told(page: Page) -> list[str]:
    """Return what was said to be sent since it was asked for last."""
    found: list[str] = page.evaluate("JSON.parse(sessionStorage.getItem('told') ?? '[]')")
    page.evaluate("sessionStorage.removeItem('told')")
    return found


def posts_of(page: Page) -> list[str]:
    """Return the addresses to which a page sends something, as it does."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


@pytest.fixture(scope="module")
def slow_desk(
    launch: Callable[..., Any], demo_desk: Path, desk_kind: Callable[..., Any], tmp_path_factory: Any
) -> Iterator[Any]:
    """A desk for these tests alone: they plan, and begin a day."""
    desk = desk_kind(launch, tmp_path_factory.mktemp("slow-desk"), demo_desk)
    yield desk
    desk.server.stop()


def test_a_lead_s_day_is_usable_before_its_scripts_came_and_nothing_is_sent_twice(
    slow_desk: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page("lea", "/account", on=slow_desk)
    session = slow_down(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    came: list[Request] = []
    page.on("requestfinished", lambda request: came.append(request))  # noqa: PLW0108 - playwright takes no built-in
    page.goto(f"{slow_desk.address}/today")
    assert sum(request.sizes()["responseBodySize"] for request in came) < MOST_BYTES
    session.send("Network.setCacheDisabled", {"cacheDisabled": False})

    sent = posts_of(page)
    page.get_by_role("button", name="Plan again").dblclick()
    page.wait_for_url("**/today/jobs/*", wait_until="commit")
    assert sent == [f"{slow_desk.address}/today/plan"]
    page.wait_for_load_state("domcontentloaded")
    assert told(page) == ["Being sent …"]
    page.get_by_role("button", name="Stop").dblclick()
    page.wait_for_url("**/today", wait_until="commit")
    assert len(sent) == 2
    assert told(page)[:1] == ["Being sent …"]
    page.wait_for_load_state("domcontentloaded")  # its scripts are there, so that it can say what it does
    page.get_by_role("link", name="Chen Popescu is ill").click()
    expect(page.get_by_role("button", name="Note it and plan again")).to_be_visible()
    assert told(page) == ["Being opened …"]

    page.route("**/static/**/*.js", lambda _route: None)  # they do not come at all
    page.goto(f"{slow_desk.address}/today", wait_until="commit")
    expect(page.locator(".headline")).to_be_visible()
    page.get_by_role("link", name="Chen Popescu is ill").click(no_wait_after=True)
    expect(page.get_by_role("button", name="Note it and plan again")).to_be_visible()


def test_an_agent_s_presses_are_answered_at_once_and_count_once(slow_desk: Any, open_page: Callable[..., Page]) -> None:
    page = open_page("ana", "/work", on=slow_desk, phone=True)
    desk = page.locator("#desk")
    slow_down(page)
    page.reload()
    sent = posts_of(page)

    def press(name: str, stage: str) -> str:
        """Press twice, see the answer before the server has heard of it, and wait for what the server says."""
        heard = len(sent)
        page.locator("#desk").get_by_role("button", name=name, exact=True).dblclick()
        expect(page.locator("[data-unsent='0']")).to_have_count(0)
        expect(page.locator("#work-sending")).to_have_text("Being sent …")
        expect(page.locator("[data-unsent='0']")).to_have_count(1, timeout=PATIENT_MS)
        expect(page.locator(f"#desk[data-stage={stage}]")).to_have_count(1, timeout=PATIENT_MS)
        expect(page.locator("#work-sending")).to_have_text("")
        assert len(sent) == heard + 1
        return desk.get_attribute("data-task") or ""

    task = press("Start my day", "claimed")
    press("Start", "started")
    press("Done", "claimed")
    with Database(slow_desk.url) as database, database.reading() as session:
        kinds = [event.kind for event in read_task_events(session.connection(), task)]
    assert kinds == [EventKind.ARRIVED, EventKind.CLAIMED, EventKind.STARTED, EventKind.COMPLETED]
