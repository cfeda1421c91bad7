"""Signing in with a real browser, by keyboard alone: from the link of an administrator to a session that is ended."""

from typing import Any

from playwright.sync_api import Page, expect

from models.vocabulary import Role

CHOSEN = "seven green bicycles"
NOT_THE_SAME = "The two are not the same. Write the password again."
HINT = "At least 12 characters. A few words that do not belong together are easy to keep in mind."


def type_into(page: Page, text: str) -> None:
    """Type as somebody does, and go on to what comes next."""
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def test_a_password_is_chosen_used_changed_and_shown_by_keyboard_alone(
    door: Any, open_page: Any, check_page: Any
) -> None:
    name = door.person(Role.PLANNER, password=None)
    page = open_page(None, f"/sign-in/{door.link(name)}", on=door)
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.get_by_label("New password", exact=True).focus()
    type_into(page, CHOSEN)
    expect(page.get_by_role("button", name="Show: New password")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("New password", exact=True)).to_have_attribute("type", "text")
    expect(page.get_by_label("New password", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("New password", exact=True)).to_have_attribute("type", "password")
    page.get_by_label("The same again", exact=True).focus()
    page.keyboard.type("seven green bicycle")
    page.keyboard.press("Enter")
    wrong = page.get_by_label("New password", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description(f"{NOT_THE_SAME} {HINT}")
    check_page(page, expected=("422",))
    page.keyboard.type(CHOSEN)
    page.get_by_label("The same again", exact=True).fill(CHOSEN)
    page.keyboard.press("Enter")
    expect(page.locator(".site-name")).to_have_text(name)

    page.goto(f"{door.address}/account")
    expect(page.get_by_text("this browser")).to_be_visible()
    page.get_by_label("The password until now", exact=True).focus()
    page.keyboard.type("not that one at all")
    page.get_by_label("New password", exact=True).fill("a ninth of a moon")
    page.get_by_label("The same again", exact=True).fill("a ninth of a moon")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The password until now", exact=True)).to_be_focused()
    check_page(page, expected=("401", "422"))

    # Another browser is led to where it wanted to go, and is signed out from this one.
    other = open_page(None, "/account", on=door, phone=True)
    expect(other.get_by_label("Name", exact=True)).to_be_focused()
    type_into(other, name)
    other.keyboard.type("not that one at all")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("do not belong together")
    expect(other.get_by_label("Password", exact=True)).to_be_focused()
    check_page(other, expected=("401",))
    other.keyboard.type(CHOSEN)
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", name="Your account")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Sign out Chrome · Linux").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("That browser is signed out")
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    assert other.url.endswith("/sign-in?next=%2Faccount")


def test_without_scripts_and_in_spanish_it_works_as_well(door: Any, open_page: Any) -> None:
    name = door.person(Role.PLANNER)
    page = open_page(None, "/sign-in?next=/account", on=door, scripts=False, language="es")
    expect(page.get_by_role("button", name="Mostrar")).to_have_count(0)
    page.get_by_label("Nombre").fill(name)
    page.get_by_label("Contraseña", exact=True).fill("quiet lamps on a hill")
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Su cuenta")
    page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="Cerrar sesión").click()
    expect(page.get_by_role("status")).to_contain_text("La sesión está cerrada")
    page.goto(f"{door.address}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Iniciar sesión")
