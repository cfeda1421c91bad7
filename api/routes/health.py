"""Whether the server lives, whether it should be asked, and its figures for Prometheus."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field

from api.access import Caller, Reach, open_to_all, permits
from api.serving.metrics import MEDIA_TYPE, Metrics
from api.standing import DatabaseStanding, KeeperStanding, Standing

router = APIRouter(tags=["health"])
NOT_READY = 503


class Health(BaseModel):
    """That the server answers, and how its database stands."""

    status: Literal["ok"] = "ok"
    database: DatabaseStanding


class Readiness(BaseModel):
    """Whether the server should be sent requests, and if not, why."""

    is_ready: bool
    database: DatabaseStanding
    keeper: KeeperStanding = Field(description="Whether a process does the background duties, where one should.")
    is_draining: bool = Field(description="Whether the server is about to end.")


@router.get("/health", dependencies=[open_to_all()])
def health(request: Request) -> Health:
    """Return that the server answers, and how its database stands."""
    standing: Standing = request.app.state.standing
    return Health(database=standing.database())


@router.get(
    "/ready",
    dependencies=[open_to_all()],
    response_model=Readiness,
    responses={NOT_READY: {"model": Readiness, "description": "It should not; what is said tells why."}},
)
def ready(request: Request) -> Response:
    """Return whether the server should be sent requests: 200, or 503 where it should not."""
    standing: Standing = request.app.state.standing
    database, keeper, is_draining = standing.database(), standing.keeper(), standing.is_draining
    is_ready = database is DatabaseStanding.CURRENT and keeper is not KeeperStanding.MISSING and not is_draining
    said = Readiness(is_ready=is_ready, database=database, keeper=keeper, is_draining=is_draining)
    return JSONResponse(said.model_dump(mode="json"), 200 if is_ready else NOT_READY)


@router.get("/metrics", response_class=PlainTextResponse)
def read_metrics(request: Request, _caller: Annotated[Caller, permits(analyst=Reach.ALL)]) -> Response:
    """Return the server's figures in Prometheus's text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(), media_type=MEDIA_TYPE)
