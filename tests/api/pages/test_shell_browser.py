"""The shell in a real browser: for each role, in both languages and themes, on a phone, and without scripts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_every_component_is_fit_for_everybody(
    open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    page = open_page("lea", "/design")
    expect(page.get_by_role("heading", level=1)).to_have_text("Components")
    check_page(page)
