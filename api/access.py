"""Who may ask for what: every route says it, by `permits` or `open_to_all`, or the server does not start.

A route says for each role how far it reaches::

    @router.post("/agents/{agent_id}/next")
    def next_task(agent_id: Id, caller: Annotated[Caller, permits(agent=Reach.OWN, lead=Reach.TEAM)]) -> Offer: ...

Administrators may all that anybody may. `OWN` and `TEAM` are checked here against the path's `agent_id`, `task_id` or
`team_id`; a route without one of these narrows what it answers itself, by `Caller.narrow_teams` and
`services.access.reach.choose_agent`.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer as BearerDocument
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Scope

from api.frame.slashes import keep_names_whole
from models.errors import ForbiddenError, UnauthenticatedError
from models.vocabulary import Role
from services.access.caller import Caller
from services.access.reach import check_leads_agent, check_leads_task, check_leads_team

__all__ = ["Caller", "Reach", "access_matrix", "open_to_all", "permits", "set_caller"]

NOBODY = "it is not known who asks: a key is needed (Authorization: Bearer sd_...), or a session"
_KEY = "swingdesk.caller"
keep_names_whole()  # here, as there is no route that does not say by this module who may ask for it


class Reach(StrEnum):
    """How far a role reaches through a route."""

    ALL = "yes"
    OWN = "own"
    """What is its own agent's: the path's `agent_id` is the caller's, else the use case acts as the caller's agent."""
    TEAM = "own teams"
    """What belongs to the teams that it leads."""


class Permit(SecurityBase):
    """What a route demands of who asks; called with each request, it returns the caller or raises."""

    def __init__(self, grants: Mapping[Role, Reach]) -> None:
        self.model = BearerDocument(description="A key of the form sd_ID_SECRET; `swingdesk key create` makes one.")
        self.scheme_name = "key"
        self.grants: Mapping[Role, Reach] = {**grants, Role.ADMIN: Reach.ALL}

    async def __call__(self, request: Request) -> Caller:
        """Return who asks.

        Raises
        ------
        UnauthenticatedError
            If that is not known.
        ForbiddenError
            If no role of the caller reaches so far.
        """
        caller = find_caller(request.scope)
        if caller is None:
            raise UnauthenticatedError(NOBODY)
        reaches = {reach for role, reach in self.grants.items() if role in caller.roles}
        if Reach.ALL in reaches:
            return caller
        if Reach.OWN in reaches and _is_own(request.path_params, caller):
            return caller
        if Reach.TEAM in reaches:
            await _check_team(request, caller)
            return caller
        raise ForbiddenError("this is not yours" if reaches else f"this takes the role {_listed(self.grants)}")


class _OpenToAll:
    grants: Mapping[Role, Reach] | None = None

    async def __call__(self) -> None:
        """Let everybody in."""


def permits(
    *,
    agent: Reach | None = None,
    lead: Reach | None = None,
    planner: Reach | None = None,
    analyst: Reach | None = None,
) -> Any:
    """Return the dependency of a route that these roles may ask for, and administrators; its value is the `Caller`."""
    given = {Role.AGENT: agent, Role.LEAD: lead, Role.PLANNER: planner, Role.ANALYST: analyst}
    return Depends(Permit({role: reach for role, reach in given.items() if reach is not None}))


def open_to_all() -> Any:
    """Return the dependency of a route that anybody may ask for, known or not."""
    return Depends(_OpenToAll())


def set_caller(scope: Scope, caller: Caller | None) -> None:
    """Note who sends a request."""
    scope[_KEY] = caller


def find_caller(scope: Scope) -> Caller | None:
    """Return who sends a request; None where that is not known."""
    found: Caller | None = scope.get(_KEY)
    return found


def access_matrix(app: FastAPI) -> dict[tuple[str, str], Mapping[Role, Reach] | None]:
    """Return for each method and path of the application which roles may ask for it; None where everybody may.

    Raises
    ------
    LookupError
        If a route does not say it.
    """
    return {(method, path): _declared(method, path, calls) for method, path, calls in _routes(app)}


def _routes(app: FastAPI) -> Iterator[tuple[str, str, list[Callable[..., Any]]]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            continue  # static files, for everybody
        dependant: Dependant | None = getattr(route, "dependant", None)
        calls = [] if dependant is None else [item.call for item in dependant.dependencies if item.call is not None]
        for method in sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"}):
            yield method, str(route.path_format), calls


def _declared(method: str, path: str, calls: list[Callable[..., Any]]) -> Mapping[Role, Reach] | None:
    said = [call for call in calls if isinstance(call, Permit | _OpenToAll)]
    if len(said) != 1:
        raise LookupError(f"the route {method} {path} must say once who may ask for it (api.access.permits)")
    return said[0].grants


def _is_own(path_params: Mapping[str, Any], caller: Caller) -> bool:
    if caller.agent_id is None or "team_id" in path_params:
        return False
    return bool(path_params.get("agent_id", caller.agent_id) == caller.agent_id)


async def _check_team(request: Request, caller: Caller) -> None:
    path_params = request.path_params
    if "team_id" in path_params:
        check_leads_team(caller, path_params["team_id"])
    if "agent_id" in path_params or "task_id" in path_params:
        database = await run_in_threadpool(request.app.state.store.database)
        if "agent_id" in path_params:
            await run_in_threadpool(check_leads_agent, database, caller, path_params["agent_id"])
        if "task_id" in path_params:
            await run_in_threadpool(check_leads_task, database, caller, path_params["task_id"])
    if not caller.teams:
        raise ForbiddenError("the key leads no team")


def _listed(grants: Mapping[Role, Reach]) -> str:
    names = [role.value for role in Role if role in grants]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
