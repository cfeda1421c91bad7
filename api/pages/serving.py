"""What pages ask of a request: its database, who acts by which route, its own address with another query."""

import time
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request

from api.frame.slashes import path_as_sent
from models.database import Database
from services.access.caller import Caller
from services.access.tracing import Act


class Blank(dict[str, Any]):
    """What was entered in a form, or is wrong with it, by field; a field that it lacks is empty."""

    def __missing__(self, field: str) -> str:
        return ""


def database_of(request: Request) -> Database:
    """Return the database of the server.

    Raises
    ------
    NotFoundError
        If there is none yet.
    """
    database: Database = request.app.state.store.database()
    return database


def what_of(request: Request) -> str:
    """Return by which route something is done, for the audit trail."""
    return f"{request.method} {request.scope['route'].path_format}"


def act_of(request: Request, caller: Caller) -> Act:
    """Return who changes who may do what, now."""
    return Act(at=int(time.time()), by=caller.principal_id, what=what_of(request))


def address_with(request: Request, **changes: str | int | None) -> str:
    """Return the address of a page with some values of its query changed; None takes one out."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode([*kept, *added])
    path = path_as_sent(request.scope)
    return f"{path}?{query}" if query else path


def path_of(*parts: str | int) -> str:
    """Return the address of something by its parts, whatever characters its id has."""
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)
