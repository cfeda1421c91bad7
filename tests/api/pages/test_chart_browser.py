"""The day chart in a real browser: by mouse, by keyboard, by ear, on paper, on a phone, under attack."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, expect

from api.documents.plan_view import PlanView
from api.documents.render import render_plan_file
from models.formats.plan import Plan
from models.formats.problem import Problem
from reports.plan_tables import PlanTables

Opener = Callable[..., Page]


class PlannedDay(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables

    def view(self) -> PlanView: ...


@pytest.fixture
def open_page(browser: Browser, small_page: Path) -> Iterator[Opener]:
    """Opens the page without a network; the test fails where the page complains or asks for anything."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def answer(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def watch(request: Request) -> None:
        if not request.url.startswith("file:"):
            complaints.append(request.url)

    def opened(path: Path = small_page, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", answer)
        page.on("request", watch)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def focused(page: Page) -> dict[str, Any]:
    """Return what has the focus: its label, and where it is."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const cell = document.activeElement, row = cell.closest('.dc-row');
            return {
                label: cell.getAttribute('aria-label') ?? cell.textContent,
                row: row ? Number(row.getAttribute('aria-rowindex')) : 0,
                cell: Number(cell.dataset.cell ?? -1),
                inView: (() => {
                    const box = cell.getBoundingClientRect();
                    const view = document.querySelector('.dc-scroll').getBoundingClientRect();
                    const isAcross = box.right > view.left && box.left < view.right;
                    return isAcross && box.bottom > view.top && box.top < view.bottom;
                })(),
            };
        }"""
    )
    return found


def focus_chart(page: Page) -> None:
    """Put the focus on the chart's one tab stop."""
    stop = page.locator('.dc-body [tabindex="0"]')
    expect(stop).to_have_count(1)
    stop.focus()


def visible_rows(page: Page) -> Locator:
    return page.locator(".dc-row:not(.dc-row-team)")


def test_it_opens_without_a_network_and_shows_people_with_their_tasks(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    first = small_day.tables.assignments.iloc[0]
    expect(page.locator("h1")).to_have_text("Monday, 2 March 2026")
    expect(page.locator(".dc-status")).to_contain_text(f"{len(small_day.plan.assignments):,} tasks")
    row = page.locator(".dc-row", has_text=first["agent_name"])
    label = row.locator(".dc-task").first.get_attribute("aria-label")
    assert label is not None
    assert f"{first['start']:%H:%M} to {first['end']:%H:%M}" in label


def test_only_what_is_in_view_is_in_the_document(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    before = visible_rows(page).count()
    assert before < len(small_day.problem.agents)
    page.locator(".dc-scroll").evaluate("view => { view.scrollTop = view.scrollHeight; }")
    last = small_day.problem.agents[-1].name
    expect(page.locator(".dc-agent", has_text=last)).to_be_visible()
    assert visible_rows(page).count() < len(small_day.problem.agents)
    order = page.eval_on_selector_all(".dc-row", "rows => rows.map(row => Number(row.getAttribute('aria-rowindex')))")
    assert order == sorted(order)


def test_each_state_shows_without_colour(open_page: Opener, small_day: PlannedDay) -> None:
    """A shape of the bar itself, and a sign on it where there is room; what is pinned has the sign alone."""
    page = open_page()
    tasks = small_day.tables.assignments
    states = {
        "late": tasks["outcome"] == "late",
        "risk": tasks["is_at_risk"],
        "overdue": tasks["was_overdue"],
        "lent": tasks["is_lent"],
        "pinned": tasks["is_pinned"],
        "open": tasks["is_in_progress"],
    }
    for state, column in states.items():
        longest = tasks[column].sort_values("handling_minutes")["task"].iloc[-1]
        assert page.evaluate("task => document.querySelector('day-chart').show(task)", longest)
        bar = page.locator(".dc-task:focus")
        expect(bar).to_have_class(re.compile(rf"\bis-{state}\b"))
        expect(bar.locator(f".dc-icon-{state}")).to_be_visible()
        shape = bar.evaluate(SHAPE)
        assert state == "pinned" or shape != bar.evaluate(PLAIN_SHAPE)


def test_a_mark_shows_only_its_tasks_and_says_how_many(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    late = int((small_day.tables.tasks["outcome"] == "late").sum())
    button = page.locator(".dc-mark-late")
    expect(button).to_contain_text(str(late))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".dc-status")).to_contain_text(f"{late} task")
    expect(page.locator(".dc-task:not(.is-dim):not(.is-late)")).to_have_count(0)
    button.click()
    page.get_by_label("Zoom in").click(click_count=4)
    page.locator(".dc-scroll").evaluate("view => { view.scrollLeft = view.scrollWidth; }")
    button.click()
    expect(page.locator(".dc-task.is-late").first).to_be_in_viewport()


def test_filters_by_team_and_text_together(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    page.get_by_label("Team", exact=True).select_option(label="Complaint resolution")
    tasks = small_day.tables.tasks
    complaints = tasks[(tasks["team"] == "complaints") & tasks["agent"].notna()]
    expect(page.locator(".dc-status")).to_contain_text(f"{len(complaints)} tasks match")
    wanted = complaints.iloc[3]
    # As people type: without accents, in any case, words in any order.
    page.get_by_label("Find a person, task, case or client").fill(f"  {wanted['task'].lower()} ")
    expect(page.locator(".dc-status")).to_have_text("1 person, 1 task match")
    expect(page.locator(".dc-task:not(.is-dim)")).to_have_count(1)
    page.get_by_label("Find a person, task, case or client").fill("no such thing")
    expect(page.locator(".dc-status")).to_contain_text("Nobody and nothing matches")
    expect(page.locator(".dc-row")).to_have_count(0)


def test_a_person_is_found_without_accents(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    name = next(agent.name for agent in small_day.problem.agents if re.search("[áéíóúñ]", agent.name))
    plain = name.translate(str.maketrans("áéíóúñÁÉÍÓÚ", "aeiounAEIOU"))
    page.get_by_label("Find a person, task, case or client").fill(plain.upper())
    expect(page.locator(".dc-agent", has_text=name)).to_be_visible()


def test_the_arrow_keys_reach_every_task(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    focus_chart(page)
    assert focused(page)["row"] == 1
    page.keyboard.press("ArrowDown")
    seen = []
    first_agent = small_day.tables.assignments["agent"].iloc[0]
    own = small_day.tables.assignments[small_day.tables.assignments["agent"] == first_agent]
    page.keyboard.press("Home")
    for _ in range(len(own)):
        here = focused(page)
        assert here["inView"]
        seen.append(here["label"])
        page.keyboard.press("ArrowRight")
    titles = own["title"].tolist()
    assert all(title in label for title, label in zip(titles, seen, strict=True))
    assert focused(page)["row"] == 3  # past the last task comes the next person
    page.keyboard.press("ArrowLeft")
    assert focused(page) == {"label": seen[-1], "row": 2, "cell": len(own) - 1, "inView": True}


def test_up_and_down_stay_at_the_time_of_day_and_the_ends_are_reached(open_page: Opener) -> None:
    page = open_page()
    focus_chart(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    clock = re.compile(r"(\d\d):(\d\d) to")
    late_in_the_day = clock.search(focused(page)["label"])
    assert late_in_the_day is not None
    page.keyboard.press("ArrowDown")
    beside = clock.search(focused(page)["label"])
    if beside is not None:
        assert int(beside[1]) >= 10
    page.keyboard.press("Control+End")
    last = focused(page)
    assert last["inView"]
    rows = int(page.locator(".dc-plane").get_attribute("aria-rowcount") or 0)
    assert last["row"] == rows
    page.keyboard.press("PageUp")
    assert focused(page)["row"] < rows
    page.keyboard.press("Control+Home")
    assert focused(page)["row"] == 1
    expect(page.locator('.dc-body [tabindex="0"]')).to_have_count(1)


def test_a_team_folds_and_unfolds_by_keyboard(open_page: Opener) -> None:
    page = open_page()
    rows = int(page.locator(".dc-plane").get_attribute("aria-rowcount") or 0)
    focus_chart(page)
    page.keyboard.press("Enter")
    assert int(page.locator(".dc-plane").get_attribute("aria-rowcount") or 0) < rows
    expect(page.locator(".dc-fold").first).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".dc-fold").first).to_be_focused()
    page.keyboard.press("Enter")
    assert int(page.locator(".dc-plane").get_attribute("aria-rowcount") or 0) == rows


def test_zoom_by_button_key_and_wheel(open_page: Opener) -> None:
    page = open_page()
    plane = page.locator(".dc-plane")

    def width() -> float:
        return float(plane.evaluate("plane => plane.offsetWidth"))

    fitted = width()
    view = float(page.locator(".dc-scroll").evaluate("view => view.clientWidth"))
    assert fitted <= view + 1
    page.get_by_label("Zoom in").click()
    zoomed = width()
    assert zoomed > 1.3 * fitted
    focus_chart(page)
    page.keyboard.press("ArrowDown")
    task = focused(page)["label"]
    page.keyboard.press("+")
    assert width() > 1.3 * zoomed
    assert focused(page)["label"] == task
    assert focused(page)["inView"]
    page.keyboard.press("0")
    assert width() == pytest.approx(fitted, abs=2)
    assert focused(page)["label"] == task
    box = page.locator(".dc-scroll").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 600, box["y"] + 200)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("before => document.querySelector('.dc-plane').offsetWidth > before * 1.3", arg=fitted)


def test_details_show_on_hover_and_on_focus_and_go_with_escape(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    first = small_day.tables.assignments.iloc[0]
    bar = page.locator(".dc-task").first
    bar.hover()
    card = page.locator(".dc-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text(first["title"])
    expect(card).to_contain_text(first["agent_name"])
    expect(card).to_contain_text(f"{first['start']:%H:%M}–{first['end']:%H:%M}")
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    focus_chart(page)
    page.keyboard.press("ArrowDown")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_late_task_in_the_list_leads_to_its_place_on_the_chart(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    late = small_day.tables.late
    wanted = late[~late["was_overdue"] & late["agent"].notna()].iloc[0]
    page.get_by_role("link", name=wanted["title"]).first.click()
    here = focused(page)
    assert wanted["title"] in here["label"]
    assert here["inView"]


def test_the_table_says_the_same(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    page.get_by_label("Team", exact=True).select_option(label="Order fulfilment")
    page.get_by_label("Table: the same").click()
    table = page.locator(".dc-table table")
    tasks = small_day.tables.assignments
    orders = tasks[tasks["team"] == "orders"]
    expect(table.locator("caption")).to_contain_text(f"of {len(orders)},")
    expect(table.locator("tbody tr")).to_have_count(min(200, len(orders)))
    expect(page.locator(".dc-scroll")).to_be_hidden()
    page.get_by_label("Team", exact=True).select_option(label="All teams")
    expect(table.locator("caption")).to_contain_text(f"Tasks 1 to 200 of {len(tasks)},")
    page.get_by_role("button", name="Next").click()
    expect(table.locator("caption")).to_contain_text(f"Tasks 201 to {min(400, len(tasks))} of {len(tasks)},")
    page.get_by_label("Table: the same").click()
    expect(page.locator(".dc-scroll")).to_be_visible()


def test_the_present_is_marked_while_it_is_the_day_of_the_plan(browser: Browser, small_page: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time="2026-03-02T10:17:00+01:00")
        page.goto(small_page.as_uri())
        expect(page.locator(".dc-now")).to_have_text("Now 10:17")
        page.clock.run_for(120_000)
        expect(page.locator(".dc-now")).to_have_text("Now 10:19")
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time="2026-03-05T10:17:00+01:00")
        page.goto(small_page.as_uri())
        expect(page.locator(".dc-planned")).to_have_text("Plan 08:00")
        expect(page.locator(".dc-now")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(open_page: Opener, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.get_by_label("Zoom in").click(click_count=4)
    ratios = page.evaluate(CONTRASTS)
    assert len(ratios) > 30
    worst = min(ratios, key=lambda item: item["ratio"])
    assert worst["ratio"] >= 4.5, worst


def test_a_phone_shows_it_without_scrolling_sideways(open_page: Opener) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".dc-task").nth(3).tap()
    card = page.locator(".dc-card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for button in page.locator(".dc-button:visible").all():
        size = button.bounding_box()
        assert size is not None
        assert size["height"] >= 40


def test_paper_gets_every_row(open_page: Opener, small_day: PlannedDay) -> None:
    page = open_page()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert visible_rows(page).count() == len(small_day.problem.agents)
    assert page.locator(".dc-task").count() > 0.95 * len(small_day.plan.assignments)
    expect(page.locator(".dc-toolbar")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    last = page.locator(".dc-agent", has_text=small_day.problem.agents[-1].name)
    expect(last).to_have_count(0)


def test_hostile_names_are_text(open_page: Opener, hostile_day: PlannedDay, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(render_plan_file(hostile_day.view()), encoding="utf-8")
    page = open_page(path)
    expect(page.locator(".dc-row").first).to_be_visible()
    page.locator(".dc-task").first.hover()
    expect(page.locator(".dc-card strong")).to_contain_text("<script>alert(1)</script>")
    page.get_by_label("Table: the same").click()
    expect(page.locator(".dc-table tbody tr").first).to_contain_text("</script><img src=x onerror=alert(2)>")
    assert page.locator("day-chart img, main img").count() == 0


SHAPE = """bar => {
    const s = getComputedStyle(bar);
    return [s.borderTopStyle, s.borderLeftStyle, s.borderRadius, s.backgroundImage === 'none'].join('|');
}"""

PLAIN_SHAPE = """bar => {
    bar.className = 'dc-task dc-c0 dc-shade0';
    const s = getComputedStyle(bar);
    return [s.borderTopStyle, s.borderLeftStyle, s.borderRadius, s.backgroundImage === 'none'].join('|');
}"""

CONTRASTS = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const parse = (text) => {
        if (!known.has(text)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = text;
            canvas.fillRect(0, 0, 1, 1);
            known.set(text, [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255));
        }
        return known.get(text);
    };
    const over = (top, below) => top.slice(0, 3).map((value, i) => value * top[3] + below[i] * (1 - top[3]));
    const light = (rgb) => {
        const [r, g, b] = rgb.map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (node) => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
        let seen = matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [1, 1, 1];
        for (const layer of layers.reverse()) seen = over(layer, seen);
        return seen;
    };
    const found = [];
    const texts = '.dc-label, .dc-note, .dc-agent, .dc-tick, .dc-planned, .card p, td, th, summary, a';
    for (const node of [...document.querySelectorAll(texts)].slice(0, 400)) {
        if (!node.textContent.trim() || !node.checkVisibility()) continue;
        const below = ground(node), ink = over(parse(getComputedStyle(node).color), below);
        const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
        const text = node.textContent.trim().slice(0, 40);
        found.push({ ratio: (a + 0.05) / (b + 0.05), text, kind: node.className });
    }
    return found;
}"""


def test_shares_are_written_as_on_every_page(open_page: Opener) -> None:
    said = open_page().locator(".dc-body").inner_text()
    assert re.search(r"\d\N{NO-BREAK SPACE}% of \d+ due on time", said)
    assert not re.search(r"\d%", said)
