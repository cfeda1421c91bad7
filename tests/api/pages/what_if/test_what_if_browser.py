"""The planner's way through What if in a real browser: by mouse from history to an answer, and by keyboard alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

ANSWER_MS = 60_000


@pytest.fixture
def open_patiently(open_page: Any) -> Any:
    """As `open_page`, for pages that wait for what is worked out."""

    def open_it(*given: Any, **more: Any) -> Page:
        page: Page = open_page(*given, **more)
        page.set_default_timeout(ANSWER_MS)
        return page

    return open_it


def upload(page: Page, path: Path) -> None:
    """Begin with a file, whether or not there are scenarios already."""
    new = page.get_by_role("link", name="New scenario")
    if new.is_visible():
        new.click()
    page.get_by_label("A scenario's file").locator("visible=true").set_input_files(path)
    page.get_by_role("button", name="Upload").locator("visible=true").click()
    expect(page.get_by_role("heading", name="Tiny desk", exact=True)).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press the tab key until what bears a name has the focus, as somebody does who has no mouse."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_from_history_to_an_answer_that_is_shared(open_patiently: Any, check_page: Any, desk: Any) -> None:
    page = open_patiently("pia", "/what-if")
    new = page.get_by_role("link", name="New scenario")
    if new.is_visible():
        new.click()
    offered = page.get_by_label("Days of history").locator("visible=true")
    assert 0 < int(offered.input_value()) < 28, "as many days as there are, not the usual four weeks"
    page.get_by_role("button", name="Read the history").locator("visible=true").click()
    page.wait_for_url(re.compile(r"/what-if/histories/\d+$"))
    reading = page.url
    page.reload()  # in the middle of it, or just after
    page.wait_for_url(re.compile(r"/what-if/scenarios/\d+$"))
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    kept = page.url
    page.goto(reading)
    assert page.url == kept, "the address of the reading leads on to what came of it"
    check_page(page)

    # So that the answer does not take long.
    page.get_by_role("link", name="Change it").click()
    page.get_by_role("link", name="Days and replications").click()
    page.get_by_label("Replications").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved")

    scenario = page.url
    page.locator("form").filter(has_text="More people, or fewer").get_by_role("button", name="Ask").click()
    headline = page.locator(".wi-headline")
    expect(headline).to_contain_text("2 more in Swing team", timeout=ANSWER_MS)
    expect(page.get_by_role("heading", name="Wait, mean minutes", exact=True)).to_be_visible()
    page.locator("summary", has_text="Every number").click()
    expect(page.get_by_role("columnheader", name="What is known")).to_be_visible()
    check_page(page)
    run = page.url
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
        button, menu = (page.locator(one).bounding_box() for one in ("[popovertarget=export]", "#export"))
        assert button is not None
        assert menu is not None
        assert 0 <= menu["y"] - button["y"] - button["height"] <= 8, "the menu hangs at its button"
        assert menu["x"] == button["x"]
        page.get_by_role("link", name="A table (CSV)").click()
    table = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert table[0].startswith("scenario,of,figure,mean,low,high,difference mean")
    assert any("2 more in Swing team" in line and "overall.on_time_share" in line for line in table[1:])

    page.goto(scenario)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share by link").click()
    expect(page.get_by_text("Every planner can open this page by its address.")).to_be_visible()
    other = open_patiently("admin", run.removeprefix(desk.address), theme="dark", language="es", phone=True)
    expect(other.locator(".wi-headline")).to_contain_text("2 more in Swing team")
    expect(other.locator("summary", has_text="Todas las cifras")).to_be_visible()
    check_page(other)


def test_a_question_is_asked_watched_reloaded_and_stopped_by_keyboard_alone(
    open_patiently: Any, check_page: Any, tiny: Path, tiny_scenario: dict[str, Any]
) -> None:
    tiny.write_text(json.dumps({**tiny_scenario, "replications": 200_000}), encoding="utf-8")
    page = open_patiently("pia", "/what-if")
    upload(page, tiny)
    tab_to(page, "How many")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    stop = page.get_by_role("button", name="Stop it")
    expect(stop).to_be_visible()
    expect(page.locator("#progress[data-state=running]")).to_be_visible(timeout=ANSWER_MS)
    page.reload()
    expect(page.get_by_text("replications").first).to_be_visible(timeout=ANSWER_MS)
    tab_to(page, "Stop it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It was stopped before there was an answer.")).to_be_visible(timeout=ANSWER_MS)
    check_page(page)


def test_what_is_wrong_is_said_beside_its_entry_and_what_was_saved_is_undone(
    open_patiently: Any, check_page: Any, tiny: Path
) -> None:
    page = open_patiently("pia", "/what-if")
    upload(page, tiny)
    page.get_by_role("link", name="Change it").click()
    people = page.get_by_role("row").get_by_label(re.compile(r": People$"))
    people.fill("-1")
    beside = page.locator("#agents-0-count-error")
    expect(beside).to_have_text("Write a number from 0 on.")  # as it is written, nothing is sent yet
    expect(people).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".wi-faults .note-box")).to_be_focused()
    expect(people).to_have_value("-1")
    check_page(page, expected=("422",))
    people.fill("7")
    expect(beside).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    facts = page.locator(".facts").first
    expect(facts).to_contain_text("7")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("taken back")
    expect(facts).to_contain_text("4")
    page.get_by_role("link", name="Find the staffing").click()
    page.get_by_role("checkbox", name="Sought").check()
    check_page(page, expected=("422",))
