"""The shell in a real browser: by mouse and by keys, in both languages and themes, on a phone, without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_component_is_fit_for_everybody(
    open_page: Callable[..., Page], check_page: Callable[..., None], language: str
) -> None:
    page = open_page("lea", "/design", language=language)
    expect(page.get_by_role("heading", level=1)).to_have_text({"en": "Components", "es": "Componentes"}[language])
    page.locator("[data-opens=ask]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.locator("[data-say]").first.evaluate("button => button.click()")
    expect(page.locator("#messages")).to_contain_text({"en": "Saved.", "es": "Guardado."}[language])
    check_page(page)


def test_language_light_and_signing_out_by_mouse(open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/plans?page=1")
    bright = page.evaluate(GROUND)
    page.get_by_role("button", name="lea").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(GROUND) != bright
    page.get_by_role("button", name="lea").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Planes")
    expect(page).to_have_url(re.compile(r"/plans\?page=1$"))
    page.get_by_role("button", name="lea").click()
    page.get_by_role("button", name="Cerrar sesión").click()
    expect(page).to_have_url(re.compile(r"/sign-in"))
    page.goto(page.url.partition("/sign-in")[0] + "/plans")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fplans$"))


def test_the_shell_by_keys_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/design")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator(".brand").focus()
    who = page.get_by_role("button", name="lea")
    for _ in range(12):
        if who.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(who).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    opener = page.locator("[data-opens=sure]").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_on_a_phone_the_way_around_is_a_menu(open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/design", phone=True)
    plans = page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Plans")
    expect(plans).to_be_hidden()
    page.get_by_role("button", name="Menu").tap()
    expect(plans).to_be_visible()
    box = plans.bounding_box()
    assert box is not None
    assert box["height"] >= 44  # a thumb hits it
    plans.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plans")


def test_without_scripts_the_shell_works(open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/plans", scripts=False)
    page.get_by_role("button", name="lea").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Planes")


def test_refusals_are_pages_like_others(open_page: Callable[..., Page], check_page: Callable[..., None]) -> None:
    page = open_page("lea", "/plans/999")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    check_page(page, expected=["404"])
    page.get_by_role("link", name="Back to the start").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("There is no such page")


def test_a_plan_is_fit_for_everybody_in_the_shell(
    open_page: Callable[..., Page], check_page: Callable[..., None]
) -> None:
    page = open_page("lea", "/plans", language="es")
    expect(page.get_by_role("region", name="Planes guardados")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Plan 1").click()
    expect(page.locator(".dc-task").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("lunes, 2 de marzo de 2026")
    check_page(page)


def test_a_script_that_loses_the_server_or_is_refused_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page("lea", "/design")
    page.evaluate("""() => {
      const asking = document.createElement("button");
      asking.id = asking.textContent = "x";
      asking.setAttribute("hx-get", "/plans/999");
      document.querySelector("main").append(asking);
      htmx.process(asking);
    }""")
    page.locator("#x").click()
    expect(page.get_by_role("alert").filter(has_text="There is no such page")).to_be_visible()
    expect(page.locator("#x")).to_have_text("x")  # what asked stays as it is
    page.get_by_role("button", name="Close").last.click()
    page.context.set_offline(True)
    page.locator("#x").click()
    expect(page.locator("#messages")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.locator("#x").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fdesign$"))
