"""Today: a lead's day, the worst first, and what can be done about it."""

from fastapi import APIRouter

from api.pages.today import absences, day, exports, giving, left, lendings, planning, reviewing, roster, skills, swing

router = APIRouter(include_in_schema=False)
for _part in (day, roster, giving, absences, planning, reviewing, left, lendings, swing, skills, exports):
    router.include_router(_part.router)
