"""A form that is refused stands there again with what was written in it, and says beside it what is wrong."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.vocabulary import Role
from services.access.principals import create_principal
from services.access.tracing import Act

BROKEN = {"format": "swingdesk/scenario", "version": 1, "name": "Broken", "days": 0}
AGES = (("One day", 1), ("Two days", 2))


@pytest.fixture
def pia(desk: Any) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=desk.address,
        cookies={"swingdesk_session": desk.session("pia")},
        headers={"Origin": desk.address, "Accept": "text/html"},
        timeout=60,
    ) as client:
        yield client


def keep(pia: httpx.Client, document: dict[str, Any]) -> str:
    """Upload a scenario and return its address."""
    files = {"scenario": ("tiny.json", json.dumps(document).encode(), "application/json")}
    answer = pia.post("/what-if/upload", files=files)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def section(html: str, heading: str) -> str:
    """Return the part of a page from a heading on to the next section."""
    found = html.partition(f"<h3>{heading}</h3>")[2].partition("</section>")[0]
    assert found, heading
    return found


def test_the_history_asked_for_stands_there_again(pia: httpx.Client) -> None:
    written = {"days": "400", "until": "2026-02-28", "team": ["billing", "claims"]}
    refused = pia.post("/what-if/history", data=written)
    assert refused.status_code == 422
    form = section(refused.text, "From the history")
    assert 'role="alert"' in form
    assert "Days of history: " in form
    assert 'value="400"' in form
    assert 'value="2026-02-28"' in form
    assert "<details" in form
    assert re.search(r"<details[^>]* open>", form)
    assert re.findall(r'name="team" type="checkbox" value="([a-z-]+)" checked', form) == ["billing", "claims"]
    assert 'role="alert"' not in section(refused.text, "From a file")


def test_a_file_that_is_refused_says_so_beside_its_field(pia: httpx.Client) -> None:
    files = {"scenario": ("broken.json", json.dumps(BROKEN).encode(), "application/json")}
    refused = pia.post("/what-if/upload", files=files)
    assert refused.status_code == 422
    assert 'role="alert"' in section(refused.text, "From a file")
    assert 'role="alert"' not in section(refused.text, "From the history")


def test_what_was_ticked_to_compare_stays_ticked(pia: httpx.Client, tiny_scenario: dict[str, Any]) -> None:
    one, two = (keep(pia, {**tiny_scenario, "name": name, "days": days}).rpartition("/")[2] for name, days in AGES)
    refused = pia.post("/what-if/comparisons", data={"base": two, "scenario": [one, two]})
    assert refused.status_code == 422  # of different times
    assert set(re.findall(r'name="scenario" value="(\d+)"[^>]* checked', refused.text)) == {one, two}
    assert re.findall(r'name="base" value="(\d+)"[^>]* checked', refused.text) == [two]


def test_back_and_reload_after_a_refusal_lose_nothing(
    pia: httpx.Client, tiny_scenario: dict[str, Any], open_page: Any, check_page: Any
) -> None:
    address = keep(pia, tiny_scenario)
    page: Page = open_page("pia", f"{address}/edit/people?record=0")
    page.get_by_label("Name", exact=True).fill("Evening people")
    page.get_by_label("People", exact=True).fill("many")
    page.get_by_role("button", name="Save").click()
    wrong = page.locator("[aria-invalid=true]")
    expect(wrong).to_have_value("many")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Evening people")
    check_page(page, expected=["422"])
    page.reload()  # the browser sends it again
    expect(wrong).to_have_value("many")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Evening people")
    wrong.fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_role("rowheader", name="Evening people")).to_be_visible()


def test_without_scripts_a_scenario_is_begun_all_the_same(
    pia: httpx.Client, tiny_scenario: dict[str, Any], open_page: Any
) -> None:
    keep(pia, tiny_scenario)
    page: Page = open_page("pia", "/what-if", scripts=False)
    page.get_by_role("link", name="New scenario").click()
    expect(page.get_by_label("Days of history")).to_be_visible()


def test_a_search_that_was_stopped_is_asked_again_where_it_was_asked(
    pia: httpx.Client, tiny_scenario: dict[str, Any]
) -> None:
    busy = {"task_type": "dispute", "pattern": [{"from": "08:00", "to": "16:00", "per_hour": 3000}]}
    address = keep(pia, {**tiny_scenario, "name": "Busy desk", "days": 5, "arrivals": [busy]})
    revision = re.search(r'name="revision" value="(\d+)"', pia.get(f"{address}/edit/staffing").text)
    assert revision is not None
    form = {
        "revision": revision[1],
        "act": "ask",
        "staffing.targets.0.at_least": "95",
        "staffing.targets.0.confidence": "99",
        "?sought.billing": "yes",
        "staffing.groups.billing.min": "0",
        "staffing.groups.billing.max": "900",
        "agents.0.cost_per_hour": "24",
    }
    asked = pia.post(f"{address}/edit/staffing", data=form)
    assert asked.status_code == 303, asked.text
    run = asked.headers["location"]
    pia.post(f"{run}/cancel")
    page = pia.get(run).text
    for _ in range(300):
        if "data-follow" not in page:
            break
        time.sleep(0.1)
        page = pia.get(run).text
    stopped = page.partition("It was stopped before there was an answer.")[2]
    assert f'<a href="{address}/edit/staffing">Ask again.</a>' in stopped


def test_what_others_share_is_duplicated_where_it_cannot_be_changed(
    pia: httpx.Client, desk: Any, tiny_scenario: dict[str, Any]
) -> None:
    address = keep(pia, tiny_scenario)
    with Database(desk.url) as database:
        create_principal(database, "pol", roles=[Role.PLANNER], act=Act(at=desk.now, by=None, what="test"))
    pia.post(f"{address}/share", data={"shared": "true"})
    with httpx.Client(
        base_url=desk.address, cookies={"swingdesk_session": desk.session("pol")}, headers={"Origin": desk.address}
    ) as pol:
        told = pol.get(f"{address}/edit/people").text
        assert "Duplicate it to change it." in told
        assert f'action="{address}/copy"' in told
        assert pol.post(f"{address}/copy").status_code == 303
