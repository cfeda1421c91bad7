"""A small day of the demo office with a plan, a server in the middle of its day, and a real browser to look with."""

import fcntl
import shutil
import struct
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from api.documents.plan_view import PlanView, view_plan
from api.documents.render import render_plan_file
from models.database import Database
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, from_wall_clock, load_zone
from models.vocabulary import Role, Rule
from reports.plan_summary import figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan
from services.access.principals import create_principal
from services.access.sessions import start_session
from services.access.tracing import Act
from services.daily_plan import Search
from services.demo import DemoSize, set_up_demo
from services.office import question_from_office
from services.planning import dispatch_problem
from services.settings import Settings
from simulations.demo_office import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIOLATIONS = "options => axe.run(options).then(found => found.violations)"  # the rest is large, and nobody reads it
ZONE = load_zone("Europe/Madrid")
expect.set_options(timeout=30_000)  # what is waited for comes at once, unless the machine has much else to do
CLOCK = Path(__file__).parents[1] / "day" / "clock"
ROOT = Path(__file__).parents[3]
OPENING = from_wall_clock(DEMO_DAY, DEMO_OPENING, demo_calendar().zone)
STARTS_AT = OPENING + SECONDS_PER_HOUR  # the server's clock when it starts: nine o'clock
DESKTOP, PHONE, NARROWEST = (1280, 800), (390, 844), 360
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "ana": {"roles": [Role.AGENT], "agent_id": "chen-popescu", "name": "Ana"},
    "ben": {"roles": [Role.AGENT], "agent_id": "esther-nunez", "name": "Ben"},
    "lea": {"roles": [Role.LEAD], "teams": ["billing", "claims", "swing"], "name": "Lea"},
    "leo": {"roles": [Role.LEAD], "teams": ["complaints", "orders"], "name": "Leo"},
    "pia": {"roles": [Role.PLANNER], "name": "Pia"},
    "ivo": {"roles": [Role.ANALYST], "name": "Ivo"},
    "admin": {"roles": [Role.ADMIN], "name": "Administrator"},
}
"""Who works at the desk of the tests; Ana and Ben are agents of billing, on duty from opening."""


@dataclass(frozen=True)
class PlannedDay:
    """A question, its plan, and what its page is made of."""

    problem: Problem
    plan: Plan
    tables: PlanTables
    others: Mapping[Rule, Mapping[str, Any]]

    def view(self) -> PlanView:
        return view_plan(self.problem, self.plan, self.tables, title="Demo office", others=self.others)


def plan_demo(num_agents: int, num_tasks: int) -> PlannedDay:
    office = generate_office(np.random.default_rng(2), num_agents=num_agents, num_tasks=num_tasks)
    at = from_wall_clock(DEMO_DAY, DEMO_OPENING, demo_calendar().zone)
    question = question_from_office(office, at=at)
    return plan_problem(question.problem, extra=question.assumptions())


def plan_problem(problem: Problem, *, extra: Mapping[str, Any]) -> PlannedDay:
    plan = dispatch_problem(problem, Rule.ATC, zone_name="Europe/Madrid")
    plan = replace(plan, extra={**plan.extra, **extra})
    tables = tabulate_plan(problem, plan, zone=ZONE)
    fifo = dispatch_problem(problem, Rule.FIFO)
    beside = tabulate_plan(problem, fifo, zone=ZONE, plannable_share=tables.plannable_share)
    return PlannedDay(problem, plan, tables, {Rule.FIFO: figures_document(summarise_plan(fifo, beside), beside)})


@pytest.fixture(scope="session")
def small_day() -> PlannedDay:
    """Thirty people and 800 tasks: enough for some to be late, at risk, lent, pinned and left."""
    return plan_demo(30, 800)


@pytest.fixture(scope="session")
def hostile_day() -> PlannedDay:
    """A day whose every name tries to be markup."""
    problem = plan_demo(9, 40).problem
    attack = "<script>alert(1)</script>"
    breakout = "</script><img src=x onerror=alert(2)><!--"
    return plan_problem(
        replace(
            problem,
            teams=tuple(replace(team, name=f"{attack}{team.id}") for team in problem.teams),
            task_types=tuple(replace(kind, name=f"{breakout}{kind.id}") for kind in problem.task_types),
            agents=tuple(replace(agent, name=f"\u2028{breakout}&amp;{agent.id}") for agent in problem.agents),
            tasks=tuple(
                replace(
                    task,
                    name=f"{attack}{breakout}'\"{task.id}",
                    attributes={"case": f"{attack}{task.id}", "client": breakout},
                )
                for task in problem.tasks
            ),
        ),
        extra={"note": f"{attack}{breakout}", "timezone": attack},
    )


@pytest.fixture(scope="session")
def small_page(small_day: PlannedDay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the small day, as a file of its own."""
    path = tmp_path_factory.mktemp("page") / "plan.html"
    path.write_text(render_plan_file(small_day.view()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; a machine without it fails these tests, it does not skip them.

    Its shell is the same browser without windows of its own, which take three quarters of the processor's time.
    """
    found = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
    assert found is not None, "the browser tests need Debian's chromium: apt-get install chromium-headless-shell"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


class Desk:
    """A running server on the demo office, in the middle of its day: the clock of the server is its own.

    Attributes
    ----------
    url, address
        Where its database is, and where it listens.
    """

    def __init__(self, launch: Callable[..., Any], folder: Path, office: Path) -> None:
        shutil.copy(office, folder / "desk.sqlite3")
        self.url = f"sqlite:///{folder / 'desk.sqlite3'}"
        self._clock = folder / "clock"
        self._moved_by = STARTS_AT - time.time()
        self._write_clock()
        environment = {"TEST_CLOCK": str(self._clock), "PYTHONPATH": f"{CLOCK}:{ROOT}"}
        self.server = launch(self.url, **environment)
        self.address: str = self.server.address

    @property
    def now(self) -> int:
        """The present of the server; epoch second."""
        return int(time.time() + self._moved_by)

    def forward(self, minutes: float) -> None:
        """Move the clock on; on a desk that others share, by little."""
        self._moved_by += minutes * SECONDS_PER_MINUTE
        self._write_clock()

    def session(self, who: str) -> str:
        """Return the secret of a new session of somebody."""
        with Database(self.url) as database, database.writing() as session:
            return start_session(session, who, now=self.now)

    def _write_clock(self) -> None:
        with self._clock.open("wb" if not self._clock.exists() else "r+b") as stream:
            stream.write(struct.pack("d", self._moved_by))


@pytest.fixture(scope="session")
def demo_desk(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The database of the demo office: three days of history, today's plan published, and its people let in."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = shared / "demo-desk"
    with (shared / "demo-desk.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        if not folder.exists():
            _build_desk(folder.with_name("demo-desk-new"))
            folder.with_name("demo-desk-new").rename(folder)
    return folder / "demo.sqlite3"


def _build_desk(folder: Path) -> None:
    folder.mkdir()
    size = DemoSize(num_agents=30, num_tasks=320, num_days=3)
    made = set_up_demo(folder, Settings(), size=size, search=Search(iterations=0, time_limit_s=None), made_at=OPENING)
    with Database(made.database_url) as database:
        for name, given in PEOPLE.items():
            create_principal(database, name, **given, act=Act(at=OPENING, by=None, what="test"))


@pytest.fixture(scope="session")
def desk(launch: Callable[..., Any], demo_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests of a worker that leave it as others can use it."""
    desk = Desk(launch, tmp_path_factory.mktemp("desk"), demo_desk)
    yield desk
    desk.server.stop()


@pytest.fixture(scope="session")
def desk_kind() -> type[Desk]:
    """What `desk` is, for a family of tests that shares one apart: `desk_kind(launch, folder, demo_desk)`."""
    return Desk


@pytest.fixture
def own_desk(launch: Callable[..., Any], demo_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk of the test's own: some seconds more, for what moves the clock or changes what others look at."""
    desk = Desk(launch, tmp_path, demo_desk)
    yield desk
    desk.server.stop()


class Visit:
    """What a page asked for and complained about while it was open."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def visits() -> list[Visit]:
    """The pages that `open_page` has opened in this test."""
    return []


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, visits: list[Visit]) -> Iterator[Callable[..., Page]]:
    """An opener of pages: `open_page("lea", "/today")`, each in a browser of its own that is signed in.

    `who=None` is nobody; `on=own_desk` another desk; `phone=True` a phone that is touched; `language="es"`,
    `theme="dark"`; `scripts=False` a browser without scripts.
    """
    opened: list[BrowserContext] = []

    def open_it(
        who: str | None,
        path: str = "/",
        *,
        on: Desk | None = None,
        phone: bool = False,
        theme: str = "light",
        language: str = "en",
        scripts: bool = True,
    ) -> Page:
        at: Desk = on or request.getfixturevalue("desk")
        width, height = PHONE if phone else DESKTOP
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=phone,
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        opened.append(context)
        if who is not None:
            context.add_cookies([{"name": "swingdesk_session", "value": at.session(who), "url": at.address}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        if scripts:
            page.clock.set_system_time(at.now)
        visits.append(Visit(page, at.address))
        page.goto(at.address + path)
        return page

    yield open_it
    for context in opened:
        context.close()


@pytest.fixture
def check_page(visits: list[Visit]) -> Callable[..., None]:
    """A check of an open page: axe objects to nothing, light or dark; no error; nobody else asked; fits a phone.

    `expected`: what the browser may complain about, such as the `404` of a page that is none.
    """

    def check(page: Page, *, expected: Collection[str] = ()) -> None:
        visit = next(one for one in visits if one.page is page)
        page.evaluate(AXE_SCRIPT)
        for scheme, rules in (("light", None), ("dark", ["color-contrast"])):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            options: dict[str, Any] = {"resultTypes": ["violations"]}
            if rules is not None:
                options["runOnly"] = {"type": "rule", "values": rules}
            found = page.evaluate(VIOLATIONS, options)
            told = [(one["id"], one["help"], [node["html"] for node in one["nodes"]][:3]) for one in found]
            assert told == [], f"{page.url} ({scheme})"
        page.emulate_media(color_scheme="light")
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": NARROWEST, "height": 740})
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(size)
        assert width <= NARROWEST, f"{page.url} is {width} wide on a phone of {NARROWEST}"
        assert [one for one in visit.complaints if not any(part in one for part in expected)] == [], page.url
        assert [url for url in visit.asked if not url.startswith((visit.address, "data:"))] == [], page.url

    return check
