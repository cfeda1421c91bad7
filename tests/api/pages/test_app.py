"""The server: pages and JSON of stored plans, refusals, and what every answer carries."""

import asyncio
import io
import re
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import openpyxl
import pytest

from api.app import create_app
from models.database import Database
from models.errors import UnavailableError
from models.formats.offices.office import Office
from models.formats.plan import Plan, parse_plan
from models.formats.problem import Problem
from models.formats.problem_file import parse_problem
from models.migrations.runner import read_state
from models.vocabulary import Rule
from reports.plan_summary import figures_document, summarise_plan
from reports.plan_tables import PlanTables
from services.access.first_start import ensure_administrator
from services.access.keys import create_key
from services.access.tracing import Act
from services.daily_plan import Search, plan_day
from services.importing.store import store_office
from services.settings import Settings

MONDAY_8 = 1772434800
BASE = "http://127.0.0.1:8765"
Result = TypeVar("Result")


class PlannedDay(Protocol):
    problem: Problem
    plan: Plan
    tables: PlanTables
    others: dict[Rule, dict[str, Any]]


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Do something asynchronous in a thread: the browser of other tests may have an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Client:
    """Asks the application without a network between; it is closed as a server closes it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app = create_app(Settings(database_url=url))
        self._key: str | None = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        async def run_lifespan() -> None:
            async with self._app.router.lifespan_context(self._app):
                pass

        _run(run_lifespan())

    def get(self, address: str, **options: Any) -> httpx.Response:
        return self.send("GET", address, **options)

    def send(
        self, method: str, address: str, *, raise_app_exceptions: bool = True, is_known: bool = True, **options: Any
    ) -> httpx.Response:
        headers = self._headers() if is_known else {}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=raise_app_exceptions)
            async with httpx.AsyncClient(
                transport=transport, base_url=BASE, follow_redirects=True, headers=headers
            ) as client:
                return await client.request(method, address, **options)

        return _run(ask())

    def forget_key(self) -> None:
        self._key = None

    def _headers(self) -> dict[str, str]:
        """Return a key of the administrator, where there is a database that knows one."""
        if self._key is None:
            with Database(self._url) as database:
                try:
                    if not database.exists() or not read_state(database).is_current:
                        return {}
                except UnavailableError:
                    return {}
                act = Act(at=int(time.time()), by=None, what="test")
                found = ensure_administrator(database, act=act)
                self._key = create_key(database, found.principal.id, act=act).text
        return {"Authorization": f"Bearer {self._key}"}


def client_for(url: str) -> Client:
    return Client(url)


def plan_office(url: str, office: Office) -> int:
    settings = Settings(database_url=url)
    with Database(url) as database:
        with database.writing() as session:
            store_office(session, office, kind="tables", now=MONDAY_8)
        made = plan_day(
            database, settings, at=MONDAY_8, made_at=MONDAY_8, search=Search(iterations=0, time_limit_s=None)
        )
    return made.id


@pytest.fixture(scope="module")
def planned_once() -> dict[str, str]:
    """By backend, a database with one plan of which tests take copies: planning takes half a second."""
    return {}


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest,
    backend: str,
    make_database_url: Callable[..., str],
    make_office: Callable[..., Office],
    planned_once: dict[str, str],
) -> str:
    """The address of a database on each backend, with one plan where the test is of a `planned` office."""
    if "planned" not in request.fixturenames:
        return make_database_url(backend)
    if backend not in planned_once:
        planned_once[backend] = make_database_url(backend, kept=True)
        assert plan_office(planned_once[backend], make_office()) == 1
    return make_database_url(backend, like=planned_once[backend])


@pytest.fixture
def planned(database_url: str) -> Iterator[Client]:
    """A server on a database with one plan, on each backend."""
    with client_for(database_url) as client:
        yield client


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Client]:
    """A server without a database."""
    with client_for(f"sqlite:///{tmp_path / 'none.sqlite3'}") as client:
        yield client


def test_the_first_address_leads_to_a_page_that_leads_to_the_plans(planned: Client) -> None:
    assert 'href="/plans"' in planned.get("/").text
    plans = planned.get("/plans").text
    assert "Plan 1" in plans
    assert 'href="/plans/1"' in plans


def test_a_plans_page_has_its_chart_and_its_files(planned: Client) -> None:
    page = planned.get("/plans/1")
    assert page.status_code == 200
    assert "Monday, 2 March 2026" in page.text
    assert planned.get(re.findall(r'<day-chart data-source="([^"]+)"', page.text)[0]).status_code == 200
    for address in re.findall(r'href="(/[^"#]+)"', page.text.partition("<main")[2]):
        assert planned.get(address).status_code == 200, address


def test_the_same_page_is_given_again(planned: Client) -> None:
    assert planned.get("/plans/1").text == planned.get("/plans/1").text


def test_a_plan_as_json_is_a_plan_of_the_public_form(planned: Client) -> None:
    plan = parse_plan(planned.get("/api/plans/1").json())
    problem = parse_problem(planned.get("/api/plans/1/problem").json())
    assert {item.task for item in plan.assignments} | {item.task for item in plan.unscheduled} == {
        task.id for task in problem.tasks
    }


def test_the_list_as_json_has_figures_and_what_first_in_first_out_gives(planned: Client) -> None:
    document = planned.get("/api/plans").json()
    assert document["count"] == 1
    (record,) = document["plans"]
    assert record["address"] == "/api/plans/1"
    assert record["planned_from"] == "2026-03-02T08:00:00+01:00"
    assert record["figures"]["num_tasks"] == 3
    assert "fifo" in record["comparisons"]


def test_a_plan_as_a_workbook_and_as_csv(planned: Client) -> None:
    workbook = planned.get("/plans/1/plan.xlsx")
    assert 'filename="plan-1.xlsx"' in workbook.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(workbook.content))
    assert book.sheetnames[:7] == ["Summary", "By team", "By agent", "Plan", "Late", "Left", "Swing"]
    assert "Ana" in book.sheetnames[7:]
    lines = planned.get("/plans/1/plan.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("agent,agent name,position,start,end,task")
    assert len(lines) == book["Plan"].max_row


def test_without_a_database_the_page_says_what_to_do(nothing: Client) -> None:
    page = nothing.get("/plans", headers={"cookie": "swingdesk_session=some"})
    assert page.status_code == 503
    assert "swingdesk import tables FOLDER" in page.text
    assert nothing.get("/health").json() == {"status": "ok", "database": "missing"}
    assert nothing.get("/api/plans", headers={"authorization": "Bearer sd_some_key"}).status_code == 503


def test_who_is_not_signed_in_is_led_to_do_so_and_sees_nothing(planned: Client) -> None:
    page = planned.get("/plans/1?team=a", is_known=False)
    assert page.url.path == "/sign-in"
    assert page.url.query == b"next=%2Fplans%2F1%3Fteam%3Da"
    assert "Double charge" not in page.text
    refused = planned.get("/plans/1", headers={"authorization": "Bearer sd_no_key"})
    assert refused.status_code == 401
    assert "Double charge" not in refused.text


def test_without_an_office_or_a_plan_the_page_says_what_to_do(
    database: Database, database_url: str, make_office: Callable[..., Office]
) -> None:
    with client_for(database_url) as client:
        page = client.get("/plans")
        assert page.status_code == 200
        assert "swingdesk demo" in page.text
        assert "swingdesk import tables FOLDER" in page.text
        with database.writing() as session:
            store_office(session, make_office(), kind="tables", now=MONDAY_8)
        assert "<code>swingdesk plan</code>" in client.get("/plans").text
        assert client.get("/health").json() == {"status": "ok", "database": "current"}


def test_a_database_that_comes_later_is_found(
    tmp_path: Path, make_database_url: Callable[..., str], make_office: Callable[..., Office]
) -> None:
    target = tmp_path / "later.sqlite3"
    with client_for(f"sqlite:///{target}") as client:
        assert client.get("/health").json()["database"] == "missing"
        made = Path(make_database_url("sqlite").removeprefix("sqlite:///"))
        plan_office(f"sqlite:///{made}", make_office())
        made.replace(target)
        assert client.get("/plans/1").status_code == 200
        # Another takes its place, as when the demo is set up again.
        other = Path(make_database_url("sqlite").removeprefix("sqlite:///"))
        other.replace(target)
        client.forget_key()  # the other has one of its own
        assert client.get("/plans/1").status_code == 404


@pytest.mark.parametrize("address", ["/plans/7", "/plans/seven", "/nowhere", "/plans/1/plan.exe"])
def test_what_is_not_there_is_said_on_a_page(planned: Client, address: str) -> None:
    answer = planned.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Back to the start" in answer.text


def test_a_program_gets_problem_details(planned: Client) -> None:
    answer = planned.get("/api/plans/7")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no plan 7",
        "request_id": answer.headers["x-request-id"],
    }
    assert planned.get("/api/plans/seven").status_code == 404
    assert planned.send("DELETE", "/api/plans").status_code == 405


@pytest.mark.parametrize("number", ["99999999999999999999", "9223372036854775808", "0"])
def test_a_number_that_no_plan_can_have_is_no_fault_of_the_server(planned: Client, number: str) -> None:
    assert planned.get(f"/plans/{number}").status_code == 404
    answer = planned.get(f"/api/plans/{number}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["1.0", "+1", "1_0", "%201"])
def test_a_plan_has_one_address(planned: Client, number: str) -> None:
    assert planned.get(f"/api/plans/{number}").status_code == 404


@pytest.mark.parametrize("address", ["/plans", "/plans/1", "/api/plans", "/health", "/static/page.css"])
def test_head_gives_what_get_gives_without_the_body(planned: Client, address: str) -> None:
    whole, head = planned.get(address), planned.send("HEAD", address)
    assert head.status_code == whole.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/plans", "/api/plans"])
def test_a_fault_of_the_server_is_said_in_the_same_form_and_tells_nothing_of_it(
    planned: Client, database_url: str, address: str
) -> None:
    with Database(database_url) as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE plans SET timezone = 'Nowhere/Land'")
    answer = planned.get(address, raise_app_exceptions=False)
    assert answer.status_code == 500
    assert "Nowhere" not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    expected = "application/problem+json" if address.startswith("/api") else "text/html"
    assert answer.headers["content-type"].startswith(expected)


def test_a_database_that_is_none_is_not_the_askers_fault(tmp_path: Path) -> None:
    (tmp_path / "none.sqlite3").write_bytes(b"no database at all" * 100)
    with client_for(f"sqlite:///{tmp_path / 'none.sqlite3'}") as client:
        assert client.get("/api/plans", headers={"authorization": "Bearer sd_some_key"}).status_code == 503
        assert client.get("/plans", headers={"cookie": "swingdesk_session=some"}).status_code == 503


def test_an_address_with_markup_stays_text(planned: Client) -> None:
    answer = planned.get("/plans/<script>alert(1)</script>")
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("address", ["/plans", "/plans/1", "/api/plans", "/nowhere", "/static/page.css", "/health"])
def test_every_answer_carries_the_policy(planned: Client, address: str) -> None:
    headers = planned.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_foreign_name_for_this_machine_is_refused(planned: Client) -> None:
    """A page elsewhere that has its own name point here must not read plans (DNS rebinding)."""
    assert planned.get("/plans", headers={"host": "evil.example"}).status_code == 400
    assert planned.get("/plans", headers={"host": "localhost:8765"}).status_code == 200


def test_nothing_beside_the_static_files_is_handed_out(planned: Client) -> None:
    for address in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
        assert planned.get(address).status_code == 404, address


def test_figures_of_the_stored_plan_are_those_of_its_page(planned: Client) -> None:
    figures = planned.get("/api/plans").json()["plans"][0]["figures"]
    share = f"{100 * figures['on_time_share']:.1f}\N{NO-BREAK SPACE}%"
    assert share in planned.get("/plans/1").text


def test_comparisons_need_no_recalculation(small_day: PlannedDay) -> None:
    figures = figures_document(summarise_plan(small_day.plan, small_day.tables), small_day.tables)
    assert set(figures) == set(small_day.others[Rule.FIFO])
