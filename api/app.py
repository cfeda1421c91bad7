"""The web application: pages for people, JSON for programs, from the stored office."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from api.access import check_declared
from api.documents.render import static_folder
from api.errors import add_error_handlers
from api.frame.authentication import Authentication
from api.heads import HeadAsGet
from api.pages import plans as plan_pages
from api.pages import sign_in
from api.plan_access import PlanShelf
from api.routes import health
from api.routes import plans as plan_routes
from api.security import SecurityHeaders
from api.store import Store
from services.access.recognition import Recognition
from services.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ROUTERS = (health.router, plan_routes.router, plan_pages.router, sign_in.router)
"""All routes of the application, in the order in which they are tried."""


def create_app(settings: Settings, *, allowed_hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    allowed_hosts
        Host names by which it may be asked; others are refused, so that a foreign page cannot reach a server on
        this machine under a name of its own.

    Raises
    ------
    LookupError
        If a route does not say who may ask for it.
    """
    store = Store(settings)
    recognition = Recognition(store.database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    # The interactive documentation loads scripts from elsewhere; the schema itself is served.
    app = FastAPI(
        title="Swingdesk", version=_version(), lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.settings = settings
    app.state.store = store
    app.state.shelf = PlanShelf(store)
    app.state.recognition = recognition
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=static_folder()), name="static")
    check_declared(app)
    add_error_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=2000)
    app.add_middleware(Authentication, recognition=recognition)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    return app


def _version() -> str:
    try:
        return version("swingdesk")
    except PackageNotFoundError:
        return "0"
