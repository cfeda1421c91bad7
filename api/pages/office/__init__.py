"""The office for administrators: what is stored of it, taking files in, people and task types by form."""

from fastapi import APIRouter

from api.pages.office import demo, imports, names, overview, people, person, person_forms, rosters, task_types

router = APIRouter(include_in_schema=False)
for part in (overview, demo, imports, person_forms, people, person, rosters, task_types, names):
    router.include_router(part.router)
