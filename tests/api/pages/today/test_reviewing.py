"""What a new plan changes: figures that agree, every change within reach, and a way on where publishing is refused."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.repositories.published import list_publications
from services.daily_plan import Search, plan_day
from services.publishing import publish_stored_plan
from services.settings import Settings

FIGURE = re.compile(
    r'<tr><th scope="row">Tasks left<small>[^<]*</small></th><td class="n">[\d,]+</td><td class="n">([\d,]+)'
)


@pytest.fixture
def pia(own_desk: Any) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=own_desk.address,
        cookies={"swingdesk_session": own_desk.session("pia")},
        headers={"Origin": own_desk.address, "Accept": "text/html"},
    ) as client:
        yield client


def make_plan(desk: Any, *, teams: list[str] | None = None) -> int:
    """Plan the rest of the day anew, by a rule alone, and return the number of the plan."""
    with Database(desk.url) as database:
        search = Search(iterations=0, time_limit_s=None)
        made = plan_day(database, Settings(), at=desk.now, made_at=desk.now, teams=teams, search=search, asked_by="pia")
    return made.id


def show(desk: Any, plan_id: int) -> None:
    with Database(desk.url) as database:
        publish_stored_plan(database, plan_id, at=desk.now, principal_id="leo", what="test")


def list_shown(desk: Any) -> list[int]:
    with Database(desk.url) as database, database.reading() as session:
        return [one.plan_id for one in list_publications(session.connection(), at=desk.now)]


def test_counts_agree_and_every_change_is_within_reach(own_desk: Any, pia: httpx.Client) -> None:
    own_desk.forward(90)
    plan_id = make_plan(own_desk)
    page = pia.get(f"/today/review/{plan_id}").text
    said = re.search(r"The plan gives [\d,]+ tasks to somebody and leaves ([\d,]+)\.", page)
    assert said is not None
    assert FIGURE.search(page)[1] == said[1]  # type: ignore[index]
    num = int(re.search(r"Tasks that change \((\d+)\)", page)[1])  # type: ignore[index]
    assert num > 40, "the test wants more than a page of changes"
    found: list[str] = []
    address: str | None = f"/today/review/{plan_id}?task=T%201"
    while address is not None:
        shown = pia.get(address).text
        found += re.findall(r'<a href="/today/tasks/([^"]+)">', shown)
        after = re.search(r'rel="next" href="([^"]+)"', shown)
        address = after[1].replace("&amp;", "&") if after else None
        assert address is None or "task=T+1" in address
    assert len(found) == len(set(found)) == num
    seen = int(re.search(r"(\d+) people see changes", page)[1])  # type: ignore[index]
    people = page.partition("Who sees changes")[2].partition("Tasks that change")[0]
    assert people.count('<th scope="row">') == seen
    assert "No further task changes." in pia.get(f"/today/review/{plan_id}?page=900").text


def test_what_others_showed_meanwhile_is_not_taken_back_unseen(own_desk: Any, pia: httpx.Client) -> None:
    mine, theirs = make_plan(own_desk), make_plan(own_desk)
    seen = re.search(r'name="seen" value="(\d+)"', pia.get(f"/today/review/{mine}").text)
    assert seen is not None
    show(own_desk, theirs)
    refused = pia.post(f"/today/review/{mine}/publish", data={"seen": seen[1], "task": "T9"})
    assert refused.status_code == 409
    assert list_shown(own_desk)[0] == theirs
    assert "It was not published" in refused.text
    assert f"Plan {theirs} was shown by leo in the meantime" in refused.text
    again = refused.text.partition("It was not published")[2].partition("</form>")[0]
    assert 'action="/today/plan"' in again
    assert 'name="task" value="T9"' in again
    now_seen = re.search(r'name="seen" value="(\d+)"', refused.text)[1]  # type: ignore[index]
    assert "Publish it all the same" in refused.text
    assert pia.post(f"/today/review/{mine}/publish", data={"seen": now_seen}).status_code == 303
    assert list_shown(own_desk)[0] == mine


def test_who_is_refused_plans_again_by_keys_alone(
    own_desk: Any, open_page: Callable[..., Page], check_page: Callable[..., None]
) -> None:
    mine, theirs = make_plan(own_desk), make_plan(own_desk)
    page = open_page("pia", f"/today/review/{mine}", on=own_desk)
    expect(page.get_by_role("button", name="Publish")).to_be_focused()
    show(own_desk, theirs)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("It was not published")
    again = page.get_by_role("alert").get_by_role("button", name="Plan again")
    check_page(page, expected=["409"])
    again.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/today/(jobs|review)/\d+$"))
