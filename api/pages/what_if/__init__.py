"""The planner's pages: scenarios from history or a file, changed by forms, asked and compared."""

from fastapi import APIRouter

from api.pages.what_if import beginning, editing, exports, listing, questions, reading, running, scenario

router = APIRouter(include_in_schema=False)
for _part in (listing, beginning, scenario, questions, editing, running, reading, exports):
    router.include_router(_part.router)
