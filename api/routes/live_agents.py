"""Agents at the live desk: the next best task, coming and going, and where everybody stands."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response

from api.access import Caller, Reach, permits
from api.conditional import IfMatch, set_etag
from api.documents.acts import NO_ACT, ActBody, OffTaskBody, read_act
from api.documents.live import LiveAgentDocument, OutcomeDocument, agent_document, outcome_document
from api.documents.offers import ChoicesDocument, OfferDocument, choices_document, offer_document
from api.live_access import Live
from api.paging import Cursor, Limit, Page, decode_cursor, next_address
from api.parameters import Id
from api.problems import problems
from models.errors import NotFoundError
from models.repositories.live.records import LiveAgent
from models.vocabulary import Role
from models.vocabulary_live import Presence
from optimizer.next_task import MOST_LISTED
from services.live.acts import Outcome

ETAG: dict[str, Any] = {"ETag": {"description": "Its version.", "schema": {"type": "string"}}}
AgentId = Annotated[Id, Path(description="An agent's id.", examples=["ana"])]
Actor = Annotated[Caller, permits(agent=Reach.OWN, lead=Reach.TEAM)]
CHANGED = {200: {"headers": ETAG}, **problems(404, 409, 412)}
router = APIRouter(prefix="/api/agents", tags=["agents"])


@router.get("", summary="List agents as they stand")
def list_agents(
    request: Request,
    live: Live,
    caller: Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL)],
    team: Annotated[list[Id] | None, Query(max_length=100, description="Only of these home teams.")] = None,
    presence: Annotated[list[Presence] | None, Query(description="Only those who are so.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LiveAgentDocument]:
    """Return where agents stand, by id; leads see their own teams."""
    teams = caller.narrow_teams(team, sees_all=(Role.PLANNER,))
    after = decode_cursor(cursor, str)
    queue = live.queue
    found = [
        queue.state_of(agent.id) or LiveAgent(agent_id=agent.id)
        for agent in queue.crew.agents
        if (teams is None or agent.team in teams) and (after is None or agent.id > str(after[0]))
    ]
    wanted = [state for state in found if not presence or state.presence in presence]
    shown = wanted[:limit]
    return Page(
        items=[agent_document(state) for state in shown],
        next=next_address(request, (shown[-1].agent_id,) if len(wanted) > limit else None),
    )


@router.get(
    "/{agent_id}/state",
    summary="Get where an agent stands",
    responses={200: {"headers": ETAG}, **problems(404)},
    dependencies=[permits(agent=Reach.OWN, lead=Reach.TEAM, planner=Reach.ALL)],
)
def get_agent_state(response: Response, live: Live, agent_id: AgentId) -> LiveAgentDocument:
    """Return whether an agent is there and what they have in hand."""
    if agent_id not in live.queue.crew.position:
        raise NotFoundError(f"there is no agent {agent_id!r} today")
    live.follower.refresh(agents=[agent_id])
    state = live.queue.state_of(agent_id) or LiveAgent(agent_id=agent_id)
    set_etag(response, state.version)
    return agent_document(state)


@router.post(
    "/{agent_id}/next",
    summary="Get the next best task",
    response_model=OfferDocument,
    responses=problems(404, 409),
)
def next_task(live: Live, caller: Actor, agent_id: AgentId, body: Annotated[ActBody, NO_ACT]) -> Response:
    """Claim the best task for an agent, and offer it with two alternates, each with its reasons.

    Who has a task that is claimed and not started is offered that one again. Without any that the agent may do, the
    `primary` is null and `blocked` says what keeps the agent from those that wait.
    """
    offered = offer_document(live.next_task.next_task(agent_id, read_act(body, caller.principal_id)))
    # It is what it says: to be checked against its own description once more would cost as much as the claim.
    return Response(offered.model_dump_json(), media_type="application/json")


@router.get(
    "/{agent_id}/choices",
    summary="List what an agent may take",
    responses=problems(404),
    dependencies=[permits(agent=Reach.OWN, lead=Reach.TEAM, planner=Reach.ALL)],
)
def list_choices(
    live: Live,
    agent_id: AgentId,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="How many to give at most.")] = 10,
) -> ChoicesDocument:
    """Return the tasks that an agent may take now, the best first, with why each stands where it does."""
    return choices_document(live.next_task.list_choices(agent_id, limit=limit))


@router.post("/{agent_id}/sign-in", summary="Sign an agent in", responses=CHANGED)
def sign_in(
    response: Response,
    live: Live,
    caller: Actor,
    agent_id: AgentId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let an agent begin."""
    return _told(response, live.desk.sign_in(agent_id, read_act(body, caller.principal_id, if_match)))


@router.post("/{agent_id}/sign-out", summary="Sign an agent out", responses=CHANGED)
def sign_out(
    response: Response,
    live: Live,
    caller: Actor,
    agent_id: AgentId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let an agent go: what is begun goes to a lead, what is only claimed back to the queue."""
    return _told(response, live.desk.sign_out(agent_id, read_act(body, caller.principal_id, if_match)))


@router.post("/{agent_id}/off-task", summary="Note that an agent is off task", responses=CHANGED)
def off_task(
    response: Response,
    live: Live,
    caller: Actor,
    agent_id: AgentId,
    body: Annotated[OffTaskBody, Body()],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let an agent do something other than tasks; a task that is started is paused."""
    act = read_act(body, caller.principal_id, if_match)
    return _told(response, live.desk.off_task(agent_id, act, code=body.code))


@router.post("/{agent_id}/back", summary="Note that an agent is back on tasks", responses=CHANGED)
def back_on_task(
    response: Response,
    live: Live,
    caller: Actor,
    agent_id: AgentId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Let an agent come back to tasks."""
    return _told(response, live.desk.back_on_task(agent_id, read_act(body, caller.principal_id, if_match)))


@router.post("/{agent_id}/looking", summary="Note that an agent looks for a task", responses=CHANGED)
def look(
    response: Response,
    live: Live,
    caller: Actor,
    agent_id: AgentId,
    body: Annotated[ActBody, NO_ACT],
    if_match: IfMatch = None,
) -> OutcomeDocument:
    """Note that an agent opened the list: from here on they choose."""
    return _told(response, live.desk.look(agent_id, read_act(body, caller.principal_id, if_match)))


def _told(response: Response, outcome: Outcome) -> OutcomeDocument:
    if outcome.agent is not None:
        set_etag(response, outcome.agent.version)
    return outcome_document(outcome)
