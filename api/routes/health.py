"""Whether the server answers, and whether it has a database to answer from."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access import open_to_all
from models.errors import ConflictError, NotFoundError

router = APIRouter(tags=["health"], dependencies=[open_to_all()])


class Health(BaseModel):
    """The state of the server: `database` is `current`, `missing` or `outdated`."""

    status: str = "ok"
    database: str


@router.get("/health")
def health(request: Request) -> Health:
    """Return that the server answers, and where its database stands."""
    try:
        request.app.state.store.database()
    except NotFoundError:
        return Health(database="missing")
    except ConflictError:
        return Health(database="outdated")
    return Health(database="current")
