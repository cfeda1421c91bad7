"""A workbook of a report with many rows: of the report that its page shows, and under the same leave."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from sqlalchemy import text

from models.database import Database
from models.repositories.audit import list_changes
from models.repositories.jobs.leasing import claim_job, read_clock
from models.vocabulary import Role
from services.access.principals import change_roles
from services.access.tracing import Act
from services.demo import DemoSize, fill_with_demo
from services.jobs.doing import do_job
from services.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = "/time/waiting/report.xlsx?from=2026-01-01"


@pytest.fixture
def office(make_database_url: Callable[..., str], make_api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The application on a small demo office with three days of history; more than two rows are many."""
    url = make_database_url("sqlite")
    with Database(url) as database:
        fill_with_demo(
            database, size=DemoSize(num_agents=12, num_tasks=40, num_days=3), now=1_772_400_000, principal_id=None
        )
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", 2)
    return make_api(url, rate_per_address="", rate_per_key="")


def do_jobs(api: Any) -> None:
    with Database(api.url) as database:
        while True:
            with database.writing() as session:
                connection = session.connection()
                job = claim_job(connection, owner="test", now=read_clock(connection), lease_s=60)
            if job is None:
                return
            do_job(Settings(database_url=api.url), job.id, owner="test")


def make(api: Any, address: str, key: str) -> None:
    """Have a report made, as its page does."""
    assert api.post(address, key=key, headers=OURS).status_code == 303
    do_jobs(api)


def test_it_has_what_the_page_shows_and_is_made_once_for_each_making(office: Any) -> None:
    key = office.key(Role.ANALYST, principal="ivo")
    assert office.get(ADDRESS, key=key).status_code == 409  # its page makes it first
    make(office, "/time/waiting?from=2026-01-01", key)
    asked = office.get(ADDRESS, key=key)
    assert (asked.status_code, asked.json()["question"]["report"]) == (202, "waiting")
    assert asked.json()["question"]["address"] == ADDRESS
    page = office.get(asked.headers["location"].replace("/api/jobs", "/workbooks"), key=key).text
    assert '<a href="/time/waiting?from=2026-01-01">Waiting</a>' in page
    do_jobs(office)
    made = office.get(ADDRESS, key=key)
    assert made.headers["content-disposition"] == 'attachment; filename="waiting.xlsx"'
    document = office.get("/time/waiting/report.json?from=2026-01-01", key=key).json()
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert book["Summary"]["A1"].value
    assert len(book.sheetnames) > 3
    assert document["report"] == "waiting"
    # The report made anew has a workbook of its own.
    with Database(office.url) as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE jobs SET ended_at = ended_at - 3600 WHERE kind = 'report'")
    make(office, "/time/waiting?from=2026-01-01", key)
    assert office.get(ADDRESS, key=key).status_code == 202


@pytest.mark.parametrize(("most", "status"), [(5_000, 200), (2, 202)])
def test_however_much_is_filtered_by_it_is_written(
    office: Any, monkeypatch: pytest.MonkeyPatch, most: int, status: int
) -> None:
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", most)
    with Database(office.url) as database, database.reading() as session:
        teams = session.execute(text("SELECT id FROM teams")).scalars().all()
        types = session.execute(text("SELECT DISTINCT task_type_id FROM tasks WHERE state = 'closed'")).scalars().all()
    filters = [("from", "2026-01-01"), *(("team", one) for one in teams), *(("type", one) for one in types)]
    query = urlencode(filters)
    assert len(query) > 200
    key = office.key(Role.ANALYST, principal="ivo")
    make(office, f"/time/waiting?{query}", key)
    asked = office.get(f"/time/waiting/report.xlsx?{query}", key=key)
    assert asked.status_code == status
    if status == 202:
        assert asked.json()["question"]["address"] == f"/time/waiting/report.xlsx?{query}"
        do_jobs(office)
        asked = office.get(f"/time/waiting/report.xlsx?{query}", key=key)
    assert asked.content[:2] == b"PK"


def test_another_person_s_report_is_not_theirs(office: Any) -> None:
    ivo, ida = office.key(Role.ANALYST, principal="ivo"), office.key(Role.ANALYST, principal="ida")
    make(office, "/time/waiting?from=2026-01-01", ivo)
    office.get(ADDRESS, key=ivo)
    do_jobs(office)
    assert office.get(ADDRESS, key=ida).status_code == 409
    make(office, "/time/waiting?from=2026-01-01", ida)
    assert office.get(ADDRESS, key=ida).status_code == 202  # of their own report


def test_people_by_name_stay_with_their_lead_and_each_time_leaves_a_trace(office: Any) -> None:
    named = "/time/skills?names=shown"
    address = "/time/skills/report.xlsx?names=shown"
    key = office.key(Role.LEAD, principal="lea", teams=("billing", "claims"))
    make(office, named, key)
    assert office.get(address, key=key).status_code == 202
    do_jobs(office)
    assert office.get(address, key=key).content[:2] == b"PK"
    with Database(office.url) as database, database.reading() as session:
        looks = list_changes(session, principal_id="lea", subject="office", subject_id="report skills")
    assert [look.what for look in looks] == [
        "GET /time/{name}/report.xlsx",
        "GET /time/{name}/report.xlsx",
        "POST /api/reports",
    ]
    # Who leads fewer teams by now asks for another report, and is not handed out what was made for the old ones.
    with Database(office.url) as database:
        change_roles(database, "lea", roles=[Role.LEAD], teams=["billing"], act=Act(at=1, by=None, what="test"))
    office.app.state.recognition.forget()
    assert office.get(address, key=key).status_code == 409
    with Database(office.url) as database:
        change_roles(database, "lea", roles=[Role.ANALYST], act=Act(at=1, by=None, what="test"))
    office.app.state.recognition.forget()
    assert office.get(address, key=key).status_code in {401, 403}
