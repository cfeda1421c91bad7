"""Every page as it looks, light, dark, on a phone and in Spanish: `make screenshots` writes them to build/screenshots.

It is no test of the suite: what it makes is for eyes. Those that the README shows go to docs/images besides.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
FOLDER, IMAGES = ROOT / "build" / "screenshots", ROOT / "docs" / "images"
PATIENCE_MS = 300_000
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"theme": "dark"},
    "phone": {"phone": True},
    "es": {"language": "es"},
}
SCENARIO, ANSWER = "a scenario", "an answer"
"""Stand for the addresses of what is asked first."""

PAGES = {
    "sign-in": (None, "/sign-in"),
    "work": ("ana", "/work"),
    "figures": ("ana", "/work/figures"),
    "today": ("lea", "/today"),
    "chart": ("lea", "/today/chart"),
    "skills": ("lea", "/today/skills"),
    "plans": ("pia", "/plans"),
    "plan": ("pia", "/plans/1"),
    "what-if-empty": ("pia", "/what-if"),
    "what-if": ("pia", "/what-if"),
    "scenario": ("pia", SCENARIO),
    "scenario-form": ("pia", f"{SCENARIO}/edit/people"),
    "answer": ("pia", ANSWER),
    "time": ("ivo", "/time"),
    "waste": ("ivo", "/time/waste"),
    "waiting": ("ivo", "/time/waiting"),
    "office": ("admin", "/office"),
    "import": ("admin", "/office/import"),
    "people": ("admin", "/office/people"),
    "person": ("admin", "/office/people/chen-popescu"),
    "task-types": ("admin", "/office/task-types"),
    "accounts": ("admin", "/accounts"),
    "keys": ("admin", "/accounts/keys"),
    "health": ("admin", "/system"),
    "jobs": ("admin", "/system/jobs"),
    "audit": ("admin", "/system/audit"),
    "account": ("lea", "/account"),
    "design": ("admin", "/design"),
    "missing": ("lea", "/no-such-page"),
}
FIRST_SCREEN = {"chart"}
"""Pages of which only what is seen at first is taken."""

SHOWN = {"today-light", "chart-light", "work-phone", "people-light", "waste-dark", "answer-light"}
"""What the README shows: what is seen at first of it."""

ARRIVED = {
    "work": "#task-title:visible",
    "chart": ".dc-task",
    "plan": ".dc-task",
    "waste": "[data-figure] svg",
    "figures": "#own-picking:not([aria-busy])",
    "waiting": "[data-figure] svg",
    "answer": ".wi-headline",
}
"""What is there when a page that fills by and by is full."""


def ask(page: Page, asked: dict[str, str]) -> None:
    """Ask of the history what two more people in the swing team would change."""
    page.get_by_role("button", name="Read the history").click()
    page.get_by_role("heading", name="What it rests on").wait_for(timeout=PATIENCE_MS)
    asked[SCENARIO] = urlsplit(page.url).path
    page.locator("form").filter(has_text="More people, or fewer").get_by_role("button", name="Ask").click()
    page.locator(ARRIVED["answer"]).wait_for(timeout=PATIENCE_MS)
    asked[ANSWER] = urlsplit(page.url).path


@pytest.fixture(scope="session")
def asked() -> dict[str, str]:
    """Addresses of what is asked while the pictures are taken."""
    return {}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_pictured(name: str, look: str, open_page: Callable[..., Page], asked: dict[str, str]) -> None:
    if name == "what-if" and not asked:
        ask(open_page("pia", "/what-if"), asked)
    who, path = PAGES[name]
    for place, address in asked.items():
        path = path.replace(place, address)
    page = open_page(who, path, **LOOKS[look])
    begin = page.locator("form[data-act='sign-in'] button:visible")
    if name == "work" and begin.count():
        begin.first.click()
    if name in ARRIVED:
        page.locator(ARRIVED[name]).first.wait_for(timeout=PATIENCE_MS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = f"{name}-{look}"
    page.screenshot(path=FOLDER / f"{picture}.png", full_page=name not in FIRST_SCREEN)
    if picture in SHOWN:
        page.screenshot(path=IMAGES / f"{picture}.png")
