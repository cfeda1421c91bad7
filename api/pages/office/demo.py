"""Filling an empty database with the demo office, and planning its day."""

import time

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages.office.frame import Admin
from api.pages.rendering import lead_to, texts_for
from api.pages.serving import database_of, what_of
from models.vocabulary_jobs import JobKind
from services.demo import DemoSize, fill_with_demo, next_open_day
from services.jobs.asking import request_job
from services.jobs.questions import AT, PlanAsk, question_of

router = APIRouter()
NUM_AGENTS, NUM_TASKS, NUM_DAYS = 60, 1200, 10


@router.post("/office/demo")
def take_demo(request: Request, caller: Admin) -> Response:
    """Store the demo office with two weeks of history, and ask for a plan of its day."""
    database, now = database_of(request), int(time.time())
    size = DemoSize(num_agents=NUM_AGENTS, num_tasks=NUM_TASKS, num_days=NUM_DAYS, day=next_open_day(now))
    fill_with_demo(database, size=size, now=now, principal_id=caller.principal_id)
    question = question_of(PlanAsk(time_limit_s=5), **{AT: now})
    request_job(database, caller, kind=JobKind.PLAN, question=question, what=what_of(request))
    return lead_to(
        request, "/office", said=texts_for(request).gettext("The demo office is here; its first plan is being made.")
    )
