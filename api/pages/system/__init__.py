"""The system for administrators: its health, its jobs, its audit trail."""

from fastapi import APIRouter

from api.pages.system import audit, health, jobs

router = APIRouter(include_in_schema=False)
for part in (health, jobs, audit):
    router.include_router(part.router)
