"""Tasks of the day: the list behind each figure, one task with why it waits, and giving it to somebody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.access import Reach, permits
from api.pages.rendering import lead_to, render
from api.pages.today.day import outlook_of
from api.pages.today.risk_lines import TaskLine, lead_reason_text, task_line
from api.pages.today.scope import LEADS, STYLES, Scope, Today
from api.parameters import Id
from models.errors import ConflictError, NotFoundError
from models.repositories.live.records import LiveTask
from models.repositories.live.states import read_task
from models.repositories.live.waiting import OpenTask
from models.vocabulary_live import IN_HAND, TaskStage
from services.live.acts import Act
from services.live.why_waiting import WaitingReason
from services.today.outlook import LATE_COURSES, Course, TeamOutlook

MOST_LISTED = 100
MOST_PAGES = 10_000
LATE, LEAD, DUE = "late", "lead", "due"
Which = Literal["late", "overdue", "at-risk", "on-time", "due", "lead"]
TaskPath = Annotated[Id, Path(description="A task's id.")]
router = APIRouter(prefix="/today/tasks")
READERS = [LEADS]
DECIDERS = [permits(lead=Reach.TEAM)]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Somebody who may be given a task, and what they do now."""

    agent_id: str
    name: str


@router.get("", dependencies=READERS)
def list_tasks(
    request: Request,
    scope: Today,
    which: Which = "late",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> HTMLResponse:
    """Show tasks of the day: those that will be late, are overdue, at risk, on time, due, or wait for a lead."""
    outlook = outlook_of(scope)
    teams = outlook.of(scope.teams)
    shown = slice((page - 1) * MOST_LISTED, page * MOST_LISTED)
    if which == LEAD:
        waiting = [(task, team) for team in teams for task in team.with_lead]
        num_lines, lines = len(waiting), [_lead_line(scope, task, team) for task, team in waiting[shown]]
    else:
        chosen = outlook.choose(scope.teams, _courses_of(which))
        num_lines, lines = len(chosen), [task_line(scope, one) for one in chosen[shown]]
    return render(
        request,
        "today/tasks.html",
        styles=STYLES,
        texts=scope.texts,
        which=which,
        tabs=_tabs(scope, teams),
        lines=lines,
        num_lines=num_lines,
        page=page,
        num_pages=max(1, -(-num_lines // MOST_LISTED)),
        team=scope.asked_team,
        team_name=scope.team_name(scope.asked_team),
    )


@router.get("/{task_id}", dependencies=READERS)
def show_task(request: Request, scope: Today, task_id: TaskPath) -> HTMLResponse:
    """Show a task: where it stands, why it waits, and to whom it may be given."""
    return _page(request, scope, task_id)


@router.post("/{task_id}/give", dependencies=DECIDERS)
def give(
    request: Request,
    scope: Today,
    task_id: TaskPath,
    agent: Annotated[str, Form(max_length=200)] = "",
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """Give a task to somebody, or back to its queue, as it was when the page was loaded."""
    texts, to_agent = scope.texts, agent or None
    with scope.live.database.reading() as session:
        state = read_task(session.connection(), task_id)
    if (0 if state is None else state.version) != version:
        return _page(request, scope, task_id, conflict=_happened(scope, state))
    act = Act(principal_id=scope.caller.principal_id, if_version=version)
    try:
        scope.live.desk.reassign(task_id, act, to_agent_id=to_agent)
    except ConflictError:
        with scope.live.database.reading() as session:
            state = read_task(session.connection(), task_id)
        return _page(request, scope, task_id, conflict=_happened(scope, state))
    said = (
        texts.gettext("%(task)s waits in its queue.", task=task_id)
        if to_agent is None
        else texts.gettext("%(task)s waits for %(name)s.", task=task_id, name=scope.queue.crew.name(to_agent))
    )
    return lead_to(request, f"/today/tasks/{task_id}", said=said)


def _page(request: Request, scope: Scope, task_id: str, *, conflict: str = "") -> HTMLResponse:
    with scope.live.database.reading() as session:
        state = read_task(session.connection(), task_id)
    if state is not None:  # what is in memory may be behind
        scope.live.follower.refresh(tasks=[task_id])
    task = scope.queue.find(task_id)
    if task is None:
        if state is None:
            raise NotFoundError(f"there is no open task {task_id!r}")
        return render(
            request,
            "today/closed.html",
            styles=STYLES,
            texts=scope.texts,
            task_id=task_id,
            state=state,
            conflict=conflict,
        )
    why = scope.live.next_task.explain_waiting(task_id)
    outlook = outlook_of(scope).find(task_id)
    return render(
        request,
        "today/task.html",
        status=409 if conflict else 200,
        styles=STYLES,
        texts=scope.texts,
        task=task,
        line=None if outlook is None else task_line(scope, outlook),
        kind=scope.type_name(task.type),
        team=scope.team_name(task.team or str(scope.queue.crew.kinds[task.type]["team"])),
        due=scope.queue.due_of(task_id),
        stands=_stands(scope, task, state),
        planned=_planned(scope, why),
        why=why.sentence,
        choices=_choices(scope, why),
        holder=task.agent or task.pinned or "",
        version=0 if state is None else state.version,
        conflict=conflict,
    )


def _courses_of(which: str) -> Collection[Course]:
    if which == DUE:
        return frozenset(Course) - {Course.OVERDUE}
    return LATE_COURSES if which == LATE else {Course(which)}


def _tabs(scope: Scope, teams: Sequence[TeamOutlook]) -> list[tuple[str, str, int]]:
    texts = scope.texts
    return [
        ("late", texts.gettext("Will be late"), sum(len(team.late) for team in teams)),
        ("overdue", texts.pgettext("state", "Overdue"), sum(team.count(Course.OVERDUE) for team in teams)),
        ("at-risk", texts.pgettext("state", "At risk"), sum(team.count(Course.AT_RISK) for team in teams)),
        ("on-time", texts.pgettext("state", "On time"), sum(team.count(Course.ON_TIME) for team in teams)),
        ("due", texts.gettext("All due today"), sum(team.num_coming for team in teams)),
        ("lead", texts.gettext("Wait for you"), sum(len(team.with_lead) for team in teams)),
    ]


def _lead_line(scope: Scope, task: OpenTask, team: TeamOutlook) -> TaskLine:
    with scope.live.database.reading() as session:
        state = read_task(session.connection(), task.id)
    return TaskLine(
        id=task.id,
        title=task.title or scope.type_name(task.type),
        kind=scope.type_name(task.type),
        team=team.name,
        due=scope.queue.due_of(task.id) or scope.end,
        mark="help",
        word=lead_reason_text(scope, None if state is None else state.lead_reason),
        outcome=scope.texts.gettext("waits for a lead to decide"),
    )


def _choices(scope: Scope, why: WaitingReason) -> list[Choice]:
    texts = scope.texts
    words = {
        "free": texts.pgettext("agent", "free"),
        "busy": texts.pgettext("agent", "busy"),
        "off-task": texts.pgettext("agent", "off task"),
        "out": texts.pgettext("agent", "not here"),
    }
    listed = [*why.able, *why.blocked]
    return [Choice(agent_id=one.agent_id, name=f"{one.name} ({words[one.standing]})") for one in listed]


def _stands(scope: Scope, task: OpenTask, state: LiveTask | None) -> str:
    texts = scope.texts
    if task.stage in IN_HAND and task.agent is not None:
        return _happened(scope, state)
    if task.stage is TaskStage.LEAD:
        return texts.gettext(
            "It waits for a lead: %(reason)s.",
            reason=lead_reason_text(scope, None if state is None else state.lead_reason).lower(),
        )
    if task.stage is TaskStage.PENDED:
        return texts.gettext("It waits for somebody outside.")
    if task.pinned is not None:
        return texts.gettext("It waits for %(name)s alone.", name=scope.queue.crew.name(task.pinned))
    return texts.gettext("It waits in its queue.")


def _happened(scope: Scope, state: LiveTask | None) -> str:
    """Return what happened to a task last, in words."""
    texts = scope.texts
    if state is None:
        return texts.gettext("Nothing has happened to it.")
    who = "" if state.agent_id is None else scope.queue.crew.name(state.agent_id)
    when = texts.moment(state.since)
    return {
        TaskStage.CLAIMED: texts.gettext("%(name)s took it at %(time)s.", name=who, time=when),
        TaskStage.STARTED: texts.gettext("%(name)s has been working on it since %(time)s.", name=who, time=when),
        TaskStage.PAUSED: texts.gettext("%(name)s has it in hand, paused since %(time)s.", name=who, time=when),
        TaskStage.CLOSED: texts.gettext("It was closed at %(time)s.", time=when),
        TaskStage.PENDED: texts.gettext("It has been waiting for somebody outside since %(time)s.", time=when),
        TaskStage.LEAD: texts.gettext("It has been waiting for a lead since %(time)s.", time=when),
        TaskStage.WAITING: texts.gettext("It has been waiting in its queue since %(time)s.", time=when),
    }[state.state]


def _planned(scope: Scope, why: WaitingReason) -> str:
    if why.planned is None:
        return ""
    agent_id, start = why.planned
    return scope.texts.gettext(
        "%(name)s at %(time)s", name=scope.queue.crew.name(agent_id), time=scope.texts.moment(start)
    )
