"""What a stage of a job is called in another language: asked of the page, which may fail, be late, or be ahead."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from api.documents.assets import static_text

ADDRESS = "http://desk.invalid/workbooks/1"
LISTEN = """
window.EventSource = class {
  constructor() { window.source = this; }
  addEventListener(_, hear) { this.hear = hear; }
  close() {}
};
"""
TELL = "stage => source.hear({ data: JSON.stringify({ state: 'running', progress: { stage, share: null } }) })"


def page_at(stage: str, word: str) -> str:
    """Return the page of a job at a stage, as the server writes it in Spanish."""
    told = f'<div class="job-head"><span class="soft">{word}</span></div>'
    box = f'<div data-follow="/api/jobs/1/events" data-stage="{stage}">{told}</div>'
    return f'<!doctype html><html lang="es"><body>{box}<script type="module" src="/jobs.js"></script></body></html>'


@dataclass(kw_only=True)
class Followed:
    """A page that follows a job; what it asks the server for waits until a test answers."""

    page: Page
    asked: list[Route] = field(default_factory=list)

    @property
    def told(self) -> Locator:
        return self.page.locator(".soft")

    def serve(self, route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(body=static_text("jobs.js"), content_type="text/javascript")
        elif route.request.is_navigation_request():
            route.fulfill(body=page_at("", "en cola"), content_type="text/html")
        else:
            self.asked.append(route)

    def tell(self, stage: str, *, asks: int) -> None:
        """Send an event of the job and wait until the page has asked so often in all."""
        self.page.evaluate(TELL, stage)
        for _ in range(500):
            if len(self.asked) == asks:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"the page has asked {len(self.asked)} times, not {asks}")

    def answer(self, place: int, stage: str, word: str, *, status: int = 200) -> None:
        """Answer what was asked, and wait until the page has read it."""
        with self.page.expect_event("requestfinished"):
            self.asked[place].fulfill(status=status, body=page_at(stage, word), content_type="text/html")
        self.page.wait_for_timeout(100)


@pytest.fixture
def followed(browser: Browser) -> Iterator[Followed]:
    context = browser.new_context()
    context.add_init_script(LISTEN)
    made = Followed(page=context.new_page())
    made.page.route("**/*", made.serve)
    made.page.goto(ADDRESS)
    made.page.wait_for_function("Boolean(window.source?.hear)")
    yield made
    context.close()


def test_a_word_that_did_not_come_is_asked_for_again(followed: Followed) -> None:
    followed.tell("reading", asks=1)
    followed.answer(0, "reading", "leyendo", status=503)
    expect(followed.told).to_have_text("en cola")
    followed.tell("reading", asks=2)
    followed.answer(1, "reading", "leyendo")
    expect(followed.told).to_have_text("leyendo")


def test_a_late_word_of_a_stage_that_is_over_is_kept_and_not_shown(followed: Followed) -> None:
    followed.tell("reading", asks=1)
    followed.tell("writing", asks=2)
    followed.answer(1, "writing", "escribiendo")
    expect(followed.told).to_have_text("escribiendo")
    followed.answer(0, "reading", "leyendo")
    expect(followed.told).to_have_text("escribiendo")
    followed.tell("reading", asks=2)
    expect(followed.told).to_have_text("leyendo")


def test_a_page_that_is_ahead_gives_the_word_of_its_own_stage(followed: Followed) -> None:
    followed.tell("reading", asks=1)
    followed.answer(0, "writing", "escribiendo")
    expect(followed.told).to_have_text("en cola")
    followed.tell("writing", asks=1)
    expect(followed.told).to_have_text("escribiendo")
