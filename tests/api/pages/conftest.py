"""A small day of the demo office with a plan, and a real browser to look at its page."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from api.documents.plan_view import PlanView, view_plan
from api.documents.render import render_plan_file
from models.formats.plan import Plan
from models.formats.problem import Problem
from models.time import from_wall_clock, load_zone
from models.vocabulary import Rule
from reports.plan_summary import figures_document, summarise_plan
from reports.plan_tables import PlanTables, tabulate_plan
from services.office import question_from_office
from services.planning import dispatch_problem
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
ZONE = load_zone("Europe/Madrid")


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
    """Debian's Chromium; a machine without it fails these tests, it does not skip them."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found is not None, "the browser tests need Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
