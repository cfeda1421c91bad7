"""Reports for programs, made while they wait: of the office or of one's own teams, and an agent's own figures."""

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from api.access import Caller, Reach, permits
from api.parameters import Id, Text
from api.problems import problems
from models.errors import NotFoundError
from models.vocabulary import Role
from services.reporting.leave import AGENT, narrow
from services.reporting.question import ReportQuestion
from services.reporting.registry import REPORTS, make_report

OWN_REPORTS = ("picking", "skills", "fairness")
"""Reports of which agents see their own figures."""
_KEPT = ("format", "version", "report", "from", "to", "timezone", "limits")

Reader = Annotated[Caller, permits(lead=Reach.TEAM, planner=Reach.ALL, analyst=Reach.ALL)]
Own = Annotated[Caller, permits(agent=Reach.OWN)]
Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z][a-z-]*$", description="A report, by its name.")]
Since = Annotated[
    Text | None, Query(alias="from", description="First day, or instant, by the office's clock: 2026-03-02.")
]
Until = Annotated[Text | None, Query(alias="to", description="Last day (it is included), or instant.")]
Several = Annotated[list[Id] | None, Query(max_length=1000)]

router = APIRouter(prefix="/api", tags=["reports"])


@router.get("/reports/{name}", summary="Make a report", responses=problems(403, 404))
def get_report(
    request: Request,
    name: Name,
    caller: Reader,
    since: Since = None,
    until: Until = None,
    team: Several = None,
    type: Several = None,
    names: Annotated[Literal["shown"] | None, Query(description="Name people; for leads, of their teams.")] = None,
    definitions: Annotated[Text | None, Query(description="Of `waiting`: `paper` or `pool`.")] = None,
    replay: Annotated[Literal["yes"] | None, Query(description="Of `picking`: replay days, to say its cost.")] = None,
) -> dict[str, Any]:
    """Return a report on the stored office as its document: the same as `swingdesk report NAME --json`.

    Leads get reports on the teams that they lead; teams that own no work are left out, and `limits` says so. Only leads
    see people by name, and every such look leaves a trace. A report on much is better asked for as a job: `POST
    /api/reports`.
    """
    _find_report(name)
    told = {"names": names, "definitions": definitions, "replay": replay}
    options = {option: value for option, value in told.items() if value is not None}
    teams = narrow(caller, team, options)
    question = _ask(
        request,
        caller,
        start=since,
        end=until,
        teams=() if teams is None else tuple(sorted(teams)),
        types=tuple(type or ()),
        options=options,
    )
    return dict(make_report(name, question).document)


@router.get("/agents/{agent_id}/reports/{name}", summary="Get one's own figures", responses=problems(403, 404))
def get_own_figures(
    request: Request, agent_id: Id, name: Name, caller: Own, since: Since = None, until: Until = None
) -> dict[str, Any]:
    """Return what a report says of an agent, to that agent: `people` holds their own figures and nobody else's."""
    _find_report(name)
    if name not in OWN_REPORTS:
        raise NotFoundError(f"the report {name} says nothing of one agent; {', '.join(OWN_REPORTS)} do")
    options = {AGENT: agent_id}
    if not caller.has(Role.AGENT):
        narrow(caller, None, options)
    document = make_report(name, _ask(request, caller, start=since, end=until, options=options)).document
    return {**{key: document[key] for key in _KEPT if key in document}, "people": document["people"]}


def _find_report(name: str) -> None:
    if name not in REPORTS:
        raise NotFoundError(f"there is no report {name!r}; there are {', '.join(REPORTS)}")


def _ask(request: Request, caller: Caller, **asked: Any) -> ReportQuestion:
    return ReportQuestion(
        settings=request.app.state.settings,
        now=int(time.time()),
        principal_id=caller.principal_id,
        what=f"{request.method} {request.scope['route'].path_format}",
        **asked,
    )
