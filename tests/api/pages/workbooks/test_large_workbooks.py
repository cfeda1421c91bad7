"""A workbook of a large plan: made aside, found again, stopped, freed; and by nobody else's leave."""

import io
import re
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text, update

from models.errors import StorageFullError
from models.repositories.audit import list_changes
from models.tables.schema import table_of
from models.vocabulary import Role
from models.vocabulary_jobs import JobState
from services.large_workbooks import KEPT_S, free_workbooks
from services.plan_files import plan_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def is_workbook(answer: Any) -> bool:
    return bool(answer.status_code == 200 and answer.headers["content-type"] == XLSX)


def age(large: Any, seconds: int) -> None:
    """Let all jobs have ended so much earlier."""
    jobs = table_of("jobs")
    with large.database.writing() as session:
        connection = session.connection()
        for row in connection.execute(select(jobs.c.id, jobs.c.ended_at).where(jobs.c.ended_at.is_not(None))).all():
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(ended_at=row.ended_at - seconds))


def num_kept(large: Any) -> int:
    with large.database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM job_results")).scalar_one())


def test_a_small_one_comes_at_once(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", 5_000)
    answer = large.person("pia", Role.PLANNER).get(large.xlsx)
    assert is_workbook(answer)
    assert answer.headers["content-disposition"] == f'attachment; filename="plan-{large.plan_id}.xlsx"'
    assert large.jobs() == []
    assert "content-encoding" not in answer.headers  # it is packed already: to try again costs more than to send it


def test_a_large_one_is_made_aside_and_is_then_at_the_same_address(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pia = large.person("pia", Role.PLANNER)
    led = pia.get(large.xlsx)
    (job,) = large.jobs()
    assert (led.status_code, led.headers["location"]) == (303, f"/workbooks/{job.id}")
    page = pia.get(led.headers["location"])
    assert "<title>Your workbook is being made" in page.text
    assert f'data-follow="/api/jobs/{job.id}/events"' in page.text
    assert f'action="/workbooks/{job.id}/stop"' in page.text
    assert 'href="">Look again' in page.text  # without a script
    assert pia.get(large.xlsx).headers["location"] == led.headers["location"]  # pressed twice, made once

    assert large.do_jobs() == 1
    page = pia.get(led.headers["location"]).text
    assert "<title>Your workbook is ready" in page
    assert re.search(rf'<a class="button is-main" href="{large.xlsx}" autofocus', page)
    assert "data-follow" not in page
    made = pia.get(large.xlsx)
    assert is_workbook(made)
    assert made.headers["content-disposition"] == f'attachment; filename="plan-{large.plan_id}.xlsx"'
    sheets = openpyxl.load_workbook(io.BytesIO(made.content)).sheetnames
    assert sheets[:4] == ["Summary", "By team", "By agent", "Plan"]
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", 5_000)
    assert pia.get(large.xlsx).content == made.content  # what comes at once says the same
    assert len(large.jobs()) == 1


def test_programs_get_the_job_and_then_the_file(large: Any) -> None:
    key = large.api.key(Role.PLANNER, principal="bot")
    asked = large.api.get(large.xlsx, key=key)
    assert (asked.status_code, asked.json()["kind"], asked.json()["state"]) == (202, "workbook", "queued")
    assert asked.headers["location"] == asked.json()["links"]["self"]
    again = large.api.get(large.xlsx, key=key)
    assert again.headers["location"] == asked.headers["location"]
    large.do_jobs()
    job = large.api.get(asked.headers["location"], key=key).json()
    assert job["state"] == "done"
    assert is_workbook(large.api.get(large.xlsx, key=key))
    assert large.api.get(job["links"]["result"], key=key).content == large.api.get(large.xlsx, key=key).content


def test_asking_and_stopping_leave_a_trace(large: Any) -> None:
    pia = large.person("pia", Role.PLANNER)
    page = pia.get(large.xlsx).headers["location"]
    pia.post(f"{page}/stop")
    with large.database.reading() as session:
        changes = list_changes(session, principal_id="pia", subject="job")
    assert [change.what for change in changes] == ["POST /workbooks/{job_id}/stop", "GET /plans/{plan_id}/plan.xlsx"]


def test_administrators_see_what_it_is_of(large_here: Any) -> None:
    large_here.person("pia", Role.PLANNER).get(large_here.xlsx)
    listed = large_here.person("ada", Role.ADMIN).get("/system/jobs?kind=workbook").text
    assert re.search(rf"Workbook.*Plan {large_here.plan_id}\b.*pia", listed, re.DOTALL)


def test_two_quick_presses_lead_to_one_page(large_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first was stored."""
    pia = large_here.person("pia", Role.PLANNER)
    page = pia.get(large_here.xlsx).headers["location"]
    for module in ("services.large_workbooks", "api.pages.workbooks.handing_out"):
        monkeypatch.setattr(f"{module}.find_under_way", lambda *_: None)
    assert pia.get(large_here.xlsx).headers["location"] == page
    assert len(large_here.jobs()) == 1


def test_a_stopped_one_is_not_made_and_can_be_asked_for_again(large: Any) -> None:
    pia = large.person("pia", Role.PLANNER)
    page = pia.get(large.xlsx).headers["location"]
    assert pia.post(f"{page}/stop").headers["location"] == page
    assert large.do_jobs() == 0
    told = pia.get(page).text
    assert "<title>The workbook was stopped" in told
    assert f'href="{large.xlsx}" autofocus' in told
    assert pia.post(f"{page}/stop").status_code == 303  # it stays so
    anew = pia.get(large.xlsx).headers["location"]
    assert anew != page
    large.do_jobs()
    assert "had ended already" in pia.post(f"{anew}/stop").headers["set-cookie"].replace("%20", " ")
    assert is_workbook(pia.get(large.xlsx))


def test_whoever_may_see_the_plan_gets_what_another_had_made(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pia, ivo = large.person("pia", Role.PLANNER), large.person("ivo", Role.ANALYST)
    pia.get(large.xlsx)
    page = ivo.get(large.xlsx).headers["location"]
    written: list[int] = []

    def write(*args: Any, **more: Any) -> bytes:
        written.append(1)
        return plan_workbook(*args, **more)

    monkeypatch.setattr("services.jobs.workbooks.plan_workbook", write)
    assert large.do_jobs() == 2
    assert written == [1]  # the second job finds what the first has made
    assert "Your workbook is ready" in ivo.get(page).text
    lea = large.person("lea", Role.LEAD, teams=["billing"])
    assert is_workbook(lea.get(large.xlsx))
    assert len(large.jobs()) == 2


def test_nobody_else_sees_or_stops_it(large_here: Any) -> None:
    pia, ivo = large_here.person("pia", Role.PLANNER), large_here.person("ivo", Role.ANALYST)
    page = pia.get(large_here.xlsx).headers["location"]
    number = page.rpartition("/")[2]
    ada = large_here.person("ada", Role.ADMIN)
    ana = large_here.person("ana", Role.AGENT, agent_id="ana")
    for other in (ivo, ada):
        assert other.get(page).status_code == 404
        assert other.post(f"{page}/stop").status_code == 404
        assert other.get("/workbooks/4711").status_code == 404  # the same, whether it is there or not
    for path in (page, large_here.xlsx):
        assert ana.get(path).status_code == 403
        assert large_here.api.get(path, headers={"Accept": "text/html"}).headers["location"].startswith("/sign-in")
    large_here.do_jobs()
    assert ivo.get(f"/api/jobs/{number}/result").status_code == 404
    assert ivo.get(f"/api/jobs/{number}").status_code == 404
    assert pia.get(f"/api/jobs/{number}/result").status_code == 200
    # A job of another kind is no workbook, though it is one's own.
    key = large_here.api.key(Role.PLANNER, principal="bot")
    asked = large_here.api.post("/api/plans", key=key, json={"iterations": 1})
    other = asked.headers["location"].replace("/api/jobs", "/workbooks")
    assert (asked.status_code, large_here.api.get(other, key=key).status_code) == (202, 404)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_a_link_of_others_makes_nothing(large_here: Any, headers: dict[str, str]) -> None:
    pia = large_here.person("pia", Role.PLANNER)
    led = pia.get(large_here.xlsx, **headers)
    assert (led.status_code, led.headers["location"]) == (303, f"/plans/{large_here.plan_id}")
    assert large_here.jobs() == []
    pia.get(large_here.xlsx)
    large_here.do_jobs()
    assert is_workbook(pia.get(large_here.xlsx, **headers))  # what is there is handed out


def test_what_is_kept_long_enough_is_freed_and_made_anew(large: Any) -> None:
    pia = large.person("pia", Role.PLANNER)
    page = pia.get(large.xlsx).headers["location"]
    large.do_jobs()
    age(large, KEPT_S - 60)
    assert is_workbook(pia.get(large.xlsx))
    assert free_workbooks(large.database) == 0
    age(large, 120)
    told = pia.get(page).text  # it is over even before anybody has cleared it away
    assert "<title>This workbook is kept no longer" in told
    assert f'href="{large.xlsx}" autofocus' in told
    assert pia.get(large.xlsx).headers["location"] != page
    assert (num_kept(large), free_workbooks(large.database), num_kept(large)) == (1, 1, 0)
    assert pia.get(page.replace("/workbooks", "/api/jobs") + "/result").status_code == 404
    large.do_jobs()
    assert is_workbook(pia.get(large.xlsx))


def test_they_take_no_more_room_than_they_may(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.large_workbooks.MOST_KEPT_BYTES", 1)
    pia, ivo = large.person("pia", Role.PLANNER), large.person("ivo", Role.ANALYST)
    first = pia.get(large.xlsx).headers["location"]
    ivo.get(large.xlsx)
    large.do_jobs()
    assert free_workbooks(large.database) == 1  # as whoever does jobs does after each
    assert num_kept(large) == 1  # the newest stays, however large it is
    assert "This workbook is kept no longer" in pia.get(first).text
    assert is_workbook(pia.get(large.xlsx))


@pytest.mark.parametrize(
    ("error", "english", "spanish"),
    [
        (
            StorageFullError("there is no room left on the disk of the database x"),
            "there is no room left on the disk of the database x",
            "no queda sitio en el disco de la base de datos x",
        ),
        (RuntimeError("a secret"), "something went wrong here; the log says what", "registro"),
    ],
)
def test_one_that_fails_says_why_and_can_be_made_anew(
    large_here: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, english: str, spanish: str
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise error

    monkeypatch.setattr("services.jobs.workbooks.plan_workbook", fail)
    pia = large_here.person("pia", Role.PLANNER)
    page = pia.get(large_here.xlsx).headers["location"]
    large_here.do_jobs()
    told = pia.get(page).text
    assert "<title>The workbook could not be made" in told
    assert english in told
    assert "secret" not in told
    assert 'role="alert"' in told
    assert f'href="{large_here.xlsx}" autofocus' in told
    assert spanish in pia.get(page, **{"Accept-Language": "es"}).text
    monkeypatch.undo()
    monkeypatch.setattr("api.pages.workbooks.handing_out.MOST_ROWS_AT_ONCE", 2)
    pia.get(large_here.xlsx)
    large_here.do_jobs()
    assert is_workbook(pia.get(large_here.xlsx))


def test_nobody_asks_for_more_than_they_may(large_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.jobs.asking.MOST_WAITING", 0)
    refused = large_here.person("pia", Role.PLANNER).get(large_here.xlsx)
    assert (refused.status_code, large_here.jobs()) == (429, [])
    assert "retry-after" in refused.headers


def test_in_spanish(large_here: Any) -> None:
    pia = large_here.person("pia", Role.PLANNER)
    spanish = {"Accept-Language": "es"}
    page = pia.get(large_here.xlsx).headers["location"]
    assert "<title>Su libro se está haciendo" in pia.get(page, **spanish).text
    with large_here.database.writing() as session:
        session.execute(text("""UPDATE jobs SET progress = '{"stage": "writing the rows", "done": 1, "of": 4}'"""))
    told = pia.get(page, **spanish).text
    assert "escribiendo las filas" in told
    assert 'max="4" value="1"' in told
    large_here.do_jobs()
    told = pia.get(page, **spanish).text
    assert "<title>Su libro está listo" in told
    assert "Se guarda hasta" in told
    assert large_here.jobs()[0].state is JobState.DONE
