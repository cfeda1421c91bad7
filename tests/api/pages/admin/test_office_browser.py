"""People, task types and names by form: found, added with faults said at once, changed, and taken away after asking."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from models.database import Database
from models.repositories.audit import list_changes


def test_somebody_is_added_by_keyboard_with_skills_shifts_and_absences(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/office/people/new")
    check_page(page)
    page.get_by_label("Id", exact=True).fill("nora")
    page.keyboard.press("Tab")
    page.keyboard.type("Nora Blum")
    page.keyboard.press("Tab")
    expect(page.locator("#checked")).to_contain_text("Home team")  # said while it is typed, before anything is sent
    page.keyboard.type("Bil")
    page.keyboard.press("Tab")
    expect(page.locator("#checked")).to_contain_text("Everything fits so far.")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora Blum")

    page.get_by_label("Another skill").select_option(index=1)
    page.get_by_label("Level of the other skill").select_option("3")
    page.get_by_role("button", name="Save skills").click()
    expect(page.get_by_text("Skills saved.")).to_be_visible()

    check_page(page)
    page.get_by_text("Add a shift").click()
    shift = page.locator("form#shift")
    shift.get_by_label("Day").fill("2026-03-03")
    shift.get_by_label("From").fill("08:00")
    shift.get_by_label("Until").fill("16:00")
    shift.get_by_label("Breaks").fill("12:00-12:30 siesta maybe")
    shift.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("Breaks")
    page.locator("form#shift").get_by_label("Breaks").fill("12:00-12:30 lunch")
    page.locator("form#shift").get_by_role("button", name="Add").click()
    expect(page.get_by_text("Shift saved: Tue 3 Mar from 08:00 to 16:00")).to_be_visible()

    page.wait_for_load_state()  # the scripts that open dialogs have run
    page.get_by_role("button", name="Remove the shift of Tue 3 Mar").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Remove the shift of Tue 3 Mar").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No shift in the next two weeks.")).to_be_visible()
    with Database(desk.url) as database, database.reading() as session:
        change = list_changes(session, subject="agent", subject_id="nora", limit=1)[0]
    assert change.principal_id == "admin"
    assert change.what == "POST /office/people/{agent_id}/shifts/{starts_at}/remove"

    page = open_page("admin", "/office/people")
    page.get_by_label("Name or id").fill("nora b")
    expect(page.locator("#people").get_by_role("link")).to_have_count(1)
    assert "q=nora" in page.url
    check_page(page)


def test_a_task_type_changes_from_a_day_on_and_keeps_its_past(open_page: Callable[..., Page]) -> None:
    page = open_page("admin", "/office/task-types")
    page.get_by_role("table").get_by_role("link").first.click()
    minutes = page.get_by_role("spinbutton", name="Standard minutes")
    before = minutes.input_value()
    minutes.fill("33.5")
    page.get_by_label("From which day on").fill("2026-06-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    history = page.get_by_role("table", name="What it took, and when")
    expect(history.get_by_role("row").filter(has_text="33.5")).to_contain_text("1 Jun")
    expect(page.get_by_role("spinbutton", name="Standard minutes")).to_have_value(before)


def test_a_page_of_the_office_works_without_scripts_on_a_phone_and_in_spanish(open_page: Callable[..., Page]) -> None:
    page = open_page("admin", "/office/names?table=teams", scripts=False, phone=True, language="es")
    page.get_by_label("Id", exact=True).fill("recursos")
    page.get_by_label("Nombre").fill("Recursos")
    page.get_by_role("button", name="Añadir").click()
    expect(page.get_by_role("row").filter(has_text="recursos")).to_contain_text("Recursos")
    expect(page.locator("html")).to_have_attribute("lang", "es")
