"""Today without a browser: what is refused, what is handed out, and what an empty office is told."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from models.database import Database
from models.repositories.offices import write_office
from models.vocabulary import Role

HTML = {"Accept": "text/html"}


@pytest.fixture
def visit(desk: Any) -> Any:
    """A client of somebody's: `visit("lea")`."""
    opened: list[httpx.Client] = []

    def make(who: str) -> httpx.Client:
        client = httpx.Client(
            base_url=desk.address,
            cookies={"swingdesk_session": desk.session(who)},
            headers={"Origin": desk.address, **HTML},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


def test_leads_reach_their_own_teams_and_nobody_elses(visit: Any) -> None:
    leo, ana = visit("leo"), visit("ana")
    chen = "chen-popescu"  # of billing
    assert leo.get("/today").status_code == 200
    assert "Chen Popescu" not in leo.get("/today").text
    assert leo.get("/today?team=billing").status_code == 403
    for path in (f"/today/people/{chen}/ill", f"/today/people/{chen}/day.ics", f"/today/skills/{chen}"):
        assert leo.get(path).status_code == 403, path
    for path, form in (
        (f"/today/people/{chen}/ill", {}),
        (f"/today/people/{chen}/back", {"start": 0}),
        (f"/today/skills/{chen}", {"version": "x", "skill": ["billing"], "level": [5], "speed": ["1"]}),
    ):
        assert leo.post(path, data=form).status_code == 403, path
    for path in ("/today", "/today/live", "/today/tasks", "/today/left", "/today/skills", "/today/day.csv"):
        assert ana.get(path).status_code == 403, path
    # The plan that is shown is of all teams: to publish it again is for planners.
    assert leo.post("/today/review/1/publish").status_code == 403
    assert leo.get("/today/review/1").status_code == 403


def test_the_day_is_handed_out_as_csv_and_as_calendars_of_the_own_teams(visit: Any) -> None:
    lea = visit("lea")
    table = lea.get("/today/day.csv?team=billing")
    lines = table.text.splitlines()
    assert lines[0] == "\ufeffagent,agent name,start,end,task,title,type,due"
    assert {line.split(",")[0] for line in lines[1:]} >= {"chen-popescu", "esther-nunez"}
    assert "+01:00" in lines[1]
    whole, own = lea.get("/today/day.ics?team=billing"), lea.get("/today/people/chen-popescu/day.ics")
    assert own.headers["content-type"].startswith("text/calendar")
    assert own.text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    num_own = own.text.count("BEGIN:VEVENT")
    assert 0 < num_own < whole.text.count("BEGIN:VEVENT")
    assert num_own == sum(line.startswith("chen-popescu,") for line in lines)


def test_the_roster_is_looked_through_by_what_people_do_and_by_name(visit: Any) -> None:
    lea, leo = visit("lea"), visit("leo")
    whole = lea.get("/today/people").text
    assert "Chen Popescu" in whole
    found = lea.get("/today/people?name=  cHEN%20po ").text
    assert "Chen Popescu" in found
    assert found.count('<th scope="row">') == 1
    none = lea.get("/today/people?name=%3Cb%3E").text
    assert "Nobody is called so" in none
    assert "<b>" not in none.partition("Nobody is called so")[2].partition("</main>")[0]
    kinds = re.findall(r"/today/people\?which=([a-z-]+)", whole)
    assert kinds
    by_kind = [lea.get(f"/today/people?which={kind}").text.count('<th scope="row">') for kind in dict.fromkeys(kinds)]
    assert min(by_kind) > 0
    assert sum(by_kind) == whole.count('<th scope="row">')
    assert "Nobody of your teams is so" in lea.get("/today/people?page=9").text
    assert "Chen Popescu" not in leo.get("/today/people?name=chen").text
    assert leo.get("/today/people?team=billing").status_code == 403
    assert visit("ana").get("/today/people").status_code == 403
    assert lea.get("/today/people?which=asleep").status_code == 404


def test_all_moves_are_on_a_page_of_their_own(visit: Any) -> None:
    lea = visit("lea")
    told = lea.get("/today/swing").text
    num_moves = int(re.search(r"(\d+) moves? (?:is|are) suggested", told)[1])  # type: ignore[index]
    assert told.count('<tr id="move-') == min(num_moves, 50)
    assert 'name="back" value="/today/swing?page=1"' in told
    assert "No move" in lea.get("/today/swing?page=99").text
    assert visit("leo").get("/today/swing?team=billing").status_code == 403


def test_what_is_left_can_be_mended_and_a_page_says_when_it_is_out_of_date(visit: Any, desk: Any) -> None:
    pia = visit("pia")
    assert "Today" in pia.get("/today").text  # planners see all teams
    assert pia.get("/today/left").status_code == 200
    with visit("lea").stream("GET", "/today/events?seen=old", timeout=20) as stream:
        first = next(line for line in stream.iter_lines() if line.startswith("event:"))
    assert first == "event: changed"
    fragment = visit("lea").get("/today/live", headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="today-parts"')
    assert desk.address not in fragment.text


def test_without_an_office_without_a_plan_and_without_anybody_there_it_says_what_to_do(
    database_url: str, make_api: Callable[..., Any], make_office: Callable[..., Any]
) -> None:
    api = make_api(database_url)
    key = api.key(Role.PLANNER)
    empty = api.get("/today", key=key, headers=HTML)
    assert empty.status_code == 200
    assert "No plan is shown for today" in empty.text
    assert "Nobody is on the roster today" in empty.text
    with Database(database_url) as database, database.writing() as session:
        write_office(session, make_office(tasks=[]))
    lead = api.key(Role.LEAD, teams=["billing"])
    told = make_api(database_url).get("/today", key=lead, headers=HTML).text
    assert "Nothing that is due today will be late" in told
    assert "There is no plan that could leave anything." in told
    assert "Plan now" in told
    assert make_api(database_url).get("/today/day.ics", key=lead, headers=HTML).status_code == 404
