"""The web application: pages for people, JSON for programs, from the stored office."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import BaseRoute

from api.access import access_matrix
from api.documents.assets import ASSETS
from api.doorway import Doorway
from api.errors import add_error_handlers
from api.frame.assets import Assets
from api.frame.authentication import Authentication
from api.frame.bodies import MIB, Bodies
from api.frame.hosts import Hosts
from api.frame.idempotency import Idempotency
from api.frame.rates import Rates
from api.frame.requests import Requests
from api.frame.slashes import Slashes
from api.heads import HeadAsGet
from api.live_access import LiveDesk
from api.openapi import describe
from api.pages import accounts as account_pages
from api.pages import analysis as analysis_pages
from api.pages import components, home, preferences, sign_in, today
from api.pages import office as office_pages
from api.pages import plans as plan_pages
from api.pages import system as system_pages
from api.pages import what_if as what_if_pages
from api.pages import workbooks as workbook_pages
from api.pages.day_chart import moving as chart_moves
from api.pages.day_chart import showing as chart_pages
from api.pages.rendering import OfficeZone
from api.pages.work import figures as work_figures
from api.pages.work import now as work_now
from api.plan_access import PlanShelf
from api.routes import (
    access,
    audit,
    description,
    exports,
    health,
    imports,
    jobs,
    live_agents,
    live_queue,
    live_tasks,
    offices,
    plan_questions,
    planning,
    report_jobs,
    reports,
    simulations,
    task_rows,
)
from api.routes import plans as plan_routes
from api.security import SecurityHeaders
from api.serving.logs import Log, silent_log
from api.serving.metrics import Metrics
from api.standing import Standing
from api.store import Store
from models.errors import SwingdeskError
from services.access.recognition import Recognition
from services.jobs.reporting import XLSX
from services.reporting.archive import MEDIA_TYPE as ARCHIVE
from services.settings import Settings

NOTED_EVERY_S = 30
GZIP_LEVEL = 4
"""Compressed as well as it can be, a page is little smaller and takes several times as long."""
PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, XLSX, ARCHIVE)
"""What is compressed already: to try again took a third of a second for a workbook of 50,000 tasks."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ROUTERS = (
    live_agents.router,
    live_tasks.router,
    live_queue.router,
    health.router,
    description.router,
    access.router,
    plan_routes.router,
    planning.router,
    plan_questions.router,
    jobs.router,
    simulations.router,
    imports.router,
    offices.router,
    task_rows.router,
    audit.router,
    exports.router,
    report_jobs.router,
    reports.router,
    home.router,
    preferences.router,
    components.router,
    plan_pages.router,
    workbook_pages.router,
    chart_pages.router,
    chart_moves.router,
    what_if_pages.router,
    today.router,
    office_pages.router,
    account_pages.router,
    system_pages.router,
    analysis_pages.router,
    work_now.router,
    work_figures.router,
    sign_in.router,
)
"""All routes of the application, in the order in which they are tried: what is asked for most comes first."""


def put_together(routers: Iterable[APIRouter]) -> tuple[BaseRoute, ...]:
    """Return the routes of routers, in their order."""
    together = APIRouter()
    for router in routers:
        together.include_router(router)
    return tuple(together.routes)


ROUTES = put_together(ROUTERS)
"""The same for all applications of a process: what a route takes and gives is worked out once, in half a second."""


def create_app(settings: Settings, *, allowed_hosts: Sequence[str] = LOOPBACK, log: Log | None = None) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    allowed_hosts
        Host names by which it may be asked; others are refused, so that a foreign page cannot reach a server on
        this machine under a name of its own.
    log
        Where requests and errors are noted; nowhere by default.

    Raises
    ------
    LookupError
        If a route does not say who may ask for it.
    """
    store = Store(settings)
    doorway = Doorway(settings)
    recognition = Recognition(store.database, idle_s=doorway.idle_s)
    log = log or silent_log()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        noting = asyncio.create_task(_note_uses(recognition, log))
        yield
        noting.cancel()
        await run_in_threadpool(_note_now, recognition, log)
        await run_in_threadpool(app.state.live.close)
        doorway.close()
        store.close()

    # The interactive documentation loads scripts from elsewhere; the schema itself is served, by a route of ours.
    app = FastAPI(
        title="Swingdesk",
        version=_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        routes=[*ROUTES],
    )
    app.state.settings = settings
    app.state.store = store
    app.state.shelf = PlanShelf(store)
    app.state.doorway = doorway
    app.state.recognition = recognition
    app.state.standing = Standing(store)
    app.state.metrics = Metrics()
    app.state.office_zone = OfficeZone(store, settings)
    app.state.live = LiveDesk(store, settings)
    app.mount(ASSETS, Assets(), name="static")
    app.state.matrix = access_matrix(app)
    description = cache(lambda: describe(app))
    app.openapi = description  # type: ignore[method-assign]
    add_error_handlers(app)
    _add_frame(app, settings, recognition, log, allowed_hosts=allowed_hosts)
    return app


def _add_frame(
    app: FastAPI, settings: Settings, recognition: Recognition, log: Log, *, allowed_hosts: Sequence[str]
) -> None:
    """Put the frame around the routes: the last that is added is the first to see a request."""
    rates = Rates(
        per_caller=settings.rate_per_key, per_address=settings.rate_per_address, failures=settings.rate_failures
    )
    app.state.rates = rates
    app.add_middleware(Slashes)
    app.add_middleware(Idempotency, open_database=app.state.store.database)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=GZIP_LEVEL, exclude_content_types=PACKED)
    app.add_middleware(Authentication, recognition=recognition, rates=rates)
    app.add_middleware(
        Bodies, max_bytes=int(settings.max_body_mb * MIB), max_file_bytes=int(settings.max_file_mb * MIB)
    )
    app.add_middleware(Hosts, allowed=allowed_hosts)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Requests, log=log, metrics=app.state.metrics)
    app.add_middleware(HeadAsGet)


async def _note_uses(recognition: Recognition, log: Log) -> None:
    while True:
        await asyncio.sleep(NOTED_EVERY_S)
        await run_in_threadpool(_note_now, recognition, log)


def _note_now(recognition: Recognition, log: Log) -> None:
    try:
        recognition.note_uses()
    except SwingdeskError as error:  # the next time will do
        log.warning("last uses of keys were not noted", reason=str(error))


def _version() -> str:
    try:
        return version("swingdesk")
    except PackageNotFoundError:
        return "0"
