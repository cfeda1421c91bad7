import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any, Protocol

import pytest

from api.documents import plan_view
from api.documents.plan_view import PlanView
from api.documents.render import render_plan_body, render_plan_file
from api.documents.words import hours_text, share_text, span_text
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.vocabulary import Rule
from reports.metrics import METRICS
from reports.plan_summary import summarise_plan
from reports.plan_tables import PlanTables

MOST_BYTES = 2_000_000
BLANKS = re.compile(r"[ \n\t]+")  # a no-break space is none


class PlannedDay(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables
    others: dict[Rule, dict[str, Any]]

    def view(self) -> PlanView: ...


class Elements(HTMLParser):
    """Collects what a browser would make of a page: its elements with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self._open = ""

    def handle_data(self, data: str) -> None:
        (self.scripts if self._open == "script" else self.texts).append(data)

    @property
    def text(self) -> str:
        return BLANKS.sub(" ", " ".join(self.texts))


def test_the_page_says_the_figures_in_words(small_day: PlannedDay) -> None:
    summary = summarise_plan(small_day.plan, small_day.tables)
    text = Elements(render_plan_file(small_day.view())).text
    assert "Monday, 2 March 2026" in text
    assert f"{share_text(summary.on_time_share, digits=1)} of the {summary.num_due:,} tasks that fall due by" in text
    fifo = small_day.others[Rule.FIFO]
    assert f"First in, first out {share_text(fifo['on_time_share'], digits=1)}" in text
    assert "at most 90\N{NO-BREAK SPACE}%" in text
    assert "expected handling times" in text
    assert "waiting for a customer or a third party" in text


def test_each_team_each_reason_and_each_definition_is_there(small_day: PlannedDay) -> None:
    text = Elements(render_plan_file(small_day.view())).text
    for team in small_day.problem.teams:
        assert team.name in text
    for item in small_day.plan.unscheduled:
        assert BLANKS.sub(" ", item.detail) in text
    for metric in METRICS:
        assert metric.formula in text


def test_the_swing_board_lists_every_stretch_that_somebody_is_lent(small_day: PlannedDay) -> None:
    view = small_day.view()
    assert sum(len(group.rows) for group in view.lending) == len(small_day.tables.swing) > 0
    assert sum(row.tasks for group in view.lending for row in group.rows) == small_day.tables.tasks["is_lent"].sum()


def test_the_file_needs_nothing_from_elsewhere(small_day: PlannedDay) -> None:
    page = render_plan_file(small_day.view())
    for tag, attributes in Elements(page).elements:
        for name in ("src", "srcset", "data", "poster", "action"):
            assert name not in attributes, (tag, attributes)
        if "href" in attributes:
            assert (attributes["href"] or "").startswith("#"), attributes
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_files_own_policy_allows_its_own_script_and_style_alone(small_day: PlannedDay) -> None:
    page = render_plan_file(small_day.view())
    policy = next(
        attributes["content"] or ""
        for tag, attributes in Elements(page).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    script = page[page.rindex("<script>") + len("<script>") : page.rindex("</script>")]
    style = page[page.index("<style>") + len("<style>") : page.index("</style>")]
    for kind, text in (("script", script), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_a_day_of_the_demo_stays_small(small_day: PlannedDay) -> None:
    page = render_plan_file(small_day.view())
    fixed = len(render_plan_file(small_day.view()).split('<script type="application/json">')[0].encode())
    growing = len(page.encode()) - fixed
    assert fixed + growing * 2500 / len(small_day.problem.tasks) < MOST_BYTES


def test_long_lists_are_cut_and_say_so(small_day: PlannedDay, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small_day.view()
    monkeypatch.setattr(plan_view, "MOST_LISTED", 6)
    cut = small_day.view()
    longest = max(whole.left, key=lambda group: group.count)
    assert longest.count > 6
    same = next(group for group in cut.left if group.title == longest.title)
    assert (same.count, same.tasks.rows) == (longest.count, longest.tasks.rows[:6])
    text = Elements(render_plan_file(cut)).text
    assert f"{longest.count - 6:,} more are in the plan’s spreadsheet and CSV." in text


def test_no_name_becomes_markup(hostile_day: PlannedDay) -> None:
    view = hostile_day.view()
    file, served = render_plan_file(view), render_plan_body(view, downloads=[("a<b", '/x?a=1&b="2"')])
    for page, num_scripts in ((file, 3), (served, 2)):  # words and data, and in the file the chart's
        found = Elements(page)
        assert not [tag for tag, _ in found.elements if tag in {"img", "iframe", "object", "embed"}]
        assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]
        assert [tag for tag, _ in found.elements].count("script") == num_scripts
        assert "<script>alert(1)</script>" in found.text  # as text, for people to read


def test_a_served_page_has_neither_inline_scripts_nor_inline_styles(small_day: PlannedDay) -> None:
    page = render_plan_body(small_day.view(), downloads=[])
    found = Elements(page)
    for tag, attributes in found.elements:
        assert "style" not in attributes, (tag, attributes)
        assert tag != "style"
        if tag == "script":
            assert attributes.get("src") or attributes.get("type") == "application/json"


def test_shares_and_spans_read_well() -> None:
    space = "\N{NO-BREAK SPACE}"
    assert share_text(None) == "–"
    assert share_text(1.0) == f"100{space}%"
    assert share_text(0.9994) == f"99.9{space}%"  # never rounded up to all of them
    assert share_text(0.123, digits=1) == f"12.3{space}%"
    assert hours_text(9.96) == f"10{space}h"
    assert (span_text(59.6), span_text(150), span_text(4320)) == ("60 min", "2.5 h", "3.0 days")
