"""An agent's day in a real browser: by mouse, by keys alone, on a phone, off the network, beside a lead, signed out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.repositories.live.events import read_task_events
from models.repositories.live.records import Event
from models.vocabulary_live import EventKind

OWN = {"Sec-Fetch-Site": "same-origin"}
AGENTS = {"ana": "chen-popescu", "ben": "esther-nunez"}
BIG = 44
WAIT_MS = 15_000


@pytest.fixture(scope="module")
def work_desk(
    launch: Callable[..., Any], demo_desk: Path, desk_kind: Callable[..., Any], tmp_path_factory: Any
) -> Iterator[Any]:
    """A desk for the agents' tests alone: they do the tasks that others look at."""
    desk = desk_kind(launch, tmp_path_factory.mktemp("work-desk"), demo_desk)
    yield desk
    desk.server.stop()


class Agents:
    """Opens agents' pages with their day not yet begun, and does what others do meanwhile."""

    def __init__(self, desk: Any, open_page: Callable[..., Page]) -> None:
        self.desk, self._open = desk, open_page

    def open(self, who: str, **how: Any) -> Page:
        self.post(who, "/work/acts/sign-out")
        return self._open(who, "/work", on=self.desk, **how)

    def post(self, who: str, path: str, **body: Any) -> httpx.Response:
        cookies = {"swingdesk_session": self.desk.session(who)}
        with httpx.Client(base_url=self.desk.address, cookies=cookies, headers=OWN, timeout=30) as client:
            return client.post(path, json=body) if path.startswith("/api/") else client.post(path, data=body)

    def lead(self, task_id: str, act: str, **body: Any) -> None:
        answer = self.post("lea", f"/api/tasks/{task_id}/{act}", **body)
        assert answer.status_code == 200, answer.text

    def events(self, task_id: str) -> list[Event]:
        with Database(self.desk.url) as database, database.reading() as session:
            return read_task_events(session.connection(), task_id)

    def kinds(self, task_id: str) -> list[EventKind]:
        return [event.kind for event in self.events(task_id)]


@pytest.fixture
def agents(work_desk: Any, open_page: Callable[..., Page]) -> Agents:
    return Agents(work_desk, open_page)


def button(page: Page, name: str) -> Any:
    return page.locator("#desk").get_by_role("button", name=name, exact=True)


def begin(page: Page) -> Any:
    """Return what begins the day, or begins it again: whoever has the page may have had it in a test before."""
    return page.locator("#desk [data-act=sign-in] button:visible")


def stage(page: Page, name: str) -> str:
    """Wait until the page is about a stage, and return its task."""
    expect(page.locator(f"#desk[data-stage={name}]")).to_be_attached(timeout=WAIT_MS)
    return page.locator("#desk").get_attribute("data-task") or ""


def settled(page: Page) -> None:
    """Wait until the server has heard of everything that was pressed."""
    expect(page.locator("[data-unsent='0']")).to_be_attached(timeout=WAIT_MS)


def test_a_task_from_start_to_done_by_mouse(agents: Agents, check_page: Callable[[Page], None]) -> None:
    page = agents.open("ana")
    expect(page.get_by_role("heading", level=1, name="Good to see you")).to_be_visible()
    check_page(page)
    button(page, "Start my day").click()
    first = stage(page, "claimed")
    expect(page.get_by_role("heading", name="Why this one")).to_be_visible()
    expect(page.locator("#work-said")).to_contain_text("Next task: ")
    check_page(page)
    button(page, "Take instead").first.click()
    expect(page.locator(f"#desk:not([data-task='{first}'])")).to_be_attached()
    taken = stage(page, "claimed")
    assert agents.kinds(first)[-1] is EventKind.RELEASED
    title = page.locator("#task-title").inner_text()
    button(page, "Start").click()
    stage(page, "started")
    settled(page)
    agents.desk.forward(3)
    page.reload()
    expect(page.locator("[data-clock=work]")).to_have_text(re.compile(r"^3:\d\d$"))
    button(page, "Pause").click()
    stage(page, "paused")
    check_page(page)
    button(page, "Go on").click()
    stage(page, "started")
    button(page, "Done").click()
    assert stage(page, "claimed") != taken
    done = page.locator(".day-lines .is-done").filter(has_text=title)
    expect(done).to_contain_text("Done")
    assert agents.kinds(taken)[-4:] == [
        EventKind.STARTED,
        EventKind.PAUSED,
        EventKind.RESUMED,
        EventKind.COMPLETED,
    ]
    button(page, "End my day").click()
    page.get_by_role("dialog").get_by_role("button", name="End my day").click()
    stage(page, "over")
    over = page.get_by_role("heading", level=1, name="Your day is over")
    expect(over).to_be_visible()  # before the server has answered
    told = page.locator("section[aria-labelledby=state-over]")
    expect(told).to_contain_text(re.compile(r"You ended it at \d\d:\d\d\."))
    settled(page)
    expect(told).to_contain_text(re.compile(r"You ended it at \d\d:\d\d\. 1 task done · 3.min of work\."))
    check_page(page)
    page.reload()
    expect(over).to_be_visible()
    expect(page.get_by_text("Good to see you")).to_be_hidden()
    button(page, "Begin again").click()
    stage(page, "claimed")


def test_everything_by_keys_alone_and_none_while_typing(agents: Agents) -> None:
    page = agents.open("ana")
    expect(begin(page)).to_be_visible()
    page.keyboard.press("n")
    skipped = stage(page, "claimed")
    page.keyboard.press("k")
    expect(page.get_by_role("dialog", name="Why skip it?")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(f"#desk:not([data-task='{skipped}'])")).to_be_attached()
    pended = stage(page, "claimed")
    assert agents.events(skipped)[-1].details["reason"] == "unclear"
    page.keyboard.press("s")
    stage(page, "started")
    settled(page)
    page.keyboard.press("w")
    day = page.get_by_label("Day", exact=True)
    day.focus()
    page.keyboard.type("dd")
    stage(page, "started")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="Waiting for a reply")).to_be_visible()
    assert agents.kinds(pended)[-1] is EventKind.PENDED
    last = stage(page, "claimed")
    page.keyboard.press("o")
    page.keyboard.press("1")
    stage(page, "off-task")
    expect(page.get_by_role("heading", level=1, name="Break")).to_be_visible()
    page.keyboard.press("b")
    assert stage(page, "claimed") == last
    page.keyboard.press("?")
    page.get_by_label("Use single keys in this browser").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(button(page, "Start")).not_to_have_attribute("aria-keyshortcuts", "S")
    page.locator("#task-title").focus()
    for _ in range(3):  # the link to where it is worked on comes first
        page.keyboard.press("Tab")
        if button(page, "Start").evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert stage(page, "started") == last
    assert agents.kinds(last)[-1] in {EventKind.CLAIMED, EventKind.STARTED}


def test_on_a_phone_in_spanish_with_a_thumb(agents: Agents, check_page: Callable[[Page], None]) -> None:
    page = agents.open("ben", phone=True, language="es")
    begin(page).tap()
    given_up = stage(page, "claimed")
    for name in ("Empezar", "Saltar", "Ayuda"):
        box = button(page, name).bounding_box()
        assert box is not None
        assert box["height"] >= BIG, name
    button(page, "Ayuda").tap()
    page.get_by_role("dialog", name="¿Necesita ayuda?").get_by_role("button", name="Pasarla a un responsable").tap()
    expect(page.locator(f"#desk:not([data-task='{given_up}'])")).to_be_attached()
    assert agents.kinds(given_up)[-1] is EventKind.HELP_ASKED
    button(page, "Empezar").tap()
    stage(page, "started")
    check_page(page)


def test_a_lost_connection_loses_no_press(agents: Agents) -> None:
    page = agents.open("ana")
    begin(page).click()
    task_id = stage(page, "claimed")
    page.context.set_offline(True)
    button(page, "Start").click()
    stage(page, "started")
    told = page.locator("#work-unsent")
    expect(told).to_contain_text("No connection.")
    expect(told).to_contain_text("1 press waits")
    expect(told.get_by_role("listitem")).to_have_text(re.compile(r"^(09|10):\d\d · Start$"))  # by the office's clocks
    expect(page.locator("[data-clock=work]")).not_to_have_text("0:00")  # the clock goes on
    button(page, "Done").click()
    expect(told).to_contain_text("2 presses wait")
    expect(page.get_by_role("heading", level=1, name="Done")).to_be_visible()
    assert agents.kinds(task_id)[-1] is EventKind.CLAIMED
    page.context.set_offline(False)
    assert stage(page, "claimed") != task_id
    expect(told).to_be_hidden()
    started, completed = agents.events(task_id)[-2:]
    assert (started.kind, completed.kind) == (EventKind.STARTED, EventKind.COMPLETED)
    assert started.occurred_at < completed.occurred_at <= completed.recorded_at
    again = agents.post("ana", "/work/acts/complete", task_id=task_id, key=str(completed.dedup_key))
    assert again.status_code == 303
    assert [kind for kind in agents.kinds(task_id) if kind is EventKind.COMPLETED] == [EventKind.COMPLETED]


def test_a_lead_moves_what_is_in_hand_and_the_page_says_so(agents: Agents) -> None:
    page = agents.open("ana")
    begin(page).click()
    task_id = stage(page, "claimed")
    button(page, "Start").click()
    stage(page, "started")
    settled(page)
    agents.lead(task_id, "reassign", to_agent_id=AGENTS["ben"])
    note = page.get_by_role("alert").filter(has_text="is no longer yours")
    expect(note).to_contain_text("A lead gave")
    stage(page, "free")
    button(page, "Next task").click()
    second = stage(page, "claimed")
    note.get_by_role("button", name="Close").click()
    expect(note).to_be_hidden()
    page.context.set_offline(True)
    button(page, "Start").click()
    stage(page, "started")
    button(page, "Done").click()
    agents.lead(second, "cancel", reason="duplicate")
    page.context.set_offline(False)
    refused = page.get_by_role("alert").filter(has_text="was not noted")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("“Start”")
    expect(refused.last).to_contain_text("A lead cancelled")
    expect(refused.last).to_contain_text("tell your lead")
    assert EventKind.STARTED not in agents.kinds(second)


def test_a_session_that_ended_keeps_what_was_pressed(agents: Agents) -> None:
    page = agents.open("ben")
    begin(page).click()
    task_id = stage(page, "claimed")
    page.context.clear_cookies()
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fwork$"))
    assert agents.kinds(task_id)[-1] is EventKind.CLAIMED
    secret = agents.desk.session("ben")
    page.context.add_cookies([{"name": "swingdesk_session", "value": secret, "url": agents.desk.address}])
    page.goto(f"{agents.desk.address}/work")
    settled(page)
    assert stage(page, "started") == task_id
    assert agents.kinds(task_id)[-1] is EventKind.STARTED


def test_without_scripts_the_forms_do_it(agents: Agents) -> None:
    page = agents.open("ben", scripts=False)
    begin(page).click()
    task_id = stage(page, "claimed")
    button(page, "Skip").click()
    page.get_by_role("dialog", name="Why skip it?").get_by_role("button", name="It is unclear").click()
    assert agents.kinds(task_id)[-1] is EventKind.SKIPPED
    other = stage(page, "claimed")
    assert other != task_id
    agents.post("ben", "/work/acts/start", task_id=other)  # in another window
    button(page, "Start").click()
    expect(page.get_by_role("alert")).to_contain_text("“Start”")
    assert stage(page, "started") == other
