"""The day to take along: what each agent was shown, as a calendar and as CSV."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.pages.today.kept_plans import KEPT_PLANS
from api.pages.today.scope import LEADS, Scope, Today
from api.parameters import Id
from models.errors import NotFoundError
from models.formats.plan import Assignment
from models.formats.sheets.grids import escape_formula
from models.repositories.published import PublishedPlan
from models.time import format_instant
from services.calendars import Appointment, write_calendar

CALENDAR, CSV = "text/calendar; charset=utf-8", "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
router = APIRouter(prefix="/today", dependencies=[LEADS])


@router.get("/day.ics")
def calendar_of_all(scope: Today) -> Response:
    """Hand out what the agents of the teams asked for were shown, as a calendar."""
    published = _published(scope)
    found = [
        _appointment(scope, published, item, with_name=True)
        for agent_id, items in published.by_agent.items()
        if _is_asked(scope, agent_id)
        for item in items
    ]
    return _file(write_calendar(scope.texts.gettext("The day"), found), CALENDAR, "day.ics")


@router.get("/people/{agent_id}/day.ics")
def calendar_of_one(scope: Today, agent_id: Annotated[Id, Path(description="The id of an agent.")]) -> Response:
    """Hand out what somebody was shown, as a calendar."""
    published = _published(scope)
    found = [_appointment(scope, published, item, with_name=False) for item in published.by_agent.get(agent_id, ())]
    return _file(write_calendar(scope.queue.crew.name(agent_id), found), CALENDAR, "day.ics")


@router.get("/day.csv")
def table_of_all(scope: Today) -> Response:
    """Hand out what the agents of the teams asked for were shown, as CSV with instants in ISO 8601."""
    published, crew = _published(scope), scope.queue.crew
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("agent", "agent name", "start", "end", "task", "title", "type", "due"))
    for agent_id, items in published.by_agent.items():
        if not _is_asked(scope, agent_id):
            continue
        for item in items:
            task, due = scope.queue.find(item.task), scope.queue.due_of(item.task)
            cells = (
                agent_id,
                crew.name(agent_id),
                format_instant(item.start, crew.calendar.zone),
                format_instant(item.end, crew.calendar.zone),
                item.task,
                "" if task is None else task.title,
                "" if task is None else scope.type_name(task.type),
                "" if due is None else format_instant(due, crew.calendar.zone),
            )
            writer.writerow([escape_formula(cell) for cell in cells])
    return _file(BYTE_ORDER_MARK + stream.getvalue(), CSV, "day.csv")


def _published(scope: Scope) -> PublishedPlan:
    found = KEPT_PLANS.published(scope.live.database, scope.edition, scope.now)
    if found is None:
        raise NotFoundError("no published plan is in force now")
    return found


def _is_asked(scope: Scope, agent_id: str) -> bool:
    position = scope.queue.crew.position.get(agent_id)
    return position is not None and scope.is_asked(scope.queue.crew.agents[position].team)


def _appointment(scope: Scope, published: PublishedPlan, item: Assignment, *, with_name: bool) -> Appointment:
    texts, task, due = scope.texts, scope.queue.find(item.task), scope.queue.due_of(item.task)
    title = item.task if task is None else task.title or scope.type_name(task.type)
    about = [texts.gettext("Task %(id)s", id=item.task)]
    if task is not None:
        about.append(scope.type_name(task.type))
    if due is not None:
        about.append(texts.gettext("due %(time)s", time=texts.moment(due)))
    return Appointment(
        uid=f"plan-{published.plan_id}-{item.task}@swingdesk",
        start=item.start,
        end=item.end,
        stamp=published.published_at,
        summary=f"{scope.queue.crew.name(item.agent)}: {title}" if with_name else title,
        description="\n".join(about),
    )


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(text, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
