"""The page of a simulation in a real browser: drawn without a network, light and dark, on a phone, in words."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api.documents.figure_pages import render_figure_file
from models.formats.scenarios.reading import parse_scenario
from reports.simulation_figures import FrontierPoint, show_frontier
from services.simulating.comparing import compare_scenarios
from services.simulating.showing import show_comparison
from services.simulating.tiny import TINY

DRAWN = """() => {
  const places = [...document.querySelectorAll(".figure")];
  return places.length > 0 && places.every((place) => place.querySelector(".main-svg"));
}"""


HOVERED = """() => {
  const place = [...document.querySelectorAll(".figure")].at(-1);
  Plotly.Fx.hover(place, [{ curveNumber: 0, pointNumber: 0 }]);
  return place.querySelector(".hoverlayer").textContent;
}"""
"""What is said of a point of the last figure, whose points tell of shares."""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    questions = [
        (
            name,
            parse_scenario(
                {**TINY, "name": name, "replications": 5, "days": 2, "agents": [{**TINY["agents"][0], "count": count}]}
            ),
        )
        for name, count in (("base <script>alert(1)</script>", 1), ("two", 2))
    ]
    panels = [
        *show_comparison(compare_scenarios(questions)),
        show_frontier([FrontierPoint(label="<b>1</b>", cost=10, share=0.5, low=0.4, high=0.6, is_chosen=True)]),
    ]
    path = tmp_path_factory.mktemp("figures") / "figures.html"
    page = render_figure_file(
        panels, title="</title><script>alert(2)</script>", eyebrow="Side by side", lead="Two days."
    )
    path.write_text(page, encoding="utf-8")
    return path


def _open(browser: Browser, path: Path, *, width: int, scheme: str) -> tuple[Page, list[str]]:
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda request: None if request.url.startswith("file:") else heard.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function(DRAWN, timeout=60_000)
    return page, heard


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")])
def test_the_page_is_drawn_without_a_network(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    page, heard = _open(browser, page_file, width=width, scheme=scheme)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ink = page.evaluate("getComputedStyle(document.querySelector('.figure .xtick text')).fill")
        red = int(re.findall(r"\d+", ink)[0])
        assert (red > 150) == (scheme == "dark")
        heights = page.evaluate(
            "[...document.querySelectorAll('.figure')].map(one => one.getBoundingClientRect().height)"
        )
        assert min(heights) > 150
        page.set_viewport_size({"width": width - 40, "height": 700})
        page.wait_for_timeout(300)
        assert heights == page.evaluate(
            "[...document.querySelectorAll('.figure')].map(one => one.getBoundingClientRect().height)"
        )
        assert heard == []
    finally:
        page.close()


def test_who_does_not_see_gets_words_and_tables(browser: Browser, page_file: Path) -> None:
    page, _ = _open(browser, page_file, width=1200, scheme="light")
    try:
        figures = page.locator(".figure[role=img]")
        assert figures.count() == 6
        for position in range(6):
            name = figures.nth(position).get_attribute("aria-label") or ""
            assert "The table below has the numbers." in name
        assert page.locator("details table").count() == 6
        page.locator("details summary").first.click()
        assert page.locator("details table").first.is_visible()
    finally:
        page.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_axes_are_written_as_the_words_around_them(
    browser: Browser, page_file: Path, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "figures.html"
    path.write_text(page_file.read_text(encoding="utf-8").replace('lang="en"', f'lang="{language}"', 1), "utf-8")
    page, heard = _open(browser, path, width=1200, scheme="light")
    assert heard == []
    ticks = page.locator(".figure .main-svg text").all_text_contents()
    shares = [tick for tick in ticks if "%" in tick]
    assert shares
    assert all(re.fullmatch(r"[+\u2212]?[\d.,]+\u00a0%", tick) for tick in shares), shares
    days = {found[1] for tick in ticks for found in [re.search(r"(\w{3}) \d\d \w{3}$", tick)] if found}
    assert days
    assert days <= set(("Mon Tue Wed" if language == "en" else "lun mar mié").split())
    assert page.evaluate(HOVERED) == f"<b>1</b>: 50{',' if language == 'es' else '.'}0\u00a0% for 10"
    page.close()
