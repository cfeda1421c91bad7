"""`/time`: where time went, for analysts and leads: every report, its figures and its rows."""

from fastapi import APIRouter

from api.pages.analysis import downloads, overview, plotly, report, rows

router = APIRouter(include_in_schema=False)
for part in (overview, plotly, downloads, rows, report):
    router.include_router(part.router)
