"""How many statements each page sends to the database: asked for in this process, where they can be counted."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
from sqlalchemy import event
from sqlalchemy.engine import Engine

from api.app import create_app
from benchmarks.pages.asking import PageRoute
from benchmarks.pages.office import Stored
from services.settings import Settings

HOST, PAGE = "http://127.0.0.1", {"Accept": "text/html"}


def count_statements(url: str, stored: Stored, pages: Iterable[PageRoute]) -> dict[PageRoute, int]:
    """Return for each page how many statements its second answer takes: what can be kept is kept then."""
    return asyncio.run(_count(url, stored, pages))


async def _count(url: str, stored: Stored, pages: Iterable[PageRoute]) -> dict[PageRoute, int]:
    number, counted = 0, {}

    def count(*_: Any) -> None:
        nonlocal number
        number += 1

    event.listen(Engine, "before_cursor_execute", count)
    app = create_app(Settings(database_url=url, rate_per_key="", rate_per_address=""))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            for page in pages:
                cookies = {} if page.role is None else {"Cookie": f"swingdesk_session={stored.sessions[page.role]}"}
                for _ in range(2):
                    number = 0
                    await client.get(page.address(stored.values), headers={**PAGE, **cookies})
                counted[page] = number
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return counted
