"""Tasks at the live desk: taken, worked on, finished or handed on, and why one is still waiting."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response

from api.access import Caller, Reach, permits
from api.conditional import IfMatch, set_etag
from api.documents.acts import (
    NO_ACT,
    ActBody,
    AgentActBody,
    CancelBody,
    CheckBody,
    PendBody,
    ReasonBody,
    ReassignBody,
    ReopenBody,
    WrongTeamBody,
    read_act,
    to_instant,
)
from api.documents.live import LiveTaskDocument, OutcomeDocument, outcome_document, task_document
from api.documents.offers import WaitingDocument, waiting_document
from api.live_access import Live, OpenDesk
from api.parameters import Id
from api.problems import problems
from models.errors import NotFoundError, UsageError
from models.repositories.live.states import read_task
from models.vocabulary import Role
from services.access.reach import check_leads_task, choose_agent
from services.live.acts import Act, Outcome

ETAG: dict[str, Any] = {"ETag": {"description": "Its version.", "schema": {"type": "string"}}}
TaskId = Annotated[Id, Path(description="A task's id.", examples=["T17"])]
Worker = Annotated[Caller, permits(agent=Reach.OWN, lead=Reach.TEAM)]
Lead = Annotated[Caller, permits(lead=Reach.TEAM)]
CHANGED = {200: {"headers": ETAG}, **problems(404, 409, 412)}
OwnAct = Annotated[AgentActBody, Body(default_factory=AgentActBody)]
NO_WRONG_TEAM = Body(default_factory=WrongTeamBody)
router = APIRouter(prefix="/api/tasks", tags=["desk"])


@router.get(
    "/{task_id}/state",
    summary="Get where a task stands",
    responses={200: {"headers": ETAG}, **problems(404)},
)
def get_task_state(
    response: Response,
    live: Live,
    caller: Annotated[Caller, permits(agent=Reach.OWN, lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)],
    task_id: TaskId,
) -> LiveTaskDocument:
    """Return in whose hand a task is, or what it waits for. One that nobody has touched yet has no state.

    Agents see what they have in hand, or did.
    """
    with live.database.reading() as session:
        task = read_task(session.connection(), task_id)
    is_own = task is not None and caller.agent_id is not None and caller.agent_id in {task.agent_id, task.done_by_id}
    if not is_own and not caller.has(Role.PLANNER, Role.ANALYST):
        check_leads_task(live.database, caller, task_id)
    if task is None:
        raise NotFoundError(f"nothing has happened to a task {task_id!r} yet")
    set_etag(response, task.version)
    return task_document(task)


@router.get(
    "/{task_id}/why-waiting",
    summary="Explain why a task is still waiting",
    responses=problems(404),
    dependencies=[permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)],
)
def explain_waiting(live: Live, task_id: TaskId) -> WaitingDocument:
    """Return who could do a task, what keeps everybody else from it, and in a sentence why it waits."""
    return waiting_document(live.next_task.explain_waiting(task_id))


@router.post("/{task_id}/claim", summary="Take a task", responses=CHANGED)
def claim(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Take an alternate, or any task that the agent may do. One that is claimed and not started is given back for it.

    Where a lead does this for an agent, the task counts as told by the lead.
    """
    agent_id = choose_agent(live.database, caller, body.agent_id)
    act = read_act(body, caller.principal_id, if_match)
    is_told = agent_id != caller.agent_id
    return _told(response, live.next_task.take(agent_id, task_id, act, is_told=is_told))


@router.post("/{task_id}/start", summary="Start a task", responses=CHANGED)
def start(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Begin to work on a task that was claimed."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.start(agent_id, task_id, act))


@router.post("/{task_id}/pause", summary="Pause a task", responses=CHANGED)
def pause(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Stop the clock of the work on a task; it stays in the agent's hand."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.pause(agent_id, task_id, act))


@router.post("/{task_id}/resume", summary="Resume a task", responses=CHANGED)
def resume(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Go on with a paused task."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.resume(agent_id, task_id, act))


@router.post("/{task_id}/complete", summary="Complete a task", responses=CHANGED)
def complete(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Close a task that is done."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.complete(agent_id, task_id, act))


@router.post("/{task_id}/return", summary="Give a task back", responses=CHANGED)
def return_(
    response: Response,
    live: Live,
    caller: Worker,
    task_id: TaskId,
    body: Annotated[ReasonBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Give a task back to the queue; what was worked on it stays noted."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.return_(agent_id, task_id, act, reason=body.reason))


@router.post("/{task_id}/skip", summary="Skip a task", responses=CHANGED)
def skip(
    response: Response,
    live: Live,
    caller: Worker,
    task_id: TaskId,
    body: Annotated[ReasonBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Give back, unstarted, a task that was offered; so many a day, and one that many skip goes to a lead."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.skip(agent_id, task_id, act, reason=body.reason))


@router.post("/{task_id}/wrong-team", summary="Say that a task is another team's", responses=CHANGED)
def wrong_team(
    response: Response,
    live: Live,
    caller: Worker,
    task_id: TaskId,
    body: Annotated[WrongTeamBody, NO_WRONG_TEAM],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Hand a task to a lead, since it is not this team's."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.wrong_team(agent_id, task_id, act, team_id=body.team_id))


@router.post("/{task_id}/information-missing", summary="Say that information is missing", responses=CHANGED)
def information_missing(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Hand a task to a lead, since it lacks what one would need to do it."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.information_missing(agent_id, task_id, act))


@router.post("/{task_id}/help", summary="Ask for help", responses=CHANGED)
def ask_help(
    response: Response, live: Live, caller: Worker, task_id: TaskId, body: OwnAct, if_match: IfMatch = None
) -> OutcomeDocument:
    """Hand a task to a lead, since the agent cannot go on alone."""
    agent_id, act = _acting(live, caller, body, if_match)
    return _told(response, live.desk.ask_help(agent_id, task_id, act))


@router.post("/{task_id}/pend", summary="Pend a task", responses=CHANGED)
def pend(
    response: Response,
    live: Live,
    caller: Worker,
    task_id: TaskId,
    body: Annotated[PendBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let a task wait for somebody outside; it returns by itself. An agent pends what is in hand, a lead anything."""
    is_lead = caller.has(Role.LEAD) and body.agent_id is None and caller.agent_id is None
    agent_id = None if is_lead else choose_agent(live.database, caller, body.agent_id)
    act, follow_up_at = read_act(body, caller.principal_id, if_match), to_instant(body.follow_up_at)
    outcome = live.desk.pend(task_id, act, reason=body.reason, follow_up_at=follow_up_at, agent_id=agent_id)
    return _told(response, outcome)


@router.post("/{task_id}/unpend", summary="Bring a pended task back", responses=CHANGED)
def unpend(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Bring a pended task back before its time: what it waited for has come."""
    return _told(response, live.desk.unpend(task_id, read_act(body, caller.principal_id, if_match)))


@router.post("/{task_id}/release", summary="Take a task out of its agent's hand", responses=CHANGED)
def release(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Take a task out of its agent's hand; it waits for a lead to decide."""
    return _told(response, live.desk.release(task_id, read_act(body, caller.principal_id, if_match)))


@router.post("/{task_id}/reassign", summary="Give a task to an agent or a team", responses=CHANGED)
def reassign(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[ReassignBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let a task wait for one agent, in a team's queue, or where neither is named in its own."""
    if body.to_agent_id is not None and body.to_team_id is not None:
        raise UsageError("name an agent or a team, not both")
    act = read_act(body, caller.principal_id, if_match)
    outcome = live.desk.reassign(task_id, act, to_agent_id=body.to_agent_id, to_team_id=body.to_team_id)
    return _told(response, outcome)


@router.post("/{task_id}/cancel", summary="Cancel a task", responses=CHANGED)
def cancel(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[CancelBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Close a task that need not be done."""
    return _told(response, live.desk.cancel(task_id, read_act(body, caller.principal_id, if_match), reason=body.reason))


@router.post("/{task_id}/reopen", summary="Open a closed task again", responses=CHANGED)
def reopen(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[ReopenBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Open a closed task again; it waits in its queue."""
    return _told(response, live.desk.reopen(task_id, read_act(body, caller.principal_id, if_match), reason=body.reason))


@router.post("/{task_id}/check", summary="Note a quality check", responses=CHANGED)
def check(
    response: Response,
    live: Live,
    caller: Lead,
    task_id: TaskId,
    body: Annotated[CheckBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Note what a check of a closed task found: pass, or fail with its severity and the step at fault."""
    act = read_act(body, caller.principal_id, if_match)
    outcome = live.desk.check(task_id, act, result=body.result, severity=body.severity, step=body.step)
    return _told(response, outcome)


def _acting(live: OpenDesk, caller: Caller, body: AgentActBody, if_match: str | None) -> tuple[str, Act]:
    """Return whose act it is, and the act."""
    return choose_agent(live.database, caller, body.agent_id), read_act(body, caller.principal_id, if_match)


def _told(response: Response, outcome: Outcome) -> OutcomeDocument:
    if outcome.task is not None:
        set_etag(response, outcome.task.version)
    return outcome_document(outcome)
