"""Reports as pages, asked within the process: by whom, made once, kept by address, down to rows, as files."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from models.database import Database
from models.repositories.audit import list_changes
from models.repositories.jobs.leasing import claim_job, read_clock
from models.repositories.office_pages import list_agents
from models.vocabulary import Role
from services.demo import DemoSize, fill_with_demo
from services.jobs.doing import do_job
from services.reporting.registry import REPORTS
from services.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def office(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Any:
    """The application on a small demo office with three days of history."""
    url = make_database_url("sqlite")
    with Database(url) as database:
        fill_with_demo(
            database, size=DemoSize(num_agents=12, num_tasks=40, num_days=3), now=1_772_400_000, principal_id=None
        )
    return make_api(url, rate_per_address="", rate_per_key="")


def do_jobs(api: Any) -> int:
    """Do the jobs that wait, and return how many that were."""
    settings, num_done = Settings(database_url=api.url), 0
    while True:
        with Database(api.url) as database, database.writing() as session:
            connection = session.connection()
            job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
        if job is None:
            return num_done
        do_job(settings, job.id, owner="test")
        num_done += 1


def test_a_report_is_made_once_read_by_figure_and_row_and_taken_along(office: Any) -> None:
    key = office.key(Role.ANALYST, principal="ivo")

    def get(path: str, status: int = 200) -> Any:
        answer = office.get(path, key=key)
        assert answer.status_code == status, answer.text[:400]
        return answer

    assert "What came in, was done and is open?" in get("/time").text
    assert "data-auto" in get("/time/workload").text  # a look makes nothing; the form that the page sends does
    asked = office.post("/time/workload", key=key, headers=OURS)
    assert (asked.status_code, asked.headers["location"]) == (303, "/time/workload")
    assert "data-follow" in get("/time/workload").text
    office.post("/time/workload", key=key, headers=OURS)
    assert do_jobs(office) == 1  # pressed twice, made once
    page = get("/time/workload").text
    assert "How it is counted" in page
    assert "data-figure" in page
    assert "unsafe-inline" not in get("/time/workload").headers["content-security-policy"].partition("style-src")[0]

    document = get("/time/workload/report.json").json()
    assert document["report"] == "workload"
    tables = re.findall(r'href="(/time/workload/rows/[\w-]+)"', page)
    assert tables
    sorting = re.search(r'<a class="sort" href="([^"]+)"', get(tables[0]).text)
    assert sorting is not None
    rising = get(sorting[1].replace("&amp;", "&")).text
    falling = re.search(r'aria-sort="ascending"><a class="sort" href="([^"]+)"', rising)
    assert falling is not None
    assert 'aria-sort="descending"' in get(falling[1].replace("&amp;", "&")).text
    assert get("/time/workload/report.csv").content.startswith(b"\xef\xbb\xbf")
    assert get("/time/workload/report.xlsx").content[:2] == b"PK"
    assert "<style>" in get("/time/workload/report.html").text
    assert "function" in get("/time/plotly.js").text
    get("/time/workload/rows/nothing", 404)
    get("/time/nothing", 404)
    told = json.loads(get("/api/jobs").text)["items"][0]
    assert told["question"] == {"report": "workload", "form": "page"}
    assert "As of" in get("/time").text
    assert document["format"] == "swingdesk/report"


def test_a_value_of_a_row_leads_to_what_it_is_made_of(office: Any) -> None:
    key = office.key(Role.ANALYST, principal="ivo")
    office.post("/time/waiting?from=2026-01-01", key=key, headers=OURS)
    do_jobs(office)
    page = office.get("/time/waiting?from=2026-01-01", key=key).text
    link = re.search(r'<th scope="row"><a href="(/time/waiting/rows/[^"]+)"', page)
    assert link is not None
    rows = office.get(link[1].replace("&amp;", "&"), key=key)
    assert rows.status_code == 200
    assert "from=2026-01-01" in link[1]
    assert "Only " in rows.text


def test_rows_are_those_of_the_report_that_is_read_however_long_that_takes(office: Any) -> None:
    ivo, other = office.key(Role.ANALYST, principal="ivo"), office.key(Role.ANALYST, principal="ida")
    office.post("/time/workload", key=ivo, headers=OURS)
    do_jobs(office)
    page = office.get("/time/workload", key=ivo).text
    link = re.search(r'href="(/time/workload/rows/[\w-]+)"', page)
    assert link is not None
    with Database(office.url) as database, database.writing() as session:
        session.execute(text("UPDATE jobs SET ended_at = ended_at - 86400"))
    assert "data-auto" in office.get("/time/workload", key=ivo).text  # the page itself is made anew
    assert office.get(link[1], key=ivo).status_code == 200
    assert office.get("/time/workload/report.csv", key=ivo).status_code == 200
    # Whom the link was sent to has it made, and no riddle of an error.
    led = office.get(f"{link[1]}?from=2026-01-01", key=other)
    assert (led.status_code, led.headers["location"].partition("&")[0]) == (303, "/time/workload?from=2026-01-01")
    assert office.get("/time/workload/report.csv", key=other).status_code == 409


def test_reports_that_are_made_appear_by_themselves(office: Any) -> None:
    key = office.key(Role.ANALYST)
    assert "hx-trigger" not in office.get("/time", key=key).text
    office.post("/time/make", key=key, headers=OURS)
    waiting = office.get("/time", key=key).text
    assert 'hx-trigger="every 3s"' in waiting
    assert waiting.count("Queued") == len(REPORTS)
    assert "missing</" not in waiting  # what is under way is not asked for twice


def test_a_column_of_sentences_has_room_beside_figures(office: Any) -> None:
    key = office.key(Role.ANALYST)
    office.post("/time/waste", key=key, headers=OURS)
    do_jobs(office)
    page = office.get("/time/waste", key=key).text
    assert re.search(r'<td class="prose">[^<]{60}', page)
    assert re.search(r'<th scope="col" class="n">Hours</th>', page)  # and begins with a capital, as all do
    assert "database" not in page.partition('class="lead"')[2][:400]


def test_a_period_that_ends_before_it_begins_is_said_beside_its_field(office: Any) -> None:
    key = office.key(Role.ANALYST)
    page = office.get("/time/waste?from=2026-03-10&to=2026-03-01", key=key).text
    assert re.search(r'name="to"[^>]*aria-invalid="true"', page)
    assert "The last day is before the first." in page
    assert "data-auto" not in page  # nothing is made that cannot be


def test_people_are_named_for_leads_alone_and_each_look_leaves_a_trace(office: Any) -> None:
    lead = office.key(Role.LEAD, principal="lea", teams=("billing", "swing"))
    analyst, agent = office.key(Role.ANALYST), office.key(Role.AGENT, agent=first_agent(office.url))
    assert office.get("/time", key=agent).status_code == 403
    assert office.get("/time/skills?names=shown", key=analyst).status_code == 403
    assert office.get("/time/skills?team=claims", key=lead).status_code == 403
    office.post("/time/skills?names=shown", key=lead, headers=OURS)
    do_jobs(office)
    for _ in range(2):
        assert "Name people" in office.get("/time/skills?names=shown", key=lead).text
    with Database(office.url) as database, database.reading() as session:
        looks = list_changes(session, principal_id="lea", subject="office", subject_id="report skills")
    assert len(looks) == 3  # the making and two looks
    assert {tuple(look.after["teams"]) for look in looks if look.after is not None} == {("billing",)}


def test_what_cannot_be_made_says_why_and_what_to_do(office: Any) -> None:
    key = office.key(Role.ANALYST)
    office.post("/time/waiting?from=2031-01-01&to=2031-02-01", key=key, headers=OURS)
    do_jobs(office)
    page = office.get("/time/waiting?from=2031-01-01&to=2031-02-01", key=key).text
    assert "Choose another period" in page
    assert "/office/import" not in page  # it is no analyst's to import


def first_agent(url: str) -> str:
    with Database(url) as database, database.reading() as session:
        return str(list_agents(session.connection(), limit=1)[0]["id"])
