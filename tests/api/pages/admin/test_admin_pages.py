"""The administrator's pages, asked within the process: forms stored with who did it, refused with what is wrong."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from models.database import Database, Session
from models.formats.offices.office import Office
from models.repositories.audit import list_changes
from models.repositories.office_pages import get_agent, list_absences, list_agents, list_task_types
from models.vocabulary import Role
from services.access.principals import read_principal
from services.daily_plan import Search, plan_day
from services.demo import DemoSize, demo_opening, fill_with_demo, next_open_day
from services.importing.store import store_office
from services.publishing import publish_new_plan
from services.settings import Settings
from services.upserting import upsert_rows
from simulations.demo_office import DEMO_DAY, demo_calendar

MONDAY_8 = 1772434800
BREAKS = "12:00-12:30 lunch; 15:00-15:30 training"
OURS = {"Sec-Fetch-Site": "same-origin"}
PAGES = (
    "/office",
    "/office/people",
    "/office/people?q=an&team=billing",
    "/office/people/new",
    "/office/people/ana",
    "/office/people/ana/edit",
    "/office/task-types",
    "/office/task-types/new",
    "/office/names?table=clients",
    "/office/import",
    "/office/import?kind=log",
    "/accounts",
    "/accounts?q=nobody",
    "/accounts/new?agent=ana",
    "/accounts/of/root",
    "/accounts/keys",
    "/system",
    "/system/jobs?state=failed",
    "/system/audit?since=2026-01-01&subject=key",
)


class Admin:
    """Somebody who administers, with a key."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.key = api.key(Role.ADMIN, principal="root")

    def get(self, path: str, status: int = 200) -> str:
        answer = self.api.get(path, key=self.key)
        assert answer.status_code == status, (path, answer.text[:300])
        return str(answer.text)

    def post(self, path: str, status: int = 303, *, files: Any = None, **fields: Any) -> Any:
        answer = self.api.post(path, key=self.key, data=fields, files=files, headers=OURS)
        assert answer.status_code == status, (path, answer.text[:300])
        return answer


@pytest.fixture
def empty(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Admin:
    """An administrator of a database without an office."""
    return Admin(make_api(make_database_url("sqlite"), rate_per_address="", rate_per_key=""))


@pytest.fixture
def admin(empty: Admin, make_office: Callable[..., Office]) -> Admin:
    """An administrator of the small office."""
    with Database(empty.api.url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=MONDAY_8)
    return empty


def test_every_page_opens_and_an_empty_database_says_how_to_begin(
    empty: Admin, make_office: Callable[..., Office]
) -> None:
    start = empty.get("/office")
    assert "Set up the demo office" in start
    assert "/office/import" in start
    assert "Nobody works here yet" in empty.get("/office/people")
    assert "No task type yet" in empty.get("/office/task-types")
    assert empty.api.get("/office/import/template.zip", key=empty.key).content[:2] == b"PK"
    with Database(empty.api.url) as database, database.writing() as session:
        store_office(session, make_office(), kind="tables", now=MONDAY_8)
    for path in PAGES:
        assert "<h1" in empty.get(path), path
    assert empty.post("/office/demo", 409) is not None  # an office is never poured over another


def test_what_comes_next_is_said_and_today_can_be_planned_though_a_later_day_is(empty: Admin) -> None:
    now = int(time.time())
    day = next_open_day(now + 86_400)
    with Database(empty.api.url) as database:
        size = DemoSize(num_agents=9, num_tasks=40, day=day)
        fill_with_demo(database, size=size, now=now, principal_id="root")
        start = empty.get("/office")
        assert "No plan was shown to anybody yet" in start
        assert "Nobody but you has an account" in start
        assert "No plan is shown for today" in empty.get("/today")

        def show(session: Session, plan_id: int) -> None:
            publish_new_plan(session, plan_id, at=now, principal_id="root", what="test")

        search = Search(iterations=0, time_limit_s=None)
        plan = plan_day(database, Settings(), at=demo_opening(day), made_at=now, search=search, on_store=show)
    for path in ("/office", "/today"):
        assert f'href="/today/chart?plan={plan.id}"' in empty.get(path), path
    shown = empty.get("/today")
    assert "is shown to its agents already" in shown
    assert 'action="/today/plan"' not in shown  # nobody works any more today
    today = datetime.now(demo_calendar().zone).date()
    with Database(empty.api.url) as database:
        with database.reading() as session:
            agent = list_agents(session.connection(), limit=1)[0]["id"]
        shift = {"agent": agent, "date": today.isoformat(), "start": "00:00", "end": "24:00"}
        upsert_rows(database, Settings(), "shifts", [shift], now=now, principal_id="root")
    empty.api.app.state.live.get().follower.catch_up()
    shown = empty.get("/today")
    assert "is shown to its agents already" in shown
    assert 'action="/today/plan"' in shown
    assert empty.post("/today/plan").headers["location"].startswith("/today/jobs/")
    empty.post("/accounts/new", id="lea", roles=["lead"], teams=["billing"])
    assert "What next" not in empty.get("/office")


def test_a_plan_that_is_over_is_not_what_comes_next(empty: Admin) -> None:
    def show(session: Session, plan_id: int) -> None:
        publish_new_plan(session, plan_id, at=opening, principal_id="root", what="test")

    opening = demo_opening(DEMO_DAY)
    with Database(empty.api.url) as database:
        size = DemoSize(num_agents=9, num_tasks=40, day=DEMO_DAY)
        fill_with_demo(database, size=size, now=opening, principal_id="root")
        search = Search(iterations=0, time_limit_s=None)
        plan_day(database, Settings(), at=opening, made_at=opening, search=search, on_store=show)
    page = empty.get("/office")
    assert "Nobody but you has an account" in page
    assert "/today/chart?plan=" not in page
    assert "No plan was shown to anybody yet" not in page


def test_somebody_is_added_changed_and_rostered_by_forms_and_the_trail_says_by_whom(admin: Admin) -> None:
    told = admin.post("/office/people/check", 200, id="zoe", team="nowhere").text
    assert "Home team: an id of teams" in told
    assert "Everything fits so far." in admin.post("/office/people/check", 200, id="zoe", team="billing").text
    assert (
        "There is somebody of that id already" in admin.post("/office/people/new", 422, id="ana", team="billing").text
    )
    admin.post("/office/people/new", id="zoe", name="Zoe", team="billing", swing_teams=["claims"], max_moves="2")
    page = admin.get("/office/people/zoe")
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version is not None
    skills: dict[str, Any] = {"skill": ["bill", ""], "level": ["3", ""], "speed": ["1.2", "1"], "valid_from": ["", ""]}
    admin.post("/office/people/zoe/skills", version=version[1], **skills)
    admin.post("/office/people/zoe/skills", 412, version=version[1], **skills)  # somebody else was faster
    assert (
        "Breaks"
        in admin.post(
            "/office/people/zoe/shifts", 422, date="2026-03-03", start="08:00", end="16:00", breaks="soon"
        ).text
    )
    admin.post("/office/people/zoe/absences", start="2026-03-03", end="2026-03-03", reason="ill")
    with Database(admin.api.url) as database, database.reading() as session:
        connection = session.connection()
        agent = get_agent(connection, "zoe")
        away = list_absences(connection, start=0, end=10**10, agent="zoe", limit=5)
        imports = list_changes(session, subject="import", principal_id="root")
    assert (agent["swing_teams"], agent["max_moves"]) == (["claims"], 2)
    assert [(row["skill_id"], row["level"], row["speed"]) for row in agent["skills"]] == [("bill", 3, 1.2)]
    assert away[0]["ends_at"] - away[0]["starts_at"] == 86_400
    assert len(imports) == 3
    admin.post(f"/office/people/zoe/absences/{away[0]['starts_at']}/remove")
    admin.post(f"/office/people/zoe/absences/{away[0]['starts_at']}/remove", 404)


def test_a_task_type_keeps_all_that_its_form_shows(admin: Admin) -> None:
    with Database(admin.api.url) as database, database.reading() as session:
        kind = list_task_types(session.connection(), limit=1)[0]
    path = f"/office/task-types/{kind['id']}"
    page = admin.get(path).partition('id="type"')[2]
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"[^>]*>', page))
    chosen = dict(re.findall(r'<select[^>]* name="(\w+)".*?<option value="([^"]+)" selected', page, re.DOTALL))
    flags = ("is_estimated", "is_sla_estimated", "pending_stops_clock")
    sent = {name: value for name, value in {**fields, **chosen}.items() if name not in flags}
    admin.post(path, **{**sent, "handling_minutes": "41.5", "pending_stops_clock": "yes"})
    with Database(admin.api.url) as database, database.reading() as session:
        after = list_task_types(session.connection(), limit=1)[0]
    before = kind["standards"][-1]
    changed = {"handling_minutes": 41.5, "pending_stops_clock": True, "is_estimated": False, "is_sla_estimated": False}
    assert after["standards"][-1] == {**before, **changed}


def test_an_upload_is_looked_at_before_it_is_taken_in_and_jobs_are_stopped(admin: Admin) -> None:
    files = {"file": ("teams.csv", b"id,name\nappeals,Appeals\n", "text/csv")}
    where = admin.post("/office/import", kind="tables", files=files).headers["location"]
    number = where.rpartition("/")[2]
    assert f'data-follow="/api/jobs/{number}/events"' in admin.get(where)
    admin.post(f"{where}/take-in", 409)  # it was not looked at yet
    admin.post(f"/system/jobs/{number}/stop")
    assert "Cancelled" in admin.get(f"/system/jobs/{number}")
    assert "It was stopped" in admin.get(where)
    admin.post(f"{where}/drop")
    assert "teams.csv" not in admin.get("/office")
    assert "teams.csv" in admin.get("/system/jobs?kind=import&state=cancelled")
    assert "No job fits" in admin.get("/system/jobs?kind=plan")
    empty = {"file": ("teams.csv", b"", "text/csv")}
    assert "Choose a file" in admin.post("/office/import", 422, kind="tables", files=empty).text


def test_accounts_and_keys_are_made_shown_once_and_ended(admin: Admin) -> None:
    assert "say which" in admin.post("/accounts/new", 422, id="eva", roles=["lead"]).text
    admin.post("/accounts/new", id="eva", roles=["lead"], teams=["billing"])
    link = re.search(r'value="(http[^"]+/sign-in/[^"]+)"', admin.post("/accounts/of/eva/link", 200).text)
    assert link is not None
    assert link[1] not in admin.get("/accounts/of/eva")
    seen = unescape(re.search(r'name="seen" value="([^"]*)"', admin.get("/accounts/of/eva"))[1])  # type: ignore[index]
    admin.post("/accounts/of/eva/roles", roles=["analyst"], seen=seen)
    admin.post("/accounts/of/eva/roles", 412, roles=["planner"], seen=seen)
    made = admin.post("/accounts/keys", 200, principal="eva", days="5")
    assert made.headers["cache-control"] == "no-store"
    key = re.search(r'value="(sd_[^"]+)"', made.text)
    assert key is not None
    assert admin.api.get("/api/me", key=key[1]).json()["roles"] == ["analyst"]
    assert "number of days" in admin.post("/accounts/keys", 422, principal="eva", days="long").text
    page = admin.get("/accounts/keys?principal=eva")
    revoke = re.search(r'action="(/accounts/keys/[0-9a-f]+/revoke)"', page)
    assert revoke is not None
    admin.post(revoke[1])
    assert admin.api.get("/api/me", key=key[1]).status_code == 401
    admin.post("/accounts/of/eva/disable")
    with Database(admin.api.url) as database:
        assert read_principal(database, "eva").disabled_at is not None
    assert "nobody would be left" in admin.post("/accounts/of/root/disable", 409).text
    trail = admin.get("/system/audit?subject=principal&who=root")
    assert "/accounts/of/{principal_id}/disable" in trail
    assert "No change fits" in admin.get("/system/audit?since=2031-01-01")
    assert "No change fits" in admin.get("/system/audit?until=2001-01-01")
    assert "The chain holds." in admin.post("/system/audit/verify", 200).text


def test_in_spanish_keys_of_programs_are_no_keys_of_a_keyboard_and_codes_are_words(admin: Admin) -> None:
    def read(path: str) -> str:
        return str(admin.api.get(path, key=admin.key, headers={"Accept-Language": "es"}).text)

    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    admin.post("/office/people/ana/shifts", date=tomorrow, start="08:00", end="16:00", breaks=BREAKS)
    assert ">12:00 comida, 15:00 formación</td>" in read("/office/people/ana")
    for page in (read("/accounts"), read("/accounts/keys"), read("/accounts/of/root")):
        assert "Claves" in page
        assert "Teclas" not in page
    trail = read("/system/audit?subject=principal")
    assert '<option value="task-type">Tipo de tarea</option>' in trail
    assert re.search(r'<th scope="row"[^>]*>Cuenta<small>root</small>', trail)


def test_jobs_of_one_kind_are_told_apart(admin: Admin) -> None:
    admin.post("/time/waste")
    admin.post("/time/waiting?team=billing")
    page = admin.get("/system/jobs")
    assert re.search(r"Report</a><small>Paid time</small>", page)
    assert re.search(r"Report</a><small>Waiting · billing</small>", page)


def test_a_name_is_added_or_changed_and_never_the_one_instead_of_the_other(admin: Admin) -> None:
    taken = admin.post("/office/names", 422, table="skills", id="bill", name="Something else").text
    assert "There is one of that id already, bill: change it in its row." in taken
    admin.post("/office/names", table="clients", id="clinic", name="Clinic", needs_clearance="yes")
    form = admin.get("/office/names?table=clients&change=clinic")
    assert "Change Clinic" in form
    assert re.search(r'name="needs_clearance"[^>]* checked', form)
    admin.post("/office/names", table="clients", change="clinic", name="The clinic", needs_clearance="yes")
    shown = admin.get("/office/names?table=clients")
    assert re.search(r"The clinic</td><td>yes</td>", shown)
    admin.post("/office/names", table="clients", change="clinic", name="The clinic")
    assert re.search(r"The clinic</td><td>no</td>", admin.get("/office/names?table=clients"))
    admin.get("/office/names?table=clients&change=nobody", 404)
