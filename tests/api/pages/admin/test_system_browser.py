"""Accounts, keys, jobs, audit and health with a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.vocabulary import Role
from services.access.principals import read_principal


def test_an_account_is_made_let_in_once_by_a_link_and_shut_out(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/accounts")
    check_page(page)
    page.get_by_role("link", name="Add an account").click()
    page.get_by_label("Id", exact=True).fill("max")
    expect(page.get_by_role("group", name="Teams that a lead leads")).to_be_hidden()
    page.get_by_role("checkbox", name="Lead", exact=False).first.check()
    page.get_by_role("group", name="Teams that a lead leads").get_by_role("checkbox").first.check()
    check_page(page)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("max")
    page.get_by_role("button", name="Make a link to come in").click()
    link = page.get_by_label("The link").input_value()
    check_page(page)
    other = open_page(None, link.removeprefix(desk.address))
    expect(other.get_by_text("max").first).to_be_visible()
    page.wait_for_load_state()  # the scripts that open dialogs have run
    page.get_by_role("button", name="Shut out").click()
    page.get_by_role("dialog").get_by_role("button", name="Shut out").click()
    expect(page.get_by_role("button", name="Let in again")).to_be_visible()
    with Database(desk.url) as database:
        assert read_principal(database, "max").disabled_at is not None
    page.get_by_role("button", name="Let in again").click()
    expect(page.get_by_role("button", name="Shut out").first).to_be_visible()

    # Other roles are saved by the very form that a browser sends; what nobody can be is refused where one looks.
    page.get_by_role("checkbox", name="Planner", exact=False).check()
    page.get_by_role("button", name="Save roles").click()
    expect(page.locator("#messages")).to_contain_text("Roles saved")
    with Database(desk.url) as database:
        assert read_principal(database, "max").roles == {Role.LEAD, Role.PLANNER}
    for box in page.get_by_role("group", name="Teams that a lead leads").get_by_role("checkbox", checked=True).all():
        box.uncheck()
    page.get_by_role("button", name="Save roles").click()
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator("[data-focus]")).to_contain_text("a lead leads named teams")


def test_a_key_is_shown_once_works_and_is_revoked(
    desk: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/accounts/keys")
    page.get_by_label("Account", exact=True).select_option("ivo")
    page.get_by_label("Label").fill("wall screen")
    page.get_by_role("button", name="Make a key").click()
    text = page.get_by_label("The key").input_value()
    headers = {"Authorization": f"Bearer {text}"}
    assert desk.server.network.get("/api/me", headers=headers).json()["principal"] == "ivo"
    check_page(page)
    page.reload()  # nothing is made a second time
    assert text not in page.content()
    expect(page.get_by_role("row").filter(has_text="wall screen")).to_have_count(1)
    page.wait_for_load_state()  # the scripts that open dialogs have run
    page.get_by_role("button", name="Revoke wall screen").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row").filter(has_text="wall screen")).to_contain_text("revoked")
    assert desk.server.network.get("/api/me", headers=headers).status_code == 401


def test_the_audit_trail_is_filtered_and_its_chain_checked(
    open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/system/audit?subject=principal&subject_id=lea")
    row = page.get_by_role("row").filter(has_text="lea").first
    row.locator("summary").click()
    expect(row).to_contain_text("billing")
    page.get_by_role("button", name="Check the whole chain").click()
    expect(page.locator("#verdict")).to_contain_text("The chain holds.")
    check_page(page)
    page.locator("#since").fill("2031-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="No change fits")).to_be_visible()
    assert "since=2031-01-01" in page.url
    page.go_back()
    expect(page.get_by_role("row").filter(has_text="lea").first).to_be_visible()


def test_health_and_jobs_tell_how_the_system_stands(
    open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("admin", "/system")
    expect(page.get_by_text("No backup was ever made by Swingdesk.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Database\s*is current"))
    check_page(page)
    page.get_by_role("navigation", name="System").get_by_role("link", name="Jobs").click()
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show").click()
    assert "state=failed" in page.url
    check_page(page)


@pytest.mark.parametrize("path", ["/system/audit", "/office/task-types"])
def test_tables_of_administrators_fit_a_phone(open_page: Callable[..., Page], path: str) -> None:
    page = open_page("admin", path, phone=True)
    for part in page.locator(".only-narrow, th small").all()[:2]:
        part.evaluate("one => { one.textContent = 'a-name-that-has-no-end-'.repeat(4); }")
    widths = page.locator(".wide").evaluate_all("all => all.map(one => [one.scrollWidth, one.clientWidth])")
    assert widths
    assert all(whole <= shown for whole, shown in widths), "nothing is hidden behind the edge"
    assert page.locator("tbody .only-narrow").first.inner_text(), "what a column says elsewhere stands below"
