"""Tasks moved on the day chart in a real browser: by mouse, by keyboard, refused, taken back; two people at once."""

import re
from collections.abc import Callable
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, expect

from models.database import Database
from models.repositories.live.states import read_task
from optimizer.referee import check
from services.daily_plan import StoredPlan, stored_plan
from services.live.acts import Act
from services.live.desk import Desk as LiveDesk
from services.settings import Settings

STORED_MS = 20_000
"""Within which a move is stored, on a busy machine."""
CHEN, ESTHER = "chen-popescu", "esther-nunez"


class Desk(Protocol):
    url: str
    address: str

    @property
    def now(self) -> int: ...


Opener = Callable[..., Page]


class Chart:
    """The chart of a page, as tests speak of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator(".dc-task").first).to_be_visible()
        page.get_by_label("Team", exact=True).select_option(label="Billing resolution")

    def bar(self, task: str) -> Locator:
        """Return the bar of a task, focused."""
        assert self.page.evaluate("task => document.querySelector('day-chart').show(task)", task)
        return self.page.locator(".dc-task:focus")

    def row(self, name: str) -> Locator:
        return self.page.locator(".dc-row", has_text=name)

    @property
    def told(self) -> Locator:
        return self.page.locator(".dc-move")

    def drag(self, task: str, name: str, *, drop: bool = True) -> None:
        """Drag a task over somebody's row, a little to the right, and wait for what that costs."""
        box, over = self.bar(task).bounding_box(), self.row(name).bounding_box()
        assert box is not None
        assert over is not None
        self.page.mouse.move(box["x"] + 4, box["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 24, over["y"] + 14, steps=4)
        expect(self.told).to_contain_text(re.compile("costs|possible"), timeout=STORED_MS)
        # What was said may be of a place on the way: only what is of the last one can be dropped.
        expect(self.page.locator("[data-tone]:has(.dc-move-told)")).not_to_have_attribute(
            "data-tone", "asking", timeout=STORED_MS
        )
        if drop:
            self.page.mouse.up()

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("document.querySelector('day-chart').data.moves")
        return found


def newest(desk: Desk) -> StoredPlan:
    with Database(desk.url) as database:
        return stored_plan(database)


def agent_of(found: StoredPlan, task: str) -> str:
    return next(item.agent for item in found.plan.assignments if item.task == task)


def to_move(found: StoredPlan, agent: str, *, after: int) -> list[str]:
    """Return the tasks of somebody that begin later and wait for nothing, by start."""
    tied = {name for task in found.problem.tasks for name in (*task.after, *task.separate_from)}
    tied |= {task.id for task in found.problem.tasks if task.after or task.separate_from or task.pinned_agent}
    mine = [item for item in found.plan.assignments if item.agent == agent and item.start > after + 300]
    return [item.task for item in sorted(mine, key=lambda item: item.start) if item.task not in tied]


def test_a_lead_moves_tasks_by_mouse_and_keyboard_and_takes_it_back(
    own_desk: Desk, open_page: Opener, check_page: Callable[[Page], None]
) -> None:
    page = open_page("lea", "/today/chart", on=own_desk)
    chart, before = Chart(page), newest(own_desk)
    first, second, *_ = to_move(before, CHEN, after=own_desk.now)

    # By mouse: what it costs is said before it is dropped; dropped, it is a plan that holds, with the task pinned.
    chart.drag(first, "Esther Núñez", drop=False)
    expect(page.locator(".dc-ghost")).to_be_visible()
    assert newest(own_desk).record.id == before.record.id
    page.mouse.up()
    expect(page.locator(".toast")).to_contain_text("Moved: Esther Núñez does", timeout=STORED_MS)
    moved = newest(own_desk)
    assert agent_of(moved, first) == ESTHER
    assert check(moved.problem, moved.plan).feasible
    assert next(task for task in moved.problem.tasks if task.id == first).pinned_agent == ESTHER
    expect(chart.bar(first)).to_have_class(re.compile(r"\bis-pinned\b"))
    expect(chart.bar(first)).to_have_attribute("aria-label", re.compile("pinned"))
    assert page.url.endswith(f"?plan={moved.record.id}")

    # Refused: somebody of another team is no place for it, and it stays where it is.
    page.get_by_label("Team", exact=True).select_option(label="All teams")
    chart.bar(second).press("m")
    page.locator(".dc-move select").select_option(label="Aitana Álvarez")
    expect(chart.told).to_contain_text(re.compile("Not possible|not of a team that you lead"))
    expect(page.get_by_role("button", name="Move here")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator(".dc-move")).to_be_hidden()
    assert newest(own_desk).record.id == moved.record.id

    # Dropped where it cannot be, it is where it was: nothing is held any more, and why is said.
    chart.bar(second).press("m")
    page.locator(".dc-move select").select_option(label="Aitana Álvarez")
    expect(chart.told).to_contain_text(re.compile("Not possible|not of a team that you lead"))
    expect(page.locator(".dc-move")).to_have_attribute("data-tone", "bad")
    page.locator(".dc-task.is-lifted").press("Enter")
    expect(page.locator(".dc-move-reason")).to_contain_text("Nothing was moved. Not possible")
    expect(page.get_by_role("button", name="Move here")).to_be_hidden()
    expect(page.locator(".dc-ghost")).to_have_count(0)
    page.locator(".dc-task:focus").press("Escape")
    expect(page.locator(".dc-move")).to_be_hidden()

    # By keyboard alone: picked up, held over the person below, put down.
    chart.bar(second).press("M")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dc-move option:checked")).to_have_text("Esther Núñez")
    expect(page.get_by_role("button", name="Move here")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator(".dc-status").first).to_contain_text("Moved: Esther Núñez does", timeout=STORED_MS)
    assert agent_of(newest(own_desk), second) == ESTHER

    # Taken back, one after the other; then the plan is as it was.
    chart.bar(second).press("Control+z")
    expect(page.locator(".dc-status").first).to_contain_text("Taken back", timeout=STORED_MS)
    page.get_by_role("button", name="Undo the last move").click()
    expect(page.get_by_role("button", name="Undo the last move")).to_be_disabled(timeout=STORED_MS)
    after = newest(own_desk)
    assert after.plan.assignments == before.plan.assignments
    assert after.problem == before.problem
    check_page(page)


def test_what_others_do_meanwhile_is_said_and_nothing_is_lost(own_desk: Desk, open_page: Opener) -> None:
    lea, pia = (Chart(open_page(who, "/today/chart", on=own_desk)) for who in ("lea", "pia"))
    before = newest(own_desk)
    first, second, *_ = to_move(before, CHEN, after=own_desk.now)
    lea.drag(first, "Esther Núñez")
    expect(lea.page.locator(".toast")).to_contain_text("Moved", timeout=STORED_MS)
    moved = newest(own_desk)

    # Pia still looks at the plan before: she is told, and goes on where she was on the newer one.
    pia.drag(second, "Esther Núñez")
    expect(pia.told).to_contain_text("lea has changed this plan meanwhile", timeout=STORED_MS)
    assert newest(own_desk).record.id == moved.record.id
    pia.page.get_by_role("button", name="Try it on the newer plan").click()
    expect(pia.page.get_by_role("button", name="Move here")).to_be_enabled()
    pia.page.get_by_role("button", name="Move here").click()
    expect(pia.page.locator(".toast")).to_contain_text("Moved: Esther Núñez does", timeout=STORED_MS)
    both = newest(own_desk)
    assert (agent_of(both, first), agent_of(both, second)) == (ESTHER, ESTHER)

    # An agent takes a task while a lead holds it: it is the agent's, and the lead is told.
    third = to_move(both, CHEN, after=own_desk.now)[0]
    lea.page.goto(f"{own_desk.address}/today/chart")
    lea = Chart(lea.page)
    assert lea.data()["plan"] == both.record.id
    lea.drag(third, "Esther Núñez", drop=False)
    with Database(own_desk.url) as database:
        desk = LiveDesk(database, Settings(), clock=lambda: own_desk.now)
        desk.sign_in(CHEN, Act(principal_id="ana"))
        desk.claim(CHEN, third, Act(principal_id="ana"))
    lea.page.mouse.up()
    expect(lea.told).to_contain_text("Chen Popescu has this task in hand", timeout=STORED_MS)
    expect(lea.page.locator(".dc-task:focus")).to_have_count(1)
    assert newest(own_desk).record.id == both.record.id
    with Database(own_desk.url) as database, database.reading() as session:
        live = read_task(session.connection(), third)
    assert live is not None
    assert live.agent_id == CHEN
    lea.page.goto(f"{own_desk.address}/today/chart")
    assert third not in Chart(lea.page).data()["also"], "that it is lea's to move goes without saying"


def test_a_task_of_another_team_is_refused_when_it_is_picked_up(
    desk: Desk, open_page: Opener, check_page: Callable[[Page], None]
) -> None:
    page = open_page("lea", "/today/chart", on=desk)
    chart, found = Chart(page), newest(desk)
    page.get_by_label("Team", exact=True).select_option(label="All teams")
    team_of = {kind.id: kind.team for kind in found.problem.task_types}
    kind_of = {task.id: task.type for task in found.problem.tasks}
    own = {"billing", "claims", "swing", *chart.data()["also"]}
    held = [item for item in found.plan.assignments if item.start > desk.now + 600 and item.task not in own]
    foreign = next(item for item in held if team_of[kind_of[item.task]] == "complaints").task
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/moves/" in request.url else None)
    why = "This is a task of Complaint resolution. Only its lead or a planner can move it."

    # By keyboard: said at once, by eye and by ear; nothing is held, and Escape puts it away.
    chart.bar(foreign).press("m")
    panel = page.locator(".dc-move")
    expect(panel.locator(".dc-move-reason")).to_have_text(why)
    expect(page.locator(".dc-status").first).to_have_text(why)
    expect(page.locator(".dc-ghost")).to_have_count(0)
    expect(panel.get_by_label("From")).to_be_hidden()
    expect(panel.get_by_role("button", name="Move here")).to_be_hidden()
    check_page(page)
    page.locator(".dc-task:focus").press("Escape")
    expect(panel).to_be_hidden()

    # By mouse: as soon as it is drawn; it says so, and no cost was ever asked for.
    box = chart.bar(foreign).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=4)
    expect(panel.locator(".dc-move-reason")).to_have_text(why)
    expect(page.locator(".dc-ghost")).to_have_count(0)
    page.mouse.up()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".dc-task:focus")).to_have_attribute("aria-label", re.compile("."))
    assert asked == []


def test_it_speaks_spanish_fits_a_phone_and_lets_analysts_look_only(
    desk: Desk, open_page: Opener, check_page: Callable[[Page], None]
) -> None:
    page = open_page("lea", "/today/chart", on=desk, language="es", phone=True)
    expect(page.locator(".dc-task").first).to_be_visible()
    expect(page.get_by_label("Buscar una persona, tarea, caso o cliente")).to_be_visible()
    check_page(page)
    looking = open_page("ivo", "/plans", on=desk)
    answer = looking.request.get(f"{desk.address}/plans/1/chart.json").json()
    assert answer["moves"] is None
    assert looking.request.get(f"{desk.address}/plans/1/tasks/x/moves/y?start=0").status == 403
    assert looking.request.post(f"{desk.address}/plans/1/undo").status == 403
    assert looking.request.get(f"{desk.address}/today/chart").status == 403
