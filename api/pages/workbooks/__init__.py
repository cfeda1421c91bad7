"""`/workbooks`: large tables to take along, which are written aside; and the workbooks of plans."""

from fastapi import APIRouter

from api.pages.workbooks import making, of_plans

router = APIRouter(include_in_schema=False)
for part in (of_plans, making):
    router.include_router(part.router)
