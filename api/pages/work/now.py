"""`/work`: an agent's next task, what they do with it, and what they hear of it while the page is open."""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reach, permits
from api.live_access import Live, OpenDesk
from api.pages.rendering import is_fragment_wanted, lead_to, render, texts_for
from api.pages.work.acting import MAX_FIELD, OF_TASKS, ActForm, do_act
from api.pages.work.notices import Notice, tell_lost, tell_refusal
from api.pages.work.view import view_work
from api.streams import event_text, follow
from models.errors import ConflictError, NotFoundError, SwingdeskError, UnavailableError, UsageError
from models.vocabulary_live import Presence
from services.live.acting import read_clock
from services.live.lost_tasks import find_lost
from services.live.own_day import look_at_day
from services.live.own_work import OwnWork, look_at_work, watch

PAGE, STYLES, SCRIPTS = "/work", ("work.css",), ("work.js",)
STATUS: Mapping[type[SwingdeskError], HTTPStatus] = {
    ConflictError: HTTPStatus.CONFLICT,
    NotFoundError: HTTPStatus.NOT_FOUND,
}
Own = Annotated[Caller, permits(agent=Reach.OWN)]
router = APIRouter(include_in_schema=False)


@router.get(PAGE)
def show_work(request: Request, live: Live, caller: Own) -> Response:
    """Show what an agent has before them."""
    return _answer(request, live, caller)


@router.get("/work/now")
def show_now(
    request: Request, live: Live, caller: Own, had: Annotated[str, Query(max_length=MAX_FIELD)] = ""
) -> Response:
    """Show the same without the page around it, and what became of the task that was in hand."""
    agent_id = _agent_of(live, caller)
    notices: list[Notice] = []
    if agent_id is not None and had:
        lost = find_lost(live.database, had, agent_id=agent_id, principal_id=caller.principal_id)
        if lost is not None and lost.kind is not None and not lost.is_own:
            notices.append(tell_lost(texts_for(request), lost))
    return _answer(request, live, caller, notices=notices)


@router.post("/work/acts/{name}")
def act(
    request: Request,
    live: Live,
    caller: Own,
    name: Annotated[str, Path(max_length=40)],
    form: Annotated[ActForm, Form()],
) -> Response:
    """Do what a button says, and show what comes next; or say why it could not be done."""
    agent_id = _agent_of(live, caller)
    if agent_id is None:
        return lead_to(request, PAGE)
    try:
        do_act(live, name, form, agent_id=agent_id, principal_id=caller.principal_id)
    except UnavailableError:
        raise  # it may be done later: the browser keeps it
    except (ConflictError, NotFoundError, UsageError) as error:
        return _refuse(request, live, caller, name, form, error, agent_id=agent_id)
    if is_fragment_wanted(request):
        return _answer(request, live, caller)
    return lead_to(request, PAGE)


@router.get("/work/events")
async def follow_work(request: Request, live: Live, caller: Own) -> StreamingResponse:
    """Send a mark of where the agent stands, each time that it changes: then the page looks again."""
    agent_id = _agent_of(live, caller)

    sent, seen = "", (0, -1, -1)

    async def look() -> str | None:
        nonlocal sent, seen
        queue = live.queue
        state = None if agent_id is None else queue.state_of(agent_id)
        known = id(queue), queue.num_changes, -1 if state is None else state.version
        if agent_id is None or known == seen or agent_id not in queue.crew.position:
            return None
        seen = known
        is_quick = state is None or state.presence is not Presence.FREE  # else tasks are ranked
        mark = partial(watch, queue, agent_id, read_clock())
        token = mark() if is_quick else await run_in_threadpool(mark)
        if token == sent:
            return None
        sent = token
        return event_text("desk", token)

    return follow(request, look)


def _agent_of(live: OpenDesk, caller: Caller) -> str | None:
    """Return the agent that somebody is, if that is one of today's."""
    return caller.agent_id if caller.agent_id in live.queue.crew.position else None


def _look(request: Request, live: OpenDesk, agent_id: str) -> OwnWork:
    return look_at_work(live.database, live.follower, request.app.state.settings, agent_id, now=read_clock())


def _refuse(
    request: Request,
    live: OpenDesk,
    caller: Caller,
    name: str,
    form: ActForm,
    error: SwingdeskError,
    *,
    agent_id: str,
) -> Response:
    work = _look(request, live, agent_id)
    lost = None
    if name in OF_TASKS and form.task_id:
        lost = find_lost(live.database, form.task_id, agent_id=agent_id, principal_id=caller.principal_id)
    notice = tell_refusal(texts_for(request), name, form, error, work=work, lost=lost)
    status = next((STATUS[kind] for kind in STATUS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
    return _answer(request, live, caller, notices=[notice], status=status)


def _answer(
    request: Request,
    live: OpenDesk,
    caller: Caller,
    *,
    notices: Sequence[Notice] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    texts, agent_id = texts_for(request), _agent_of(live, caller)
    if agent_id is None:
        page = "work/no-agent.html"
        return render(request, page, texts=texts, styles=STYLES, is_known=caller.agent_id is not None)
    work, crew = _look(request, live, agent_id), live.queue.crew
    day = look_at_day(live.database, live.queue, agent_id, now=work.at)
    return render(
        request,
        "work/desk.html" if is_fragment_wanted(request) else "work/page.html",
        status=status,
        texts=texts,
        styles=STYLES,
        scripts=SCRIPTS,
        view=view_work(texts, crew, work, day),
        notices=notices,
    )
